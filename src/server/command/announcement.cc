#include "server/command/announcement.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "gatehouse/json.h"

namespace gatehouse::server {
namespace {

constexpr std::string_view kInMemory = ":memory:";
constexpr const char* kDefaultUrl = "ws://localhost:4566/production";  // of `gatehouse chat`

std::string MapJson(const std::map<std::string, std::string>& map) {
  std::string out = "{";
  for (const auto& [name, value] : map) {
    if (out.size() > 1) out += ',';
    out += json::Quoted(name) + ":" + json::Quoted(value);
  }
  return out + "}";
}

// "[a,b]" of what write makes of each.
template <class T, class Write>
std::string ListJson(const std::vector<T>& list, Write write) {
  std::string out = "[";
  for (const T& one : list) {
    if (out.size() > 1) out += ',';
    out += write(one);
  }
  return out + "]";
}

std::string StageJson(const StageFacts& stage) {
  return fmt::format(R"({{"name":{},"websocketUrl":{},"managementUrl":{}}})",
                     json::Quoted(stage.name), json::Quoted(stage.websocket_url),
                     json::Quoted(stage.management_url));
}

std::string ApiJson(const ApiFacts& api) {
  return fmt::format(R"({{"apiId":{},"name":{},"stages":{}}})", json::Quoted(api.api_id),
                     json::Quoted(api.name), ListJson(api.stages, StageJson));
}

std::string StackJson(const StackFacts& stack) {
  return fmt::format(
      R"({{"name":{},"status":{},"outputs":{},"apis":{},"functions":{},"tables":{}}})",
      json::Quoted(stack.name), json::Quoted(stack.status), MapJson(stack.outputs),
      ListJson(stack.apis, ApiJson), MapJson(stack.functions), MapJson(stack.tables));
}

void AppendApi(std::string& out, const ApiFacts& api) {
  std::size_t width = 0;
  for (const RouteFacts& route : api.routes) width = std::max(width, route.key.size());
  for (const RouteFacts& route : api.routes) {
    fmt::format_to(std::back_inserter(out), "  {:<{}}  {}\n", route.key, width, route.target);
  }
  for (const StageFacts& stage : api.stages) {
    fmt::format_to(std::back_inserter(out),
                   "\n  WebSocket     {}\n  @connections  {}/@connections\n", stage.websocket_url,
                   stage.management_url);
  }
}

// Has the routes that `gatehouse chat` speaks to.
bool IsChat(const ApiFacts& api) {
  auto has = [&](std::string_view key) {
    return std::any_of(api.routes.begin(), api.routes.end(),
                       [&](const RouteFacts& route) { return route.key == key; });
  };
  return has("sendMessage") && has("getConnectionId");
}

// Lines for the first stage there is.
void AppendLinesToPaste(std::string& out, const std::string& command, const ApiFacts& api,
                        const StageFacts& stage) {
  if (IsChat(api)) {
    std::string to = stage.websocket_url == kDefaultUrl ? "" : " " + stage.websocket_url;
    fmt::format_to(std::back_inserter(out),
                   "\nTwo people talk:\n"
                   "  {} chat{} --username ann\n"
                   "  {} chat{} --username bob\n"
                   "A server posts to one of them (ID as /id prints it):\n",
                   command, to, command, to);
  } else {
    fmt::format_to(std::back_inserter(out),
                   "\nA client connects:\n"
                   "  {} chat --raw {}\n"
                   "A server posts to it (ID is its connectionId):\n",
                   command, stage.websocket_url);
  }
  fmt::format_to(std::back_inserter(out),
                 "  curl -X POST -d '{{\"note\":\"hello\"}}' {}/@connections/ID\n",
                 stage.management_url);
}

void AppendAwsLines(std::string& out, const ReadyFacts& facts) {
  std::string pick = facts.port == 4566 ? "" : fmt::format(" --port {}", facts.port);
  fmt::format_to(std::back_inserter(out),
                 "The AWS CLI, in a shell of its own:\n"
                 "  eval \"$({} env{})\"\n",
                 facts.command, pick);
  if (facts.stacks.empty()) return;
  const StackFacts& stack = facts.stacks.front();
  if (auto send = stack.functions.find("SendMessageHandler"); send != stack.functions.end()) {
    fmt::format_to(std::back_inserter(out),
                   "  aws lambda invoke --function-name {} --payload "
                   "'{{\"action\":\"sendmessage\",\"message\":\"Hello from CLI!\"}}' output.json\n",
                   send->second);
  }
  fmt::format_to(std::back_inserter(out), "  aws cloudformation delete-stack --stack-name {}\n",
                 stack.name);
}

}  // namespace

std::string ReadyJson(const ReadyFacts& facts) {
  return fmt::format(
      R"({{"pid":{},"port":{},"endpoint":"http://localhost:{}","region":{},"accountId":{},)"
      R"("data":{},"startedIn":{},"stacks":{}}})"
      "\n",
      facts.pid, facts.port, facts.port, json::Quoted(facts.region), json::Quoted(facts.account_id),
      json::Quoted(facts.data), json::Quoted(facts.started_in), ListJson(facts.stacks, StackJson));
}

std::string ReadyBox(const ReadyFacts& facts) {
  std::string out =
      fmt::format("gatehouse is ready in {:.0f} ms: {}, data in {}\n", facts.seconds * 1000,
                  facts.served, facts.data == kInMemory ? "memory" : facts.data);
  if (!facts.kept.empty()) {
    fmt::format_to(std::back_inserter(out),
                   "the data directory has from before: {} (--data elsewhere starts without)\n",
                   fmt::join(facts.kept, ", "));
  }
  const ApiFacts* first = nullptr;
  for (const StackFacts& stack : facts.stacks) {
    fmt::format_to(std::back_inserter(out), "\n{} ({})\n", stack.name, stack.status);
    for (const ApiFacts& api : stack.apis) {
      AppendApi(out, api);
      if (!first && !api.stages.empty()) first = &api;
    }
  }
  if (facts.stacks.empty()) {
    fmt::format_to(std::back_inserter(out), "  no stack yet; endpoint http://localhost:{}\n\n",
                   facts.port);
  }
  if (first) AppendLinesToPaste(out, facts.command, *first, first->stages.front());
  AppendAwsLines(out, facts);
  return out + "\n";
}

}  // namespace gatehouse::server
