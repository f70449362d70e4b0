// AWS::Lambda::Function and Permission in the words of the function room.
#pragma once

#include "function/define/definition.h"
#include "stack/resource/resource.h"

namespace gatehouse::stack {

// The properties were checked by the type's rules; Code has become a CodeSource's kind and text.
function::FunctionDefinition ToFunctionDefinition(const Resource& resource);
function::Permission ToPermission(const Resource& resource);
function::EventInvokeConfig ToEventInvoke(const Resource& resource);

// The bare name in any form that Lambda takes: name, name:alias, partial and full ARN.
std::string FunctionNameOf(std::string_view text);

}  // namespace gatehouse::stack
