#include "server/node/node.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "server/access/sts.h"

namespace gatehouse::server {
namespace {

constexpr std::size_t kDynamoDbBodyBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kStsBodyBytesMax = 64 * 1024;
constexpr std::size_t kCloudFormationBodyBytesMax = 4 * 1024 * 1024;  // 1 MB, form-encoded

api::GatewayOptions MakeGatewayOptions(const api::Quotas& quotas, base::Random& random) {
  api::GatewayOptions options;
  options.quotas = quotas;
  options.incarnation = static_cast<std::uint32_t>(random.Next()) & ((1u << 26) - 1);
  options.id_key = {random.Next(), random.Next()};
  return options;
}

}  // namespace

Node::Node(std::span<net::Loop* const> loops, base::Clock& clock, base::Log& log,
           base::Random& random, table::Tables& tables, function::Catalogue& functions,
           const NodeOptions& options)
    : loop_(*loops.front()),
      clock_(clock),
      log_(log),
      random_(random),
      options_(options),
      iam_(log, clock, roles_, functions, {options.iam, options.region, options.account_id}),
      tables_(tables),
      dynamodb_(tables, {options.region, options.account_id}, clock, random),
      expiry_(loop_, clock, log, tables),
      relay_(loop_, random),
      process_mailbox_(loop_, kProcessMailbox),
      own_pages_([this](auto done) { GatherMetrics(std::move(done)); }) {
  CHECK(loops.size() <= kLoopsMax);
  if (!options.owner.access_key_id.empty()) credentials_.Put({options.owner, {}, std::nullopt});
  SharedRooms shared{clock, log, random, tables, functions, credentials_, notices_, iam_, {}};
  shared.function_options.events = std::make_shared<function::EventBounds>();
  shared.function_options.log = &log;
  shared.function_options.random = &random;
  shared.function_options.region = options.region;
  shared.function_options.account_id = options.account_id;
  NodeOptions share = options;
  // What bounds the process is shared out, or shared.
  auto count = static_cast<std::uint32_t>(loops.size());
  share.sockets.sockets_max /= count;
  share.sockets.stalled_bytes = net::NewStalledBytes();
  share.sockets.crowd_max = std::max(1u, share.sockets.crowd_max / count);
  share.quotas.pending_handshakes_max =
      std::max<std::size_t>(1, share.quotas.pending_handshakes_max / count);
  share.http.held_bytes = net::NewHeldBytes(share.http);
  api::GatewayOptions gateway = MakeGatewayOptions(share.quotas, random);
  gateway.upgrades.origins = options.origins;
  gateway.partial_bytes = net::NewPartialBytes();
  gateway.waiting_bytes = api::NewWaitingBytes();
  gateway.departures_running_max = options.function_processes;
  gateway.upgrades.connections_max = share.sockets.sockets_max;
  for (net::Loop* loop : loops) {
    shards_.push_back(std::make_unique<Shard>(*loop, shared, share, gateway));
    group_.Add(*loop, shards_.back()->gateway());
    ++gateway.loop_index;
  }
  function_sender_.Use(home().functions());
  ServeDynamoDb();
  ServeSts();
  ServeOwnPages();
}

void Node::OnShards(void (Shard::*action)()) {
  for (std::size_t i = 1; i < shards_.size(); ++i) {
    Shard* shard = shards_[i].get();
    shard->loop().Post([shard, action] { (shard->*action)(); });
  }
  (home().*action)();
}

// Services are served on the first loop, wherever their clients came in.
void Node::Serve(Service service, std::size_t body_bytes_max, ServiceHandler handler) {
  ServiceHandler& kept = services_[service] = std::move(handler);
  auto here = [&kept](const wire::ServiceRequest& request, wire::ServiceDone done) {
    kept(request, std::move(done));
  };
  home().front_door().Serve(service, body_bytes_max, here);
  for (std::size_t i = 1; i < shards_.size(); ++i) {
    Shard& shard = *shards_[i];
    shard.front_door().Serve(service, body_bytes_max, relay_.Through(shard.loop(), service, kept));
  }
}

Result<void> Node::Open(store::Store& store, const stack::Names& names) {
  api::CatalogueOptions catalogue{options_.region, options_.account_id};
  auto apis = api::Catalogue::Open(store, group_, loop_, clock_, random_, catalogue);
  if (!apis) return apis.error();
  apis_ = *std::move(apis);
  control_plane_ = std::make_unique<api::ControlPlane>(*apis_, loop_, random_);
  ServeApiGateway();

  Result<bool> expires = table::HasTimeToLive(store);
  if (!expires) return expires.error();
  if (*expires) expiry_.Start();
  if (Result<void> opened = OpenEvents(store); !opened) return opened;
  if (Result<void> opened = OpenParameters(store); !opened) return opened;
  provider_ = std::make_unique<stack::RoomsProvider>(stack::Rooms{*apis_, functions().catalogue(),
                                                                  tables_, roles_, loop_, clock_,
                                                                  random_, *events_, *parameters_});
  stack::StackOptions options;
  options.region = options_.region;
  options.account_id = options_.account_id;
  options.source_directory = options_.source_directory;
  options.strict_deployments = options_.strict_deployments;
  options.strict_types = options_.strict_types;
  options.stored_parameter = [this](std::string_view name) -> std::optional<std::string> {
    const parameter::Parameter* found = parameters_->Find(parameter::ParameterNameOf(name));
    if (!found) return std::nullopt;
    return found->value;
  };
  options.on_end = [this](const stack::StackRecord& stack, const std::string& why) {
    LogStack(stack, why);
    JudgeRoles(stack);
    WarnOfApis(stack);
  };
  auto stacks =
      stack::Stacks::Open(store, *provider_, names, loop_, clock_, random_, std::move(options));
  if (!stacks) return stacks.error();
  stacks_ = *std::move(stacks);
  for (const stack::StackRecord* stack : stacks_->List()) JudgeRoles(*stack);
  cloudformation_ = std::make_unique<stack::CloudFormationApi>(*stacks_, random_);
  ServeCloudFormation();
  return options_.journal ? OpenJournals(store) : Result<void>();
}

Result<void> Node::OpenEvents(store::Store& store) {
  auto events = event::Catalogue::Open(store, loop_);
  if (!events) return events.error();
  events_ = *std::move(events);
  event::Place place{options_.region, options_.account_id};
  deliveries_ = std::make_unique<event::Deliveries>(function_sender_, invoke_permissions_, loop_,
                                                    log_, place);
  timetable_ = std::make_unique<event::Timetable>(*events_, *deliveries_, loop_, random_, log_);
  bus_ = std::make_unique<event::Bus>(*events_, *deliveries_);
  events_->OnChange([this](const std::string& document) {
    timetable_->OnChange(document);
    bus_->OnChange(document);
  });
  events_api_ = std::make_unique<event::EventsApi>(*events_, *bus_, loop_, random_, place);
  scheduler_api_ = std::make_unique<event::SchedulerApi>(*events_, loop_, random_, place);
  ServeEvents();
  timetable_->Start();
  return {};
}

Result<void> Node::OpenParameters(store::Store& store) {
  auto parameters = parameter::Parameters::Open(store, loop_);
  if (!parameters) return parameters.error();
  parameters_ = *std::move(parameters);
  ssm_api_ = std::make_unique<parameter::SsmApi>(*parameters_, clock_, random_,
                                                 aws::Place{options_.region, options_.account_id});
  auto serve = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    ssm_api_->Handle(request, std::move(done));
  };
  Serve(Service::kSsm, parameter::SsmApi::kBodyBytesMax, serve);
  return {};
}

