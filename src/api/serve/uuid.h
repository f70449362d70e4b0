// A random UUID (version 4), as x-amzn-RequestId has it.
#pragma once

#include <string>

#include "base/random.h"

namespace gatehouse::api {

std::string NewUuid(base::Random& random);

}  // namespace gatehouse::api
