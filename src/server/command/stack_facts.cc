#include "server/command/stack_facts.h"

#include <algorithm>

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

// Where routes lead, and what runs there.
struct World {
  const api::Stages& stages;
  const function::Catalogue& functions;
  const stack::CodeFault& code_fault;
  std::uint16_t port;
};

// "chat/sendMessage" of one in the process, "python3.12 index.handler" of a process.
std::string TargetOf(const api::Route& route, const World& world) {
  if (!route.refusal.empty()) return "not served: " + route.refusal;
  if (route.integration->mock) return "MOCK";
  auto function = world.functions.Find(route.integration->function_name);
  if (!function) return "not served: no function " + route.integration->function_name;
  if (!function->in_process.empty()) return function->in_process;
  std::string fault = world.code_fault ? world.code_fault(*function) : std::string();
  if (!fault.empty()) return "not served: " + fault;
  return fmt::format("{} {}", function->runtime, function->handler);
}

// The catalogue's order is that of ids: a connection's own events come first, in their order.
void SortRoutes(std::vector<RouteFacts>& routes) {
  auto rank = [](const RouteFacts& route) {
    return route.key == "$connect" ? 0 : route.key == "$disconnect" ? 1 : 2;
  };
  std::stable_sort(routes.begin(), routes.end(),
                   [&](const RouteFacts& a, const RouteFacts& b) { return rank(a) < rank(b); });
}

ApiFacts FactsOfApi(const std::string& api_id, const World& world) {
  ApiFacts facts;
  facts.api_id = api_id;
  for (const auto& place : world.stages.places()) {
    const api::Stage& stage = *place->current;
    if (stage.api_id() != api_id) continue;
    std::string where = fmt::format("localhost:{}{}", world.port, world.stages.PathOf(stage));
    facts.name = stage.api_name();
    facts.stages.push_back({stage.name(), "ws://" + where, "http://" + where});
    if (facts.stages.size() > 1) continue;  // the routes of the first
    for (const api::Route* route : stage.routes()) {
      facts.routes.push_back({route->key, TargetOf(*route, world)});
    }
  }
  SortRoutes(facts.routes);
  return facts;
}

StackFacts FactsOfStack(const stack::StackRecord& record, const World& world) {
  StackFacts facts;
  facts.name = record.name;
  facts.status = record.status;
  for (const stack::Output& output : record.definition.outputs) {
    facts.outputs[output.key] = output.value;
  }
  for (const auto& [logical_id, entry] : record.entries) {
    const stack::Resource& resource = entry.now;
    if (resource.type == "AWS::ApiGatewayV2::Api" && !resource.inert) {
      facts.apis.push_back(FactsOfApi(resource.physical_id, world));
    } else if (resource.type == "AWS::Lambda::Function") {
      facts.functions[logical_id] = resource.physical_id;
    } else if (resource.type == "AWS::DynamoDB::Table") {
      facts.tables[logical_id] = resource.physical_id;
    }
  }
  return facts;
}

}  // namespace

std::vector<StackFacts> GatherStackFacts(const stack::Stacks& stacks, const api::Stages& stages,
                                         const function::Catalogue& functions,
                                         const stack::CodeFault& code_fault, std::uint16_t port) {
  const World world{stages, functions, code_fault, port};
  std::vector<StackFacts> facts;
  for (const stack::StackRecord* record : stacks.List()) {
    if (record->is_deleted() || record->in_review()) continue;
    facts.push_back(FactsOfStack(*record, world));
  }
  std::reverse(facts.begin(), facts.end());  // in order of creation
  return facts;
}

}  // namespace gatehouse::server
