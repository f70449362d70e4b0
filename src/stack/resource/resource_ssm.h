// A resolved AWS::SSM::Parameter as the parameter room has it. Pure.
#pragma once

#include "parameter/parameters.h"
#include "stack/resource/resource.h"

namespace gatehouse::stack {

parameter::Parameter ToSsmParameter(const Resource& resource);

}  // namespace gatehouse::stack
