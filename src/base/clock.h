// Time, behind an interface so that tests can move it. Any thread.
#pragma once

#include <chrono>
#include <string>

namespace gatehouse::base {

using Millis = std::chrono::milliseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::nanoseconds Now() = 0;  // since some start; never goes back
  virtual Millis WallNow() = 0;                // since 1970, UTC; may jump
};

class SystemClock final : public Clock {
 public:
  std::chrono::nanoseconds Now() override;
  Millis WallNow() override;
};

// "2026-01-31T10:10:10.417Z"
std::string FormatIso8601(Millis wall);
// "31/Jan/2026:10:10:10 +0000", as in requestContext.requestTime
std::string FormatClf(Millis wall);

}  // namespace gatehouse::base
