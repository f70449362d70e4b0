#include "server/chat.h"

namespace gatehouse::server {
namespace {

struct FunctionRow {
  const char* logical_id;
  const char* handler;
};
constexpr FunctionRow kFunctions[] = {
    {"ConnectHandler", "chat/connect"},
    {"DisconnectHandler", "chat/disconnect"},
    {"SendMessageHandler", "chat/sendMessage"},
    {"SendDirectHandler", "chat/sendDirect"},
    {"GetConnectionIdHandler", "chat/getConnectionId"},
};

struct RouteRow {
  const char* route_key;
  const char* function;  // logical id
};
constexpr RouteRow kRoutes[] = {
    {"$connect", "ConnectHandler"},        {"$disconnect", "DisconnectHandler"},
    {"sendMessage", "SendMessageHandler"}, {"sendmessage", "SendMessageHandler"},
    {"sendDirect", "SendDirectHandler"},   {"getConnectionId", "GetConnectionIdHandler"},
};

table::TableDefinition ConnectionsTable(const std::string& name) {
  table::TableDefinition table;
  table.name = name;
  table.attribute_definitions = {{"connectionId", table::ScalarType::kString}};
  table.key_schema = {{"connectionId", table::KeyType::kHash}};
  table.billing_mode = table::BillingMode::kPayPerRequest;
  return table;
}

}  // namespace

AppDefinition ChatApp(const ChatParameters& parameters, const Identity& identity) {
  AppDefinition app;
  app.stack_name = parameters.stack_name;
  auto physical = [&](const std::string& logical_id) {
    return identity.PhysicalName(parameters.stack_name, logical_id);
  };
  app.table_names["ConnectionsTable"] = physical("ConnectionsTable");
  app.tables.push_back(ConnectionsTable(app.table_names["ConnectionsTable"]));

  for (const FunctionRow& row : kFunctions) {
    function::FunctionDefinition function;
    function.name = app.function_names[row.logical_id] = physical(row.logical_id);
    function.in_process = row.handler;
    function.environment["TABLE_NAME"] = app.table_names["ConnectionsTable"];
    if (row.handler == std::string_view("chat/connect")) {
      function.environment["SEND_ID_ON_CONNECT"] = parameters.send_id_on_connect ? "true" : "false";
      function.environment["GET_CONNECTION_ID_FUNCTION"] = physical("GetConnectionIdHandler");
    }
    app.functions.push_back(std::move(function));
    app.api.integrations.push_back({std::string(row.logical_id) + "Integration",
                                    app.function_names[row.logical_id], base::Millis{29000}});
  }

  app.api.api_id = identity.ApiId(parameters.stack_name, "WebSocketApi");
  app.api.name = parameters.stack_name;
  app.api.route_selection_expression = "$request.body.action";
  for (const RouteRow& row : kRoutes) {
    app.api.routes.push_back({row.route_key, std::string(row.function) + "Integration", false});
  }
  app.stage.stage_name = parameters.stage_name;
  return app;
}

}  // namespace gatehouse::server
