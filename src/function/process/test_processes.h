// For tests: functions as real processes, on a loop of the kernel's sockets.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "function/define/test_catalogue.h"
#include "function/invoke/functions.h"
#include "function/process/processes.h"
#include "net/loop/epoll_network.h"
#include "store/test_directory.h"

namespace gatehouse::function {

class NoContexts final : public ContextFactory {
 public:
  Context& Create(const std::shared_ptr<const FunctionDefinition>&, const Event&) override {
    std::abort();
  }
  void Release(Context&) override { std::abort(); }
};

// The event's JSON: what the api room will write.
class BodyWriter final : public EventWriter {
 public:
  std::string Write(const Event& event) override {
    return R"({"body":")" + std::string(event.body) + R"("})";
  }
};

class ProcessesTest : public testing::Test {
 protected:
  static ProcessOptions Options(const std::string& base) {
    ProcessOptions options;
    options.base_directory = base;
    options.stop_grace = base::Millis{500};
    return options;
  }
  void SetUp() override { Open(Options(directory_ / "base")); }
  void TearDown() override {
    processes_.reset();
    EXPECT_EQ(credentials_.size(), 0u) << "a key outlived its environment";
  }
  void Open(ProcessOptions options) {
    processes_.reset();
    auto opened = Processes::Create({sockets_, *children_, credentials_, random_, log_}, options);
    ASSERT_TRUE(opened) << opened.error().message;
    processes_ = std::move(*opened);
    functions_.UseProcesses(*processes_, writer_);
    catalogue_->OnChange([this](const std::string& name) { processes_->Retire(name); });
  }

  FunctionDefinition Define(FunctionDefinition function) {
    Result<void> created =
        catalogue_->Find(function.name) ? catalogue_.Update(function) : catalogue_.Create(function);
    EXPECT_TRUE(created) << created.error().message;
    return function;
  }
  FunctionDefinition Inline(std::string runtime, std::string source,
                            std::string handler = "index.handler") {
    FunctionDefinition function;
    function.name = "f";
    function.runtime = std::move(runtime);
    function.handler = std::move(handler);
    function.code = {CodeSource::kInline, std::move(source)};
    function.memory_mb = 512;
    function.timeout = std::chrono::seconds{20};
    function.role = "arn:aws:iam::000000000000:role/service/the-role";
    return function;
  }

  void TurnUntil(const std::function<bool()>& reached) {
    auto end = clock_.Now() + std::chrono::seconds{60};
    while (!reached()) {
      ASSERT_LT(clock_.Now(), end) << "it does not come; log:\n" << LogText();
      loop_.Turn(std::chrono::milliseconds{20});
    }
  }
  const std::string& LogText() {
    log_.Flush();
    return log_text_;
  }

  // Invokes and waits. Failures are answered with payload and function_error, as on the wire.
  Functions::Answer Call(std::string payload, CallDetails details = {}) {
    std::optional<Result<Functions::Answer>> answer;
    functions_.Call("f", std::move(payload), InvocationType::kRequestResponse, std::move(details),
                    [&](Result<Functions::Answer> result) { answer = std::move(result); });
    TurnUntil([&] { return answer.has_value(); });
    if (!answer || !*answer) {
      ADD_FAILURE() << (answer ? answer->error().message : "no answer");
      return {};
    }
    return **answer;
  }
  std::string Payload(std::string payload) { return Call(std::move(payload)).result.payload; }
  // Of a call that must fail.
  std::string ErrorOf(std::string payload) {
    Functions::Answer answer = Call(std::move(payload));
    EXPECT_EQ(answer.result.function_error, "Unhandled") << answer.result.payload;
    return answer.result.payload;
  }

  store::TestDirectory directory_;
  base::SystemClock clock_;
  net::EpollNetwork network_;
  net::Loop loop_{network_, clock_};
  std::unique_ptr<process::ChildProcesses> children_ =
      std::move(*process::ChildProcesses::Create(loop_));
  net::Sockets sockets_{loop_};
  auth::Credentials credentials_;
  base::SystemRandom random_;
  std::string log_text_;
  base::Log log_{{base::LogLevel::kDebug, base::LogFormat::kText},
                 clock_,
                 [this](std::string_view lines) { log_text_ += lines; }};
  TestCatalogue catalogue_;
  NoContexts contexts_;
  BodyWriter writer_;
  std::unique_ptr<Processes> processes_;
  Functions functions_{*catalogue_, contexts_, loop_};
};

}  // namespace gatehouse::function
