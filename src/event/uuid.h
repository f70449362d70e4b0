// Identifiers of events. Pure functions.
#pragma once

#include <string>

#include "base/random.h"

namespace gatehouse::event {

std::string NewUuid(base::Random& random);  // version 4, lower case

}  // namespace gatehouse::event