void Node::ServeEvents() {
  auto events = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    events_api_->Handle(request, std::move(done));
  };
  Serve(Service::kEvents, event::EventsApi::kBodyBytesMax, events);
  auto scheduler = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    scheduler_api_->Handle(request, std::move(done));
  };
  Serve(Service::kScheduler, event::SchedulerApi::kBodyBytesMax, scheduler);
}

Result<void> Node::OpenJournals(store::Store& store) {
  auto opened = api::ConnectionJournal::Open(store);
  if (!opened) return opened.error();
  if (opened->damaged > 0) {
    log_.Warning(
        fmt::format("{} connections of the last run cannot be read; their $disconnect "
                    "does not run",
                    opened->damaged));
  }
  left_over_ = std::move(opened->left_over);
  for (const auto& shard : shards_) {
    journals_.push_back(
        std::make_unique<api::ConnectionJournal>(store, opened->keyspace, shard->loop(), log_));
    shard->gateway().UseJournal(*journals_.back());
  }
  return {};
}

void Node::RunLeftOver() {
  if (left_over_.empty()) return;
  std::size_t gone = 0;
  api::Gateway& gateway = home().gateway();
  for (api::JournalEntry& entry : std::exchange(left_over_, {})) {
    if (api::StagePlace* place = gateway.stages().Find(entry.api_id, entry.stage)) {
      gateway.disconnects().TakeLeftOver(*place, std::move(entry.departure));
      continue;
    }
    ++gone;
    journals_.front()->Remove(entry.departure.id);
  }
  std::size_t waiting = gateway.disconnects().waiting();
  if (waiting > 0) {
    log_.Info(fmt::format("$disconnect runs for {} connections that the last run left", waiting));
  }
  if (gone > 0) {
    log_.Warning(
        fmt::format("{} connections that the last run left belong to stages that are "
                    "gone; no $disconnect runs for them",
                    gone));
  }
}

