#include "function/invoke/functions.h"

#include <deque>
#include <functional>
#include <stdexcept>

#include <gtest/gtest.h>

#include "function/define/test_catalogue.h"
#include "net/loop/test_peer.h"

namespace gatehouse::function {
namespace {

using Lines = std::vector<std::string>;

// What a test's handlers share: they have no state of their own.
struct Stage {
  std::deque<Await<std::string>::Done> waiting;  // suspended handlers, by the order they came
  Lines seen;
  int contexts = 0;
  int rounds = 0;
  int thrown = 0;
  Functions* functions = nullptr;
};
Stage* g_stage = nullptr;

Task<Answer> Echo(Event event, Context&) {
  g_stage->seen.emplace_back(event.request_context ? event.body : event.payload);
  co_return Answer{200, std::string(event.request_context ? event.body : event.payload), {}};
}

// g++ 12 wants every argument of an awaited call named.
void Wait(Await<std::string>::Done done) { g_stage->waiting.push_back(std::move(done)); }

Task<Answer> Waits(Event event, Context& context) {
  Await<std::string> wait(Wait);
  std::string value = co_await wait;
  g_stage->seen.push_back(value + std::string(context.env("suffix")) + std::string(event.body));
  co_return Answer{201, value, {}};
}

Task<Answer> InvokesItself(Event event, Context&) {
  ++g_stage->rounds;
  std::string payload(event.payload);
  Await<InvokeResult> invoke([&](Await<InvokeResult>::Done done) {
    g_stage->functions->InvokePayload(
        "invokesItself", payload, InvocationType::kRequestResponse,
        [done = std::move(done)](Result<InvokeResult> r) { done(std::move(*r)); });
  });
  InvokeResult result = co_await invoke;
  // Answers inside answers double their escapes at every level: say only what counts.
  bool deep = result.payload.find("too deeply") != std::string::npos;
  co_return Answer{200, deep ? "too deeply" : result.payload, {}};
}

Task<Answer> AnswersTooMuch(Event, Context&) {
  co_return Answer{200, std::string(4 * 1024 * 1024, '"'), {}};
}

Task<Answer> Throws(Event, Context&) {
  ++g_stage->thrown;
  throw std::runtime_error("no \"luck\"");
  co_return Answer{};
}

Task<Answer> ThrowsLater(Event, Context&) {
  Await<std::string> wait(Wait);
  std::string value = co_await wait;
  throw std::runtime_error(value);
  co_return Answer{};
}

Task<Answer> ThrowsANumber(Event, Context&) {
  throw 7;
  co_return Answer{};
}

Task<Answer> NoCoroutine(Event, Context&) { throw std::runtime_error("before it began"); }

constexpr HandlerEntry kHandlers[] = {
    {"t/echo", Echo},
    {"t/waits", Waits},
    {"t/invokesItself", InvokesItself},
    {"t/answersTooMuch", AnswersTooMuch},
    {"t/throws", Throws},
    {"t/throwsLater", ThrowsLater},
    {"t/throwsANumber", ThrowsANumber},
    {"t/noCoroutine", NoCoroutine},
};

class BareContext final : public Context {
 public:
  explicit BareContext(const std::shared_ptr<const FunctionDefinition>& function)
      : function_(function) {
    ++g_stage->contexts;
  }
  ~BareContext() override { --g_stage->contexts; }
  Connections& connections() override { std::abort(); }
  Result<Connections*> ConnectionsAt(std::string_view) override { std::abort(); }
  std::unique_ptr<Table> table(std::string_view) override { std::abort(); }
  gatehouse::Functions& functions() override { std::abort(); }
  std::string_view env(std::string_view name) const override {
    auto it = function_->environment.find(name);
    return it == function_->environment.end() ? std::string_view() : it->second;
  }
  std::chrono::milliseconds Now() const override { return {}; }
  Task<bool> Sleep(std::chrono::milliseconds) override { co_return true; }
  void Log(std::string_view) override {}

