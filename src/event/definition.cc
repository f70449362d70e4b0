#include "event/definition.h"

#include <fmt/format.h>

namespace gatehouse::event {

std::string RuleArn(const Place& place, std::string_view rule) {
  return aws::Arn(aws::kEvents, place, fmt::format("rule/{}", rule));
}

std::string BusArn(const Place& place) {
  return aws::Arn(aws::kEvents, place, "event-bus/default");
}

std::string ScheduleArn(const Place& place, std::string_view group, std::string_view name) {
  return aws::Arn(aws::kScheduler, place, fmt::format("schedule/{}/{}", group, name));
}

std::string ScheduleGroupArn(const Place& place, std::string_view group) {
  return aws::Arn(aws::kScheduler, place, fmt::format("schedule-group/{}", group));
}

std::optional<std::string> FunctionOf(const Place& place, std::string_view arn) {
  std::optional<aws::FunctionArnParts> parts = aws::ParseFunctionArn(arn);
  if (!parts || parts->region != place.region || parts->account_id != place.account_id) {
    return std::nullopt;
  }
  return std::string(parts->name);
}

}  // namespace gatehouse::event
