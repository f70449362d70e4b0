#include "event/definition.h"

#include <fmt/format.h>

namespace gatehouse::event {
namespace {

// The parts of an ARN behind one another; the last has what is left.
std::vector<std::string_view> Parts(std::string_view arn, std::size_t count) {
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < count) {
    std::size_t colon = arn.find(':');
    if (colon == arn.npos) break;
    parts.push_back(arn.substr(0, colon));
    arn.remove_prefix(colon + 1);
  }
  parts.push_back(arn);
  return parts;
}

}  // namespace

std::string RuleArn(const Place& place, std::string_view rule) {
  return fmt::format("arn:aws:events:{}:{}:rule/{}", place.region, place.account_id, rule);
}

std::string BusArn(const Place& place) {
  return fmt::format("arn:aws:events:{}:{}:event-bus/default", place.region, place.account_id);
}

std::string ScheduleArn(const Place& place, std::string_view group, std::string_view name) {
  return fmt::format("arn:aws:scheduler:{}:{}:schedule/{}/{}", place.region, place.account_id,
                     group, name);
}

std::string ScheduleGroupArn(const Place& place, std::string_view group) {
  return fmt::format("arn:aws:scheduler:{}:{}:schedule-group/{}", place.region, place.account_id,
                     group);
}

bool IsFunctionArn(std::string_view arn) {
  std::vector<std::string_view> parts = Parts(arn, 8);
  return parts.size() >= 7 && parts[0] == "arn" && parts[2] == "lambda" && parts[5] == "function" &&
         !parts[6].empty();
}

std::optional<std::string> FunctionOf(const Place& place, std::string_view arn) {
  if (!IsFunctionArn(arn)) return std::nullopt;
  std::vector<std::string_view> parts = Parts(arn, 8);
  if (parts[3] != place.region || parts[4] != place.account_id) return std::nullopt;
  return std::string(parts[6]);
}

}  // namespace gatehouse::event
