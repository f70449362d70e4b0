// What goes from one loop to another and back: requests to services, runs of processes. Two queues
// stand for the loops.
#include <deque>
#include <optional>

#include <gtest/gtest.h>

#include "base/random.h"
#include "server/edge/service_relay.h"
#include "server/node/process_relay.h"

namespace gatehouse::server {
namespace {

class Queue final : public base::Executor {
 public:
  void Post(base::UniqueFunction<void()> task) override { tasks_.push_back(std::move(task)); }
  std::size_t size() const { return tasks_.size(); }
  void Run() {
    while (!tasks_.empty()) {
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
  }

 private:
  std::deque<base::UniqueFunction<void()>> tasks_;
};

class ServiceRelayTest : public testing::Test {
 protected:
  // Asks with bytes that are gone afterwards, as those of a client that has gone.
  void Ask(std::string body) {
    std::string method = "POST", target = "/?x", name = "Host", value = "localhost";
    wire::HttpHead head;
    head.method = method;
    head.target = target;
    head.fields = {{name, value}};
    door_({head, body, "arn"}, [this](const wire::ServiceResponse& answer) {
      answers_.push_back(std::to_string(answer.status) + " " + answer.body);
    });
    for (std::string* text : {&method, &target, &name, &value, &body}) text->assign("????????");
  }

