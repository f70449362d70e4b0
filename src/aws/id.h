// The random identifiers that AWS's services give. Pure functions.
#pragma once

#include <cstddef>
#include <string>

#include "base/random.h"

namespace gatehouse::aws {

std::string RandomHex(base::Random& random, std::size_t bytes);  // lower case

// A UUID (version 4) in lower case: x-amzn-RequestId of most services, ids of events and stacks.
std::string NewUuid(base::Random& random);

// x-amzn-RequestId of DynamoDB: 52 of [A-Z0-9].
std::string NewDynamoDbRequestId(base::Random& random);

}  // namespace gatehouse::aws
