#include "function/process/test_processes.h"

namespace gatehouse::function {
namespace {

class NodeTest : public ProcessesTest {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/bin/node")) {
      GTEST_SKIP() << "there is no /usr/bin/node here: apt install nodejs";
    }
    ProcessOptions options = Options(directory_ / "base");
    options.node = "/usr/bin/node";
    Open(options);
  }
  void Node(std::string source, std::string runtime = "nodejs20.x") {
    Define(Inline(std::move(runtime), std::move(source)));
  }
  void Write(const std::string& name, std::string_view text) {
    base::SystemFiles files;
    std::filesystem::create_directories(
        std::filesystem::path(directory_ / ("app/" + name)).parent_path());
    ASSERT_TRUE(files.WriteAtomically(directory_ / ("app/" + name), text, 0644));
  }
  void Folder(std::string handler) {
    FunctionDefinition function = Inline("nodejs20.x", "", std::move(handler));
    function.code = {CodeSource::kDirectory, directory_ / "app"};
    Define(function);
  }
};

testing::AssertionResult Has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << text << "\nhas no\n" << part;
}

TEST_F(NodeTest, AnAsyncHandlerAnswers) {
  Node(R"(
let count = 0;
exports.handler = async (event, context) => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  return { count: ++count, event, who: context.functionName, memory: context.memoryLimitInMB };
};)");
  EXPECT_EQ(Payload(R"({"a":[1,"é"]})"),
            R"({"count":1,"event":{"a":[1,"é"]},"who":"f","memory":"512"})");
  EXPECT_TRUE(Has(Payload("7"), R"("count":2,"event":7)"));
}

TEST_F(NodeTest, CallbacksWaitForTheEventLoop) {
  Node(R"(
exports.handler = (event, context, callback) => {
  if (event === 'fail') return callback(new Error('no luck'));
  if (event === 'none') return;
  if (event === 'succeed') return context.succeed('ok');
  context.callbackWaitsForEmptyEventLoop = event === 'wait';
  setTimeout(() => {}, 1000);
  callback(null, event);
};)");
  auto timed = [&](std::string payload, std::string expected) {
    auto begun = clock_.Now();
    EXPECT_EQ(Payload(std::move(payload)), expected);
    return std::chrono::duration<double>(clock_.Now() - begun).count();
  };
  timed(R"("none")", "null");
  EXPECT_GE(timed(R"("wait")", R"("wait")"), 0.99);
  EXPECT_LT(timed(R"("hurry")", R"("hurry")"), 0.9);
  EXPECT_EQ(Payload(R"("succeed")"), R"("ok")");
  EXPECT_TRUE(
      Has(ErrorOf(R"("fail")"), R"("errorType":"Error","errorMessage":"no luck","trace":[)"));
}

TEST_F(NodeTest, ErrorsAreReportedAsNodesRuntimeDoes) {
  Node(R"(
class Odd extends Error { constructor(m) { super(m); this.name = 'Odd'; } }
exports.handler = async (event) => {
  if (event === 'throw') throw new Odd('no "luck"');
  if (event === 'text') throw 'just text';
  if (event === 'circle') { const a = {}; a.a = a; return a; }
  if (event === 'big') return 1n;
  if (event === 'never') return new Promise(() => {});
  const wait = () => new Promise((resolve) => setTimeout(resolve, 1000));
  if (event === 'rejection') {
    Promise.reject(new Error('forgotten'));
    await wait();
  }
  if (event === 'uncaught') {
    setTimeout(() => { throw new Odd('late'); }, 1);
    await wait();
  }
  if (event === 'exit') process.exit(5);
  return process.pid;
};)");
  std::string pid = Payload("1");
  EXPECT_TRUE(
      Has(ErrorOf(R"("throw")"),
          R"({"errorType":"Odd","errorMessage":"no \"luck\"","trace":["Odd: no \"luck\"")"));
  EXPECT_EQ(ErrorOf(R"("text")"),
            R"({"errorType":"string","errorMessage":"just text","trace":[]})");
  EXPECT_TRUE(Has(ErrorOf(R"("circle")"), R"("errorMessage":"Unable to stringify response body")"));
  EXPECT_TRUE(Has(ErrorOf(R"("big")"), R"("errorMessage":"Unable to stringify response body")"));
  EXPECT_EQ(Payload("1"), pid) << "the environment goes on";
  EXPECT_TRUE(Has(ErrorOf(R"("never")"), R"("errorType":"Runtime.NodeJsExit")"));
  EXPECT_TRUE(
      Has(ErrorOf(R"("rejection")"),
          R"({"errorType":"Runtime.UnhandledPromiseRejection","errorMessage":"Error: forgotten")"));
  EXPECT_TRUE(Has(ErrorOf(R"("uncaught")"), R"({"errorType":"Odd","errorMessage":"late")"));
  EXPECT_TRUE(Has(ErrorOf(R"("exit")"), "Runtime exited with error: exit status 5"));
}

TEST_F(NodeTest, WhatCannotBeLoadedSaysWhy) {
  struct Row {
    const char* source;
    const char* handler;
    const char* says;
  };
  const Row rows[] = {
      {"exports.handler = (", "index.handler", R"("errorType":"Runtime.UserCodeSyntaxError")"},
      {"require('no-such-module')", "index.handler",
       R"("errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module )"
       R"('no-such-module')"},
      {"exports.other = 1", "index.handler",
       R"("errorType":"Runtime.HandlerNotFound","errorMessage":"index.handler is undefined )"
       R"(or not exported")"},
      {"exports.handler = 1", "index.handler", R"("errorType":"Runtime.HandlerNotFound")"},
      {"throw new TypeError('at load')", "index.handler",
       R"("errorType":"TypeError","errorMessage":"at load")"},
      {"x", "index..handler", R"("errorType":"Runtime.MalformedHandlerName")"},
      {"Promise.reject(new Error('r')); exports.handler = async () => 1;", "index.handler",
       R"({"errorType":"Runtime.UnhandledPromiseRejection","errorMessage":"Error: r")"},
      {"process.exit(9)", "index.handler", "Runtime exited with error: exit status 9"},
  };
  for (const Row& row : rows) {
    Define(Inline("nodejs20.x", row.source, row.handler));
    EXPECT_TRUE(Has(ErrorOf("{}"), row.says));
  }
}

