#include "server/up.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "apps/chat/handlers.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "net/epoll_network.h"
#include "server/chat.h"
#include "server/node.h"
#include "server/ready.h"
#include "server/signals.h"
#include "store/store.h"

namespace gatehouse::server {
namespace {

constexpr std::uint32_t kDescriptorsKept = 256;     // for files, functions, the listener
constexpr std::chrono::seconds kDisconnectTime{8};  // design §7.14: 10 s in all
constexpr std::chrono::seconds kStopTime{10};
constexpr std::chrono::milliseconds kStopPoll{10};

int Fail(const Error& error) {
  std::fprintf(stderr, "gatehouse: %s\n", error.message.c_str());
  return error.code == ErrorCode::kInvalidArgument ? 2 : 1;
}

base::Log::Options LogOptions(const UpOptions& options) {
  std::string level = options.log_level;
  if (level.empty()) level = ::isatty(STDERR_FILENO) ? "debug" : "info";
  static constexpr std::string_view kLevels[] = {"debug", "info", "warning", "error"};
  auto index = std::find(std::begin(kLevels), std::end(kLevels), level) - std::begin(kLevels);
  return {static_cast<base::LogLevel>(index), options.log_format};
}

std::string Region(const UpOptions& options) {
  if (!options.region.empty()) return options.region;
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    const char* value = std::getenv(name);
    if (value && *value) return value;
  }
  return "us-east-1";
}

Result<ChatParameters> ReadChatParameters(const UpOptions& options) {
  ChatParameters parameters;
  parameters.stack_name = options.stack_name;
  for (const std::string& parameter : options.parameters) {
    std::string key = parameter.substr(0, parameter.find('='));
    std::string value = parameter.substr(key.size() + 1);
    if (key == "StageName") {
      parameters.stage_name = value;
    } else if (key == "SendIdOnConnect" && (value == "true" || value == "false")) {
      parameters.send_id_on_connect = value == "true";
    } else {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("--parameter {}: the chat has StageName=NAME and "
                               "SendIdOnConnect=true|false",
                               parameter)};
    }
  }
  return parameters;
}

NodeOptions MakeNodeOptions(const UpOptions& options) {
  NodeOptions node;
  if (options.limits == Limits::kServer) node.quotas.age_seconds = 0;
  if (options.idle_seconds >= 0) node.quotas.idle_seconds = options.idle_seconds;
  if (options.age_seconds >= 0) node.quotas.age_seconds = options.age_seconds;
  node.quotas.pings_count_as_traffic = options.pings_count_as_traffic;
  node.dynamodb = {Region(options), options.account_id};
  node.front_door.domains = options.domains;
  node.front_door.cors_origins = options.cors_origins;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  node.sockets.sockets_max = static_cast<std::uint32_t>(
      std::clamp<rlim_t>(limit.rlim_cur, 2 * kDescriptorsKept, 1'000'000) - kDescriptorsKept);
  return node;
}

// The data directory keeps itself out of version control.
Result<void> PrepareData(const std::string& data, base::Files& files) {
  if (data == ":memory:") return {};
  if (Result<void> made = files.CreateDirectories(data); !made) return made;
  std::string ignore = data + "/.gitignore";
  return files.Exists(ignore) ? Result<void>() : files.WriteAtomically(ignore, "*\n", 0644);
}

// The tables an app needs, made before anything can ask for them.
Result<void> CreateTables(const AppDefinition& app, table::Tables& tables, net::Loop& loop) {
  for (const table::TableDefinition& definition : app.tables) {
    if (tables.DescribeTable(definition.name)) continue;
    std::optional<Result<table::TableDefinition>> created;
    tables.CreateTable(definition, loop,
                       [&](Result<table::TableDefinition> result) { created = std::move(result); });
    while (!created) loop.Turn(std::nullopt);
    if (!*created) return created->error();
  }
  return {};
}

// The app's functions as the app says, made or brought up to date.
Result<void> CreateFunctions(const AppDefinition& app, function::Catalogue& functions,
                             net::Loop& loop) {
  for (const function::FunctionDefinition& definition : app.functions) {
    auto present = functions.Find(definition.name);
    if (present && *present == definition) continue;
    std::optional<Result<void>> stored;
    auto note = [&](Result<void> result) { stored = std::move(result); };
    present ? functions.Update(definition, note) : functions.Create(definition, note);
    while (!stored) loop.Turn(std::nullopt);
    if (!*stored) return stored->error();
  }
  return {};
}

Result<std::uint16_t> Listen(Node& node, const UpOptions& options) {
  if (!options.host.empty()) {
    net::Address address{options.host, options.port};
    if (!address.IsLoopback()) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("--host {}: listening beyond this machine needs --auth strict and "
                               "TLS, which come with a later version; give a loopback address",
                               options.host)};
    }
    Result<net::Address> bound = node.Listen(address);
    if (!bound) return bound.error();
    return bound->port;
  }
  Result<net::Address> v4 = node.Listen({"127.0.0.1", options.port});
  if (!v4) return v4.error();
  Result<net::Address> v6 = node.Listen({"::1", v4->port});
  static_cast<void>(v6);  // a machine without IPv6 is served by IPv4 alone
  return v4->port;
}

