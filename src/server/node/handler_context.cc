#include "server/node/handler_context.h"

#include <optional>
#include <vector>

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

// Of one stage, as far as the function's role lets it.
class StageConnections final : public Connections {
 public:
  StageConnections(api::Connections& connections, const api::StagePlace& place,
                   HandlerAccess& access, const StageGrants& grants)
      : connections_(connections), place_(place), access_(access), grants_(grants) {}

  Task<Result<void>> Post(std::string_view connection_id, std::string_view data) override {
    if (!grants_.posts) return PostIfAllowed(connection_id, data);
    return connections_.Post(place_, connection_id, data);
  }
  Task<std::vector<Result<void>>> PostAll(std::span<const std::string> connection_ids,
                                          std::string_view data) override {
    if (!grants_.posts) return PostAllAllowed(connection_ids, data);
    return connections_.PostAll(place_, connection_ids, data);
  }
  Task<Result<BroadcastResult>> Broadcast(std::string_view data,
                                          std::span<const std::string> exclude) override {
    if (!grants_.posts) return BroadcastIfAllowed(data, exclude);
    return connections_.Broadcast(place_, data, exclude);
  }
  Task<Result<ConnectionInfo>> Get(std::string_view connection_id) override {
    if (!grants_.gets) return GetIfAllowed(connection_id);
    return connections_.Get(place_, connection_id);
  }
  Task<Result<void>> Close(std::string_view connection_id) override {
    if (!grants_.closes) return CloseIfAllowed(connection_id);
    return connections_.Close(place_, connection_id);
  }

 private:
  // Of functions whose role must be asked about each connection.
  Task<Result<void>> PostIfAllowed(std::string_view connection_id, std::string_view data) {
    Result<void> may = access_.Manage("POST", place_, connection_id);
    if (!may) co_return may;
    Task<Result<void>> post = connections_.Post(place_, connection_id, data);
    co_return co_await post;
  }
  Task<std::vector<Result<void>>> PostAllAllowed(std::span<const std::string> connection_ids,
                                                 std::string_view data) {
    std::vector<Result<void>> results;
    std::vector<std::string> allowed;
    for (const std::string& id : connection_ids) {
      results.push_back(access_.Manage("POST", place_, id));
      if (results.back()) allowed.push_back(id);
    }
    Task<std::vector<Result<void>>> post = connections_.PostAll(place_, allowed, data);
    std::vector<Result<void>> posted = co_await post;
    std::size_t next = 0;
    for (Result<void>& result : results) {
      if (result) result = std::move(posted[next++]);
    }
    co_return results;
  }
  Task<Result<BroadcastResult>> BroadcastIfAllowed(std::string_view data,
                                                   std::span<const std::string> exclude) {
    Result<void> may = access_.Manage("POST", place_, "*");
    if (!may) co_return may.error();
    Task<Result<BroadcastResult>> broadcast = connections_.Broadcast(place_, data, exclude);
    co_return co_await broadcast;
  }
  Task<Result<ConnectionInfo>> GetIfAllowed(std::string_view connection_id) {
    Result<void> may = access_.Manage("GET", place_, connection_id);
    if (!may) co_return may.error();
    Task<Result<ConnectionInfo>> get = connections_.Get(place_, connection_id);
    co_return co_await get;
  }
  Task<Result<void>> CloseIfAllowed(std::string_view connection_id) {
    Result<void> may = access_.Manage("DELETE", place_, connection_id);
    if (!may) co_return may;
    Task<Result<void>> close = connections_.Close(place_, connection_id);
    co_return co_await close;
  }

  api::Connections& connections_;
  const api::StagePlace& place_;
  HandlerAccess& access_;
  const StageGrants& grants_;
};

// For a direct invocation of a function that no stage leads to.
class NoConnections final : public Connections {
 public:
  Task<Result<void>> Post(std::string_view, std::string_view) override { co_return NoStage(); }
  Task<std::vector<Result<void>>> PostAll(std::span<const std::string> connection_ids,
                                          std::string_view) override {
    co_return std::vector<Result<void>>(connection_ids.size(), Result<void>(NoStage()));
  }
  Task<Result<BroadcastResult>> Broadcast(std::string_view, std::span<const std::string>) override {
    co_return NoStage();
  }
  Task<Result<ConnectionInfo>> Get(std::string_view) override { co_return NoStage(); }
  Task<Result<void>> Close(std::string_view) override { co_return NoStage(); }

 private:
  static Error NoStage() {
    return {ErrorCode::kUnsupported,
            "no route of one stage leads to this function; ConnectionsAt names a stage"};
  }
};

