// Values that conditions of policies compare: numbers, points in time, ranges of addresses. Pure.
// Source: IAM user guide, "Condition operators"; W3C NOTE-datetime.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::auth {

// An integer or a decimal number, with an exponent if need be.
std::optional<double> ReadNumber(std::string_view text);

// Milliseconds since 1970, from seconds since then or an ISO 8601 form of the W3C note: YYYY,
// YYYY-MM, YYYY-MM-DD, then Thh:mm, seconds and their decimals, and Z or ±hh:mm (Z if left out).
std::optional<std::int64_t> ReadDate(std::string_view text);

struct IpRange {
  std::array<std::uint8_t, 16> bytes{};
  int bits = 0;  // how many count
  bool is_v6 = false;

  bool Contains(const IpRange& other) const;
};

// An address, IPv4 or IPv6, with "/bits" behind it or standing for itself.
std::optional<IpRange> ReadIpRange(std::string_view text);

}  // namespace gatehouse::auth
