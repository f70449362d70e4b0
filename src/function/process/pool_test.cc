// Pools and the Runtime API over a simulated network and clock, with children that are only
// pretended: they speak to their door byte by byte.
#include "function/process/pool.h"

#include <signal.h>

#include <map>
#include <thread>

#include <gtest/gtest.h>

#include "function/process/processes.h"
#include "net/loop/test_peer.h"
#include "store/test_directory.h"

namespace gatehouse::function {
namespace {

class FakeChildren final : public process::ChildSpawner {
 public:
  explicit FakeChildren(net::Loop& the_loop) : loop(the_loop) {}
  struct Child {
    process::ChildSpec spec;
    process::ChildObserver* observer = nullptr;
    std::vector<int> signals;
    std::uint16_t port = 0;
  };

  process::ChildId Spawn(process::ChildSpec spec, process::ChildObserver& observer) override {
    process::ChildId id = children.size() + 1;
    Child& child = children[id];
    for (const std::string& line : spec.environment) {
      constexpr std::string_view kPort = "AWS_LAMBDA_RUNTIME_API=127.0.0.1:";
      if (line.starts_with(kPort)) {
        child.port = static_cast<std::uint16_t>(std::stoi(line.substr(kPort.size())));
      }
    }
    child.spec = std::move(spec);
    child.observer = &observer;
    loop.Post([this, id] {
      process::ChildObserver* started = children.at(id).observer;
      if (started) started->OnStarted(static_cast<pid_t>(1000 + id));
    });
    return id;
  }
  void Signal(process::ChildId child, int signal) override {
    children.at(child).signals.push_back(signal);
  }
  void Drain(process::ChildId) override {}
  void SampleMemory(process::ChildId, bool) override {}
  void Forget(process::ChildId child) override { children.at(child).observer = nullptr; }

  void End(process::ChildId child, process::ChildEnd end) {
    std::exchange(children.at(child).observer, nullptr)->OnEnd(end);
  }
  net::Loop& loop;
  std::map<process::ChildId, Child> children;
};

class PoolTest : public testing::Test {
 protected:
  PoolTest() {
    function_.name = "f";
    function_.runtime = "provided.al2023";
    function_.code = {CodeSource::kDirectory, directory_.path()};
    function_.timeout = std::chrono::seconds{3};
    base::SystemFiles files;
    EXPECT_TRUE(files.WriteAtomically(directory_ / "bootstrap", "", 0755));
    options_.base_directory = directory_ / "base";
    options_.environments_max = 2;
    options_.queue_max = 2;
  }
  ~PoolTest() override {
    processes_.reset();
    EXPECT_EQ(credentials_.size(), 0u);
  }

