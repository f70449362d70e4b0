// Which answers of a service are worth asking again for, and after what pause. Pure functions.
// Source: AWS SDKs and Tools Reference Guide, "Retry behavior" (standard mode).
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "gatehouse/result.h"
#include "net/http/http_client.h"

namespace gatehouse::lambda {

inline constexpr int kAttemptsMax = 4;  // ours; SDKs have 3 to 10
inline constexpr base::Millis kRetryPauseFirst{50};
inline constexpr base::Millis kRetryPauseMax{2'000};

// The name of an error answer, "ThrottlingException": of x-amzn-ErrorType, else of the body's
// __type; empty if it has none.
std::string ErrorTypeOf(const net::HttpReply& reply);
// Its sentence, or its name, or "HTTP status 500".
std::string ErrorTextOf(const net::HttpReply& reply);
// As handlers know it (ErrorCode).
Error ErrorOf(const net::HttpReply& reply);
// Whether the service says that there was too much of something.
bool IsThrottling(const net::HttpReply& reply);

// No connection, no answer in time, 5xx, or too much at once.
bool IsWorthRetrying(const Result<net::HttpReply>& reply);

// Before attempt number `next` (2 is the first retry): anything up to a bound that doubles.
base::Millis RetryPause(int next, base::Random& random);

}  // namespace gatehouse::lambda
