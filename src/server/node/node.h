// A whole gatehouse but for process matters (options, signals, files of its own): all rooms,
// introduced to each other. Each loop has a shard; what there is once (definitions, stacks, control
// planes, processes) is on the first loop. Over a MemoryNetwork it is a whole server in a test.
// Everything on the first loop's thread; until the others run, they belong to it too.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "api/define/api_catalogue.h"
#include "api/define/control_plane.h"
#include "api/serve/connection_journal.h"
#include "api/serve/gateway_group.h"
#include "auth/policy/roles.h"
#include "auth/signature/credentials.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/random.h"
#include "event/bus.h"
#include "event/catalogue.h"
#include "event/deliveries.h"
#include "event/events_api.h"
#include "event/scheduler_api.h"
#include "event/timetable.h"
#include "function/process/processes.h"
#include "function/wire/lambda_api.h"
#include "net/dial/proxy.h"
#include "net/dial/resolver.h"
#include "net/loop/loop.h"
#include "net/tls/tls.h"
#include "parameter/parameters.h"
#include "parameter/ssm_api.h"
#include "process/child_processes.h"
#include "server/access/iam.h"
#include "server/edge/own_pages.h"
#include "server/edge/service_relay.h"
#include "server/node/event_adapters.h"
#include "server/node/expiry.h"
#include "server/node/node_options.h"
#include "server/node/process_relay.h"
#include "server/node/shard.h"
#include "stack/engine/stacks.h"
#include "stack/provide/rooms_provider.h"
#include "stack/wire/cloudformation_api.h"
#include "table/operation/tables.h"
#include "table/wire/dynamodb_api.h"

namespace gatehouse::server {

class Node {
 public:
  static constexpr std::size_t kLoopsMax = 64;  // design §7.6: 6 bits of a connection's id

  // At least one loop. Everything given must outlive the node; random is fit for keys.
  Node(std::span<net::Loop* const> loops, base::Clock& clock, base::Log& log, base::Random& random,
       table::Tables& tables, function::Catalogue& functions, const NodeOptions& options);

  // Reads what the store has of APIs and stacks and serves it. Blocks; for start-up.
  Result<void> Open(store::Store& store, const stack::Names& names);

  // These come before the other loops run.
  // Speaks TLS too, by what make(index) gives on that loop's thread for its first such socket; that
  // outlives the node.
  void UseTlsLazily(base::UniqueFunction<net::TlsServer*(std::size_t loop)> make);
  // CONNECT reaches hosts that are not AWS's, through the proxy that the settings name.
  // A resolver for each loop.
  void UseTunnels(std::span<net::Resolver* const> resolvers, const net::ProxySettings& proxies);
  // Functions that are processes run from now on, and Lambda's API answers. children outlives the
  // node. Errors: kIo.
  void SayWhatServes();  // which interpreters, in the log
  Result<void> UseProcesses(process::ChildSpawner& children, function::ProcessOptions options);

  // Listens, on every loop; port 0 picks one, and the addresses that follow use the same.
  Result<net::Address> Listen(const net::Address& address);

  api::Catalogue& apis() { return *apis_; }
  stack::Stacks& stacks() { return *stacks_; }
  api::Gateway& gateway() { return home().gateway(); }  // of the first loop
  function::Functions& functions() { return home().functions(); }
  event::Catalogue& events() { return *events_; }
  std::size_t open_count() const;  // connections, on all loops

  // Everything is deployed: /_gatehouse/health says so until BeginStop.
  void SetReady();
  // False: nor is it ready while the store is in trouble.
  void SetStoreWell(bool well) { own_pages_.set_store_well(well); }
  // Once what is served is deployed: $disconnect runs for the connections that the last run left.
  void RunLeftOver();
  // Refuses new connections, closes those there are with 1001, runs $disconnect; requests are still
  // answered. Then, once quiet:
  void BeginStop();
  bool IsQuiet();
  void CloseIdle();
  // Nothing is left: no socket, no process.
  bool IsEnded();
  // $disconnect events that did not run, or not to their end; once no loop runs any more.
  std::size_t undone() const;
  // Before the store is closed; likewise.
  void FlushJournals();

 private:
  Shard& home() { return *shards_.front(); }
  // Runs action on every shard's thread; on the first one's inside the call.
  void OnShards(void (Shard::*action)());
  Result<void> OpenJournals(store::Store& store);
  Result<void> OpenEvents(store::Store& store);
  void Serve(Service service, std::size_t body_bytes_max, ServiceHandler handler);
  // Who answers which service's requests.
  void ServeDynamoDb();
  void ServeSts();
  void ServeApiGateway();
  void WarnOfApis(const stack::StackRecord& stack);
  // Stacks of an older gatehouse, which denied nothing, are only warned of, until they are deployed
  // anew.
  void JudgeRoles(const stack::StackRecord& stack);
  void LogStack(const stack::StackRecord& stack, const std::string& why) const;
  void ServeCloudFormation();
  void ServeLambda();
  void ServeEvents();
  Result<void> OpenParameters(store::Store& store);
  void ServeOwnPages();
  void GatherMetrics(base::UniqueFunction<void(MetricsFacts)> done);

  net::Loop& loop_;  // the first
  base::Clock& clock_;
  base::Log& log_;
  base::Random& random_;
  const NodeOptions options_;
  auth::Credentials credentials_;
  Notices notices_;
  auth::Roles roles_;
  Iam iam_;
  table::Tables& tables_;
  table::Api dynamodb_;
  Expiry expiry_;
  ServiceRelay relay_;
  base::Mailbox process_mailbox_;  // of the first loop
  std::map<Service, ServiceHandler> services_;
  base::UniqueFunction<net::TlsServer*(std::size_t)> make_tls_;
  api::GatewayGroup group_;
  std::vector<std::unique_ptr<api::ConnectionJournal>> journals_;  // one per loop, or none
  std::vector<api::JournalEntry> left_over_;
  std::vector<std::unique_ptr<Shard>> shards_;  // one per loop
  std::unique_ptr<function::Processes> processes_;
  std::vector<std::unique_ptr<ProcessRelay>> process_relays_;  // of the other loops
  std::unique_ptr<function::LambdaApi> lambda_;
  std::unique_ptr<api::Catalogue> apis_;
  std::unique_ptr<api::ControlPlane> control_plane_;
  FunctionSender function_sender_;
  EventPermissions invoke_permissions_{iam_};
  std::unique_ptr<event::Catalogue> events_;
  std::unique_ptr<event::Deliveries> deliveries_;
  std::unique_ptr<event::Timetable> timetable_;
  std::unique_ptr<event::Bus> bus_;
  std::unique_ptr<event::EventsApi> events_api_;
  std::unique_ptr<event::SchedulerApi> scheduler_api_;
  std::unique_ptr<parameter::Parameters> parameters_;
  std::unique_ptr<parameter::SsmApi> ssm_api_;
  std::unique_ptr<stack::RoomsProvider> provider_;
  std::unique_ptr<stack::Stacks> stacks_;
  std::unique_ptr<stack::CloudFormationApi> cloudformation_;
  OwnPages own_pages_;
};

}  // namespace gatehouse::server
