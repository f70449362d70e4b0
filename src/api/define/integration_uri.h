// Which function an integration's URI points to. Any thread.
// Source: docs/aws/websocket-api.md §6.1; docs/aws/cloudformation.md §9.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::api {

using StageVariables = std::map<std::string, std::string>;

// "a${stageVariables.x}b" with the stage's values in place; nothing else is replaced.
// Errors: kInvalidArgument (the stage has no such variable).
Result<std::string> ReplaceStageVariables(std::string_view text, const StageVariables& variables);

// The function's name of
//   arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTIONARN[:QUALIFIER]/invocations
// or of the bare FUNCTIONARN, arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]. The
// qualifier is not looked at.
// Errors: kInvalidArgument (no such URI; AWS's sentence).
Result<std::string> FunctionNameOf(std::string_view uri);

// The QUALIFIER of such a URI; empty: none, or $LATEST.
std::string QualifierOf(std::string_view uri);

// Whether uri can become one that FunctionNameOf reads, once stage variables are in place.
bool IsFunctionUri(std::string_view uri);

}  // namespace gatehouse::api
