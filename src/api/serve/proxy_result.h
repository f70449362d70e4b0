// What a function outside the process returned to a route, judged as API Gateway judges it. Any
// thread. Source: docs/aws/websocket-api.md §5.2–5.3, §1.3.
#pragma once

#include <string_view>

#include "api/stage/invoke_outcome.h"

namespace gatehouse::api {

// A proxy result is an object of statusCode, headers, multiValueHeaders, body and isBase64Encoded
// and nothing else. Without statusCode it is 200; null, or nothing, is malformed.
//   payload         the JSON that the function returned, or its error object
//   function_error  of the invocation ("Unhandled"), or empty when the function returned
// kFailed with a sentence: the function failed, or its result is malformed.
InvokeOutcome ReadProxyResult(std::string_view payload, std::string_view function_error);

}  // namespace gatehouse::api
