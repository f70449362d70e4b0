// What comes after an asynchronous invocation: tries, ages, destinations, the log.
#include <stdexcept>

#include <gtest/gtest.h>

#include "function/define/test_catalogue.h"
#include "function/invoke/event_record.h"
#include "function/invoke/functions.h"
#include "gatehouse/json.h"
#include "net/loop/test_peer.h"

namespace gatehouse::function {
namespace {

struct Seen {
  std::vector<std::string> sink;
  int good = 0, bad = 0;
};
Seen* g_seen = nullptr;

Task<Answer> Good(Event, Context&) {
  ++g_seen->good;
  co_return Answer{200, "fine", {}};
}
Task<Answer> Bad(Event, Context&) {
  ++g_seen->bad;
  throw std::runtime_error("it fails");
  co_return Answer{};
}
Task<Answer> Sink(Event event, Context&) {
  g_seen->sink.emplace_back(event.payload);
  co_return Answer{};
}
constexpr HandlerEntry kHandlers[] = {{"t/good", Good}, {"t/bad", Bad}, {"t/sink", Sink}};

class NoContext final : public Context {
 public:
  Connections& connections() override { std::abort(); }
  Result<Connections*> ConnectionsAt(std::string_view) override { std::abort(); }
  std::unique_ptr<Table> table(std::string_view) override { std::abort(); }
  gatehouse::Functions& functions() override { std::abort(); }
  std::string_view env(std::string_view) const override { return {}; }
  std::chrono::milliseconds Now() const override { return {}; }
  Task<bool> Sleep(std::chrono::milliseconds) override { co_return true; }
  void Log(std::string_view) override {}
};
class NoContexts final : public ContextFactory {
 public:
  Context& Create(const std::shared_ptr<const FunctionDefinition>&, const Event&) override {
    return *new NoContext;
  }
  void Release(Context& context) override { delete &context; }
};

class FunctionsEventsTest : public testing::Test {
 protected:
  FunctionsEventsTest() {
    g_seen = &seen_;
    for (const HandlerEntry& entry : kHandlers) {
      FunctionDefinition function;
      function.name = entry.name.substr(2);
      function.in_process = entry.name;
      EXPECT_TRUE(catalogue_.Create(function));
    }
  }

  static EventInvokeConfig To(std::string on_success, std::string on_failure, int retries_max = 2,
                              int age_max_seconds = 6 * 3600) {
    return {retries_max, std::chrono::seconds{age_max_seconds}, std::move(on_success),
            std::move(on_failure), base::Millis{0}};
  }
  void Configure(const std::string& name, EventInvokeConfig config) {
    bool set = false;
    catalogue_->SetEventInvoke(name, config, false, [&](Result<void> r) { set = bool(r); });
    std::optional<Result<void>> waited;
    catalogue_->SetEventInvoke("none", config, false, [&](Result<void> r) { waited = r; });
    (void)catalogue_.executor().Wait(waited);
    EXPECT_TRUE(set);
  }
  void Send(const std::string& name, int* ended = nullptr) {
    functions_.Send(
        name, R"({"a":1.50})", {}, [](const Result<void>& r) { EXPECT_TRUE(r); },
        [ended] {
          if (ended) ++*ended;
        });
    world_.Settle();
  }
  static std::string Arn(const std::string& name) {
    return "arn:aws:lambda:us-east-1:000000000000:function:" + name;
  }
  std::string Log() {
    log_.Flush();
    return lines_;
  }
  std::string Context(std::size_t record, std::string_view name) {
    auto context = json::Member(seen_.sink.at(record), "requestContext");
    return std::string(*json::Member(*context, name));
  }

