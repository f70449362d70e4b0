#include "server/node/shard.h"

#include <algorithm>
#include <utility>

#include "function/wire/lambda_api.h"

namespace gatehouse::server {
namespace {

// No page of another origin gets to see an answer, as an image, a script or else.
constexpr std::string_view kAnswerLines =
    "X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\n";

// What is too large for its service is still read, so that the client hears the answer.
net::HttpServerOptions HttpOptionsOf(net::HttpServerOptions http) {
  http.answer_lines = kAnswerLines;
  http.discard_bytes_max = std::max(http.discard_bytes_max, function::kLambdaBodyBytesMax);
  return http;
}

}  // namespace

Shard::Shard(net::Loop& loop, const SharedRooms& shared, const NodeOptions& options,
             const api::GatewayOptions& gateway)
    : loop_(loop),
      sockets_(loop, options.sockets),
      gate_(shared.log, shared.clock, shared.credentials, shared.notices,
            {options.region, options.account_id, options.cors_origins}),
      front_door_(shared.log, shared.random, gate_, options.front_door),
      http_(sockets_, front_door_, HttpOptionsOf(options.http)),
      functions_(shared.functions, contexts_, loop, shared.function_options),
      invoker_(functions_, shared.iam),
      gateway_(sockets_, http_, invoker_, shared.log, shared.random, gateway),
      event_writer_(gateway_.stages()),
      listener_(sockets_, http_, http_) {
  front_door_.Introduce(http_, gateway_);
  AccessFacts facts{options.region, options.account_id, &shared.tables};
  front_door_.UseIam(shared.iam, facts);
  HandlerRooms& rooms = contexts_.rooms();
  rooms.loop = &loop;
  rooms.log = &shared.log;
  rooms.gateway = &gateway_;
  rooms.tables = &shared.tables;
  rooms.functions = &functions_;
  rooms.hosts = &front_door_.hosts();
  rooms.iam = &shared.iam;
  rooms.access = facts;
}

void Shard::UseTunnels(net::Resolver& resolver, net::ProxySettings proxies,
                       net::TunnelOptions options) {
  tunnels_ = std::make_unique<net::Tunnels>(sockets_, http_, resolver, std::move(options));
  for (const net::Address& address : own_addresses_) tunnels_->AddOwn(address);
  front_door_.UseTunnels(*tunnels_, std::move(proxies));
}

Result<net::Address> Shard::Listen(const net::Address& address, bool share_port) {
  Result<net::Address> bound = listener_.Listen(address, share_port);
  if (bound) front_door_.set_port(bound->port);
  if (bound) own_addresses_.push_back(*bound);
  if (bound && tunnels_) tunnels_->AddOwn(*bound);
  return bound;
}

// $disconnect handlers that are processes still reach their tables by the port.
void Shard::BeginStop() {
  gateway_.Stop();
  PollStop();
}

void Shard::CloseIdle() {
  listener_.Stop();
  http_.Stop();
  closes_idle_ = true;
}

void Shard::LookAtStop() {
  is_quiet_ = gateway_.IsQuiet();
  is_ended_ = closes_idle_ && sockets_.open_count() == 0;
}

void Shard::PollStop() {
  LookAtStop();
  if (!is_ended_) loop_.After(kStopPoll, [this] { PollStop(); });
}

}  // namespace gatehouse::server
