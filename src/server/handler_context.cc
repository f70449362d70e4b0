#include "server/handler_context.h"

#include <vector>

#include <fmt/format.h>

#include "base/check.h"

namespace gatehouse::server {
namespace {

class StageConnections final : public Connections {
 public:
  StageConnections(api::Gateway& gateway, const api::StagePlace& place)
      : gateway_(gateway), place_(place) {}

  Task<Result<void>> Post(std::string_view connection_id, std::string_view data) override {
    co_return gateway_.Post(place_, connection_id, data);
  }
  Task<std::vector<Result<void>>> PostAll(std::span<const std::string> connection_ids,
                                          std::string_view data) override {
    co_return gateway_.PostAll(place_, connection_ids, data);
  }
  Task<Result<BroadcastResult>> Broadcast(std::string_view data,
                                          std::span<const std::string> exclude) override {
    co_return gateway_.Broadcast(place_, data, exclude);
  }
  Task<Result<ConnectionInfo>> Get(std::string_view connection_id) override {
    co_return gateway_.Get(place_, connection_id);
  }
  Task<Result<void>> Close(std::string_view connection_id) override {
    co_return gateway_.Delete(place_, connection_id);
  }

 private:
  api::Gateway& gateway_;
  const api::StagePlace& place_;
};

class RoomTable final : public Table {
 public:
  RoomTable(table::Tables& tables, base::Executor& loop, std::string_view name)
      : tables_(tables), loop_(loop), name_(name) {}

  Task<Result<void>> Put(Item item) override {
    Await<Result<void>> put([&](Await<Result<void>>::Done done) {
      tables_.PutItem(name_, std::move(item), loop_, std::move(done));
    });
    co_return co_await put;
  }
  Task<Result<std::optional<Item>>> Get(Item key) override {
    using Got = Result<std::optional<Item>>;
    Await<Got> get([&](Await<Got>::Done done) {
      tables_.GetItem(name_, std::move(key), loop_, std::move(done));
    });
    co_return co_await get;
  }
  Task<Result<void>> Delete(Item key) override {
    Await<Result<void>> deletion([&](Await<Result<void>>::Done done) {
      tables_.DeleteItem(name_, std::move(key), loop_, std::move(done));
    });
    co_return co_await deletion;
  }
  Task<Result<ScanPage>> Scan(ScanOptions options) override {
    Await<Result<ScanPage>> scan([&](Await<Result<ScanPage>>::Done done) {
      tables_.Scan(name_, std::move(options), loop_, std::move(done));
    });
    co_return co_await scan;
  }

 private:
  table::Tables& tables_;
  base::Executor& loop_;
  const std::string name_;
};

class RoomFunctions final : public Functions {
 public:
  explicit RoomFunctions(function::Functions& functions) : functions_(functions) {}

  Task<Result<InvokeResult>> Invoke(std::string_view function_name, std::string payload,
                                    InvocationType type) override {
    Await<Result<InvokeResult>> invoke([&](Await<Result<InvokeResult>>::Done done) {
      functions_.InvokePayload(function_name, std::move(payload), type, std::move(done));
    });
    co_return co_await invoke;
  }

 private:
  function::Functions& functions_;
};

class RoomContext final : public Context {
 public:
  RoomContext(const HandlerRooms& rooms, const function::FunctionDefinition& function,
              const api::StagePlace& place)
      : rooms_(rooms),
        function_(function),
        connections_(*rooms.gateway, place),
        functions_(*rooms.functions) {}

  Connections& connections() override { return connections_; }
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
    elsewhere_.push_back(std::make_unique<StageConnections>(*rooms_.gateway, *where.place));
    return elsewhere_.back().get();
  }

  std::unique_ptr<Table> table(std::string_view table_name) override {
    return std::make_unique<RoomTable>(*rooms_.tables, *rooms_.loop, table_name);
  }

  std::string_view env(std::string_view name) const override {
    auto it = function_.environment.find(name);
    return it == function_.environment.end() ? std::string_view() : it->second;
  }

  std::chrono::milliseconds Now() const override { return rooms_.loop->WallNow(); }

  Task<bool> Sleep(std::chrono::milliseconds duration) override {
    Await<bool> sleep([&](Await<bool>::Done done) {
      rooms_.loop->After(duration, [done = std::move(done)] { done(true); });
    });
    co_return co_await sleep;
  }

  void Log(std::string_view line) override {
    rooms_.log->Info(line, {{"function", function_.name}});
  }

 private:
  const HandlerRooms& rooms_;
  const function::FunctionDefinition& function_;
  StageConnections connections_;
  RoomFunctions functions_;
  std::vector<std::unique_ptr<StageConnections>> elsewhere_;
};

}  // namespace

std::unique_ptr<Context> HandlerContexts::Create(const function::FunctionDefinition& function,
                                                 const Event& event) {
  const api::StagePlace* place = rooms_.own_stage;
  if (event.request_context) {
    place =
        rooms_.gateway->stages().Find(event.request_context->api_id, event.request_context->stage);
  }
  CHECK(place);
  return std::make_unique<RoomContext>(rooms_, function, *place);
}

}  // namespace gatehouse::server
