#include "function/define/identifiers.h"

#include <algorithm>

#include <fmt/format.h>

#include "aws/id.h"

namespace gatehouse::function {

std::string NewTraceId(base::Random& random, base::Millis wall) {
  return fmt::format("Root=1-{:08x}-{};Parent={};Sampled=0", wall.count() / 1000,
                     aws::RandomHex(random, 12), aws::RandomHex(random, 8));
}

std::string NewLogStreamName(base::Random& random, base::Millis wall) {
  std::string day = base::FormatIso8601(wall).substr(0, 10);
  std::replace(day.begin(), day.end(), '-', '/');
  return day + "/[$LATEST]" + aws::RandomHex(random, 16);
}

std::string RoleName(std::string_view role_arn) {
  return std::string(role_arn.substr(role_arn.rfind('/') + 1));
}

}  // namespace gatehouse::function