 private:
  std::shared_ptr<const FunctionDefinition> function_;
};

class BareContexts final : public ContextFactory {
 public:
  Context& Create(const std::shared_ptr<const FunctionDefinition>& function,
                  const Event&) override {
    return *new BareContext(function);
  }
  void Release(Context& context) override { delete &context; }
};

class FunctionsTest : public testing::Test {
 protected:
  FunctionsTest() {
    g_stage = &stage_;
    stage_.functions = &functions_;
    for (const HandlerEntry& entry : kHandlers) {
      FunctionDefinition function;
      function.name = entry.name.substr(2);
      function.in_process = entry.name;
      function.environment["suffix"] = "!";
      EXPECT_TRUE(catalogue_.Create(function));
    }
  }
  ~FunctionsTest() override { EXPECT_EQ(stage_.contexts, 0) << "a context was kept"; }

  // Invokes with a message; what came of it goes to outcomes_.
  void Invoke(std::string_view name, std::string_view body = "hi") {
    event_.request_context = &context_;
    event_.body = body;
    functions_.Invoke(name, event_,
                      [this](Outcome outcome) { outcomes_.push_back(std::move(outcome)); });
  }
  void InvokePayload(std::string_view name, std::string payload,
                     InvocationType type = InvocationType::kRequestResponse) {
    functions_.InvokePayload(name, std::move(payload), type, [this](Result<InvokeResult> result) {
      results_.push_back(std::move(result));
    });
  }