  // The first call: with the options and the function as they are then.
  void Invoke(std::string payload = "{}", CallDetails details = {}) {
    if (!processes_) {
      processes_ = std::move(
          *Processes::Create({world_.sockets, children_, credentials_, random_, log_}, options_));
    }
    if (!shared_ || !(*shared_ == function_)) {
      shared_ = std::make_shared<const FunctionDefinition>(function_);
    }
    std::size_t index = outcomes_.size();
    outcomes_.emplace_back();
    details.request_id = "id-" + std::to_string(index);
    processes_->Run(shared_, std::move(payload), std::move(details),
                    [this, index](Outcome outcome) { outcomes_[index] = std::move(outcome); });
    WaitForWork();
  }
  void InvokeFarewell() {
    CallDetails details;
    details.is_farewell = true;
    Invoke("{}", details);
  }
  // The code is looked at by a thread of its own, one after the other: when this answer is there,
  // all before it are.
  void WaitForWork() {
    bool done = false;
    processes_->code().Describe({}, [&](const Result<CodeFacts>&) { done = true; });
    for (int i = 0; i < 30'000 && !done; ++i) {
      world_.loop.Turn(std::chrono::nanoseconds{0});
      if (!done) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    EXPECT_TRUE(done);
    world_.Settle();
  }

  // What a runtime does.
  net::Peer& Connect(process::ChildId child) {
    auto [it, added] = peers_.try_emplace(child, world_, children_.children.at(child).port);
    return it->second;
  }
  std::string Version(process::ChildId child) {
    return " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(Child(child).port) + "\r\n";
  }
  std::string Next(process::ChildId child) {
    return Connect(child).Ask("GET /2018-06-01/runtime/invocation/next" + Version(child) + "\r\n");
  }
  std::string Post(process::ChildId child, const std::string& path, const std::string& body) {
    return Connect(child).Ask("POST /2018-06-01/runtime/" + path + Version(child) +
                              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::string Respond(process::ChildId child, std::size_t index, const std::string& body = "1") {
    return Post(child, "invocation/id-" + std::to_string(index) + "/response", body);
  }
  const FakeChildren::Child& Child(process::ChildId child) { return children_.children.at(child); }
  bool Gone(process::ChildId child) { return Child(child).observer == nullptr; }

  store::TestDirectory directory_;
  net::TestWorld world_;
  FakeChildren children_{world_.loop};
  auth::Credentials credentials_;
  base::SeededRandom random_{1};
  std::string log_text_;
  base::Log log_{{}, world_.clock, [this](std::string_view lines) { log_text_ += lines; }};
  FunctionDefinition function_;
  std::shared_ptr<const FunctionDefinition> shared_;
  ProcessOptions options_;
  std::map<process::ChildId, net::Peer> peers_;
  std::vector<std::optional<Outcome>> outcomes_;
  std::unique_ptr<Processes> processes_;
};

TEST_F(PoolTest, AnEventGoesToTheProcessAndItsAnswerToTheCaller) {
  Invoke(R"({"a":1})");
  ASSERT_EQ(children_.children.size(), 1u);
  EXPECT_EQ(Child(1).spec.arguments, std::vector<std::string>{directory_ / "bootstrap"});
  std::string event = Next(1);
  EXPECT_TRUE(event.starts_with("HTTP/1.1 200 OK\r\n")) << event;
  EXPECT_TRUE(event.ends_with("\r\n\r\n{\"a\":1}")) << event;
  for (const char* field :
       {"Content-Type: application/json\r\n", "Lambda-Runtime-Aws-Request-Id: id-0\r\n",
        "Lambda-Runtime-Deadline-Ms: 17672622130", "Lambda-Runtime-Trace-Id: Root=1-",
        "Lambda-Runtime-Invoked-Function-Arn: "
        "arn:aws:lambda:us-east-1:000000000000:function:f\r\n"}) {
    EXPECT_NE(event.find(field), std::string::npos) << field << event;
  }
  EXPECT_EQ(event.find("Client-Context"), std::string::npos);
  EXPECT_FALSE(outcomes_[0]);
  std::string accepted = Respond(1, 0, "any text");
  EXPECT_TRUE(accepted.starts_with("HTTP/1.1 202 ")) << accepted;
  EXPECT_TRUE(accepted.ends_with(R"({"status":"OK"})")) << accepted;
  ASSERT_TRUE(outcomes_[0]);
  EXPECT_EQ(outcomes_[0]->payload, "any text");
  EXPECT_EQ(outcomes_[0]->kind, Outcome::kAnswered);
}

TEST_F(PoolTest, TheDoorRefusesWhatIsOutOfTurn) {
  Invoke();
  EXPECT_TRUE(Connect(1).Ask("GET /ping" + Version(1) + "\r\n").ends_with("pong"));
  EXPECT_TRUE(Connect(1).Ask("GET /other" + Version(1) + "\r\n").starts_with("HTTP/1.1 404"));
  std::string early = Respond(1, 0);
  EXPECT_TRUE(early.starts_with("HTTP/1.1 400 ")) << early;
  EXPECT_TRUE(
      early.ends_with(R"({"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"})"));
  Next(1);
  EXPECT_TRUE(Next(1).starts_with("HTTP/1.1 403 ")) << "the last event is not answered";
  EXPECT_TRUE(Post(1, "init/error", "{}").starts_with("HTTP/1.1 403 "));
  EXPECT_TRUE(Respond(1, 7).starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(Respond(1, 0).starts_with("HTTP/1.1 202 "));
  EXPECT_TRUE(Respond(1, 0).starts_with("HTTP/1.1 400 ")) << "answered already";
  EXPECT_EQ(outcomes_[0]->payload, "1");
}

TEST_F(PoolTest, ARuntimesErrorIsGivenUnchanged) {
  Invoke();
  Next(1);
  Post(1, "invocation/id-0/error", R"({"errorType":"X",  "errorMessage":"m"})");
  EXPECT_EQ(outcomes_[0]->kind, Outcome::kFailed);
  EXPECT_EQ(outcomes_[0]->function_error, "Unhandled");
  EXPECT_EQ(outcomes_[0]->payload, R"({"errorType":"X",  "errorMessage":"m"})");
  Invoke();
  Next(1);
  Post(1, "invocation/id-1/error", "");
  EXPECT_EQ(outcomes_[1]->payload, R"({"errorType":"Runtime.Unknown","errorMessage":""})");
}

TEST_F(PoolTest, AnInitErrorIsGivenUnchangedAndTheProcessEnds) {
  Invoke();
  Post(1, "init/error", R"({"errorType":"Init"})");
  EXPECT_EQ(outcomes_[0]->payload, R"({"errorType":"Init"})");
  EXPECT_TRUE(Gone(1));
  EXPECT_EQ(processes_->environments(), 0u);
}

TEST_F(PoolTest, TheOneUsedLastIsUsedAgain) {
  Invoke();
  Invoke();
  ASSERT_EQ(children_.children.size(), 2u);
  Next(1);
  Next(2);
  Respond(1, 0);
  Respond(2, 1);
  Next(2);
  Next(1);
  Invoke();
  EXPECT_NE(Connect(1).Take().find("id-2"), std::string::npos);
}

TEST_F(PoolTest, EnvironmentsAndTheQueueAreBounded) {
  for (int i = 0; i < 5; ++i) Invoke();
  EXPECT_EQ(children_.children.size(), 2u);
  ASSERT_TRUE(outcomes_[4]) << "two run, two wait";
  EXPECT_EQ(outcomes_[4]->kind, Outcome::kRefused);
  EXPECT_EQ(outcomes_[4]->refusal, ErrorCode::kLimitExceeded);
  Next(1);
  Respond(1, 0);
  EXPECT_NE(Next(1).find("id-1"), std::string::npos);
  Invoke();
  EXPECT_FALSE(outcomes_[5]) << "there is room again";
  world_.Advance(61);
  for (std::size_t i : {2u, 3u, 5u}) {
    ASSERT_TRUE(outcomes_[i]) << i;
  }
}

TEST_F(PoolTest, ACallWaitsAsLongAsItsCaller) {
  function_.timeout = std::chrono::seconds{900};
  for (int i = 0; i < 2; ++i) Invoke();
  CallDetails details;
  details.wait_max = std::chrono::seconds{29};
  Invoke("{}", details);
  Invoke();
  Next(1);
  Next(2);
  world_.Advance(28.9);
  EXPECT_FALSE(outcomes_[2]);
  world_.Advance(0.2);
  ASSERT_TRUE(outcomes_[2]);
  EXPECT_EQ(outcomes_[2]->refusal, ErrorCode::kLimitExceeded);
  EXPECT_FALSE(outcomes_[3]) << "who names no time waits for a minute";
}

TEST_F(PoolTest, FarewellsAreNeverRefusedAndHaveNoDeadline) {
  function_.timeout = std::chrono::seconds{900};
  for (int i = 0; i < 4; ++i) Invoke();
  for (int i = 0; i < 50; ++i) InvokeFarewell();
  Invoke();
  ASSERT_TRUE(outcomes_[54]) << "calls have their bound, whoever else waits";
  EXPECT_EQ(outcomes_[54]->refusal, ErrorCode::kLimitExceeded);
  EXPECT_EQ(processes_->Facts()[0].waiting, 54u);
  Next(1);
  Next(2);
  world_.Advance(800);
  EXPECT_TRUE(outcomes_[2] && outcomes_[3]) << "the calls have waited their minute";
  for (std::size_t i = 4; i < 54; ++i) EXPECT_FALSE(outcomes_[i]) << i;
}

TEST_F(PoolTest, FarewellsAndCallsTakeTurns) {
  options_.environments_max = 1;
  options_.queue_max = 100;
  Invoke();
  for (int i = 0; i < 4; ++i) Invoke();
  for (int i = 0; i < 4; ++i) InvokeFarewell();  // 5 to 8, behind all calls
  std::vector<std::size_t> order;
  for (int i = 0; i < 9; ++i) {
    std::string event = Next(1);
    std::size_t at = event.find("id-");
    ASSERT_NE(at, std::string::npos) << event;
    order.push_back(static_cast<std::size_t>(event[at + 3] - '0'));
    Respond(1, order.back());
  }
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 5, 1, 6, 2, 7, 3, 8, 4}));
}

TEST_F(PoolTest, FarewellsWaitForReservedConcurrencyUnlessThereIsNone) {
  function_.reserved_concurrency = 1;
  Invoke();
  InvokeFarewell();
  EXPECT_FALSE(outcomes_[1]);
  Next(1);
  Respond(1, 0);
  EXPECT_NE(Next(1).find("id-1"), std::string::npos);
  Respond(1, 1);
  function_.reserved_concurrency = 0;
  InvokeFarewell();
  ASSERT_TRUE(outcomes_[2]) << "it would wait for ever";
  EXPECT_EQ(outcomes_[2]->refusal, ErrorCode::kLimitExceeded);
}

TEST_F(PoolTest, ReservedConcurrencyHasNoQueue) {
  function_.reserved_concurrency = 1;
  Invoke();
  Invoke();
  EXPECT_EQ(outcomes_[1]->refusal, ErrorCode::kLimitExceeded);
  EXPECT_FALSE(outcomes_[0]);
}

TEST_F(PoolTest, TheTimeOutCountsFromTheEvent) {
  Invoke();
  world_.Advance(5);  // the start has a limit of its own
  EXPECT_FALSE(outcomes_[0]);
  Next(1);
  world_.Advance(2.9);
  EXPECT_FALSE(outcomes_[0]);
  world_.Advance(0.2);
  ASSERT_TRUE(outcomes_[0]);
  EXPECT_EQ(outcomes_[0]->payload,
            R"({"errorType":"Sandbox.Timedout","errorMessage":"RequestId: id-0 Error: Task timed )"
            R"(out after 3.00 seconds"})");
  EXPECT_TRUE(Gone(1)) << "killed";
  Invoke();
  EXPECT_EQ(children_.children.size(), 2u);
}

TEST_F(PoolTest, AStartThatTakesTooLongIsMadeAgainUnderTheFunctionsLimit) {
  Invoke();
  world_.Advance(9.9);
  EXPECT_EQ(children_.children.size(), 1u);
  world_.Advance(0.2);
  EXPECT_TRUE(Gone(1));
  ASSERT_EQ(children_.children.size(), 2u);
  EXPECT_FALSE(outcomes_[0]);
  world_.Advance(3.1);
  ASSERT_TRUE(outcomes_[0]);
  EXPECT_NE(outcomes_[0]->payload->find("Task timed out after 3.00 seconds"), std::string::npos);
  EXPECT_TRUE(Gone(2));
  EXPECT_EQ(children_.children.size(), 2u);
}

TEST_F(PoolTest, AProcessThatEndsBusyIsAnExitError) {
  Invoke();
  Next(1);
  children_.End(1, {process::ChildEnd::kKilled, SIGSEGV});
  EXPECT_EQ(outcomes_[0]->payload,
            R"({"errorType":"Runtime.ExitError","errorMessage":"RequestId: id-0 Error: Runtime )"
            R"(exited with error: signal: segmentation fault"})");
  Invoke();
  children_.End(2, {process::ChildEnd::kExited, 0});  // before it asked for anything
  EXPECT_NE(outcomes_[1]->payload->find("id-1 Error: Runtime exited without providing a reason"),
            std::string::npos);
  Invoke();
  world_.Settle();
  WaitForWork();
  children_.End(3, {process::ChildEnd::kNotStarted, ENOEXEC});
  EXPECT_NE(outcomes_[2]->payload->find("Runtime.InvalidEntrypoint"), std::string::npos);
}