void Node::FlushJournals() {
  for (const auto& journal : journals_) journal->Flush();
}

// What clients do to stacks; what comes with the start the box tells.
void Node::LogStack(const stack::StackRecord& stack, const std::string& why) const {
  if (!own_pages_.is_ready()) return;
  std::string sentence = fmt::format("stack {} is {}", stack.name, stack.status);
  if (stack.status.ends_with("_FAILED") || stack.status.find("ROLLBACK") != std::string::npos) {
    return log_.Warning(why.empty() ? sentence : sentence + ": " + why);
  }
  log_.Info(sentence);
}

void Node::JudgeRoles(const stack::StackRecord& stack) {
  const bool is_lenient = !stack.has_roles_enforced && !stack.is_deleted() && !stack.in_review();
  if (is_lenient && options_.iam == IamMode::kEnforce) {
    log_.Info(
        fmt::format("stack {} is of an older gatehouse: what its roles do not allow is only "
                    "warned of until it is deployed anew",
                    stack.name));
  }
  iam_.SetStackLenient(stack.name, is_lenient);
  for (const auto& [logical_id, entry] : stack.entries) {
    if (entry.now.type == "AWS::IAM::Role") roles_.SetLenient(entry.now.physical_id, is_lenient);
  }
}

// Of a stack that is done; while we start, what is left is told when we are ready.
void Node::WarnOfApis(const stack::StackRecord& stack) {
  if (!own_pages_.is_ready()) return;
  for (const auto& [logical_id, entry] : stack.entries) {
    const stack::Resource& resource = entry.now;
    if (resource.type != "AWS::ApiGatewayV2::Api" || resource.inert) continue;
    apis_->Warn(resource.physical_id);
  }
}

void Node::SetReady() {
  own_pages_.set_ready(true);
  apis_->WarnOfAll();
}

void Node::ServeCloudFormation() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    cloudformation_->Handle(request, std::move(done));
  };
  Serve(Service::kCloudFormation, kCloudFormationBodyBytesMax, answer);
}

void Node::ServeApiGateway() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    control_plane_->Handle(request, std::move(done));
  };
  Serve(Service::kApiGateway, api::ControlPlane::kBodyBytesMax, answer);
}

void Node::UseTlsLazily(base::UniqueFunction<net::TlsServer*(std::size_t loop)> make) {
  make_tls_ = std::move(make);
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    shards_[i]->http().UseTlsLazily([this, i] { return make_tls_(i); });
  }
}

void Node::UseTunnels(std::span<net::Resolver* const> resolvers,
                      const net::ProxySettings& proxies) {
  CHECK(resolvers.size() == shards_.size());
  net::TunnelOptions options;
  options.tunnels = net::NewTunnelBound(options);
  options.name = fmt::format("gatehouse-{:016x}", random_.Next());
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    shards_[i]->UseTunnels(*resolvers[i], proxies, options);
  }
}

void Node::SayWhatServes() {
  if (processes_) processes_->SayWhatServes(functions().catalogue().List());
}

Result<void> Node::UseProcesses(process::ChildSpawner& children, function::ProcessOptions options) {
  options.region = options_.region;
  options.account_id = options_.account_id;
  function::ProcessParts parts{home().sockets(), children, credentials_, random_, log_};
  auto processes = function::Processes::Create(parts, std::move(options));
  if (!processes) return processes.error();
  processes_ = *std::move(processes);
  functions().UseProcesses(*processes_, home().event_writer());
  for (std::size_t i = 1; i < shards_.size(); ++i) {
    Shard& shard = *shards_[i];
    process_relays_.push_back(
        std::make_unique<ProcessRelay>(shard.loop(), process_mailbox_, *processes_));
    shard.functions().UseProcesses(*process_relays_.back(), shard.event_writer());
  }
  functions().catalogue().OnChange([this](const std::string& name) { processes_->Retire(name); });
  ServeLambda();
  return {};
}

