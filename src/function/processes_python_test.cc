#include <signal.h>

#include "function/test_processes.h"

namespace gatehouse::function {
namespace {

class PythonTest : public ProcessesTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/bin/python3")) {
      GTEST_SKIP() << "there is no /usr/bin/python3 here: apt install python3";
    }
    ProcessOptions options = Options(directory_ / "base");
    options.python = "/usr/bin/python3";
    Open(options);
  }
  void Python(std::string source) { Define(Inline("python3.12", std::move(source))); }
};

testing::AssertionResult Has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << text << "\nhas no\n" << part;
}

TEST_F(PythonTest, AHandlerAnswersAndKeepsItsState) {
  Python(R"(
count = 0
def handler(event, context):
    global count
    count += 1
    return {"count": count, "got": event, "text": "\u00e9"}
)");
  EXPECT_EQ(Payload(R"({"a":[1,2.5,null]})"),
            R"({"count": 1, "got": {"a": [1, 2.5, null]}, "text": "é"})");
  EXPECT_EQ(Payload("7"), R"({"count": 2, "got": 7, "text": "é"})");
  EXPECT_EQ(processes_->environments(), 1u);
}

TEST_F(PythonTest, AnEventComesThroughItsWriter) {
  Python("def handler(event, context): return event['body'].upper()");
  Event event;
  event.body = "hello";
  std::optional<Outcome> outcome;
  functions_.Invoke("f", event, [&](Outcome o) { outcome = std::move(o); });
  TurnUntil([&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->kind, Outcome::kAnswered);
  EXPECT_EQ(outcome->payload, "\"HELLO\"");
}

TEST_F(PythonTest, OldRuntimesEscapeWhatIsNotAscii) {
  Define(Inline("python3.8", "def handler(e, c): return '\u00e9'"));
  EXPECT_EQ(Payload("{}"), R"("\u00e9")");
}

TEST_F(PythonTest, DecimalsBytesAndNan) {
  Python(R"(
from decimal import Decimal
def handler(event, context):
    return {"d": {"d": [Decimal("1.50"), Decimal(3)], "n": float("nan")}, "b": b'{"raw":1}'}[event]
)");
  EXPECT_EQ(Payload(R"("d")"), R"({"d": [1.50, 3], "n": NaN})");
  EXPECT_EQ(Payload(R"("b")"), R"({"raw":1})");
}

TEST_F(PythonTest, AnExceptionIsAnErrorAndTheEnvironmentGoesOn) {
  Python(R"(
import os
class Odd(Exception): pass
def inner(): raise Odd("no \"luck\"")
def handler(event, context):
    if event == "fail": inner()
    if event == "empty": raise ValueError()
    return os.getpid()
)");
  std::string pid = Payload("1");
  std::string error = ErrorOf(R"("fail")");
  EXPECT_TRUE(Has(error, R"("errorMessage": "no \"luck\"", "errorType": "Odd", "requestId": ")"));
  EXPECT_TRUE(Has(error, R"(line 4, in inner\n)"));
  EXPECT_FALSE(Has(error, "bootstrap.py"));
  EXPECT_TRUE(Has(ErrorOf(R"("empty")"), R"("errorMessage": "", "errorType": "ValueError")"));
  EXPECT_TRUE(Has(LogText(), " | [ERROR] Odd: no \"luck\"\n"));
  EXPECT_EQ(Payload("1"), pid);
}

// Each row is a module that cannot be loaded, and what its caller reads.
TEST_F(PythonTest, WhatCannotBeLoadedSaysWhy) {
  struct Row {
    const char* source;
    const char* handler;
    const char* says;
  };
  const Row rows[] = {
      {"def handler(:\n", "index.handler", R"("errorMessage": "Syntax error in module 'index': )"},
      {"def handler(:\n", "index.handler", R"("errorType": "Runtime.UserCodeSyntaxError")"},
      {"import no_such_module", "index.handler",
       R"("errorMessage": "Unable to import module 'index': No module named 'no_such_module'")"},
      {"import no_such_module", "index.handler", R"("errorType": "Runtime.ImportModuleError")"},
      {"x = 1", "index.handler",
       R"("errorMessage": "Handler 'handler' missing on module 'index'")"},
      {"x = 1", "index.handler", R"("errorType": "Runtime.HandlerNotFound")"},
      {"x = 1", "index.a.handler", R"("errorType": "Runtime.ImportModuleError")"},
      {"import os\nx = os.environ['NOT_THERE']", "index.handler", R"("errorType": "KeyError")"},
      {"import os\nos._exit(3)", "index.handler",
       R"(Error: Runtime exited with error: exit status 3"})"},
  };
  for (const Row& row : rows) {
    Define(Inline("python3.12", row.source, row.handler));
    EXPECT_TRUE(Has(ErrorOf("{}"), row.says));
  }
  TurnUntil([&] { return processes_->environments() == 0; });
}