TEST_F(NodeTest, ConsoleWritesLambdasLines) {
  Node(R"(
exports.handler = async () => {
  console.log('a %d', 1);
  console.warn('two\nlines');
  console.error({ x: 1 });
};)");
  CallDetails details;
  details.request_id = "id-1";
  details.log_tail = true;
  Functions::Answer answer = Call("{}", details);
  EXPECT_EQ(answer.result.payload, "null");
  EXPECT_TRUE(Has(answer.log_tail, "Z\tid-1\tINFO\ta 1\n"));
  EXPECT_TRUE(Has(answer.log_tail, "Z\tid-1\tWARN\ttwo\rlines\n"));
  EXPECT_TRUE(Has(answer.log_tail, "Z\tid-1\tERROR\t{ x: 1 }\nEND RequestId: id-1\n"));
}

TEST_F(NodeTest, HandlersAreFoundWhereAwsFindsThem) {
  Write("lib/deep.js", "exports.a = { b: async () => 'nested' };");
  Write("esm/package.json", R"({"type":"module"})");
  Write("esm/index.js", "export const handler = async () => 'module folder';");
  Write("plain.mjs", "import { x } from './x.mjs'; export const handler = async () => x;");
  Write("x.mjs", "export const x = 'mjs';");
  Write("common.cjs", "exports.handler = async () => 'cjs';");
  Write("node_modules/dependency/index.js", "module.exports = 'own module';");
  Write("uses.js", "exports.handler = async () => require('dependency');");
  const std::pair<const char*, const char*> rows[] = {{"lib/deep.a.b", "\"nested\""},
                                                      {"esm/index.handler", "\"module folder\""},
                                                      {"plain.handler", "\"mjs\""},
                                                      {"common.handler", "\"cjs\""},
                                                      {"uses.handler", "\"own module\""}};
  for (const auto& [handler, expected] : rows) {
    Folder(handler);
    EXPECT_EQ(Payload("{}"), expected) << handler;
  }
  Folder("nowhere.handler");
  EXPECT_TRUE(Has(ErrorOf("{}"),
                  R"("errorType":"Runtime.ImportModuleError","errorMessage":"Error: )"
                  R"(Cannot find module 'nowhere'\nRequire stack:)"));
}

TEST_F(NodeTest, AnEditedFolderAnswersAtOnce) {
  Write("index.js", "exports.handler = async () => [process.pid, 'old'];");
  Folder("index.handler");
  std::string old = Payload("{}");
  auto looked = clock_.Now() + std::chrono::milliseconds{250};
  TurnUntil([&] { return clock_.Now() > looked; });
  EXPECT_EQ(Payload("{}"), old) << "the environment goes on";
  Write("index.js", "exports.handler = async () => 'edited';");
  looked = clock_.Now() + std::chrono::milliseconds{250};
  TurnUntil([&] { return clock_.Now() > looked; });
  EXPECT_EQ(Payload("{}"), "\"edited\"");
  EXPECT_TRUE(Has(LogText(), "the code was edited"));
}

