#include "event/time_zone.h"

#include <algorithm>

namespace gatehouse::event {
namespace {

// Names only: never a path out of the folder of zones, nor what Abseil reads from elsewhere.
bool LooksLikeAZone(const std::string& name) {
  if (name.empty() || name.front() == '/' || name == "localtime") return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  });
}

}  // namespace

Result<absl::TimeZone> FindTimeZone(const std::string& name) {
  absl::TimeZone zone;
  if (!LooksLikeAZone(name) || !absl::LoadTimeZone(name, &zone)) {
    return Error{ErrorCode::kInvalidArgument, "this system has no time zone " + name};
  }
  return zone;
}

absl::Time ToTime(base::Millis wall) { return absl::FromUnixMillis(wall.count()); }

base::Millis ToWall(absl::Time time) { return base::Millis{absl::ToUnixMillis(time)}; }

}  // namespace gatehouse::event
