// What a handler's answer looks like to who invokes its function. Pure functions.
#pragma once

#include <string>

#include "gatehouse/event.h"

namespace gatehouse::function {

// A proxy answer as the JSON a Lambda would return: {"statusCode":200,"body":"…"}.
std::string AnswerJson(const gatehouse::Answer& answer);

}  // namespace gatehouse::function