  Queue own_, home_;
  base::SeededRandom random_{1};
  ServiceRelay relay_{home_, random_};
  std::vector<wire::ServiceDone> waiting_;
  bool later_ = false;
  ServiceHandler handler_ = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    if (later_) return waiting_.push_back(std::move(done));
    std::string said(request.head.method);
    said.append(" ").append(request.head.target).append(" ");
    said.append(request.head.Find("host").value_or("")).append(" ").append(request.body);
    said.append(" ").append(request.caller);
    done({201, {}, said});
  };
  ServiceHandler door_ = relay_.Through(own_, Service::kSts, handler_);
  std::vector<std::string> answers_;
};

TEST_F(ServiceRelayTest, ARequestIsServedAtHomeAndAnsweredWhereItCameIn) {
  Ask("body");
  EXPECT_EQ(home_.size(), 1u);
  home_.Run();
  EXPECT_EQ(answers_.size(), 0u) << "answered on the wrong thread";
  own_.Run();
  EXPECT_EQ(answers_, std::vector<std::string>{"201 POST /?x localhost body arn"});
}

TEST_F(ServiceRelayTest, TooManyAtOnceAre503) {
  later_ = true;
  for (std::size_t i = 0; i < ServiceRelay::kWaitingMax; ++i) Ask("");
  EXPECT_EQ(answers_.size(), 0u);
  Ask("");
  ASSERT_EQ(answers_.size(), 1u);
  EXPECT_TRUE(answers_[0].starts_with("503 <ErrorResponse")) << answers_[0];
  home_.Run();
  for (auto& done : waiting_) done({200, {}, {}});
  own_.Run();
  EXPECT_EQ(answers_.size(), ServiceRelay::kWaitingMax + 1);
  later_ = false;
  Ask("there is room again");
  home_.Run();
  own_.Run();
  EXPECT_TRUE(answers_.back().starts_with("201 ")) << answers_.back();
}

TEST_F(ServiceRelayTest, TooManyBytesAtOnceAre503) {
  later_ = true;
  const std::string large(ServiceRelay::kWaitingBytesMax / 2, 'x');
  Ask(large);
  Ask(large);  // with its head it is too much
  EXPECT_EQ(answers_.size(), 1u);
  Ask("small");
  EXPECT_EQ(answers_.size(), 1u);
}

class FakeProcesses final : public function::ProcessRunner {
 public:
  void Run(std::shared_ptr<const function::FunctionDefinition> function, std::string payload,
           function::CallDetails details, function::OutcomeDone done) override {
    ran.push_back(function->name + " " + payload + " " + details.request_id);
    waiting.push_back(std::move(done));
  }
  void Retire(const std::string& name) override { ran.push_back("retire " + name); }
  std::vector<std::string> ran;
  std::vector<function::OutcomeDone> waiting;
};

class ProcessRelayTest : public testing::Test {
 protected:
  void Run(std::string payload = "{}") { RunBy(relay_, std::move(payload)); }
  void RunBy(ProcessRelay& relay, std::string payload) {
    auto function = std::make_shared<function::FunctionDefinition>();
    function->name = "f";
    function::CallDetails details;
    details.request_id = "r";
    relay.Run(function, std::move(payload), details, [this](function::Outcome outcome) {
      outcomes_.push_back(outcome.payload.value_or(outcome.error));
    });
  }
  Queue own_, home_;
  FakeProcesses processes_;
  base::Mailbox mailbox_{home_, kProcessMailbox};
  ProcessRelay relay_{own_, mailbox_, processes_};
  std::vector<std::string> outcomes_;
};

TEST_F(ProcessRelayTest, RunsAtHomeAndComesBack) {
  Run();
  EXPECT_EQ(processes_.ran.size(), 0u);
  home_.Run();
  EXPECT_EQ(processes_.ran, std::vector<std::string>{"f {} r"});
  function::Outcome outcome;
  outcome.payload = "42";
  processes_.waiting[0](std::move(outcome));
  EXPECT_EQ(outcomes_.size(), 0u) << "told on the wrong thread";
  own_.Run();
  EXPECT_EQ(outcomes_, std::vector<std::string>{"42"});
}

TEST_F(ProcessRelayTest, AnOutcomeMayComeWhenTheRelayIsGone) {
  auto relay = std::make_unique<ProcessRelay>(own_, mailbox_, processes_);
  RunBy(*relay, "{}");
  home_.Run();
  relay.reset();
  function::Outcome outcome;
  outcome.error = "killed";
  processes_.waiting[0](std::move(outcome));
  own_.Run();
  EXPECT_EQ(outcomes_, std::vector<std::string>{"killed"});
  EXPECT_EQ(mailbox_.questions(), 0u);
}

TEST_F(ProcessRelayTest, WhatWaitsIsBounded) {
  ProcessRelay other(own_, mailbox_, processes_);
  for (std::size_t i = 0; i < 16'384; ++i) RunBy(i % 2 == 0 ? relay_ : other, "{}");
  EXPECT_EQ(outcomes_.size(), 0u);
  Run();
  RunBy(other, "{}");
  EXPECT_EQ(outcomes_, std::vector<std::string>(2, "too many invocations wait for processes"));
  home_.Run();
  for (auto& done : processes_.waiting) done({});
  own_.Run();
  EXPECT_EQ(mailbox_.questions(), 0u);
  EXPECT_EQ(mailbox_.bytes(), 0u);
}

TEST_F(ProcessRelayTest, ADisconnectIsNotRefused) {
  for (std::size_t i = 0; i < 16'384; ++i) Run();
  function::CallDetails details;
  details.is_farewell = true;
  relay_.Run(std::make_shared<function::FunctionDefinition>(), "{}", details,
             [this](const function::Outcome&) { outcomes_.push_back("farewell"); });
  home_.Run();
  EXPECT_EQ(processes_.ran.size(), 16'385u);
  processes_.waiting.back()({});
  own_.Run();
  EXPECT_EQ(outcomes_, std::vector<std::string>{"farewell"});
  EXPECT_EQ(mailbox_.questions(), 16'384u);
}

TEST_F(ProcessRelayTest, WhatTheyCarryIsBounded) {
  const std::string large(100 * 1024 * 1024, 'x');
  Run(large);
  Run(large);
  EXPECT_EQ(outcomes_.size(), 0u);
  Run(large);
  EXPECT_EQ(outcomes_, std::vector<std::string>{"too many invocations wait for processes"});
  Run("small");
  EXPECT_EQ(outcomes_.size(), 1u);
}

TEST_F(ProcessRelayTest, HomeRetiresByItself) {
  relay_.Retire("f");
  home_.Run();
  EXPECT_EQ(processes_.ran.size(), 0u);
}

}  // namespace
}  // namespace gatehouse::server
