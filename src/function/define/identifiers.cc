#include "function/define/identifiers.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"

namespace gatehouse::function {

std::string RandomHex(base::Random& random, std::size_t bytes) {
  std::string raw(bytes, '\0');
  random.Fill(std::as_writable_bytes(std::span(raw)));
  return base::EncodeHex(raw);
}

std::string NewUuid(base::Random& random) {
  std::string hex = RandomHex(random, 16);
  hex[12] = '4';
  hex[16] = "89ab"[hex[16] % 4];
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

std::string NewTraceId(base::Random& random, base::Millis wall) {
  return fmt::format("Root=1-{:08x}-{};Parent={};Sampled=0", wall.count() / 1000,
                     RandomHex(random, 12), RandomHex(random, 8));
}

std::string NewLogStreamName(base::Random& random, base::Millis wall) {
  std::string day = base::FormatIso8601(wall).substr(0, 10);
  std::replace(day.begin(), day.end(), '-', '/');
  return day + "/[$LATEST]" + RandomHex(random, 16);
}

std::string FunctionArn(std::string_view region, std::string_view account_id, std::string_view name,
                        std::string_view qualifier) {
  return fmt::format("arn:aws:lambda:{}:{}:function:{}{}{}", region, account_id, name,
                     qualifier.empty() ? "" : ":", qualifier);
}

std::string RoleName(std::string_view role_arn) {
  return std::string(role_arn.substr(role_arn.rfind('/') + 1));
}

}  // namespace gatehouse::function
