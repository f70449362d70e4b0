#include "function/process/code_fault.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "function/code/test_zip.h"
#include "store/test_directory.h"

namespace gatehouse::function {
namespace {

struct CodeFaultTest : testing::Test {
  void Write(const std::string& name, const std::string& text = "") {
    std::filesystem::create_directories(std::filesystem::path(folder / name).parent_path());
    std::ofstream(folder / name) << text;
  }
  FunctionDefinition Of(const std::string& runtime, const std::string& handler) {
    FunctionDefinition function;
    function.name = "f";
    function.runtime = runtime;
    function.handler = handler;
    function.code = {CodeSource::kDirectory, folder.path()};
    return function;
  }
  std::string Fault(const std::string& runtime, const std::string& handler) {
    std::string fault = LookAtCode(Of(runtime, handler)).fault;
    const std::size_t at = fault.find(folder.path());
    return at == std::string::npos ? fault : fault.replace(at, folder.path().size(), "ROOT");
  }
  store::TestDirectory folder;
};

TEST_F(CodeFaultTest, AHandlersFileMustBeThere) {
  EXPECT_EQ(Fault("python3.12", "src/app.handler"),
            "src/app.py is not in ROOT, where its handler src/app.handler is looked for");
  EXPECT_EQ(Fault("python3.12", "handler"), "its handler handler is not FILE.FUNCTION");
  EXPECT_EQ(Fault("nodejs22.x", "src/app.handler"),
            "src/app.js is not in ROOT, where its handler src/app.handler is looked for");
  Write("src/app.py");
  Write("lib/__init__.py");
  Write("fast.cpython-312-x86_64-linux-gnu.so");
  EXPECT_EQ(Fault("python3.12", "src/app.handler"), "");
  EXPECT_EQ(Fault("python3.12", "src.app.handler"), "");
  EXPECT_EQ(Fault("python3.12", "lib.handler"), "");
  EXPECT_EQ(Fault("python3.12", "fast.handler"), "");
  for (const char* end : {".js", ".mjs", ".cjs"}) {
    Write(std::string("js") + end);
    EXPECT_EQ(Fault("nodejs22.x", "js.api.handler"), "") << end;
    std::filesystem::remove(folder / (std::string("js") + end));
  }
}

TEST_F(CodeFaultTest, TypeScriptThatIsNotBuiltIsNamed) {
  Write("src/app.ts");
  EXPECT_EQ(Fault("nodejs22.x", "src/app.handler"),
            "src/app.ts is TypeScript that is not built: src/app.js is not in ROOT; build it (npm "
            "run build, or npx tsc) and let the code be the folder that it is built into");
  Write("src/app.js");
  EXPECT_EQ(Fault("nodejs22.x", "src/app.handler"), "");
}

TEST_F(CodeFaultTest, AProgramMustBeThereAndRun) {
  EXPECT_EQ(Fault("provided.al2023", "x"), "there is no program bootstrap in ROOT: build it there");
  EXPECT_EQ(Fault("go1.x", "main"), "there is no program main in ROOT: build it there");
  Write("bootstrap");
  EXPECT_EQ(Fault("provided.al2023", "x"), "ROOT/bootstrap is not executable: chmod +x it");
  ::chmod((folder / "bootstrap").c_str(), 0755);
  EXPECT_EQ(Fault("provided.al2023", "x"), "");
}

TEST_F(CodeFaultTest, ZipsAndInlineCodeAreLookedInto) {
  WriteZip(folder / "a.zip", {{"app.py", ""}});
  FunctionDefinition function = Of("python3.12", "app.handler");
  function.code = {CodeSource::kZip, folder / "a.zip"};
  EXPECT_EQ(LookAtCode(function).fault, "");
  function.handler = "other.handler";
  EXPECT_NE(LookAtCode(function).fault.find("other.py is not in"), std::string::npos);
  function.code = {CodeSource::kInline, "x"};
  EXPECT_EQ(LookAtCode(function).fault,
            "other.py is not in the inline code, where its handler other.handler is looked for");
  function.handler = "index.handler";
  EXPECT_EQ(LookAtCode(function).fault, "");
}

TEST_F(CodeFaultTest, TheSdkIsMissedWhereItIsImportedAtTheTop) {
  Write("a.py", "import os\nimport boto3.session\n");
  Write("b.py", "def h(e, c):\n    import boto3\nimport boto3x\n");
  FunctionDefinition function = Of("python3.12", "a.handler");
  CodeLook look = LookAtCode(function);
  EXPECT_EQ(look.interpreter, RuntimeFamily::kPython);
  EXPECT_EQ(look.sdk, "boto3");
  EXPECT_EQ(InterpreterFault(function, look, Interpreter{"/usr/bin/python3", true}), "");
  EXPECT_EQ(InterpreterFault(function, look, Interpreter{"/usr/bin/python3", false}),
            "it imports boto3, which /usr/bin/python3 does not have; install the SDK with: apt "
            "install python3-boto3");
  EXPECT_EQ(InterpreterFault(function, look, Error{ErrorCode::kNotFound, "no python3"}),
            "no python3");
  EXPECT_EQ(LookAtCode(Of("python3.12", "b.handler")).sdk, "");
  Write("boto3/__init__.py");
  EXPECT_EQ(LookAtCode(function).sdk, "");
}

TEST_F(CodeFaultTest, WhatTheHandlerImportsOfItsOwnIsLookedAt) {
  const std::string python = "import boto3\n", node = "require('@aws-sdk/client-none');\n";
  Write("src/app.py", "from src import db\n");
  Write("src/db.py", python);
  EXPECT_EQ(LookAtCode(Of("python3.12", "src/app.handler")).sdk, "boto3");
  Write("src/app.js", "const db = require('./db');\n");
  Write("src/db.js", node);
  EXPECT_EQ(LookAtCode(Of("nodejs22.x", "src/app.handler")).sdk, "@aws-sdk/client-none");
  Write("src/db.py", "import far\n");
  Write("far.py", python);
  EXPECT_EQ(LookAtCode(Of("python3.12", "src/app.handler")).sdk, "") << "one level only";
}

TEST_F(CodeFaultTest, ZipsAreReadForImports) {
  const std::string python = "import boto3\n", node = "import './db.mjs';\n";
  const std::vector<ZipEntry> entries = {{"app.py", "import db\n"},
                                         {"db.py", python},
                                         {"app.mjs", node},
                                         {"db.mjs", "import '@aws-sdk/client-none';\n"}};
  auto look = [&](const std::vector<ZipEntry>& more, const std::string& runtime) {
    std::vector<ZipEntry> all = entries;
    all.insert(all.end(), more.begin(), more.end());
    WriteZip(folder / "a.zip", all);
    FunctionDefinition function = Of(runtime, "app.handler");
    function.code = {CodeSource::kZip, folder / "a.zip"};
    return LookAtCode(function).sdk;
  };
  EXPECT_EQ(look({}, "python3.12"), "boto3");
  EXPECT_EQ(look({}, "nodejs22.x"), "@aws-sdk/client-none");
  EXPECT_EQ(look({{"boto3/__init__.py", ""}}, "python3.12"), "");
  EXPECT_EQ(look({{"node_modules/@aws-sdk/client-none/package.json", "{}"}}, "nodejs22.x"), "");
}

TEST_F(CodeFaultTest, TellsWhichClientsTheHandlersFileNames) {
  auto names = [&](const std::string& runtime, const std::string& text) {
    FunctionDefinition function = Of(runtime, "index.handler");
    function.code = {CodeSource::kInline, text};
    const CodeLook look = LookAtCode(function);
    return std::string(look.names_connections ? "connections " : "") +
           (look.names_lambda ? "lambda" : "");
  };
  EXPECT_EQ(names("python3.12", "c = boto3.client('apigatewaymanagementapi', endpoint_url=u)"),
            "connections ");
  EXPECT_EQ(names("python3.12", "boto3.client(\"lambda\").invoke(FunctionName=f)"), "lambda");
  EXPECT_EQ(names("python3.12", "boto3.client('dynamodb')\ndef lambda_handler(e, c): pass"), "");
  EXPECT_EQ(names("nodejs22.x", "new AWS.ApiGatewayManagementApi({endpoint})"), "connections ");
  EXPECT_EQ(names("nodejs22.x", "fetch(`${url}/@connections/${id}`)"), "connections ");
  EXPECT_EQ(names("nodejs22.x", "const {LambdaClient} = require('@aws-sdk/client-lambda')"),
            "lambda");
  Write("src/app.py", "boto3.client('apigatewaymanagementapi')");
  EXPECT_TRUE(LookAtCode(Of("python3.12", "src/app.handler")).names_connections);
}

TEST_F(CodeFaultTest, NodesPackagesAreLookedForAsNodeDoes) {
  Write("src/a.mjs", "import {\n  X,\n} from '@aws-sdk/client-none/x';\n");
  FunctionDefinition function = Of("nodejs22.x", "src/a.handler");
  CodeLook look = LookAtCode(function);
  EXPECT_EQ(look.sdk, "@aws-sdk/client-none/x");
  std::string fault = InterpreterFault(function, look, Interpreter{"/nowhere/bin/node", true});
  EXPECT_TRUE(fault.starts_with("it imports @aws-sdk/client-none/x, which is nowhere; install"))
      << fault;
  EXPECT_TRUE(fault.ends_with("npm install @aws-sdk/client-none")) << fault;
  function.code.project = folder / "project";
  Write("project/node_modules/@aws-sdk/client-none/package.json");
  EXPECT_EQ(InterpreterFault(function, look, Interpreter{"/nowhere/bin/node", true}), "");
  Write("node_modules/@aws-sdk/client-none/package.json");
  EXPECT_EQ(LookAtCode(function).sdk, "");
}

}  // namespace
}  // namespace gatehouse::function