TEST_F(NodeTest, InlineCodeIsNoModuleOfTheProjectAroundIt) {
  base::SystemFiles files;
  ASSERT_TRUE(files.WriteAtomically(directory_ / "package.json", R"({"type":"module"})", 0644));
  Node("exports.handler = async () => 'common';");
  EXPECT_EQ(Payload("{}"), "\"common\"");
}

TEST_F(NodeTest, ModulesOfTheMachineAreFoundByImportToo) {
  Write("machine/sdk/package.json", R"({"name":"sdk","main":"index.js"})");
  Write("machine/sdk/index.js", "exports.name = 'machine sdk';");
  Write("index.mjs", "import sdk from 'sdk'; export const handler = async () => sdk.name;");
  FunctionDefinition function = Inline("nodejs20.x", "");
  function.code = {CodeSource::kDirectory, directory_ / "app"};
  function.environment["NODE_PATH"] = directory_ / "app/machine";
  Define(function);
  EXPECT_EQ(Payload("{}"), "\"machine sdk\"");
}

TEST_F(NodeTest, ModulesOfTheProjectAreFoundFromInlineCode) {
  Write("node_modules/sdk/index.js", "exports.name = 'sdk of the project';");
  FunctionDefinition function =
      Inline("nodejs20.x", "exports.handler = async () => require('sdk').name;");
  Define(function);
  EXPECT_TRUE(Has(ErrorOf("{}"), "Cannot find module 'sdk'"));
  function.code.project = directory_ / "app";
  Define(function);
  EXPECT_EQ(Payload("{}"), "\"sdk of the project\"");
}

TEST_F(NodeTest, WhichSdkThereIsFollowsTheRuntime) {
  Write("new/@aws-sdk/client-dynamodb/package.json", R"({"version":"3.1.2"})");
  Write("old/aws-sdk/package.json", R"({"version":"2.9.0"})");
  const std::string folders = (directory_ / "app/new") + ":" + (directory_ / "app/old");
  EXPECT_EQ(NodeSdk(folders, "nodejs20.x"),
            "@aws-sdk/client-dynamodb 3.1.2 of " + (directory_ / "app/new"));
  EXPECT_EQ(NodeSdk(folders, "nodejs18.x"), NodeSdk(folders, "nodejs24.x"));
  EXPECT_EQ(NodeSdk(folders, "nodejs16.x"), "aws-sdk 2.9.0 of " + (directory_ / "app/old"));
  EXPECT_EQ(NodeSdk(directory_ / "app/old", "nodejs20.x"), "none");
}

TEST_F(NodeTest, WhatServesIsSaidOnceForEachRuntime) {
  Node("exports.handler = async () => 1;");
  processes_->SayWhatServes(catalogue_->List());
  TurnUntil([&] { return LogText().find("are served by") != std::string::npos; });
  EXPECT_TRUE(Has(LogText(), "nodejs20.x"));
  EXPECT_TRUE(Has(LogText(), "/usr/bin/node"));
}

TEST_F(NodeTest, AMissingSdkIsExplained) {
  Node("require('@aws-sdk/no-such-client')");
  EXPECT_TRUE(Has(ErrorOf("{}"), "Cannot find module '@aws-sdk/no-such-client'"));
  EXPECT_TRUE(Has(LogText(), "npm install @aws-sdk/no-such-client"));
}

TEST_F(NodeTest, AnEndlessLoopIsKilled) {
  FunctionDefinition function = Inline("nodejs20.x", "exports.handler = async () => { for (;;); }");
  function.timeout = std::chrono::seconds{1};
  Define(function);
  EXPECT_TRUE(Has(ErrorOf("{}"), "Task timed out after 1.00 seconds"));
}

TEST_F(NodeTest, GarbageIsCollectedBeforeMemoryIsShort) {
  FunctionDefinition function = Inline("nodejs20.x", R"(
exports.handler = async (event) => {
  let kept = [];
  for (let i = 0; i < 3000; ++i) {
    kept.push(new Array(20_000).fill(i));
    if (kept.length > 50) kept = [];
    if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return 'done';
};)");
  function.memory_mb = 128;
  Define(function);
  EXPECT_EQ(Payload("{}"), "\"done\"");
}

TEST_F(NodeTest, FromNode24OnThereAreNoCallbacks) {
  Node("exports.handler = (event, context, callback) => callback(null, 1);", "nodejs24.x");
  EXPECT_TRUE(Has(ErrorOf("{}"), "Runtime.CallbackHandlerDeprecated"));
  Node("exports.handler = (event, context) => 'plain';", "nodejs24.x");
  EXPECT_EQ(Payload("{}"), "\"plain\"");
}

}  // namespace
}  // namespace gatehouse::function
