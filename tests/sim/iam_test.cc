// What the chat's roles let its functions do as handlers in the process: the table that
// tests/scenario/test_iam.py walks over the wire.
#include <functional>
#include <map>
#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "tests/sim/world.h"

namespace gatehouse::sim {
namespace {

// What a handler was asked to try, and what came of it; one loop, one test at a time.
std::function<Task<Result<void>>(Context&)> trial;  // NOLINT
std::string came;                                   // NOLINT

Task<Answer> Try(Event, Context& context) {
  auto mine = std::exchange(trial, nullptr);
  if (!mine) co_return Answer{};  // invoked by another
  Task<Result<void>> task = mine(context);
  Result<void> result = co_await task;
  bool denied = !result && result.error().code == ErrorCode::kForbidden;
  came = denied ? result.error().message : "allowed";
  co_return Answer{};
}

constexpr HandlerEntry kTrials[] = {{"chat/connect", Try},
                                    {"chat/disconnect", Try},
                                    {"chat/sendMessage", Try},
                                    {"chat/sendDirect", Try},
                                    {"chat/getConnectionId", Try}};
const std::string kNobody = "JDH-3ejISQ0CFlw=";  // a well-formed id of no connection

WorldOptions Options(server::IamMode mode = server::IamMode::kEnforce) {
  WorldOptions options;
  options.handlers = kTrials;
  options.node.iam = mode;
  return options;
}

template <class T>
Result<void> Void(const Result<T>& result) {
  return result ? Result<void>() : Result<void>(result.error());
}

Item Key() {
  Item key;
  key.emplace("connectionId", "x");
  return key;
}

// g++ 12: every argument of an awaited call has a name.
Task<Result<void>> UseTable(Context& context, std::string name, std::string operation) {
  std::unique_ptr<Table> table = context.table(name);
  Item key = Key();
  if (operation == "PutItem") {
    Result<void> put = co_await table->Put(std::move(key));
    co_return put;
  }
  if (operation == "DeleteItem") {
    Result<void> deleted = co_await table->Delete(std::move(key));
    co_return deleted;
  }
  if (operation == "GetItem") {
    Result<std::optional<Item>> got = co_await table->Get(std::move(key));
    co_return Void(got);
  }
  ScanOptions options;
  Result<ScanPage> page = co_await table->Scan(std::move(options));
  co_return Void(page);
}

Task<Result<void>> UseConnections(Context& context, std::string verb) {
  Connections& connections = context.connections();
  if (verb == "POST") {
    Result<void> posted = co_await connections.Post(kNobody, "x");
    co_return posted;
  }
  if (verb == "GET") {
    Result<ConnectionInfo> info = co_await connections.Get(kNobody);
    co_return Void(info);
  }
  if (verb == "DELETE") {
    Result<void> closed = co_await connections.Close(kNobody);
    co_return closed;
  }
  if (verb == "all") {
    std::vector<std::string> ids{kNobody};
    std::vector<Result<void>> results = co_await connections.PostAll(ids, "x");
    co_return results.at(0);
  }
  Result<BroadcastResult> broadcast = co_await connections.Broadcast("x", {});
  co_return Void(broadcast);
}

Task<Result<void>> InvokeOther(Context& context, std::string function) {
  std::string payload = "{}";
  Result<InvokeResult> invoked =
      co_await context.functions().Invoke(function, std::move(payload), InvocationType::kEvent);
  co_return Void(invoked);
}

class Iam : public testing::Test {
 protected:
  // "allowed", or why not.
  std::string AsFunction(const std::string& logical_id,
                         std::function<Task<Result<void>>(Context&)> what) {
    trial = std::move(what);
    came = "did not run";
    EXPECT_TRUE(world_.Invoke(logical_id, "{}"));
    world_.Settle();
    return came;
  }

  World world_{Options()};
};

TEST_F(Iam, HandlersInTheProcessMayWhatTheirRolesSay) {
  const std::map<std::string, std::set<std::string>> may = {
      {"Connect", {"PutItem", "GetConnectionId"}},
      {"Disconnect", {"DeleteItem"}},
      {"SendMessage", {"Scan", "DeleteItem", "POST", "all", "broadcast"}},
      {"SendDirect", {"GetItem", "DeleteItem", "POST", "all", "broadcast"}},
      {"GetConnectionId", {"POST", "all", "broadcast", "GET"}},
  };
  const std::string table = world_.PhysicalId("ConnectionsTable");
  for (const auto& [name, allowed] : may) {
    const std::string function = name + "Handler";
    for (const char* operation : {"PutItem", "GetItem", "DeleteItem", "Scan"}) {
      std::string did = AsFunction(
          function, [&](Context& context) { return UseTable(context, table, operation); });
      EXPECT_EQ(did == "allowed", allowed.contains(operation)) << name << operation << did;
      std::string other = AsFunction(
          function, [&](Context& context) { return UseTable(context, "another", operation); });
      EXPECT_NE(other, "allowed") << name << operation;
    }
    for (const char* verb : {"POST", "GET", "DELETE", "all", "broadcast"}) {
      std::string did =
          AsFunction(function, [&](Context& context) { return UseConnections(context, verb); });
      EXPECT_EQ(did == "allowed", allowed.contains(verb)) << name << verb << did;
    }
    for (const auto& [target, rest] : may) {
      const std::string id = world_.PhysicalId(target + "Handler");
      std::string did =
          AsFunction(function, [&](Context& context) { return InvokeOther(context, id); });
      EXPECT_EQ(did == "allowed", allowed.contains(target)) << name << " → " << target << did;
    }
  }
}

TEST_F(Iam, ADeniedHandlerHearsAwssWordsAndTheLogSaysWhatToAdd) {
  const std::string table = world_.PhysicalId("ConnectionsTable");
  const std::string arn = "arn:aws:dynamodb:us-east-1:000000000000:table/" + table;
  auto read = [&](Context& context) { return UseTable(context, table, "GetItem"); };
  EXPECT_EQ(AsFunction("DisconnectHandler", read),
            "User: arn:aws:sts::000000000000:assumed-role/" + world_.PhysicalId("DisconnectRole") +
                "/" + world_.PhysicalId("DisconnectHandler") +
                " is not authorized to perform: dynamodb:GetItem on resource: " + arn +
                " because no identity-based policy allows the dynamodb:GetItem action");
  EXPECT_NE(world_.log().find(R"({"Effect":"Allow","Action":"dynamodb:GetItem","Resource":")" +
                              arn + R"("})"),
            std::string::npos);
}

TEST(IamModes, WarnAndOffLetHandlersDoAll) {
  for (server::IamMode mode : {server::IamMode::kWarn, server::IamMode::kOff}) {
    World world(Options(mode));
    trial = [](Context& context) { return UseConnections(context, "DELETE"); };
    EXPECT_TRUE(world.Invoke("ConnectHandler", "{}"));
    EXPECT_EQ(came, "allowed");
    bool warned = world.log().find("AWS would deny") != std::string::npos;
    EXPECT_EQ(warned, mode == server::IamMode::kWarn) << world.log();
  }
}

}  // namespace
}  // namespace gatehouse::sim