// Flushes the log at the end of every turn, so that a turn's lines leave in one write.
class LogFlusher final : public net::Loop::TurnEnd {
 public:
  explicit LogFlusher(base::Log& log) : log_(log) {}
  bool OnTurnEnd() override {
    log_.Flush();
    return false;
  }

 private:
  base::Log& log_;
};

// Stops in order: connections are closed and $disconnect runs, then sockets drain, then the loop.
// A second signal stops at once.
class Stopper {
 public:
  Stopper(net::Loop& loop, Node& node, base::Log& log) : loop_(loop), node_(node), log_(log) {}

  void OnSignal() {
    if (begun_) return loop_.Stop();
    begun_ = loop_.Now();
    log_.Info("stopping",
              {{"connections", static_cast<std::int64_t>(node_.gateway().open_count())}});
    node_.BeginStop();
    Poll();
  }

 private:
  void Poll() {
    auto since = loop_.Now() - *begun_;
    if (!drained_ && (node_.IsQuiet() || since >= kDisconnectTime)) {
      drained_ = true;
      node_.CloseIdle();
    }
    if ((drained_ && node_.open_sockets() == 0) || since >= kStopTime) return loop_.Stop();
    loop_.After(kStopPoll, [this] { Poll(); });
  }

  net::Loop& loop_;
  Node& node_;
  base::Log& log_;
  std::optional<std::chrono::nanoseconds> begun_;
  bool drained_ = false;
};

Result<void> Announce(const UpOptions& options, const AppDefinition& app, const ReadyFacts& facts,
                      base::Files& files) {
  if (!options.ready_file.empty()) {
    Result<void> written = files.WriteAtomically(options.ready_file, ReadyJson(app, facts), 0644);
    if (!written) return written;
  }
  std::string box = ReadyBox(app, facts);
  std::fwrite(box.data(), 1, box.size(), stdout);
  std::fflush(stdout);
  return {};
}

}  // namespace

int RunUp(const UpOptions& options) {
  base::SystemClock clock;
  std::chrono::nanoseconds started = clock.Now();
  if (!options.templates.empty()) {
    return Fail({ErrorCode::kInvalidArgument,
                 "templates of your own come with a later version; without one, up serves the "
                 "built-in chat"});
  }
  Signals signals;
  base::SystemFiles files;
  base::SystemRandom random;
  base::Log log(LogOptions(options), clock, base::FileDescriptorSink(STDERR_FILENO));

  Result<ChatParameters> parameters = ReadChatParameters(options);
  if (!parameters) return Fail(parameters.error());
  if (Result<void> made = PrepareData(options.data, files); !made) return Fail(made.error());
  store::StoreOptions store_options;
  store_options.path = options.data;
  Result<std::unique_ptr<store::Store>> store = store::Store::Open(store_options);
  if (!store) return Fail(store.error());
  Result<Identity> identity = Identity::Load(options.data, files, random);
  if (!identity) return Fail(identity.error());
  AppDefinition app = ChatApp(*parameters, *identity);

  Result<std::unique_ptr<table::Tables>> tables = table::Tables::Open(**store);
  if (!tables) return Fail(tables.error());
  net::EpollNetwork network;
  net::Loop loop(network, clock);
  LogFlusher flusher(log);
  auto functions = function::Catalogue::Open(**store, loop, chat::Handlers());
  if (!functions) return Fail(functions.error());
  int exit_code = 0;
  {
    Node node(loop, clock, log, random, **tables, **functions, MakeNodeOptions(options));
    loop.AddTurnEnd(flusher);
    if (Result<void> made = CreateTables(app, **tables, loop); !made) return Fail(made.error());
    if (Result<void> made = CreateFunctions(app, **functions, loop); !made) {
      return Fail(made.error());
    }
    if (Result<void> served = node.Serve(app); !served) return Fail(served.error());
    Result<std::uint16_t> port = Listen(node, options);
    if (!port) return Fail(port.error());

    Stopper stopper(loop, node, log);
    signals.Watch(loop, [&] { stopper.OnSignal(); });
    double seconds = std::chrono::duration<double>(clock.Now() - started).count();
    ReadyFacts facts{::getpid(), *port, Region(options), options.account_id, options.data, seconds};
    if (Result<void> said = Announce(options, app, facts, files); !said) return Fail(said.error());
    loop.Run();
    if (!options.ready_file.empty()) files.Remove(options.ready_file);
    (*store)->Close();
  }
  return exit_code;
}

}  // namespace gatehouse::server
