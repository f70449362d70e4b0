// Time zones by their IANA names, read from the system's zone files (package tzdata) by Abseil.
// Pure but for the reading of a zone's file when it is first asked for. Any thread.
#pragma once

#include <string>

#include <absl/time/time.h>

#include "base/clock.h"
#include "gatehouse/result.h"

namespace gatehouse::event {

// Errors: kInvalidArgument: the system has no zone of that name.
Result<absl::TimeZone> FindTimeZone(const std::string& name);

absl::Time ToTime(base::Millis wall);
base::Millis ToWall(absl::Time time);

}  // namespace gatehouse::event
