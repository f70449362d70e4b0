#include "server/command/instance.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include "apps/chat/handlers.h"
#include "auth/signature/key_pair.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "function/define/function_name.h"
#include "net/dial/resolver.h"
#include "net/loop/epoll_network.h"
#include "net/tls/authority.h"
#include "net/tls/tls.h"
#include "process/child_processes.h"
#include "server/command/code_faults.h"
#include "server/command/env.h"
#include "server/command/instance_folder.h"
#include "server/command/limits.h"
#include "server/command/own_command.h"
#include "server/command/port_owner.h"
#include "server/command/region.h"
#include "server/command/stack_facts.h"
#include "server/command/startup_pages.h"
#include "server/command/templates.h"
#include "server/node/descriptors.h"
#include "server/node/handlers_file.h"
#include "server/node/identity.h"
#include "server/node/loop_thread.h"
#include "server/node/node.h"
#include "server/node/store_watch.h"
#include "stack/check/template_check.h"
#include "store/store.h"
#include "wire/utf8.h"

namespace gatehouse::server {
namespace {

constexpr std::chrono::seconds kDisconnectTime{8};  // design §7.14: 10 s in all
constexpr std::chrono::seconds kStopTime{10};
constexpr std::chrono::milliseconds kStopPoll{10};

// no-color.org: set and not empty.
bool WantsColours() {
  auto get = [](const char* name) -> std::string_view {
    const char* value = std::getenv(name);
    return value ? value : "";
  };
  return ::isatty(STDERR_FILENO) && get("NO_COLOR").empty() && get("TERM") != "dumb";
}

base::Log::Options LogOptions(const UpOptions& options) {
  std::string level = options.log_level;
  if (level.empty()) level = ::isatty(STDERR_FILENO) ? "debug" : "info";
  static constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error"};
  auto index = std::find(std::begin(kLevels), std::end(kLevels), level) - std::begin(kLevels);
  base::Log::Options log;
  log.level = static_cast<base::LogLevel>(index);
  log.format = options.log_format;
  log.colours = WantsColours();
  log.name_for_people = function::NameForPeople;
  return log;
}

constexpr std::int64_t kFunctionConcurrency = 1000;  // AWS: invocations of a function at once

std::size_t ProcessesOf(const UpOptions& options) {
  return static_cast<std::size_t>(options.function_processes);
}

std::size_t QueueOf(const UpOptions& options) {
  auto processes = static_cast<std::int64_t>(ProcessesOf(options));
  return static_cast<std::size_t>(
      options.function_queue.value_or(std::max<std::int64_t>(0, kFunctionConcurrency - processes)));
}

Result<NodeOptions> MakeNodeOptions(const UpOptions& options, const DescriptorShares& descriptors) {
  NodeOptions node;
  Result<api::Quotas> quotas = MakeQuotas(options);
  if (!quotas) return quotas.error();
  node.quotas = *std::move(quotas);
  node.account_id = options.account_id;
  node.cors_origins = options.cors_origins;
  node.origins = options.origins;
  node.front_door.domains = options.domains;
  node.front_door.passthrough = options.passthrough;
  node.strict_deployments = options.strict_deployments;
  node.strict_types = options.strict_types;
  node.iam = options.iam;
  node.sockets.sockets_max = descriptors.sockets_max;
  node.sockets.crowd_max = descriptors.crowd_max;
  node.sockets.own_max = descriptors.own_max;
  node.function_processes = ProcessesOf(options);
  return node;
}

// The data directory keeps itself out of version control.
Result<void> PrepareData(const std::string& data, base::Files& files) {
  if (data == ":memory:") return {};
  if (Result<void> made = files.CreateDirectories(data); !made) return made;
  std::string ignore = data + "/.gitignore";
  return files.Exists(ignore) ? Result<void>() : files.WriteAtomically(ignore, "*\n", 0644);
}

// The seed is written when the store has been: a seed alone tells of data that has gone.
Result<void> CheckData(const std::string& data, base::Files& files) {
  if (data == ":memory:" || !files.Exists(data + "/seed")) return {};
  std::string store = data + "/store.db";
  std::error_code unknown;
  bool is_empty = files.Exists(store) && std::filesystem::file_size(store, unknown) == 0;
  if (files.Exists(store) && !is_empty) return {};
  return Error{ErrorCode::kNotFound,
               fmt::format("{} is {}, but {} was in use before: put the file back from a copy, or "
                           "begin anew by removing the folder or with another --data",
                           store, is_empty ? "empty" : "missing", data)};
}

// Turns the loop until answer is there. Of what is asked for at start-up nothing waits for long.
template <class T>
T Wait(net::Loop& loop, std::optional<T>& answer) {
  while (!answer) loop.Turn(std::nullopt);
  return std::move(*answer);
}

// Of a port that is taken: by whom, and what to do.
Error WithOwner(Error error, std::uint16_t port) {
  std::string owner = port == 0 ? std::string() : PortOwner(port);
  if (!owner.empty()) {
    error.message += fmt::format(": {} has it; stop that, or give another --port", owner);
  }
  return error;
}

// A path that is no UTF-8 must not make JSON that nobody reads.
std::string AsUtf8(const std::string& path) {
  return wire::IsUtf8(path) ? path : base::EscapeForTerminal(path);
}

}  // namespace

// In the order in which they are made; they go in the opposite one.
struct Instance::Parts {
  Parts(const UpOptions& given, std::span<const HandlerEntry> offered)
      : options(given),
        own_handlers(offered.empty() ? chat::Handlers() : offered),
        log(LogOptions(given), clock, base::FileDescriptorSink(STDERR_FILENO)) {}