TEST_F(PythonTest, AMissingSdkIsExplained) {
  Python("import sys\nsys.modules['boto3'] = None\nimport boto3");
  ErrorOf("{}");
  Python("raise ImportError(\"No module named 'boto3'\")");
  EXPECT_TRUE(Has(ErrorOf("{}"), "Unable to import module 'index': No module named 'boto3'"));
  EXPECT_TRUE(Has(LogText(), "apt install python3-boto3"));
}

TEST_F(PythonTest, WhatCannotBeWrittenIsAMarshalError) {
  Python("def handler(e, c): return {'x': object()}");
  EXPECT_TRUE(
      Has(ErrorOf("{}"),
          R"("errorMessage": "Unable to marshal response: Object of type object is not JSON )"
          R"(serializable", "errorType": "Runtime.MarshalError")"));
}

TEST_F(PythonTest, AProcessThatEndsIsAnExitError) {
  Python(R"(
import os, signal
def handler(event, context):
    if event == "kill": os.kill(os.getpid(), signal.SIGKILL)
    if isinstance(event, int): os._exit(event)
    return os.getpid()
)");
  CallDetails details;
  details.request_id = "11111111-2222-4333-8444-555555555555";
  EXPECT_EQ(
      Call("1", details).result.payload,
      R"({"errorType":"Runtime.ExitError","errorMessage":"RequestId: )"
      R"(11111111-2222-4333-8444-555555555555 Error: Runtime exited with error: exit status 1"})");
  EXPECT_TRUE(Has(ErrorOf("0"), "Error: Runtime exited without providing a reason"));
  EXPECT_TRUE(Has(ErrorOf(R"("kill")"), "Error: Runtime exited with error: signal: killed"));
  EXPECT_FALSE(Payload("null").empty()) << "another environment takes its place";
}

TEST_F(PythonTest, AfterItsTimeAFunctionIsKilled) {
  FunctionDefinition function = Inline("python3.12", R"(
import os, time
print("pid", os.getpid())
def handler(event, context):
    if event == "left": return context.get_remaining_time_in_millis()
    print("looping")
    while True: pass
)");
  function.timeout = std::chrono::seconds{1};
  Define(function);
  int left = std::stoi(Payload(R"("left")"));
  EXPECT_GT(left, 0);
  EXPECT_LE(left, 1000);
  CallDetails details;
  details.request_id = "id-1";
  details.log_tail = true;
  Functions::Answer answer = Call("{}", details);
  EXPECT_EQ(answer.result.payload,
            R"({"errorType":"Sandbox.Timedout","errorMessage":"RequestId: id-1 Error: Task timed )"
            R"(out after 1.00 seconds"})");
  EXPECT_TRUE(Has(answer.log_tail, "looping\n"));
  EXPECT_TRUE(
      Has(answer.log_tail, "Z id-1 Task timed out after 1.00 seconds\nEND RequestId: id-1"));
  TurnUntil([&] { return children_->count() == 0; });
}

TEST_F(PythonTest, WhatItPrintsIsLoggedAndComesBackAsTail) {
  Python(R"(
import logging, sys
def handler(event, context):
    print("printed")
    print("to stderr", file=sys.stderr)
    logging.info("not shown")
    logging.warning("warned %d", 7)
    logging.getLogger().setLevel("INFO")
    logging.info("shown")
    return context.aws_request_id
)");
  CallDetails details;
  details.request_id = "id-1";
  details.log_tail = true;
  Functions::Answer answer = Call("{}", details);
  EXPECT_TRUE(answer.log_tail.starts_with("START RequestId: id-1 Version: $LATEST\nprinted\n"))
      << answer.log_tail;
  EXPECT_TRUE(Has(answer.log_tail, "to stderr\n"));
  EXPECT_TRUE(Has(answer.log_tail, "Z\tid-1\twarned 7\n"));
  EXPECT_TRUE(
      Has(answer.log_tail, "shown\nEND RequestId: id-1\nREPORT RequestId: id-1\tDuration: "));
  EXPECT_TRUE(Has(answer.log_tail, "\tMemory Size: 512 MB\tMax Memory Used: "));
  EXPECT_TRUE(Has(answer.log_tail, "\tInit Duration: "));
  EXPECT_FALSE(Has(answer.log_tail, "not shown"));
  EXPECT_TRUE(Has(LogText(), " | printed\n"));
  EXPECT_FALSE(Has(Call("{}", details).log_tail, "Init Duration"));
}