void Node::ServeLambda() {
  function::LambdaApiOptions options{options_.region, options_.account_id,
                                     options_.source_directory};
  lambda_ = std::make_unique<function::LambdaApi>(functions(), processes_->code(), loop_, random_,
                                                  std::move(options));
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    lambda_->Handle(request, std::move(done));
  };
  Serve(Service::kLambda, function::kLambdaBodyBytesMax, answer);
}

void Node::ServeDynamoDb() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    const wire::HttpHead& head = request.head;
    table::ApiRequest call{head.method,
                           head.Find("X-Amz-Target").value_or(""),
                           head.Find("Content-Type").value_or(""),
                           head.Find("Host").value_or(""),
                           head.Find("Content-Encoding").value_or(""),
                           request.body};
    dynamodb_.Handle(call, loop_, [done = std::move(done)](table::ApiResponse response) mutable {
      done({response.status,
            {{"Content-Type", std::move(response.content_type)},
             {"x-amz-crc32", std::move(response.crc32)},
             {"x-amzn-RequestId", std::move(response.request_id)}},
            std::move(response.body)});
    });
  };
  Serve(Service::kDynamoDb, kDynamoDbBodyBytesMax, answer);
}

void Node::ServeSts() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    done(AnswerSts(request, options_.account_id, random_));
  };
  Serve(Service::kSts, kStsBodyBytesMax, answer);
}

void Node::ServeOwnPages() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    own_pages_.Handle(request, std::move(done));
  };
  Serve(Service::kOwn, 0, answer);
}

// Each loop tells its own numbers; the last one that answers hands them over.
void Node::GatherMetrics(base::UniqueFunction<void(MetricsFacts)> done) {
  struct Gathering {
    MetricsFacts facts;
    std::size_t missing = 0;
    base::UniqueFunction<void(MetricsFacts)> done;
  };
  auto gathering = std::make_shared<Gathering>();
  MetricsFacts& facts = gathering->facts;
  facts.region = options_.region;
  facts.loops.resize(shards_.size());
  gathering->missing = shards_.size();
  gathering->done = std::move(done);
  if (processes_) {
    for (const function::PoolFacts& pool : processes_->Facts()) {
      facts.functions.push_back({pool.function, pool.environments, pool.waiting});
    }
  }
  facts.process = ReadProcessFacts();
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    Shard& shard = *shards_[i];
    base::Mailbox::Place place = shard.facts_mailbox().Reserve(0);
    CHECK(place);  // OwnPages gathers once at a time
    shard.facts_mailbox().Ask(
        std::move(place), loop_,
        [i, &shard] {
          return LoopFacts{i, shard.gateway().Facts(), shard.loop().lag(),
                           shard.sockets().open_count()};
        },
        [i, gathering](LoopFacts loop) {
          gathering->facts.loops[i] = std::move(loop);
          if (--gathering->missing == 0) gathering->done(std::move(gathering->facts));
        });
  }
}

// Sharing would hide that somebody else has the port: it is asked for alone first.
Result<net::Address> Node::Listen(const net::Address& address) {
  if (shards_.size() == 1) return home().Listen(address, false);
  net::Network& network = loop_.network();
  Result<int> probe = network.Listen(address, false);
  if (!probe) return probe.error();
  net::Address bound = network.LocalAddress(*probe);
  network.Close(*probe, false);
  for (auto& shard : shards_) {
    Result<net::Address> shared = shard->Listen(bound, true);
    if (!shared) return shared.error();
  }
  return bound;
}

std::size_t Node::open_count() const {
  std::size_t count = 0;
  for (const auto& shard : shards_) count += shard->gateway().open_count();
  return count;
}

// $disconnect handlers that are processes still reach their tables by the port.
void Node::BeginStop() {
  own_pages_.set_ready(false);
  if (timetable_) timetable_->Stop();
  expiry_.Stop();
  OnShards(&Shard::BeginStop);
}

bool Node::IsQuiet() {
  home().LookAtStop();
  return std::all_of(shards_.begin(), shards_.end(),
                     [](const auto& shard) { return shard->IsQuiet(); });
}

void Node::CloseIdle() {
  OnShards(&Shard::EndDepartures);
  OnShards(&Shard::CloseIdle);
  if (processes_) processes_->BeginStop();
}

std::size_t Node::undone() const {
  std::size_t count = 0;
  for (const auto& shard : shards_) count += shard->gateway().disconnects().undone();
  return count;
}

bool Node::IsEnded() {
  home().LookAtStop();
  return (!processes_ || processes_->IsQuiet()) &&
         std::all_of(shards_.begin(), shards_.end(),
                     [](const auto& shard) { return shard->IsEnded(); });
}

}  // namespace gatehouse::server
