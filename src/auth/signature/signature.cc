#include "auth/signature/signature.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

#include "auth/signature/canonical.h"
#include "base/encoding.h"

namespace gatehouse::auth {
namespace {

Error Malformed(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The part of *rest before the next separator, which is taken away with it.
std::string_view Cut(std::string_view* rest, char separator) {
  const auto part = rest->substr(0, rest->find(separator));
  rest->remove_prefix(std::min(part.size() + 1, rest->size()));
  return part;
}

// The number that all of text is, or -1. No sign.
int Number(std::string_view text) {
  int value = -1;
  if (text.empty() || text.front() == '-') return -1;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  return error == std::errc() && end == last ? value : -1;
}

// Values by name, each name at most once.
class Parts {
 public:
  explicit Parts(std::string_view where) : where_(where) {}

  Result<void> Add(std::string_view name, std::string value) {
    if (Has(name)) return Malformed(std::string(where_) + " has '" + std::string(name) + "' twice");
    values_.emplace_back(name, std::move(value));
    return {};
  }
  bool Has(std::string_view name) const {
    return std::any_of(values_.begin(), values_.end(),
                       [&](const auto& pair) { return pair.first == name; });
  }
  std::string Get(std::string_view name) const {
    for (const auto& [known, value] : values_) {
      if (known == name) return value;
    }
    return {};
  }
  // AWS lists all that is missing in one message.
  Result<void> Require(std::span<const std::string_view> names) const {
    std::string message;
    for (const std::string_view name : names) {
      if (!Get(name).empty()) continue;
      if (!message.empty()) message += ' ';
      message.append(where_).append(" requires '").append(name).append("' parameter.");
    }
    if (!message.empty()) return Malformed(std::move(message));
    return {};
  }

 private:
  std::string_view where_;
  std::vector<std::pair<std::string, std::string>> values_;
};

Result<void> ReadCredential(const std::string& credential, Signature* signature) {
  if (std::count(credential.begin(), credential.end(), '/') != 4) {
    return Malformed(
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term, got '" +
        credential + "'");
  }
  std::string_view rest = credential;
  signature->access_key = Cut(&rest, '/');
  signature->date = Cut(&rest, '/');
  signature->region = Cut(&rest, '/');
  signature->service = Cut(&rest, '/');
  if (signature->access_key.empty()) return Malformed("Credential has an empty access key id");
  if (rest != kScopeEnd) {
    return Malformed("Credential should be scoped with a valid terminator: 'aws4_request', not '" +
                     std::string(rest) + "'");
  }
  return {};
}

Result<void> ReadSignedHeaders(std::string_view list, Signature* signature) {
  std::vector<std::string>& names = signature->signed_headers;
  while (!list.empty()) {
    if (names.size() == kSignedHeadersMax) return Malformed("SignedHeaders names too many headers");
    names.push_back(LowerCase(Cut(&list, ';')));
    if (names.back().empty()) return Malformed("SignedHeaders has an empty name");
  }
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) {
    return Malformed("SignedHeaders names a header twice");
  }
  return {};
}

Result<void> ReadTimestamp(std::string text, Signature* signature) {
  const std::optional<base::Millis> time = ParseTimestamp(text);
  if (!time) {
    return Malformed("Date must be in ISO-8601 'basic format'. Got '" + text + "'.");
  }
  signature->timestamp = std::move(text);
  signature->time = *time;
  return {};
}

// The one field of that name, empty if there is none.
Result<std::string> OnlyField(std::span<const wire::HttpField> fields, std::string_view lower) {
  const wire::HttpField* found = nullptr;
  for (const wire::HttpField& field : fields) {
    if (!HasName(field, lower)) continue;
    if (found != nullptr) return Malformed("Request has '" + std::string(lower) + "' twice");
    found = &field;
  }
  return found == nullptr ? std::string() : std::string(found->value);
}

// parameters: what follows the algorithm in Authorization.
Result<Signature> ReadHeaderForm(std::string_view parameters,
                                 std::span<const wire::HttpField> fields) {
  Parts parts("Authorization header");
  while (!parameters.empty()) {
    const auto part = Trim(Cut(&parameters, ','));
    const auto equals = part.find('=');
    if (equals == part.npos) {
      return Malformed("'" + std::string(part) +
                       "' not a valid key=value pair (missing equal-sign) in Authorization header");
    }
    const auto value = part.substr(equals + 1);
    if (auto added = parts.Add(part.substr(0, equals), std::string(value)); !added) {
      return added.error();
    }
  }
  static constexpr std::array<std::string_view, 3> kNeeded = {"Credential", "Signature",
                                                              "SignedHeaders"};
  if (auto whole = parts.Require(kNeeded); !whole) return whole.error();
  Result<std::string> date = OnlyField(fields, "x-amz-date");
  if (date && date->empty()) date = OnlyField(fields, "date");
  if (!date) return date.error();
  if (date->empty()) {
    return Malformed(
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  Result<std::string> token = OnlyField(fields, "x-amz-security-token");
  if (!token) return token.error();
  Signature signature;
  signature.hex = parts.Get("Signature");
  signature.security_token = *std::move(token);
  if (auto read = ReadCredential(parts.Get("Credential"), &signature); !read) return read.error();
  if (auto read = ReadSignedHeaders(parts.Get("SignedHeaders"), &signature); !read) {
    return read.error();
  }
  if (auto read = ReadTimestamp(*std::move(date), &signature); !read) return read.error();
  return signature;
}

// The parameters of a query that belong to a signature.
Result<Parts> SignatureQuery(std::string_view query) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "X-Amz-Algorithm",     "X-Amz-Credential", "X-Amz-Date",          "X-Amz-Expires",
      "X-Amz-SignedHeaders", "X-Amz-Signature",  "X-Amz-Security-Token"};
  Parts parts("Query");
  while (!query.empty()) {
    std::string_view part = Cut(&query, '&');
    const std::string name = base::DecodePercent(Cut(&part, '='));
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) continue;
    if (auto added = parts.Add(name, base::DecodePercent(part)); !added) return added.error();
  }
  return parts;
}

Result<Signature> ReadQueryForm(const Parts& parts) {
  static constexpr std::array<std::string_view, 6> kNeeded = {
      "X-Amz-Algorithm", "X-Amz-Credential",    "X-Amz-Date",
      "X-Amz-Expires",   "X-Amz-SignedHeaders", "X-Amz-Signature"};
  if (auto whole = parts.Require(kNeeded); !whole) return whole.error();
  if (parts.Get("X-Amz-Algorithm") != kAlgorithm) {
    return Malformed("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
  }
  const int expires = Number(parts.Get("X-Amz-Expires"));
  if (expires < 0 || expires > kPresignedMax.count()) {
    return Malformed("X-Amz-Expires must be a number of seconds of at most 604800");
  }
  Signature signature;
  signature.presigned = true;
  signature.hex = parts.Get("X-Amz-Signature");
  signature.security_token = parts.Get("X-Amz-Security-Token");
  signature.expires = std::chrono::seconds(expires);
  if (auto read = ReadCredential(parts.Get("X-Amz-Credential"), &signature); !read) {
    return read.error();
  }
  if (auto read = ReadSignedHeaders(parts.Get("X-Amz-SignedHeaders"), &signature); !read) {
    return read.error();
  }
  if (auto read = ReadTimestamp(parts.Get("X-Amz-Date"), &signature); !read) return read.error();
  return signature;
}

}  // namespace

Result<std::optional<Signature>> ParseSignature(std::string_view target,
                                                std::span<const wire::HttpField> fields) {
  Result<Parts> query = SignatureQuery(SplitTarget(target).query);
  if (!query) return query.error();
  const bool in_query = query->Has("X-Amz-Algorithm") || query->Has("X-Amz-Credential") ||
                        query->Has("X-Amz-Signature");
  Result<std::string> authorization = OnlyField(fields, "authorization");
  if (!authorization) return authorization.error();
  const std::string_view scheme =
      std::string_view(*authorization).substr(0, authorization->find(' '));
  if (!scheme.starts_with("AWS4-")) {
    if (!in_query) return std::optional<Signature>();
    Result<Signature> signature = ReadQueryForm(*query);
    if (!signature) return signature.error();
    return std::optional<Signature>(*std::move(signature));
  }
  if (in_query) {
    return Malformed("A signature must be in the Authorization header or in the query, not both.");
  }
  if (scheme != kAlgorithm) {
    return Malformed("Unsupported algorithm '" + std::string(scheme) +
                     "' in the Authorization header; gatehouse knows AWS4-HMAC-SHA256.");
  }
  const auto parameters = Trim(std::string_view(*authorization).substr(scheme.size()));
  Result<Signature> signature = ReadHeaderForm(parameters, fields);
  if (!signature) return signature.error();
  return std::optional<Signature>(*std::move(signature));
}

std::optional<base::Millis> ParseTimestamp(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const int year = Number(text.substr(0, 4)), month = Number(text.substr(4, 2));
  const int day = Number(text.substr(6, 2)), hour = Number(text.substr(9, 2));
  const int minute = Number(text.substr(11, 2)), second = Number(text.substr(13, 2));
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::chrono::year_month_day ymd{std::chrono::year(year),
                                        std::chrono::month(static_cast<unsigned>(month)),
                                        std::chrono::day(static_cast<unsigned>(day))};
  if (!ymd.ok()) return std::nullopt;
  return std::chrono::sys_days(ymd).time_since_epoch() + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second);
}

std::string FormatTimestamp(base::Millis time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto days = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day ymd{std::chrono::sys_days(days)};
  const std::chrono::hh_mm_ss clock(seconds - days);
  char text[64];
  std::snprintf(text, sizeof text, "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text;
}

}  // namespace gatehouse::auth