  ~Parts() { StopThreads(); }

  Result<void> OpenData();
  Result<void> OpenRooms();
  Result<void> UseTls();
  Result<void> MakeTls(std::size_t loop_index);
  Result<void> IssueTls();
  Result<void> WriteTrust();
  Result<std::uint16_t> Listen();
  Result<void> MakeFolder();
  Result<void> ReachOut();
  Result<void> Deploy();
  void WarnOfFaults(const TemplateSource& source, const stack::ParameterInputs& parameters);
  std::string Served() const;
  std::vector<std::string> Kept(const std::vector<StackFacts>& stacks) const;
  std::string DataPlace() const;
  void PollStop();
  void LogUndone();
  void StartThreads();
  void StopThreads();

  const UpOptions options;
  const std::span<const HandlerEntry> own_handlers;
  std::vector<HandlerEntry> handlers;  // with those of --handlers
  base::SystemClock clock;
  const std::chrono::nanoseconds started = clock.Now();
  base::SystemFiles files;
  base::SystemRandom random;
  const Variables environment = CurrentVariables();
  const std::string folder_of_start = std::filesystem::current_path().string();
  const std::string users_config = ReadUsersConfig(environment, files);
  base::Log log;
  net::EpollNetwork network;
  net::Loop loop{network, clock};
  LogFlusher flusher{log};
  std::vector<std::unique_ptr<LoopThread>> threads;  // of the loops after the first
  std::unique_ptr<process::ChildProcesses> children;
  net::SystemResolver resolver{loop};
  std::vector<TemplateSource> templates;
  std::optional<CodeFaults> code_faults;  // until it is ready
  std::string data;                       // the data directory, or ":memory:"
  StoreWatch store_watch{loop, log};
  std::unique_ptr<store::Store> store;
  std::optional<Identity> identity;
  std::unique_ptr<table::Tables> tables;
  std::unique_ptr<function::Catalogue> functions;
  std::string authority_folder, authority_pem;
  std::mutex tls_mutex;  // loops meet their first TLS client when they do
  std::optional<net::TlsIdentity> tls_identity;
  std::optional<net::Authority> authority;           // that issued it
  std::vector<std::unique_ptr<net::TlsServer>> tls;  // one per loop
  std::unique_ptr<Node> node;
  std::optional<InstanceFolder> folder;
  InstanceFacts client;
  ReadyFacts ready;
  std::optional<std::chrono::nanoseconds> stop_begun;
  bool drained = false;
};

Result<void> Instance::Parts::OpenData() {
  data = options.data;
  if (data.empty()) {
    bool own = !templates.empty() && !templates.front().built_in;
    data = own ? templates.front().directory + "/.gatehouse" : ".gatehouse";
  }
  // First: it forks, and its child must hold none of our files.
  Result<std::unique_ptr<process::ChildProcesses>> spawner = process::ChildProcesses::Create(loop);
  if (!spawner) return spawner.error();
  children = *std::move(spawner);
  if (Result<void> made = PrepareData(data, files); !made) return made;
  if (Result<void> whole = CheckData(data, files); !whole) return whole;
  store::StoreOptions store_options;
  store_options.path = data;
  store_options.on_health = store_watch.Observer();
  Result<std::unique_ptr<store::Store>> opened = store::Store::Open(store_options);
  if (!opened) return opened.error();
  store = *std::move(opened);
  store_watch.Use(*store);
  Result<Identity> loaded = Identity::Load(data, files, random);
  if (!loaded) return loaded.error();
  identity = *loaded;
  Result<auth::KeyPair> owner = auth::LoadOwnerKey(data, files, random);
  if (!owner) return owner.error();
  client.owner = *std::move(owner);
  client.region = ChooseRegion(options.region, environment, users_config);
  return {};
}

Result<void> Instance::Parts::OpenRooms() {
  Result<std::unique_ptr<table::Tables>> opened_tables = table::Tables::Open(*store);
  if (!opened_tables) return opened_tables.error();
  tables = *std::move(opened_tables);
  auto catalogue = function::Catalogue::Open(*store, loop, handlers);
  if (!catalogue) return catalogue.error();
  functions = *std::move(catalogue);
  Result<DescriptorShares> descriptors = RaiseDescriptors(ProcessesOf(options));
  if (!descriptors) return descriptors.error();
  if (std::string notice = DescriptorNotice(*descriptors); !notice.empty()) log.Warning(notice);
  Result<NodeOptions> node_options = MakeNodeOptions(options, *descriptors);
  if (!node_options) return node_options.error();
  node_options->region = client.region;
  node_options->owner = client.owner;
  node_options->source_directory = folder_of_start;
  node_options->journal = options.journal && data != ":memory:";
  std::vector<net::Loop*> loops{&loop};
  for (std::uint32_t i = 1; i < options.threads; ++i) {
    threads.push_back(std::make_unique<LoopThread>(i, clock, log));
    loops.push_back(&threads.back()->loop());
  }
  tls.resize(loops.size());
  node = std::make_unique<Node>(loops, clock, log, random, *tables, *functions, *node_options);
  store_watch.Tell([this](bool well) { node->SetStoreWell(well); });
  return node->Open(*store, *identity);
}

// Functions as processes, and hosts that are not AWS's.
Result<void> Instance::Parts::ReachOut() {
  function::ProcessOptions processes;
  bool in_memory = data == ":memory:";
  processes.base_directory = (in_memory ? client.folder : data) + "/functions";
  processes.python = options.python;
  processes.node = options.node;
  processes.environments_max = ProcessesOf(options);
  processes.queue_max = QueueOf(options);
  for (const std::string& text : options.inspect) {
    auto read = function::ReadInspect(text);
    if (!read) return read.error();
    processes.inspected.insert(*std::move(read));
  }
  processes.environment = FunctionVariables(client);
  if (Result<void> used = node->UseProcesses(*children, std::move(processes)); !used) return used;
  Result<net::ProxySettings> proxies = net::ProxySettings::Read(net::SystemEnvironment());
  if (!proxies) return proxies.error();
  const net::Proxy* proxy = proxies->For("example.com", 443);
  bool is_us = proxy && HostPolicy::IsLoopback(net::ToAuthority(proxy->host, proxy->port)) &&
               proxy->port == client.port;  // the shell was set up for an instance of this port
  std::vector<net::Resolver*> resolvers{&resolver};
  for (const auto& thread : threads) resolvers.push_back(&thread->resolver());
  node->UseTunnels(resolvers, is_us ? net::ProxySettings() : *std::move(proxies));
  return {};
}

// What a killed process left is put right, then the templates are what runs.
Result<void> Instance::Parts::Deploy() {
  std::optional<Result<void>> recovered;
  node->stacks().Recover([&](Result<void> result) { recovered = std::move(result); });
  if (Result<void> result = Wait(loop, recovered); !result) return result;
  Result<std::vector<stack::ParameterInputs>> parameters =
      ShareParameters(templates, options.parameters);
  if (!parameters) return parameters.error();
  for (std::size_t i = 0; i < templates.size(); ++i) {
    const TemplateSource& source = templates[i];
    if (!source.notice.empty()) log.Info(source.notice);
    stack::StackRequest request;
    request.name = source.stack_name;
    request.template_text = source.text;
    request.source_directory = source.directory;
    request.parameters = (*parameters)[i];
    std::optional<Result<stack::DeployResult>> deployed;
    node->stacks().Deploy(std::move(request), source.path, [&](Result<stack::DeployResult> result) {
      deployed = std::move(result);
    });
    Result<stack::DeployResult> result = Wait(loop, deployed);
    if (!result) return result.error();
    for (const stack::Problem& notice : result->notices) {
      log.Info(fmt::format("{}:{}: {}", source.path, notice.line, notice.message));
    }
    if (!source.built_in) WarnOfFaults(source, (*parameters)[i]);
  }
  return {};
}

// What `check` says of a template that could be deployed.
void Instance::Parts::WarnOfFaults(const TemplateSource& source,
                                   const stack::ParameterInputs& parameters) {
  stack::CheckOptions check;
  check.source_directory = source.directory;
  check.parameters = parameters;
  check.strict_types = options.strict_types;
  check.code_fault = [this](const auto& function) { return code_faults->Of(function); };
  stack::CheckResult verdict = stack::Check(source.text, check);
  for (const stack::Problems* problems : {&verdict.unserved, &verdict.warnings}) {
    for (const stack::Problem& problem : *problems) {
      log.Warning(fmt::format("{}:{}: {}", source.path, problem.line, problem.message));
    }
  }
  // The same without lines.
  for (const auto& [logical_id, entry] : node->stacks().Find(source.stack_name)->entries) {
    if (entry.now.type != "AWS::ApiGatewayV2::Api" || entry.now.inert) continue;
    node->apis().MarkWarned(entry.now.physical_id);
  }
}

// The user's authority vouches for AWS's names and our own. Clients need its certificate at once;
// it is opened, and our own certificate made, when the first TLS client comes: that costs 4 MB.
Result<void> Instance::Parts::UseTls() {
  Result<std::string> where = net::Authority::DefaultFolder(net::SystemEnvironment());
  if (!where) {  // a service without a home
    log.Info(fmt::format("no TLS: {}", where.error().message));
    return {};
  }
  authority_folder = *where;
  if (auto found = net::Authority::Find(authority_folder)) {
    authority_pem = *std::move(found);
  } else {
    Result<net::Authority> made = net::Authority::Open(authority_folder, clock.WallNow());
    if (!made) return made.error();
    authority_pem = made->certificate();
  }
  for (const std::string& domain : options.domains) {
    if (net::Authority::Covers(domain)) continue;
    log.Info(
        fmt::format("--domain {}: not in our certificate; wss:// works by other names", domain));
  }
  node->UseTlsLazily([this](std::size_t loop_index) -> net::TlsServer* {
    std::lock_guard lock(tls_mutex);
    Result<void> made = MakeTls(loop_index);
    if (!made) log.Error(fmt::format("no TLS: {}", made.error().message));
    return tls[loop_index].get();
  });
  return {};
}

// With tls_mutex held. A TlsServer belongs to one loop, the identity to all.
Result<void> Instance::Parts::MakeTls(std::size_t loop_index) {
  if (tls[loop_index]) return {};
  if (!tls_identity) {
    if (Result<void> issued = IssueTls(); !issued) return issued;
  }
  net::TlsServerOptions server_options;  // what bounds the process is shared out
  server_options.handshakes_max =
      std::max<std::size_t>(1, server_options.handshakes_max / tls.size());
  Result<std::unique_ptr<net::TlsServer>> server =
      net::TlsServer::Create(*tls_identity, server_options);
  if (!server) return server.error();
  tls[loop_index] = *std::move(server);
  // A client of another region hears from the gate which one runs here, not from TLS.
  tls[loop_index]->UseFurtherIdentities(
      [this](const std::string& name) -> std::optional<net::TlsIdentity> {
        std::string region = net::Authority::RegionOf(name);
        if (region.empty()) return std::nullopt;
        Result<net::TlsIdentity> other = authority->IssueServer({region, {}}, clock.WallNow());
        return other ? std::optional(*std::move(other)) : std::nullopt;
      });
  return {};
}

Result<void> Instance::Parts::IssueTls() {
  Result<net::Authority> opened = net::Authority::Open(authority_folder, clock.WallNow());
  if (!opened) return opened.error();
  if (opened->certificate() != authority_pem) {  // it was renewed, with the same key
    authority_pem = opened->certificate();
    if (Result<void> written = WriteTrust(); !written) return written;
  }
  Result<net::TlsIdentity> issued =
      opened->IssueServer({client.region, options.domains}, clock.WallNow());
  if (!issued) return issued.error();
  tls_identity = *std::move(issued);
  authority = *std::move(opened);
  return {};
}

Result<std::uint16_t> Instance::Parts::Listen() {
  if (!options.host.empty()) {
    net::Address address{options.host, options.port};
    if (!address.IsLoopback()) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("--host {}: listening beyond this machine needs --auth strict, "
                               "which comes with a later version; give a loopback address",
                               options.host)};
    }
    Result<net::Address> bound = node->Listen(address);
    if (!bound) return WithOwner(bound.error(), options.port);
    return bound->port;
  }
  Result<net::Address> v4 = node->Listen({"127.0.0.1", options.port});
  if (!v4) return WithOwner(v4.error(), options.port);
  Result<net::Address> v6 = node->Listen({"::1", v4->port});
  // A machine without IPv6 is served by IPv4 alone. But who has the port there would get what
  // clients send to localhost.
  bool is_taken = !v6 && v6.error().code == ErrorCode::kConflict && options.port != 0;
  if (is_taken) return WithOwner(v6.error(), options.port);
  return v4->port;
}