TEST_F(PoolTest, IdleOnesStopAfterAWhile) {
  Invoke();
  Next(1);
  Respond(1, 0);
  Next(1);
  world_.Advance(299);
  EXPECT_TRUE(Child(1).signals.empty());
  world_.Advance(2);
  EXPECT_EQ(Child(1).signals, std::vector<int>{SIGTERM});
  Invoke();  // it does not go to the one that ends
  EXPECT_EQ(children_.children.size(), 2u);
  world_.Advance(3);
  EXPECT_TRUE(Gone(1)) << "killed: it did not listen";
}

TEST_F(PoolTest, AnotherDefinitionHasOtherEnvironments) {
  Invoke();
  Invoke();
  Next(1);
  Next(2);
  Respond(2, 1);
  Next(2);  // idle, and 1 is busy
  function_.description = "changed";
  Invoke();
  EXPECT_EQ(Child(2).signals, std::vector<int>{SIGTERM});
  EXPECT_TRUE(Child(1).signals.empty()) << "what runs may end";
  children_.End(2, {process::ChildEnd::kKilled, SIGTERM});
  WaitForWork();
  ASSERT_EQ(children_.children.size(), 3u);
  Respond(1, 0);
  EXPECT_EQ(outcomes_[0]->payload, "1");
  Next(1);
  EXPECT_EQ(Child(1).signals, std::vector<int>{SIGTERM});
  Next(3);
  Respond(3, 2, "new");
  EXPECT_EQ(outcomes_[2]->payload, "new");
}

