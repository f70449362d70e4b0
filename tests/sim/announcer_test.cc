// examples/chat/announcer.yaml beside the chat, for a simulated day; and rules and schedules that
// are slow, late, failing.
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "event/changes.h"
#include "gatehouse/json.h"
#include "tests/sim/world.h"

namespace gatehouse::sim {
namespace {

std::string ReadExample(const std::string& name) {
  std::ifstream in(std::string(GATEHOUSE_EXAMPLES) + "/" + name);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

// Runs the announcer's function as its Python does, for no process is started here; other functions
// of processes do nothing. Payloads are kept.
class Announcers final : public function::ProcessRunner {
 public:
  explicit Announcers(World& world) : world_(world) {
    world.node().functions().UseProcesses(*this, writer_);
  }

  void Run(std::shared_ptr<const function::FunctionDefinition> function, std::string payload,
           function::CallDetails, function::OutcomeDone done) override {
    payloads_.push_back(payload);
    if (holding_) return held_.push_back(std::move(done));
    if (failing_) {
      return done({function::Outcome::kFailed,
                   {},
                   "it fails",
                   R"({"errorMessage":"it fails"})",
                   "Unhandled"});
    }
    auto to = function->environment.find("SEND_MESSAGE_HANDLER");
    if (to == function->environment.end()) {
      return done({function::Outcome::kAnswered, {}, {}, "null"});
    }
    std::string message = json::String(*json::Member(payload, "message")).value();
    std::string seed = R"({"action":"sendmessage","message":)" + json::Quoted(message) +
                       R"(,"apigw_endpoint":)" +
                       json::Quoted(function->environment.at("CONNECTIONS_ENDPOINT")) + "}";
    world_.node().functions().InvokePayload(
        to->second, seed, InvocationType::kRequestResponse,
        [done = std::move(done)](Result<InvokeResult> answer) mutable {
          done({function::Outcome::kAnswered, {}, {}, answer->payload});
        });
  }
  void Retire(const std::string&) override {}

  std::vector<std::string> TakePayloads() { return std::exchange(payloads_, {}); }
  void Hold(bool holding) { holding_ = holding; }
  void Fail(bool failing) { failing_ = failing; }
  void Release() {
    for (auto& done : std::exchange(held_, {})) {
      done({function::Outcome::kAnswered, {}, {}, "null"});
    }
  }

 private:
  struct Writer final : function::EventWriter {
    std::string Write(const Event&) override { return "{}"; }
  };
  World& world_;
  Writer writer_;
  std::vector<std::string> payloads_;
  bool holding_ = false, failing_ = false;
  std::vector<function::OutcomeDone> held_;
};

void Deploy(World& world, const std::string& name, const std::string& text,
            const std::map<std::string, std::string>& parameters = {}) {
  stack::StackRequest request;
  request.name = name;
  request.template_text = text;
  for (const auto& [key, value] : parameters) request.parameters[key] = {value, false};
  std::optional<Result<stack::DeployResult>> deployed;
  world.node().stacks().Deploy(std::move(request), name,
                               [&](Result<stack::DeployResult> r) { deployed = std::move(r); });
  world.Settle();
  ASSERT_TRUE(deployed);
  ASSERT_TRUE(*deployed) << deployed->error().message;
}

void DeployAnnouncer(World& world) {
  std::string endpoint = "https://" + world.PhysicalId("WebSocketApi") +
                         ".execute-api.us-east-1.amazonaws.com/production";
  Deploy(world, "announcer", ReadExample("chat/announcer.yaml"),
         {{"SendMessageHandlerName", world.PhysicalId("SendMessageHandler")},
          {"ConnectionsEndpoint", endpoint}});
}

constexpr char kMessage[] =
    R"({"type":"message","payload":{"user":"server","message":"Another minute has passed."}})";

TEST(Announcer, AMessageEachMinuteOfADayReachesEveryClient) {
  World world;
  Announcers announcers(world);
  DeployAnnouncer(world);
  world.Pass(seconds{1});
  EXPECT_EQ(announcers.TakePayloads(),
            std::vector<std::string>{R"({"message": "Another minute has passed.", )"
                                     R"("at": "2026-01-01T10:10:10Z"})"})
      << "without StartDate it begins at once";
  std::size_t got_by_ann = 0, got_by_bob = 0;
  for (int hour = 0; hour < 24; ++hour) {  // AWS ends connections after two hours
    Client ann(world, "username=ann"), bob(world, "");
    world.Pass(hours{1});
    for (const std::string& message : ann.TakeMessages()) {
      EXPECT_EQ(message, kMessage);
      ++got_by_ann;
    }
    got_by_bob += bob.TakeMessages().size();
  }
  EXPECT_EQ(got_by_ann, 1440u);
  EXPECT_EQ(got_by_bob, 1440u);
  EXPECT_EQ(announcers.TakePayloads().size(), 1440u);
}

TEST(Announcer, NothingIsSentOnceItsStackIsDeleted) {
  World world;
  Announcers announcers(world);
  DeployAnnouncer(world);
  world.Pass(minutes{3});
  EXPECT_EQ(announcers.TakePayloads().size(), 4u);
  bool gone = false;
  world.node().stacks().Delete("announcer", [&](Result<void> deleted) { gone = bool(deleted); });
  world.Pass(seconds{1});
  EXPECT_TRUE(gone);
  EXPECT_TRUE(world.node().events().schedules().empty());
  std::size_t turns = world.turns();
  world.Pass(minutes{10});
  EXPECT_TRUE(announcers.TakePayloads().empty());
  EXPECT_LT(world.turns() - turns, 100u) << "an idle server should sleep";
}

constexpr char kRuleTemplate[] = R"(
Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: arn:aws:iam::000000000000:role/r
      Code: {ZipFile: "def handler(event, context): pass"}
  Tick:
    Type: AWS::Events::Rule
    Properties:
      Name: tick
      ScheduleExpression: cron(0/15 9-17 ? * MON-FRI *)
      Targets:
        - {Id: worker, Arn: !GetAtt Worker.Arn}
  May:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Worker
      Principal: events.amazonaws.com
      SourceArn: !GetAtt Tick.Arn
)";

// 2026-01-01 is a Thursday, and the world begins at 10:10:10.
TEST(Rules, ACronRuleCallsItsFunctionWithAWSsEvent) {
  World world;
  Announcers announcers(world);
  Deploy(world, "rules", kRuleTemplate);
  world.Pass(minutes{5});
  std::vector<std::string> got = announcers.TakePayloads();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(json::Member(got[0], "version"), R"("0")");
  EXPECT_EQ(json::Member(got[0], "id")->size(), 38u);
  EXPECT_EQ(json::Member(got[0], "detail-type"), R"("Scheduled Event")");
  EXPECT_EQ(json::Member(got[0], "source"), R"("aws.events")");
  EXPECT_EQ(json::Member(got[0], "account"), R"("000000000000")");
  EXPECT_EQ(json::Member(got[0], "time"), R"("2026-01-01T10:15:00Z")");
  EXPECT_EQ(json::Member(got[0], "region"), R"("us-east-1")");
  EXPECT_EQ(json::Member(got[0], "resources"),
            R"(["arn:aws:events:us-east-1:000000000000:rule/tick"])");
  EXPECT_EQ(json::Member(got[0], "detail"), "{}");
  world.Pass(hours{24 * 7});  // 36 a working day
  EXPECT_EQ(announcers.TakePayloads().size(), 5u * 36);
}

TEST(Rules, ASlowFunctionDoesNotPileUp) {
  World world;
  Announcers announcers(world);
  DeployAnnouncer(world);
  announcers.Hold(true);
  world.Pass(minutes{30});
  EXPECT_EQ(announcers.TakePayloads().size(), 11u) << "the first one, and ten that have not ended";
  EXPECT_NE(world.log().find("a schedule is faster than its function"), std::string::npos);
  announcers.Hold(false);
  announcers.Release();
  world.Pass(minutes{5});
  EXPECT_EQ(announcers.TakePayloads().size(), 5u);
  EXPECT_NE(world.log().find("20 of its events were left out"), std::string::npos) << world.log();
}

TEST(Rules, AFunctionThatIsGoneIsToldInTheLog) {
  World world;
  Announcers announcers(world);
  event::Schedule schedule;
  schedule.name = "s";
  schedule.expression = "rate(1 hour)";
  schedule.target.arn = "arn:aws:lambda:us-east-1:000000000000:function:none";
  schedule.target.role_arn = "arn:aws:iam::000000000000:role/r";
  event::PutSchedule(world.node().events(), schedule, true, base::Millis{1767262210000},
                     [](const Result<void>& put) { EXPECT_TRUE(put); });
  world.Pass(seconds{1});
  EXPECT_NE(world.log().find("an event was not delivered: Function not found: none"),
            std::string::npos)
      << world.log();
}

}  // namespace
}  // namespace gatehouse::sim