// The files by which clients trust this instance.
Result<void> Instance::Parts::WriteTrust() {
  auto own_roots = environment.find("SSL_CERT_FILE");
  Result<std::string> bundle = net::CaBundle(authority_pem, own_roots == environment.end()
                                                                ? std::nullopt
                                                                : std::optional(own_roots->second));
  if (!bundle) return bundle.error();
  Result<void> written = folder->Write(files, "ca-bundle.pem", *bundle);
  return written ? folder->Write(files, "authority.pem", authority_pem) : written;
}

// The files by which clients find and use it.
Result<void> Instance::Parts::MakeFolder() {
  Result<InstanceFolder> made =
      InstanceFolder::Create(InstancesRoot(environment, ::geteuid()), client.port);
  if (!made) return made.error();
  folder.emplace(*std::move(made));
  client.folder = folder->path();
  if (Result<void> written = WriteTrust(); !written) return written;
  const std::pair<const char*, std::string> texts[] = {
      {"aws-config", AwsConfigText(users_config, client.region)},
      {"node-shim.cjs", NodeShimText(client.port)},
      {"credentials.json", auth::EncodeKeyPair(client.owner)},
  };
  for (const auto& [name, text] : texts) {
    if (Result<void> written = folder->Write(files, name, text); !written) return written;
  }
  return {};
}