TEST_F(PoolTest, AConnectionThatBreaksWhileItWaitsLosesNothing) {
  Invoke();
  Next(1);
  Respond(1, 0);
  Next(1);
  peers_.at(1).Vanish();
  world_.Settle();
  peers_.erase(1);
  Invoke();
  EXPECT_EQ(children_.children.size(), 1u);
  EXPECT_NE(Next(1).find("id-1"), std::string::npos);
  Respond(1, 1);
  EXPECT_TRUE(outcomes_[1]);
}

TEST_F(PoolTest, AnAnswerInChunksIsPutTogether) {
  Invoke();
  Next(1);
  Connect(1).Ask("POST /2018-06-01/runtime/invocation/id-0/response" + Version(1) +
                 "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n1\r\n \r\n0\r\n\r\n");
  ASSERT_TRUE(outcomes_[0]);
  EXPECT_EQ(outcomes_[0]->payload, "{} ");
}

TEST_F(PoolTest, MemoryAboveTheLimitIsFatal) {
  Invoke();
  Next(1);
  Child(1).observer->OnMemory(128u << 20);
  EXPECT_TRUE(Child(1).signals.empty());
  Child(1).observer->OnMemory((128u << 20) + 1);
  EXPECT_EQ(Child(1).signals, std::vector<int>{SIGKILL});
}

TEST_F(PoolTest, StoppingRefusesWhatWaitsAndKillsWhatDoesNotEnd) {
  Invoke();
  Next(1);
  Invoke();
  Invoke();
  processes_->BeginStop();
  world_.Advance(3);
  EXPECT_TRUE(processes_->IsQuiet());
  for (const auto& outcome : outcomes_) {
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->refusal, ErrorCode::kUnavailable);
  }
  Invoke();
  EXPECT_EQ(outcomes_[3]->refusal, ErrorCode::kUnavailable);
}

TEST_F(PoolTest, AMissingBootstrapIsSaid) {
  std::filesystem::remove(directory_ / "bootstrap");
  Invoke();
  ASSERT_TRUE(outcomes_[0]);
  EXPECT_NE(outcomes_[0]->payload->find("Runtime.InvalidEntrypoint"), std::string::npos);
  EXPECT_EQ(children_.children.size(), 0u);
}

}  // namespace
}  // namespace gatehouse::function
