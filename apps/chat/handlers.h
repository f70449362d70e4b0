// The chat's handlers, one for each route of routes.inc. They run in
// gatehouse's process or as Lambda functions and do not know which. What they say on the wire
// stands in docs/chat-frames.md.
//
// Environment: TABLE_NAME (hash key connectionId); for $connect SEND_ID_ON_CONNECT ("true") and
// GET_CONNECTION_ID_FUNCTION.
#pragma once

#include <span>

#include "gatehouse/handler.h"

namespace gatehouse::chat {

#define CHAT_ROUTE(key, function, name) Task<Answer> function(Event event, Context& context);
#include "apps/chat/routes.inc"

// "chat/connect", … in the order of routes.inc
std::span<const HandlerEntry> Handlers();

}  // namespace gatehouse::chat
