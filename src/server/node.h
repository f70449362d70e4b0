// One loop with all its rooms, introduced to each other: a whole gatehouse but for process matters
// (options, signals, files of its own). Over a MemoryNetwork it is a whole server in a test.
// Everything on the loop's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "api/gateway.h"
#include "base/log.h"
#include "base/random.h"
#include "function/functions.h"
#include "net/http_server.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/sockets.h"
#include "server/app_definition.h"
#include "server/front_door.h"
#include "server/handler_context.h"
#include "table/api.h"
#include "table/tables.h"

namespace gatehouse::server {

struct NodeOptions {
  api::Quotas quotas;
  net::HttpServerOptions http;
  net::SocketOptions sockets;
  FrontDoorOptions front_door;
  table::ApiOptions dynamodb;
};

// Adapts function::Functions to what `api` calls.
class FunctionInvoker final : public api::Invoker {
 public:
  explicit FunctionInvoker(function::Functions& functions) : functions_(functions) {}
  void Invoke(std::string_view function_name, const Event& event,
              base::UniqueFunction<void(api::InvokeOutcome)> done) override;

 private:
  function::Functions& functions_;
};

class Node {
 public:
  // Everything given must outlive the node; random is fit for keys.
  Node(net::Loop& loop, base::Clock& clock, base::Log& log, base::Random& random,
       table::Tables& tables, function::Catalogue& functions, const NodeOptions& options);

  // Deploys the app's stage; its tables and functions exist already.
  // Errors: kInvalidArgument (bad route, …).
  Result<void> Serve(const AppDefinition& app);

  // Listens; port 0 picks one, and the addresses that follow use the same.
  Result<net::Address> Listen(const net::Address& address);

  api::Gateway& gateway() { return gateway_; }
  function::Functions& functions() { return functions_; }
  std::size_t open_sockets() const { return sockets_.open_count(); }

  // Refuses what is new, closes connections with 1001, runs $disconnect. Then, once quiet:
  void BeginStop();
  bool IsQuiet() const { return gateway_.IsQuiet(); }
  void CloseIdle() { http_.Stop(); }

 private:
  HandlerContexts contexts_;
  table::Api dynamodb_;
  net::Sockets sockets_;
  FrontDoor front_door_;
  net::HttpServer http_;
  function::Functions functions_;
  FunctionInvoker invoker_;
  api::Gateway gateway_;
  net::Listener listener_;
};

}  // namespace gatehouse::server