Instance::Instance(const UpOptions& options, std::span<const HandlerEntry> handlers)
    : parts_(std::make_unique<Parts>(options, handlers)) {}
Instance::~Instance() = default;

// What the box says of where the stacks came from.
std::string Instance::Parts::Served() const {
  std::string served;
  for (const TemplateSource& source : templates) {
    if (!served.empty()) served += ", ";
    served += source.built_in ? "the built-in chat" : source.path;
  }
  return served.empty() ? "no template" : served;
}

// The stacks that no template of this start made: the data directory had them.
std::vector<std::string> Instance::Parts::Kept(const std::vector<StackFacts>& stacks) const {
  std::vector<std::string> kept;
  for (const StackFacts& stack : stacks) {
    bool is_ours = std::any_of(templates.begin(), templates.end(),
                               [&](const auto& source) { return source.stack_name == stack.name; });
    if (!is_ours) kept.push_back(stack.name);
  }
  return kept;
}

// The data directory by the one name that everybody finds.
std::string Instance::Parts::DataPlace() const {
  if (data == ":memory:") return data;
  std::error_code error;
  std::string place = std::filesystem::canonical(data, error).string();
  return AsUtf8(error ? data : place);
}

Result<void> Instance::Start() {
  Parts& parts = *parts_;
  auto handlers = LoadHandlers(parts.own_handlers, parts.options.handlers);
  if (!handlers) return handlers.error();
  parts.handlers = *std::move(handlers);
  auto found = FindTemplates(parts.options, parts.folder_of_start, parts.files);
  if (!found) return found.error();
  parts.templates = *std::move(found);
  if (Result<void> opened = parts.OpenData(); !opened) return opened;
  if (Result<void> opened = parts.OpenRooms(); !opened) return opened;
  parts.loop.AddTurnEnd(parts.flusher);
  if (Result<void> used = parts.UseTls(); !used) return used;
  Result<std::uint16_t> port = parts.Listen();
  if (!port) return port.error();
  parts.client.port = *port;
  if (Result<void> made = parts.MakeFolder(); !made) return made;
  if (Result<void> reached = parts.ReachOut(); !reached) return reached;
  parts.StartThreads();
  parts.code_faults.emplace(parts.loop, *parts.children, parts.options.python, parts.options.node);
  if (Result<void> deployed = parts.Deploy(); !deployed) return deployed;

  ReadyFacts& ready = parts.ready;
  ready.pid = ::getpid();
  ready.port = *port;
  ready.region = parts.client.region;
  ready.account_id = parts.options.account_id;
  ready.data = parts.DataPlace();
  ready.started_in = AsUtf8(parts.folder_of_start);
  ready.command = OwnCommand();
  ready.served = parts.Served();
  ready.stacks = GatherStackFacts(
      parts.node->stacks(), parts.node->gateway().stages(), *parts.functions,
      [&](const auto& f) { return parts.code_faults->Of(f); }, *port);
  parts.code_faults.reset();
  ready.kept = parts.Kept(ready.stacks);
  ready.seconds = std::chrono::duration<double>(parts.clock.Now() - parts.started).count();
  parts.templates.clear();
  parts.node->RunLeftOver();
  parts.node->SetReady();
  parts.node->SayWhatServes();
  parts.log.Flush();  // what the start said; the loop's first turn may be long in coming
  ::malloc_trim(0);   // what templates and certificates needed is more than what stays
  ReleaseStartupPages();
  return parts.folder->Write(parts.files, "ready.json", ReadyJson(ready));
}