class RoomTable final : public Table {
 public:
  RoomTable(table::Tables& tables, base::Executor& loop, HandlerAccess& access,
            std::string_view name)
      : tables_(tables), loop_(loop), access_(access), name_(name) {}

  Task<Result<void>> Put(Item item) override {
    Result<void> may = access_.UseTable("PutItem", name_, &item);
    if (!may) co_return may;
    Await<Result<void>> put([&](Await<Result<void>>::Done done) {
      tables_.PutItem(name_, std::move(item), loop_, std::move(done));
    });
    co_return co_await put;
  }
  Task<Result<std::optional<Item>>> Get(Item key) override {
    Result<void> may = access_.UseTable("GetItem", name_, &key);
    if (!may) co_return may.error();
    using Got = Result<std::optional<Item>>;
    Await<Got> get([&](Await<Got>::Done done) {
      tables_.GetItem(name_, std::move(key), loop_, std::move(done));
    });
    co_return co_await get;
  }
  Task<Result<void>> Delete(Item key) override {
    Result<void> may = access_.UseTable("DeleteItem", name_, &key);
    if (!may) co_return may;
    Await<Result<void>> deletion([&](Await<Result<void>>::Done done) {
      tables_.DeleteItem(name_, std::move(key), loop_, std::move(done));
    });
    co_return co_await deletion;
  }
  Task<Result<ScanPage>> Scan(ScanOptions options) override {
    Result<void> may = access_.UseTable("Scan", name_, nullptr);
    if (!may) co_return may.error();
    Await<Result<ScanPage>> scan([&](Await<Result<ScanPage>>::Done done) {
      tables_.Scan(name_, std::move(options), loop_, std::move(done));
    });
    co_return co_await scan;
  }
  Task<Result<ScanPage>> Query(QueryOptions options) override {
    Result<void> may = access_.QueryTable(name_, options);
    if (!may) co_return may.error();
    Await<Result<ScanPage>> query([&](Await<Result<ScanPage>>::Done done) {
      tables_.Query(name_, std::move(options), loop_, std::move(done));
    });
    co_return co_await query;
  }
  Task<Result<Item>> Update(Item key, UpdateOptions options) override {
    Result<void> may = access_.WriteTable("UpdateItem", name_, key);
    if (!may) co_return may.error();
    Await<Result<Item>> update([&](Await<Result<Item>>::Done done) {
      tables_.UpdateItem(name_, std::move(key), std::move(options), loop_, std::move(done));
    });
    co_return co_await update;
  }
  Task<Result<void>> PutIf(Item item, ConditionOptions options) override {
    Result<void> may = access_.WriteTable("PutItem", name_, item);
    if (!may) co_return may;
    Await<Result<void>> put([&](Await<Result<void>>::Done done) {
      tables_.PutItemIf(name_, std::move(item), std::move(options), loop_, std::move(done));
    });
    co_return co_await put;
  }
  Task<Result<void>> DeleteIf(Item key, ConditionOptions options) override {
    Result<void> may = access_.WriteTable("DeleteItem", name_, key);
    if (!may) co_return may;
    Await<Result<void>> deletion([&](Await<Result<void>>::Done done) {
      tables_.DeleteItemIf(name_, std::move(key), std::move(options), loop_, std::move(done));
    });
    co_return co_await deletion;
  }

 private:
  table::Tables& tables_;
  base::Executor& loop_;
  HandlerAccess& access_;
  const std::string name_;
};

class RoomFunctions final : public Functions {
 public:
  explicit RoomFunctions(function::Functions& functions) : functions_(functions) {}
  void set_access(HandlerAccess& access) { access_ = &access; }

  Task<Result<InvokeResult>> Invoke(std::string_view function_name, std::string payload,
                                    InvocationType type) override {
    Result<void> may = access_->Invoke(function_name);
    if (!may) co_return may.error();
    Await<Result<InvokeResult>> invoke([&](Await<Result<InvokeResult>>::Done done) {
      functions_.InvokePayload(function_name, std::move(payload), type, std::move(done));
    });
    co_return co_await invoke;
  }

 private:
  function::Functions& functions_;
  HandlerAccess* access_ = nullptr;
};

class RoomContext final : public Context {
 public:
  RoomContext(const HandlerRooms& rooms, HandlerAccesses& accesses)
      : rooms_(rooms), accesses_(accesses), functions_(*rooms.functions) {}

  // For a run. One that ran the same function before counts no reference and asks no policy.
  void Begin(const std::shared_ptr<const function::FunctionDefinition>& function,
             const api::StagePlace* place) {
    const std::uint64_t version = rooms_.iam->version();
    if (function_ != function || version_ != version || place_ != place) {
      Become(function, place, version);
    }
  }
  void End() { elsewhere_.clear(); }

