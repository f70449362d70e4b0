// The chat as an app: what examples/chat/ws-starter.yaml will say, as plain definitions, until the
// issue that brings stacks embeds that template and deletes this file (design §7.19).
#pragma once

#include <string>

#include "server/app_definition.h"
#include "server/identity.h"

namespace gatehouse::server {

struct ChatParameters {
  std::string stack_name = "websocket-chat-demo";
  std::string stage_name = "production";
  bool send_id_on_connect = false;
};

AppDefinition ChatApp(const ChatParameters& parameters, const Identity& identity);

}  // namespace gatehouse::server
