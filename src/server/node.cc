#include "server/node.h"

namespace gatehouse::server {
namespace {

api::GatewayOptions MakeGatewayOptions(const api::Quotas& quotas, base::Random& random) {
  api::GatewayOptions options;
  options.quotas = quotas;
  options.incarnation = static_cast<std::uint32_t>(random.Next()) & ((1u << 26) - 1);
  options.id_key = {random.Next(), random.Next()};
  return options;
}

api::InvokeOutcome ToApi(function::Outcome outcome) {
  static constexpr api::InvokeOutcome::Kind kKinds[] = {
      api::InvokeOutcome::kAnswered, api::InvokeOutcome::kFailed, api::InvokeOutcome::kRefused};
  return {kKinds[outcome.kind], std::move(outcome.answer), std::move(outcome.error)};
}

}  // namespace

void FunctionInvoker::Invoke(std::string_view function_name, const Event& event,
                             base::UniqueFunction<void(api::InvokeOutcome)> done) {
  functions_.Invoke(function_name, event,
                    [done = std::move(done)](function::Outcome outcome) mutable {
                      done(ToApi(std::move(outcome)));
                    });
}

Node::Node(net::Loop& loop, base::Clock& clock, base::Log& log, base::Random& random,
           table::Tables& tables, function::Catalogue& functions, const NodeOptions& options)
    : dynamodb_(tables, options.dynamodb, clock, random),
      sockets_(loop, options.sockets),
      front_door_(log, random, options.front_door),
      http_(sockets_, front_door_, options.http),
      functions_(functions, contexts_, loop),
      invoker_(functions_),
      gateway_(sockets_, http_, invoker_, log, random, MakeGatewayOptions(options.quotas, random)),
      listener_(sockets_, http_, http_) {
  front_door_.Introduce(http_, gateway_, dynamodb_, loop);
  HandlerRooms& rooms = contexts_.rooms();
  rooms.loop = &loop;
  rooms.log = &log;
  rooms.gateway = &gateway_;
  rooms.tables = &tables;
  rooms.functions = &functions_;
  rooms.hosts = &front_door_.hosts();
}

Result<void> Node::Serve(const AppDefinition& app) {
  auto stage = api::Stage::Compile(app.api, app.stage);
  if (!stage) return stage.error();
  gateway_.stages().Deploy(*stage);
  contexts_.rooms().own_stage = gateway_.stages().Find(app.api.api_id, app.stage.stage_name);
  return {};
}

Result<net::Address> Node::Listen(const net::Address& address) {
  Result<net::Address> bound = listener_.Listen(address, false);
  if (bound) front_door_.set_port(bound->port);
  return bound;
}

void Node::BeginStop() {
  listener_.Stop();
  gateway_.Stop();
}

}  // namespace gatehouse::server