  Seen seen_;
  NoContexts contexts_;
  net::TestWorld world_;
  TestCatalogue catalogue_{kHandlers};
  base::SeededRandom random_{1};
  std::string lines_;
  base::Log log_{{}, world_.clock, [this](std::string_view lines) { lines_ += lines; }};
  Functions functions_{*catalogue_, contexts_, world_.loop, {.log = &log_, .random = &random_}};
};

TEST_F(FunctionsEventsTest, WhoSentItHearsOfItsEndAfterTheLastTry) {
  int ended = 0;
  Send("good", &ended);
  EXPECT_EQ(ended, 1);
  Send("bad", &ended);
  world_.Advance(179);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(Log(), "");
  world_.Advance(2);
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(seen_.bad, 3);
  EXPECT_NE(
      Log().find("an asynchronous invocation is given up after 3 tries: it fails; the function "
                 "has no destination for failures"),
      std::string::npos)
      << Log();
}

TEST_F(FunctionsEventsTest, ADestinationForFailuresGetsTheRecord) {
  Configure("bad", To("", Arn("sink")));
  Send("bad");
  world_.Advance(181);
  ASSERT_EQ(seen_.sink.size(), 1u);
  EXPECT_EQ(json::Member(seen_.sink[0], "version"), R"("1.0")");
  EXPECT_EQ(json::Member(seen_.sink[0], "requestPayload"), R"({"a":1.50})");
  EXPECT_EQ(Context(0, "condition"), R"("RetriesExhausted")");
  EXPECT_EQ(Context(0, "approximateInvokeCount"), "3");
  EXPECT_EQ(Context(0, "functionArn"), "\"" + Arn("bad:$LATEST") + "\"");
  EXPECT_EQ(Context(0, "requestId").size(), 38u);
  EXPECT_EQ(json::Member(seen_.sink[0], "responseContext"),
            R"({"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"})");
  EXPECT_EQ(json::Member(*json::Member(seen_.sink[0], "responsePayload"), "errorMessage"),
            R"("it fails")");
}

TEST_F(FunctionsEventsTest, ADestinationForSuccessesGetsTheRecord) {
  Configure("good", To(Arn("sink"), Arn("bad")));
  Send("good");
  ASSERT_EQ(seen_.sink.size(), 1u);
  EXPECT_EQ(seen_.bad, 0);
  EXPECT_EQ(Context(0, "condition"), R"("Success")");
  EXPECT_EQ(Context(0, "approximateInvokeCount"), "1");
  EXPECT_EQ(json::Member(seen_.sink[0], "responseContext"),
            R"({"statusCode":200,"executedVersion":"$LATEST"})");
  EXPECT_EQ(json::Member(seen_.sink[0], "responsePayload"), R"({"statusCode":200,"body":"fine"})");
}

TEST_F(FunctionsEventsTest, RetriesAndAgeAreTheFunctionsOwn) {
  Configure("bad", To("", Arn("sink"), 0));
  Send("bad");
  world_.Advance(1000);
  EXPECT_EQ(seen_.bad, 1);
  EXPECT_EQ(Context(0, "condition"), R"("RetriesExhausted")");
  Configure("bad", To("", Arn("sink"), 2, 100));
  Send("bad");
  world_.Advance(1000);
  EXPECT_EQ(seen_.bad, 3) << "at once and after a minute; two more would be too old";
  EXPECT_EQ(Context(1, "condition"), R"("EventAgeExceeded")");
}

TEST_F(FunctionsEventsTest, AThrottledEventIsGivenUpAtItsAge) {
  FunctionDefinition closed = *catalogue_->Find("good");
  closed.reserved_concurrency = 0;
  ASSERT_TRUE(catalogue_.Update(closed));
  Configure("good", To("", Arn("sink"), 2, 60));
  int ended = 0;
  Send("good", &ended);
  world_.Advance(50);
  EXPECT_EQ(ended, 0);
  world_.Advance(100);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(seen_.good, 0);
  EXPECT_EQ(Context(0, "condition"), R"("EventAgeExceeded")");
  EXPECT_FALSE(json::Member(seen_.sink[0], "responseContext"));
}

TEST_F(FunctionsEventsTest, DestinationsThatLeadBackAreStopped) {
  Configure("good", To(Arn("good"), ""));
  Send("good");
  world_.Advance(10);
  EXPECT_EQ(seen_.good, 17);
  EXPECT_NE(Log().find("an event is stopped that went through 16 destinations"), std::string::npos);
}

TEST_F(FunctionsEventsTest, WhereNoRecordCanGoIsTold) {
  for (const std::string& to : {std::string("arn:aws:sqs:us-east-1:000000000000:q"), Arn("none")}) {
    Configure("good", To(to, ""));
    Send("good");
    EXPECT_NE(Log().find(to), std::string::npos) << Log();
  }
}

TEST_F(FunctionsEventsTest, TheConfigurationOutlivesARestartAndGoesWithItsFunction) {
  EventInvokeConfig config{1, std::chrono::seconds{90}, Arn("sink"), "", base::Millis{5}};
  Configure("good", config);
  catalogue_.Reopen();
  EXPECT_EQ(catalogue_->Lookup("good")->event_invoke, config);
  ASSERT_TRUE(catalogue_.Update(*catalogue_->Find("good")));
  EXPECT_EQ(catalogue_->Lookup("good")->event_invoke, config) << "stays with a new definition";
  ASSERT_TRUE(catalogue_.Delete("good"));
  FunctionDefinition again;
  again.name = "good";
  again.in_process = "t/good";
  ASSERT_TRUE(catalogue_.Create(again));
  EXPECT_EQ(catalogue_->Lookup("good")->event_invoke, std::nullopt);
}

TEST(EventRecordTest, AnAnswerThatIsNoJsonBecomesAText) {
  EventRecordFacts facts{base::Millis{1573755365568}, "id", "arn", "Success", 1};
  EXPECT_EQ(EventRecord(facts, "{}", {Outcome::kAnswered, {}, {}, "oops"}),
            R"({"version":"1.0","timestamp":"2019-11-14T18:16:05.568Z",)"
            R"("requestContext":{"requestId":"id","functionArn":"arn","condition":"Success",)"
            R"("approximateInvokeCount":1},"requestPayload":{},)"
            R"("responseContext":{"statusCode":200,"executedVersion":"$LATEST"},)"
            R"("responsePayload":"oops"})");
}

}  // namespace
}  // namespace gatehouse::function
