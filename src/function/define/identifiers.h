// The identifiers that Lambda alone makes: of traces and log streams. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace gatehouse::function {

// "Root=1-SECONDS-96 bits;Parent=64 bits;Sampled=0", numbers in hexadecimal.
std::string NewTraceId(base::Random& random, base::Millis wall);

// "2026/01/31/[$LATEST]" and 32 hexadecimal digits.
std::string NewLogStreamName(base::Random& random, base::Millis wall);

// "arn:aws:iam::1:role/path/NAME" → NAME; what has no slash stays.
std::string RoleName(std::string_view role_arn);

}  // namespace gatehouse::function