  Stage stage_;
  RequestContext context_;
  Event event_;
  BareContexts contexts_;
  net::TestWorld world_;
  TestCatalogue catalogue_{kHandlers};
  FunctionsOptions options_{.payload_bytes_max = 100,
                            .event_payload_bytes_max = 50,
                            .events = std::make_shared<EventBounds>(3)};
  Functions functions_{*catalogue_, contexts_, world_.loop, options_};
  std::vector<Outcome> outcomes_;
  std::vector<Result<InvokeResult>> results_;
};

TEST_F(FunctionsTest, AHandlerThatDoesNotWaitIsDoneWithinTheCall) {
  Invoke("echo", "hello");
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_EQ(outcomes_[0].kind, Outcome::kAnswered);
  EXPECT_EQ(outcomes_[0].answer.body, "hello");
  EXPECT_EQ(functions_.running(), 0u);
}

TEST_F(FunctionsTest, HandlersThatWaitAreDoneLaterInAnyOrder) {
  Invoke("waits");
  Invoke("waits");
  EXPECT_TRUE(outcomes_.empty());
  EXPECT_EQ(functions_.running(), 2u);
  EXPECT_EQ(stage_.contexts, 2);
  stage_.waiting[1]("b");
  stage_.waiting[0]("a");
  ASSERT_EQ(outcomes_.size(), 2u);
  EXPECT_EQ(outcomes_[0].answer.body, "b");
  EXPECT_EQ(outcomes_[1].answer.status_code, 201);
  EXPECT_EQ(stage_.seen, (Lines{"b!hi", "a!hi"}));
  EXPECT_EQ(functions_.running(), 0u);
}

TEST_F(FunctionsTest, WhatAHandlerThrowsIsAFailure) {
  for (const char* name : {"throws", "noCoroutine", "throwsANumber"}) Invoke(name);
  Invoke("throwsLater");
  stage_.waiting[0]("much later");
  ASSERT_EQ(outcomes_.size(), 4u);
  for (const Outcome& outcome : outcomes_) EXPECT_EQ(outcome.kind, Outcome::kFailed);
  EXPECT_EQ(outcomes_[0].error, "no \"luck\"");
  EXPECT_EQ(outcomes_[1].error, "before it began");
  EXPECT_EQ(outcomes_[2].error, "an exception that is no std::exception");
  EXPECT_EQ(outcomes_[3].error, "much later");
  EXPECT_EQ(functions_.running(), 0u);
}

TEST_F(FunctionsTest, AnUnknownFunctionIsRefused) {
  Invoke("none");
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_EQ(outcomes_[0].kind, Outcome::kRefused);
  EXPECT_EQ(outcomes_[0].error, "there is no function none");
}

TEST_F(FunctionsTest, DoneMayInvokeAgain) {
  int rounds = 0;
  std::function<void()> again = [&] {
    functions_.Invoke("echo", event_, [&](const Outcome&) {
      if (++rounds < 5) again();
    });
  };
  again();
  EXPECT_EQ(rounds, 5);
}

TEST_F(FunctionsTest, FunctionsThatInvokeThemselvesWithoutEndAreStopped) {
  for (int i = 0; i < 2; ++i) {
    stage_.rounds = 0;
    InvokePayload("invokesItself", "{}");
    EXPECT_EQ(stage_.rounds, 64);
    EXPECT_NE(results_.back()->payload.find("too deeply"), std::string::npos);
    EXPECT_EQ(functions_.running(), 0u);
  }
}

TEST_F(FunctionsTest, AnInvocationByPayloadGivesTheAnswerAsJson) {
  InvokePayload("echo", R"({"a": 1.50})");
  ASSERT_EQ(results_.size(), 1u);
  ASSERT_TRUE(results_[0]);
  EXPECT_EQ(results_[0]->status_code, 200);
  EXPECT_EQ(results_[0]->payload, R"({"statusCode":200,"body":"{\"a\": 1.50}"})");
  EXPECT_EQ(results_[0]->function_error, "");
  EXPECT_EQ(stage_.seen, Lines{R"({"a": 1.50})"});
}

TEST_F(FunctionsTest, AFailureByPayloadIsAFunctionError) {
  InvokePayload("throws", "{}");
  ASSERT_TRUE(results_.at(0));
  EXPECT_EQ(results_[0]->status_code, 200);
  EXPECT_EQ(results_[0]->function_error, "Unhandled");
  EXPECT_EQ(results_[0]->payload, R"({"errorType":"Error","errorMessage":"no \"luck\""})");
}

TEST_F(FunctionsTest, AnAnswerLargerThanAllowedIsAFunctionError) {
  InvokePayload("answersTooMuch", "{}");
  ASSERT_TRUE(results_.at(0));
  EXPECT_EQ(results_[0]->function_error, "Unhandled");
  EXPECT_NE(results_[0]->payload.find("Response payload size exceeded"), std::string::npos);
}

TEST_F(FunctionsTest, APayloadMustBeJsonOfAllowedSize) {
  auto code = [&](std::string payload, InvocationType type) {
    results_.clear();
    InvokePayload("echo", std::move(payload), type);
    world_.Settle();
    return results_.at(0) ? std::optional<ErrorCode>() : results_[0].error().code;
  };
  constexpr auto kSync = InvocationType::kRequestResponse;
  constexpr auto kAsync = InvocationType::kEvent;
  for (auto type : {kSync, kAsync}) {
    for (const char* json : {"{}", "[1]", "\"x\"", "7", "null", " true "}) {
      EXPECT_EQ(code(json, type), std::nullopt) << json;
    }
    for (const char* text : {"", "hello", "{", "{a:1}", "1 2", "\"\xff\""}) {
      EXPECT_EQ(code(text, type), ErrorCode::kInvalidArgument) << text;
    }
  }
  auto quoted = [](std::size_t size) { return '"' + std::string(size - 2, 'x') + '"'; };
  EXPECT_EQ(code(quoted(100), kSync), std::nullopt);
  EXPECT_EQ(code(quoted(101), kSync), ErrorCode::kPayloadTooLarge);
  EXPECT_EQ(code(quoted(50), kAsync), std::nullopt);
  EXPECT_EQ(code(quoted(51), kAsync), ErrorCode::kPayloadTooLarge);
  results_.clear();
  InvokePayload("none", "{}");
  EXPECT_EQ(results_.at(0).error().code, ErrorCode::kNotFound);
}

TEST_F(FunctionsTest, AnEventIsAcceptedAtOnceAndRunsLater) {
  InvokePayload("echo", R"("first")", InvocationType::kEvent);
  InvokePayload("throws", "{}", InvocationType::kEvent);
  ASSERT_EQ(results_.size(), 2u);
  EXPECT_EQ(results_[0]->status_code, 202);
  EXPECT_EQ(results_[0]->payload, "");
  EXPECT_TRUE(stage_.seen.empty()) << "ran inside the call";
  world_.Settle();
  EXPECT_EQ(stage_.seen, Lines{R"("first")"});
  EXPECT_EQ(results_.size(), 2u);
}

TEST_F(FunctionsTest, EventsThatHaveNotEndedAreBounded) {
  for (int i = 0; i < 4; ++i) InvokePayload("waits", "{}", InvocationType::kEvent);
  EXPECT_TRUE(results_[2]);
  EXPECT_EQ(results_[3].error().code, ErrorCode::kLimitExceeded);
  world_.Settle();
  InvokePayload("waits", "{}", InvocationType::kEvent);
  EXPECT_EQ(results_[4].error().code, ErrorCode::kLimitExceeded) << "they run, but have not ended";
  EXPECT_EQ(functions_.running(), 3u);
  stage_.waiting[1]("x");
  InvokePayload("waits", "{}", InvocationType::kEvent);
  EXPECT_TRUE(results_[5]);
  InvokePayload("echo", "{}");  // a synchronous one needs no place
  EXPECT_TRUE(results_[6]);
  world_.Settle();
  for (std::size_t i : {0u, 2u, 3u}) stage_.waiting[i]("x");
  EXPECT_EQ(functions_.running(), 0u);
}

TEST_F(FunctionsTest, LoopsShareTheBoundOfEvents) {
  Functions other(*catalogue_, contexts_, world_.loop, options_);
  for (int i = 0; i < 2; ++i) InvokePayload("waits", "{}", InvocationType::kEvent);
  std::vector<bool> there;
  auto invoke_there = [&] {
    other.InvokePayload("waits", "{}", InvocationType::kEvent,
                        [&](const Result<InvokeResult>& r) { there.push_back(r.has_value()); });
  };
  invoke_there();
  invoke_there();
  EXPECT_EQ(there, (std::vector<bool>{true, false}));
  InvokePayload("waits", "{}", InvocationType::kEvent);
  EXPECT_EQ(results_[2].error().code, ErrorCode::kLimitExceeded);
  world_.Settle();
  for (auto& waiting : std::exchange(stage_.waiting, {})) waiting("x");
  EXPECT_EQ(options_.events->events.held(), 0u);
  EXPECT_EQ(options_.events->payload_bytes.held(), 0u);
}

TEST_F(FunctionsTest, EventsMayNotHoldTooManyBytes) {
  FunctionsOptions options;
  options.events = std::make_shared<EventBounds>();
  Functions functions(*catalogue_, contexts_, world_.loop, options);
  const std::string payload = "\"" + std::string(options.event_payload_bytes_max - 2, 'x') + "\"";
  int accepted = 0, refused = 0;
  auto count = [&](const Result<InvokeResult>& r) { ++(r ? accepted : refused); };
  for (int i = 0; i < 60; ++i)
    functions.InvokePayload("waits", payload, InvocationType::kEvent, count);
  EXPECT_EQ(accepted, 48) << "three quarters of 64 MB";
  EXPECT_EQ(refused, 12);
  functions.InvokePayload("waits", "{}", InvocationType::kEvent, count);
  EXPECT_EQ(accepted, 49) << "small ones still pass";
  world_.Settle();
  for (auto& waiting : std::exchange(stage_.waiting, {})) waiting("x");
  EXPECT_EQ(options.events->payload_bytes.held(), 0u);
}

TEST_F(FunctionsTest, AnEventThatFailsIsTriedTwiceMore) {
  InvokePayload("throws", "{}", InvocationType::kEvent);
  InvokePayload("waits", "1", InvocationType::kEvent);
  world_.Settle();
  EXPECT_EQ(stage_.thrown, 1);
  world_.Advance(59);
  EXPECT_EQ(stage_.thrown, 1);
  world_.Advance(2);
  EXPECT_EQ(stage_.thrown, 2);
  world_.Advance(118);
  EXPECT_EQ(stage_.thrown, 2);
  for (int i = 0; i < 2; ++i) InvokePayload("echo", "1", InvocationType::kEvent);
  EXPECT_TRUE(results_[2]);
  EXPECT_FALSE(results_[3]) << "one that waits to be tried again has its place in the queue";
  world_.Advance(2);
  EXPECT_EQ(stage_.thrown, 3);
  world_.Advance(10'000);
  EXPECT_EQ(stage_.thrown, 3);
  stage_.waiting[0]("x");
}

TEST_F(FunctionsTest, AHandlerThatWaitsKeepsTheDefinitionItBeganWith) {
  Invoke("waits");
  FunctionDefinition changed = *catalogue_->Find("waits");
  changed.environment["suffix"] = "?";
  ASSERT_TRUE(catalogue_.Update(changed));
  Invoke("waits");
  stage_.waiting[0]("a");
  stage_.waiting[1]("b");
  EXPECT_EQ(stage_.seen, (Lines{"a!hi", "b?hi"}));
}

TEST_F(FunctionsTest, ReservedConcurrencyHoldsForHandlersInTheProcess) {
  FunctionDefinition reserved = *catalogue_->Find("waits");
  reserved.reserved_concurrency = 2;
  ASSERT_TRUE(catalogue_.Update(reserved));
  for (int i = 0; i < 3; ++i) Invoke("waits");
  ASSERT_EQ(outcomes_.size(), 1u) << "two run";
  EXPECT_EQ(outcomes_[0].kind, Outcome::kRefused);
  EXPECT_EQ(outcomes_[0].refusal, ErrorCode::kLimitExceeded);
  EXPECT_EQ(outcomes_[0].error, "function waits is throttled: its reserved concurrency is 2");
  reserved.environment["suffix"] = "?";
  ASSERT_TRUE(catalogue_.Update(reserved));
  Invoke("waits");
  EXPECT_EQ(outcomes_.size(), 2u) << "those of the old definition still count";
  stage_.waiting[0]("a");
  Invoke("waits");
  stage_.waiting[1]("b");
  stage_.waiting[2]("c");
  EXPECT_EQ(outcomes_.size(), 5u);
  EXPECT_EQ(outcomes_.back().kind, Outcome::kAnswered);

  reserved.reserved_concurrency = 0;
  ASSERT_TRUE(catalogue_.Update(reserved));
  Invoke("waits");
  EXPECT_EQ(outcomes_.back().kind, Outcome::kRefused);
}

TEST_F(FunctionsTest, AHandlerThatThrowsLeavesItsReservedPlace) {
  for (const char* name : {"throws", "noCoroutine"}) {
    FunctionDefinition reserved = *catalogue_->Find(name);
    reserved.reserved_concurrency = 1;
    ASSERT_TRUE(catalogue_.Update(reserved));
    for (int i = 0; i < 3; ++i) Invoke(name);
    EXPECT_EQ(outcomes_.back().kind, Outcome::kFailed);
  }
}

TEST_F(FunctionsTest, WithoutProcessesSuchFunctionsAreRefused) {
  FunctionDefinition function;
  function.name = "process";
  function.runtime = "python3.12";
  function.handler = "index.handler";
  function.code = {CodeSource::kInline, "x = 1"};
  ASSERT_TRUE(catalogue_.Create(function));
  Invoke("process");
  EXPECT_EQ(outcomes_.at(0).kind, Outcome::kRefused);
  EXPECT_EQ(outcomes_[0].error, "this gatehouse does not run functions as processes");
}

}  // namespace
}  // namespace gatehouse::function
