// The chat's handlers: $connect, $disconnect, sendMessage, sendDirect, getConnectionId. They run in
// gatehouse's process or as Lambda functions and do not know which. What they say on the wire
// stands in docs/chat-frames.md.
//
// Environment: TABLE_NAME (hash key connectionId); for $connect SEND_ID_ON_CONNECT ("true") and
// GET_CONNECTION_ID_FUNCTION.
#pragma once

#include <span>

#include "gatehouse/handler.h"

namespace gatehouse::chat {

Task<Answer> Connect(Event event, Context& context);
Task<Answer> Disconnect(Event event, Context& context);
Task<Answer> SendMessage(Event event, Context& context);
Task<Answer> SendDirect(Event event, Context& context);
Task<Answer> GetConnectionId(Event event, Context& context);

// "chat/connect", "chat/disconnect", "chat/sendMessage", "chat/sendDirect", "chat/getConnectionId"
std::span<const HandlerEntry> Handlers();

}  // namespace gatehouse::chat