net::Loop& Instance::loop() { return parts_->loop; }
const ReadyFacts& Instance::ready() const { return parts_->ready; }
const InstanceFacts& Instance::client() const { return parts_->client; }

void Instance::BeginStop() {
  Parts& parts = *parts_;
  if (parts.stop_begun) return parts.loop.Stop();
  parts.stop_begun = parts.loop.Now();
  // Nobody finds it any more; what functions read of it stays until they have ended.
  parts.files.Remove(parts.folder->path() + "/ready.json");
  std::int64_t open = static_cast<std::int64_t>(parts.node->open_count());
  parts.log.Info("stopping", {{"connections", open}});
  parts.node->BeginStop();
  parts.PollStop();
}

void Instance::Parts::PollStop() {
  auto since = loop.Now() - *stop_begun;
  if (!drained && (node->IsQuiet() || since >= kDisconnectTime)) {
    drained = true;
    node->CloseIdle();
  }
  if ((drained && node->IsEnded()) || since >= kStopTime) return loop.Stop();
  loop.After(kStopPoll, [this] { PollStop(); });
}

// Everything is set up: from here on the other loops belong to their threads.
void Instance::Parts::StartThreads() {
  for (auto& thread : threads) thread->Start();
}

void Instance::Parts::StopThreads() {
  for (auto& thread : threads) thread->Stop();
}

// After the last turn of every loop.
void Instance::Parts::LogUndone() {
  std::size_t undone = node->undone();
  if (undone == 0) return;
  bool is_kept = options.journal && data != ":memory:";
  log.Warning(fmt::format("$disconnect has not run for {} connections: gatehouse stopped first{}",
                          undone, is_kept ? "; it runs at the next start" : ""));
  log.Flush();
}

void Instance::Run() {
  parts_->loop.Run();
  parts_->StopThreads();
  parts_->LogUndone();
  parts_->node->FlushJournals();
  parts_->store->Close();
}

}  // namespace gatehouse::server
