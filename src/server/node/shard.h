// What each loop of a node has: its sockets and its door, its gateway, and the in-process handlers
// that run on it. Made, set up and unmade while the loop does not run; else the loop's thread only.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "api/serve/gateway.h"
#include "auth/signature/credentials.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/random.h"
#include "function/invoke/functions.h"
#include "net/dial/proxy.h"
#include "net/dial/resolver.h"
#include "net/http/http_server.h"
#include "net/http/tunnels.h"
#include "net/loop/loop.h"
#include "net/socket/listener.h"
#include "net/socket/sockets.h"
#include "server/access/iam.h"
#include "server/edge/admission_check.h"
#include "server/edge/front_door.h"
#include "server/node/handler_context.h"
#include "server/node/invoke_adapters.h"
#include "server/node/node_options.h"
#include "table/operation/tables.h"

namespace gatehouse::server {

// What all shards of a node use, from any of their threads; outlives them.
struct SharedRooms {
  base::Clock& clock;
  base::Log& log;
  base::Random& random;
  table::Tables& tables;
  function::Catalogue& functions;
  auth::Credentials& credentials;
  Notices& notices;
  Iam& iam;
  function::FunctionsOptions function_options;
};

class Shard {
 public:
  // gateway: of this loop; its quotas are those of the node's options.
  Shard(net::Loop& loop, const SharedRooms& shared, const NodeOptions& options,
        const api::GatewayOptions& gateway);

  net::Loop& loop() { return loop_; }
  net::Sockets& sockets() { return sockets_; }
  net::HttpServer& http() { return http_; }
  FrontDoor& front_door() { return front_door_; }
  function::Functions& functions() { return functions_; }
  api::Gateway& gateway() { return gateway_; }
  // Where it is asked for its numbers, once at a time.
  base::Mailbox& facts_mailbox() { return facts_mailbox_; }
  const api::Gateway& gateway() const { return gateway_; }
  StageEventWriter& event_writer() { return event_writer_; }

  // CONNECT reaches hosts that are not AWS's, through the proxy that the settings name.
  void UseTunnels(net::Resolver& resolver, net::ProxySettings proxies, net::TunnelOptions options);
  // share_port: with the listeners of other loops, among which the kernel spreads clients.
  Result<net::Address> Listen(const net::Address& address, bool share_port);

  // Refuses new connections, closes those there are with 1001, runs $disconnect; requests are still
  // answered. Then, once all shards are quiet:
  void BeginStop();
  void EndDepartures() { gateway_.disconnects().End(); }
  void CloseIdle();
  // How far that is, as last looked at, every kStopPoll; any thread.
  bool IsQuiet() const { return is_quiet_; }  // no connection is open, nothing runs for one
  bool IsEnded() const { return is_ended_; }  // no socket is left
  void LookAtStop();                          // now

 private:
  static constexpr std::chrono::milliseconds kStopPoll{10};
  void PollStop();

  net::Loop& loop_;
  base::Mailbox facts_mailbox_{loop_, {.questions_max = 1, .bytes_max = 0}};
  HandlerContexts contexts_;
  net::Sockets sockets_;
  AdmissionCheck gate_;
  FrontDoor front_door_;
  net::HttpServer http_;
  function::Functions functions_;
  FunctionInvoker invoker_;
  api::Gateway gateway_;
  StageEventWriter event_writer_;
  std::vector<net::Address> own_addresses_;  // where it listens
  std::unique_ptr<net::Tunnels> tunnels_;
  net::Listener listener_;
  bool closes_idle_ = false;
  std::atomic<bool> is_quiet_ = false;
  std::atomic<bool> is_ended_ = false;
};

}  // namespace gatehouse::server
