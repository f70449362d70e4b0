// One loop with all its rooms, introduced to each other: a whole gatehouse but for process matters
// (options, signals, files of its own). Over a MemoryNetwork it is a whole server in a test.
// Everything on the loop's thread.
#pragma once

#include <memory>
#include <string>

#include "api/catalogue.h"
#include "api/control_plane.h"
#include "auth/credentials.h"
#include "auth/roles.h"
#include "base/log.h"
#include "base/random.h"
#include "function/lambda_api.h"
#include "function/processes.h"
#include "net/child_processes.h"
#include "net/loop.h"
#include "net/proxy.h"
#include "net/resolver.h"
#include "net/tls.h"
#include "server/node_options.h"
#include "server/own_pages.h"
#include "server/shard.h"
#include "stack/api.h"
#include "stack/rooms_provider.h"
#include "stack/stacks.h"
#include "table/api.h"
#include "table/tables.h"

namespace gatehouse::server {

class Node {
 public:
  // Everything given must outlive the node; random is fit for keys.
  Node(net::Loop& loop, base::Clock& clock, base::Log& log, base::Random& random,
       table::Tables& tables, function::Catalogue& functions, const NodeOptions& options);

  // Reads what the store has of APIs and stacks and serves it. Blocks; for start-up.
  Result<void> Open(store::Store& store, const stack::Names& names);
  // Speaks TLS too, by what make gives for the first such socket; that outlives the node.
  void UseTlsLazily(base::UniqueFunction<net::TlsServer*()> make) {
    shard_.http().UseTlsLazily(std::move(make));
  }
  // CONNECT reaches hosts that are not AWS's, through the proxy that the settings name.
  void UseTunnels(net::Resolver& resolver, net::ProxySettings proxies);
  // Functions that are processes run from now on, and Lambda's API answers. children outlives the
  // node. Errors: kIo.
  Result<void> UseProcesses(net::ChildSpawner& children, function::ProcessOptions options);

  // Listens; port 0 picks one, and the addresses that follow use the same.
  Result<net::Address> Listen(const net::Address& address);

  api::Catalogue& apis() { return *apis_; }
  stack::Stacks& stacks() { return *stacks_; }
  api::Gateway& gateway() { return shard_.gateway(); }
  function::Functions& functions() { return shard_.functions(); }

  // Everything is deployed: /_gatehouse/health says so until BeginStop.
  void SetReady() { own_pages_.set_ready(true); }
  // Refuses new connections, closes those there are with 1001, runs $disconnect; requests are still
  // answered. Then, once quiet:
  void BeginStop();
  bool IsQuiet() const { return shard_.IsQuiet(); }
  void CloseIdle();
  // Nothing is left: no socket, no process.
  bool IsEnded() const;

 private:
  // Who answers which service's requests.
  void ServeDynamoDb();
  void ServeSts();
  void ServeApiGateway();
  void ServeCloudFormation();
  void ServeLambda();
  void ServeOwnPages();
  MetricsFacts GatherMetrics();

  net::Loop& loop_;
  base::Clock& clock_;
  base::Log& log_;
  base::Random& random_;
  const NodeOptions options_;
  auth::Credentials credentials_;
  table::Tables& tables_;
  table::Api dynamodb_;
  Shard shard_;
  std::unique_ptr<function::Processes> processes_;
  std::unique_ptr<function::LambdaApi> lambda_;
  std::unique_ptr<api::Catalogue> apis_;
  std::unique_ptr<api::ControlPlane> control_plane_;
  auth::Roles roles_;
  std::unique_ptr<stack::RoomsProvider> provider_;
  std::unique_ptr<stack::Stacks> stacks_;
  std::unique_ptr<stack::CloudFormationApi> cloudformation_;
  OwnPages own_pages_;
};

}  // namespace gatehouse::server
