// The JSON of a WebSocket proxy event, as functions outside the process receive it.
// Source: docs/aws/websocket-api.md §3.
#pragma once

#include <string>

#include "api/stage/stage.h"
#include "gatehouse/event.h"

namespace gatehouse::api {

// Appends the event. event.request_context must be set.
void AppendEventJson(std::string& out, const Event& event, const Stage& stage);

}  // namespace gatehouse::api