TEST_F(PythonTest, TheTailTellsOfTheStart) {
  Python("print('loading')\ndef handler(e, c): return 1");
  CallDetails details;
  details.log_tail = true;
  EXPECT_TRUE(Call("{}", details).log_tail.starts_with("loading\nSTART RequestId: "));
  EXPECT_TRUE(Call("{}", details).log_tail.starts_with("START RequestId: "));
  Python("print('loading')\nimport no_such_module");
  EXPECT_TRUE(Has(Call("{}", details).log_tail,
                  "runtimes-update.html\r\n[ERROR] Runtime.ImportModuleError: "));
}

TEST_F(PythonTest, HugeOutputIsBounded) {
  Python(R"(
def handler(event, context):
    print("x" * 3_000_000)
    print("last line")
    return "y" * event
)");
  CallDetails details;
  details.log_tail = true;
  Functions::Answer answer = Call("10", details);
  EXPECT_EQ(answer.result.payload, "\"yyyyyyyyyy\"");
  EXPECT_LE(answer.log_tail.size(), kLogTailBytes);
  EXPECT_TRUE(Has(answer.log_tail, "last line\n"));
  EXPECT_LT(LogText().size(), 20'000u);
  EXPECT_TRUE(
      Has(ErrorOf("7000000"),
          R"({"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload )"
          R"(size (7000002 bytes) exceeded maximum allowed payload size (6291556 bytes)."})"));
  EXPECT_TRUE(Has(Payload("6000000"), "yyy"));
}

TEST_F(PythonTest, AHandlerMayCloseItsOutput) {
  Python(R"(
import os
def handler(event, context):
    os.close(1)
    os.close(2)
    return "silent"
)");
  EXPECT_EQ(Payload("{}"), "\"silent\"");
}

TEST_F(PythonTest, ItSeesLambdasEnvironmentAndNothingOfOurs) {
  ::setenv("GATEHOUSE_SECRET", "ours", 1);
  ProcessOptions options = Options(directory_ / "base2");
  options.python = "/usr/bin/python3";
  options.region = "eu-west-1";
  options.account_id = "123456789012";
  options.environment = {{"HTTPS_PROXY", "http://127.0.0.1:1"}, {"NO_PROXY", "localhost"}};
  Open(options);
  FunctionDefinition function =
      Inline("python3.11", "import os\ndef handler(e, c):\n  return os.environ.get(e)");
  function.environment = {{"TABLE_NAME", "t"}, {"HTTPS_PROXY", "theirs"}, {"NO_PROXY", "theirs"}};
  Define(function);
  auto variable = [&](const std::string& name) { return Payload('"' + name + '"'); };
  EXPECT_EQ(variable("GATEHOUSE_SECRET"), "null");
  EXPECT_EQ(variable("TABLE_NAME"), R"("t")");
  EXPECT_EQ(variable("HTTPS_PROXY"), R"("http://127.0.0.1:1")");
  EXPECT_EQ(variable("NO_PROXY"), R"("localhost,theirs")");
  EXPECT_EQ(variable("AWS_REGION"), R"("eu-west-1")");
  EXPECT_EQ(variable("AWS_EXECUTION_ENV"), R"("AWS_Lambda_python3.11")");
  EXPECT_EQ(variable("AWS_LAMBDA_FUNCTION_NAME"), R"("f")");
  EXPECT_EQ(variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), R"("512")");
  EXPECT_EQ(variable("TZ"), R"(":UTC")");
  EXPECT_TRUE(variable("_X_AMZN_TRACE_ID").starts_with("\"Root=1-"));
  std::string key = variable("AWS_ACCESS_KEY_ID");
  std::shared_ptr<const auth::Credential> known = credentials_.Find(key.substr(1, key.size() - 2));
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->principal, (auth::Principal{auth::Principal::kRole, "the-role", "f",
                                               "arn:aws:iam::000000000000:role/service/the-role"}));
}

TEST_F(PythonTest, TheContextSaysWhatAwsDoes) {
  Python(R"(
def handler(event, c):
    return [c.function_name, c.function_version, c.invoked_function_arn, c.memory_limit_in_mb,
            c.log_group_name, c.log_stream_name[10:20], c.identity.cognito_identity_id,
            c.client_context.custom, c.client_context.client.app_title]
)");
  CallDetails details;
  details.client_context = R"({"custom":{"k":"v"},"client":{"app_title":"t"}})";
  details.qualifier = "$LATEST";
  EXPECT_EQ(
      Call("{}", details).result.payload,
      R"(["f", "$LATEST", "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST", "512", )"
      R"("/aws/lambda/f", "/[$LATEST]", null, {"k": "v"}, "t"])");
}

TEST_F(PythonTest, ConcurrentCallsHaveEnvironmentsOfTheirOwn) {
  Python("import os, time\ndef handler(e, c):\n  time.sleep(0.5)\n  return os.getpid()");
  std::set<std::string> pids;
  int done = 0;
  for (int i = 0; i < 3; ++i) {
    functions_.InvokePayload("f", "{}", InvocationType::kRequestResponse,
                             [&](const Result<InvokeResult>& result) {
                               ++done;
                               pids.insert(result->payload);
                             });
  }
  TurnUntil([&] { return done == 3; });
  EXPECT_EQ(pids.size(), 3u);
}

