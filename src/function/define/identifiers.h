// The identifiers that Lambda makes: of requests, traces, log streams, functions. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace gatehouse::function {

std::string RandomHex(base::Random& random, std::size_t bytes);
std::string NewUuid(base::Random& random);  // version 4, lower case

// "Root=1-SECONDS-96 bits;Parent=64 bits;Sampled=0", numbers in hexadecimal.
std::string NewTraceId(base::Random& random, base::Millis wall);

// "2026/01/31/[$LATEST]" and 32 hexadecimal digits.
std::string NewLogStreamName(base::Random& random, base::Millis wall);

// "arn:aws:lambda:REGION:ACCOUNT:function:NAME", and ":QUALIFIER" unless that is empty.
std::string FunctionArn(std::string_view region, std::string_view account_id, std::string_view name,
                        std::string_view qualifier = {});

// "arn:aws:iam::1:role/path/NAME" → NAME; what has no slash stays.
std::string RoleName(std::string_view role_arn);

}  // namespace gatehouse::function