  Connections& connections() override {
    if (connections_) return *connections_;
    return no_connections_;
  }
  Functions& functions() override { return functions_; }

  Result<Connections*> ConnectionsAt(std::string_view endpoint) override {
    std::optional<UrlParts> url = SplitUrl(endpoint);
    bool http = url && (url->scheme == "https" || url->scheme == "http");
    if (!http) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("\"{}\" is no https:// or http:// URL", endpoint)};
    }
    if (!rooms_.hosts->IsOurs(url->host)) {
      return Error{ErrorCode::kUnsupported,
                   fmt::format("{} is not served by this gatehouse", url->host)};
    }
    api::StagePath where =
        rooms_.gateway->stages().Resolve(url->path, HostPolicy::ApiIdOf(url->host));
    if (!where.place || (!where.rest.empty() && where.rest != "/")) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("there is no stage at {}", endpoint)};
    }
    elsewhere_.push_back(std::make_unique<StageConnections>(
        rooms_.gateway->connections(), *where.place, *access_, access_->GrantsOn(*where.place)));
    return elsewhere_.back().get();
  }

  std::unique_ptr<Table> table(std::string_view table_name) override {
    return std::make_unique<RoomTable>(*rooms_.tables, *rooms_.loop, *access_, table_name);
  }

  std::string_view env(std::string_view name) const override {
    auto it = function_->environment.find(name);
    return it == function_->environment.end() ? std::string_view() : it->second;
  }

  std::chrono::milliseconds Now() const override { return rooms_.loop->WallNow(); }

  Task<bool> Sleep(std::chrono::milliseconds duration) override {
    Await<bool> sleep([&](Await<bool>::Done done) {
      rooms_.loop->After(duration, [done = std::move(done)] { done(true); });
    });
    co_return co_await sleep;
  }

  void Log(std::string_view line) override {
    rooms_.log->Info(line, {{"function", function_->name}});
  }

 private:
  void Become(const std::shared_ptr<const function::FunctionDefinition>& function,
              const api::StagePlace* place, std::uint64_t version) {
    function_ = function;
    place_ = place;
    version_ = version;
    access_ = accesses_.Of(rooms_.iam, rooms_.access, function);
    functions_.set_access(*access_);
    connections_.reset();
    if (!place) return;
    connections_.emplace(rooms_.gateway->connections(), *place, *access_,
                         access_->GrantsOn(*place));
  }

  const HandlerRooms& rooms_;
  HandlerAccesses& accesses_;
  std::shared_ptr<const function::FunctionDefinition> function_;
  const api::StagePlace* place_ = nullptr;
  std::uint64_t version_ = 0;  // of roles
  std::shared_ptr<HandlerAccess> access_;
  std::optional<StageConnections> connections_;  // on place_, with access_'s grants
  NoConnections no_connections_;
  RoomFunctions functions_;
  std::vector<std::unique_ptr<StageConnections>> elsewhere_;
};

// Whether a route of the stage leads to the function.
bool LeadsTo(const api::Stage& stage, const std::string& function_name) {
  for (const api::Route* route : stage.routes()) {
    if (route->integration && route->integration->function_name == function_name) return true;
  }
  return false;
}

// The stage of a direct invocation: one whose routes lead to the function, else the only one.
const api::StagePlace* OwnStage(const api::Stages& stages, const std::string& function_name) {
  for (const auto& place : stages.places()) {
    if (LeadsTo(*place->current, function_name)) return place.get();
  }
  return stages.places().size() == 1 ? stages.places().front().get() : nullptr;
}

}  // namespace

Context& HandlerContexts::Create(
    const std::shared_ptr<const function::FunctionDefinition>& function, const Event& event) {
  const api::Stages& stages = rooms_.gateway->stages();
  const api::StagePlace* place = nullptr;
  if (event.request_context) {
    place = stages.Find(event.request_context->api_id, event.request_context->stage);
  } else {
    place = OwnStage(stages, function->name);
  }
  std::unique_ptr<Context> context;
  if (spare_.empty()) {
    context = std::make_unique<RoomContext>(rooms_, accesses_);
  } else {
    context = std::move(spare_.back());
    spare_.pop_back();
  }
  auto* begun = static_cast<RoomContext*>(context.release());  // Release has it back
  begun->Begin(function, place);
  return *begun;
}

void HandlerContexts::Release(Context& context) {
  std::unique_ptr<Context> owned(&context);
  static_cast<RoomContext&>(context).End();
  if (spare_.size() < kSpareMax) spare_.push_back(std::move(owned));
}

}  // namespace gatehouse::server