TEST_F(PythonTest, ChangedCodeRunsFromTheNextCallOn) {
  Python("import time\ndef handler(e, c):\n  time.sleep(0.3)\n  return 'old'");
  EXPECT_EQ(Payload("{}"), "\"old\"");
  std::optional<std::string> busy;
  functions_.InvokePayload("f", "{}", InvocationType::kRequestResponse,
                           [&](const Result<InvokeResult>& r) { busy = r->payload; });
  for (int i = 0; i < 5; ++i) loop_.Turn(std::chrono::milliseconds{5});
  Python("def handler(e, c):\n  return 'new'");
  EXPECT_EQ(Payload("{}"), "\"new\"");
  TurnUntil([&] { return busy.has_value(); });
  EXPECT_EQ(*busy, "\"old\"") << "what runs may end";
  TurnUntil([&] { return processes_->environments() == 1; });
  ASSERT_TRUE(catalogue_.Delete("f"));
  TurnUntil([&] { return children_->count() == 0; });
}

TEST_F(PythonTest, MemoryIsLimited) {
  FunctionDefinition function = Inline("python3.12", R"(
import time
def handler(event, context):
    data = bytearray(event)
    for i in range(0, event, 4096): data[i] = 1
    time.sleep(3)
    return "done"
)");
  function.memory_mb = 128;
  function.timeout = std::chrono::seconds{20};
  Define(function);
  EXPECT_TRUE(Has(ErrorOf("400000000"), "signal: killed"));
  EXPECT_TRUE(Has(LogText(), "used more memory than it may"));
}

TEST_F(PythonTest, StoppingEndsEverything) {
  Python("import time\ndef handler(e, c):\n  time.sleep(e)\n  return 1");
  EXPECT_EQ(Payload("0"), "1");
  std::optional<Result<InvokeResult>> busy;
  functions_.InvokePayload("f", "30", InvocationType::kRequestResponse,
                           [&](Result<InvokeResult> r) { busy = std::move(r); });
  processes_->BeginStop();
  TurnUntil([&] { return processes_->IsQuiet(); });
  ASSERT_TRUE(busy);
  TurnUntil([&] { return children_->count() == 0; });
  EXPECT_TRUE(Has(ErrorOf("0"), "gatehouse stops"));
}

TEST_F(PythonTest, AFolderIsUsedWhereItLies) {
  std::filesystem::create_directories(directory_ / "app/package");
  base::SystemFiles files;
  ASSERT_TRUE(files.WriteAtomically(directory_ / "app/package/main.py",
                                    "import os\nfrom helper import x\n"
                                    "def run(e, c): return [x, os.getcwd()]",
                                    0644));
  ASSERT_TRUE(files.WriteAtomically(directory_ / "app/helper.py", "x = 1", 0644));
  FunctionDefinition function = Inline("python3.12", "", "package/main.run");
  function.code = {CodeSource::kDirectory, directory_ / "app"};
  Define(function);
  EXPECT_EQ(Payload("{}"), "[1, \"" + (directory_ / "app") + "\"]");
  EXPECT_FALSE(files.Exists(directory_ / "app/__pycache__"));
  function.code.text = directory_ / "nowhere";
  Define(function);
  EXPECT_TRUE(Has(ErrorOf("{}"), "the code's folder"));
}

TEST_F(PythonTest, WithoutAnInterpreterTheErrorNamesThePackage) {
  ProcessOptions options = Options(directory_ / "base3");
  options.python = "/no/such/python3";
  Open(options);
  Python("def handler(e, c): return 1");
  EXPECT_TRUE(Has(ErrorOf("{}"),
                  "/no/such/python3 does not run; install one with: apt install "
                  "python3 python3-boto3"));
  EXPECT_TRUE(Has(LogText(), "error: a function cannot be started"));
}

TEST_F(PythonTest, AProjectsOwnInterpreterWins) {
  std::filesystem::create_directories(directory_ / "app/.venv/bin");
  base::SystemFiles files;
  ASSERT_TRUE(files.WriteAtomically(directory_ / "app/.venv/bin/python3",
                                    "#!/bin/sh\nexport WHO=venv\nexec /usr/bin/python3 \"$@\"\n",
                                    0755));
  ASSERT_TRUE(files.WriteAtomically(
      directory_ / "app/index.py", "import os\ndef handler(e, c): return os.environ['WHO']", 0644));
  FunctionDefinition function = Inline("python3.12", "");
  function.code = {CodeSource::kDirectory, directory_ / "app"};
  Define(function);
  EXPECT_EQ(Payload("{}"), "\"venv\"");
}

}  // namespace
}  // namespace gatehouse::function
