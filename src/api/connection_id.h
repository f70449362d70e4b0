// Connection ids: 16 characters shaped as AWS's (11 bytes in URL-safe base64 with one "="), that
// carry where a connection lives, mixed by a keyed permutation so that they cannot be guessed. A
// post finds its connection without a map; an id of a former life of the process never names a new
// connection. Immutable after construction; any thread. Source: design §7.6; spec/websocket-api.md
// §2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/siphash.h"

namespace gatehouse::api {

struct ConnectionPlace {
  std::uint32_t incarnation = 0;  // 26 bits, random per start
  std::uint32_t loop = 0;         // 6 bits
  std::uint32_t slot = 0;         // 24 bits
  std::uint32_t generation = 0;
  bool operator==(const ConnectionPlace&) const = default;
};

class ConnectionIdCodec {
 public:
  explicit ConnectionIdCodec(const base::SipKey& key) : key_(key) {}

  std::string Encode(const ConnectionPlace& place) const;
  // Nothing unless id has the form of an id; any such id decodes to some place.
  std::optional<ConnectionPlace> Decode(std::string_view id) const;

  // ^[A-Za-z0-9_-]{15}=$
  static bool IsWellFormed(std::string_view id);

 private:
  std::uint64_t Round(int round, std::uint64_t half) const;

  base::SipKey key_;
};

// 88 bits as 16 characters of URL-safe base64: the form of connection, message and request ids.
std::string FormatId(std::uint64_t high44, std::uint64_t low44);

}  // namespace gatehouse::api
