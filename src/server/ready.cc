#include "server/ready.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "gatehouse/json.h"

namespace gatehouse::server {
namespace {

std::string MapJson(const std::map<std::string, std::string>& map) {
  std::string out = "{";
  for (const auto& [name, value] : map) {
    if (out.size() > 1) out += ',';
    out += json::Quoted(name) + ":" + json::Quoted(value);
  }
  return out + "}";
}

// The in-process handler behind a route, or the function's name.
std::string HandlerOf(const AppDefinition& app, const api::RouteDefinition& route) {
  for (const api::IntegrationDefinition& integration : app.api.integrations) {
    if (integration.integration_id != route.integration_id) continue;
    for (const function::FunctionDefinition& function : app.functions) {
      if (function.name == integration.function_name) return function.handler;
    }
  }
  return "none";
}

}  // namespace

std::string WebSocketUrl(const AppDefinition& app, std::uint16_t port) {
  return fmt::format("ws://localhost:{}/{}", port, app.stage.stage_name);
}

std::string ManagementUrl(const AppDefinition& app, std::uint16_t port) {
  return fmt::format("http://localhost:{}/{}", port, app.stage.stage_name);
}

std::string ReadyJson(const AppDefinition& app, const ReadyFacts& facts) {
  std::string url = WebSocketUrl(app, facts.port);
  std::string management = ManagementUrl(app, facts.port);
  std::map<std::string, std::string> outputs = {
      {"WebSocketApiEndpoint", url},
      {"ConnectionsEndpoint", management},
      {"SendMessageHandlerName", app.function_names.at("SendMessageHandler")}};
  std::string stage =
      fmt::format(R"({{"name":{},"websocketUrl":{},"managementUrl":{}}})",
                  json::Quoted(app.stage.stage_name), json::Quoted(url), json::Quoted(management));
  std::string api = fmt::format(R"({{"apiId":{},"name":{},"stages":[{}]}})",
                                json::Quoted(app.api.api_id), json::Quoted(app.api.name), stage);
  std::string stack = fmt::format(
      R"({{"name":{},"status":"CREATE_COMPLETE","outputs":{},"apis":[{}],"functions":{},)"
      R"("tables":{}}})",
      json::Quoted(app.stack_name), MapJson(outputs), api, MapJson(app.function_names),
      MapJson(app.table_names));
  return fmt::format(
      R"({{"pid":{},"port":{},"endpoint":"http://localhost:{}","region":{},"accountId":{},)"
      R"("stacks":[{}]}})"
      "\n",
      facts.pid, facts.port, facts.port, json::Quoted(facts.region), json::Quoted(facts.account_id),
      stack);
}

std::string ReadyBox(const AppDefinition& app, const ReadyFacts& facts) {
  std::string management = ManagementUrl(app, facts.port);
  std::string url = WebSocketUrl(app, facts.port);
  bool is_default = facts.port == 4566 && app.stage.stage_name == "production";
  std::string to = is_default ? "" : " " + url;
  std::string out =
      fmt::format("gatehouse is ready in {:.0f} ms: {} (the built-in chat), data in {}\n\n",
                  facts.seconds * 1000, app.stack_name, facts.data);
  std::size_t width = 0;
  for (const auto& route : app.api.routes) width = std::max(width, route.route_key.size());
  for (const auto& route : app.api.routes) {
    fmt::format_to(std::back_inserter(out), "  {:<{}}  {}\n", route.route_key, width,
                   HandlerOf(app, route));
  }
  fmt::format_to(std::back_inserter(out),
                 "\n  WebSocket     {}\n  @connections  {}/@connections\n\n"
                 "Two people talk:\n"
                 "  gatehouse chat{} --username ann\n"
                 "  gatehouse chat{} --username bob\n"
                 "A server posts to one of them (ID as /id prints it):\n"
                 "  curl -X POST -d '{{\"note\":\"hello\"}}' {}/@connections/ID\n\n",
                 url, management, to, to, management);
  return out;
}

}  // namespace gatehouse::server
