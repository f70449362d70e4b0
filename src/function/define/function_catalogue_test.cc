#include "function/define/function_catalogue.h"

#include "function/define/definition_check.h"
#include "function/define/definition_json.h"
#include "function/define/test_catalogue.h"

namespace gatehouse::function {
namespace {

Task<Answer> Nothing(Event, Context&) { co_return Answer{}; }
constexpr HandlerEntry kHandlers[] = {{"t/one", Nothing}, {"t/two", Nothing}};

FunctionDefinition Process(std::string name) {
  FunctionDefinition function;
  function.name = std::move(name);
  function.runtime = "python3.12";
  function.handler = "index.handler";
  function.code = {CodeSource::kInline, "def handler(e, c):\n  return \"\xc3\xa9\"\n"};
  function.code.project = "/home/me/app";
  return function;
}

FunctionDefinition Full() {
  FunctionDefinition function = Process("full");
  function.role = "arn:aws:iam::000000000000:role/service/r";
  function.description = "all \"members\"";
  function.timeout = std::chrono::seconds{900};
  function.memory_mb = 10240;
  function.environment = {{"TABLE_NAME", "t"}, {"empty", ""}};
  function.reserved_concurrency = 0;
  function.tags = {{"k", "v"}};
  function.stack = "s";
  function.logical_id = "Full";
  function.modified = base::Millis{1767262210123};
  return function;
}

TEST(DefinitionJsonTest, EveryMemberComesBack) {
  std::vector<Permission> permissions{
      {"s1", "lambda:InvokeFunction", "apigateway.amazonaws.com", "arn:x", "123"},
      {"s2", "lambda:*", "*", "", ""}};
  Result<StoredFunction> stored = DecodeFunction(EncodeFunction(Full(), permissions));
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->definition, Full());
  EXPECT_EQ(stored->permissions, permissions);
  FunctionDefinition bare;
  bare.name = "f";
  EXPECT_EQ(DecodeFunction(EncodeFunction(bare, {}))->definition, bare);
  for (auto kind : {CodeSource::kDirectory, CodeSource::kZip}) {
    bare.code = {kind, "/x"};
    EXPECT_EQ(DecodeFunction(EncodeFunction(bare, {}))->definition, bare);
  }
}

TEST(DefinitionJsonTest, DamagedTextIsAnError) {
  for (const char* text :
       {"", "[]", "{}", R"({"name":7})", R"({"name":"f","code":{"kind":"other"}})",
        R"({"name":"f","environment":{"a":1}})", R"({"name":"f","permissions":{}})",
        R"({"name":"f","timeoutSeconds":"3"})", R"({"name":"f","permissions":[7]})"}) {
    EXPECT_FALSE(DecodeFunction(text)) << text;
  }
  EXPECT_TRUE(DecodeFunction(R"({"name":"f","ofALaterVersion":[1]})"));
  EXPECT_TRUE(DecodeFunction(R"({"name":"f"})")->is_from_before);
  EXPECT_FALSE(DecodeFunction(R"({"name":"f","iam":true})")->is_from_before);
}

TEST(CatalogueTest, ChangesAreThereAfterARestart) {
  TestCatalogue catalogue(kHandlers);
  FunctionDefinition in_process;
  in_process.name = "a";
  in_process.in_process = "t/one";
  ASSERT_TRUE(catalogue.Create(in_process));
  ASSERT_TRUE(catalogue.Create(Full()));
  ASSERT_TRUE(catalogue.Create(Process("gone")));
  ASSERT_TRUE(catalogue.AddPermission("full", {"s", "lambda:InvokeFunction", "*", "", ""}));
  FunctionDefinition updated = Full();
  updated.handler = "index.other";
  ASSERT_TRUE(catalogue.Update(updated));
  ASSERT_TRUE(catalogue.Delete("gone"));
  for (int life = 0; life < 2; ++life) {
    ASSERT_EQ(catalogue->List().size(), 2u);
    EXPECT_EQ(*catalogue->List()[0], in_process);
    EXPECT_EQ(*catalogue->Find("full"), updated);
    EXPECT_EQ(catalogue->Find("gone"), nullptr);
    EXPECT_EQ(catalogue->Permissions("full").size(), 1u);
    EXPECT_NE(catalogue->Lookup("a")->handler, nullptr);
    catalogue.Reopen();
  }
}

TEST(CatalogueTest, AHandlerThatTheBinaryLostIsKeptAndNotRun) {
  TestCatalogue catalogue(kHandlers);
  FunctionDefinition function;
  function.name = "f";
  function.in_process = "t/two";
  ASSERT_TRUE(catalogue.Create(function));
  std::span<const HandlerEntry> fewer(kHandlers, 1);
  catalogue.Reopen(fewer);
  EXPECT_EQ(*catalogue->Find("f"), function);
  EXPECT_EQ(catalogue->Lookup("f")->handler, nullptr);
  function.name = "g";
  Result<void> unknown = catalogue.Create(function);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message,
            "function g: there is no in-process handler t/two (there are: "
            "t/one)");
  EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
}

TEST(CatalogueTest, NamesAreTakenOnce) {
  TestCatalogue catalogue;
  std::vector<std::string> order;
  auto note = [&](std::string name) {
    return [&order, name](const Result<void>& r) {
      order.push_back(name + (r                                        ? " ok"
                              : r.error().code == ErrorCode::kConflict ? " taken"
                                                                       : " ?"));
    };
  };
  catalogue->Create(Process("f"), note("first"));
  catalogue->Create(Process("f"), note("second"));  // before the first is durable
  catalogue->Create(Process("g"), note("other"));
  while (order.size() < 3) catalogue.executor().RunOne();
  EXPECT_EQ(order, (std::vector<std::string>{"first ok", "second taken", "other ok"}));
}

TEST(CatalogueTest, WhatIsNotThereIsNotFound) {
  TestCatalogue catalogue;
  EXPECT_EQ(catalogue.Update(Process("f")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalogue.Delete("f").error().code, ErrorCode::kNotFound);
  Permission permission{"s", "lambda:InvokeFunction", "*", "", ""};
  EXPECT_EQ(catalogue.AddPermission("f", permission).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalogue.RemovePermission("f", "s").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(catalogue.Create(Process("f")));
  EXPECT_EQ(catalogue.RemovePermission("f", "s").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(catalogue.AddPermission("f", permission));
  EXPECT_EQ(catalogue.AddPermission("f", permission).error().code, ErrorCode::kConflict);
  ASSERT_TRUE(catalogue.RemovePermission("f", "s"));
  EXPECT_TRUE(catalogue->Permissions("f").empty());
}

TEST(CatalogueTest, ASnapshotStaysAndTheVersionTellsOfANewerOne) {
  TestCatalogue catalogue(kHandlers);
  ASSERT_TRUE(catalogue.Create(Process("f")));
  auto before = catalogue->snapshot();
  std::uint64_t version = catalogue->version();
  EXPECT_FALSE(catalogue.Create(Process("f")));
  EXPECT_EQ(catalogue->version(), version) << "nothing changed";
  FunctionDefinition changed = Process("f");
  changed.handler = "index.other";
  ASSERT_TRUE(catalogue.Update(changed));
  EXPECT_NE(catalogue->version(), version);
  EXPECT_EQ(catalogue->snapshot()->at("f")->definition->handler, "index.other");
  EXPECT_EQ(before->at("f")->definition->handler, Process("f").handler);
  ASSERT_TRUE(catalogue.Delete("f"));
  EXPECT_EQ(catalogue->snapshot()->size(), 0u);
  EXPECT_EQ(before->size(), 1u);
  catalogue.Reopen();
  EXPECT_NE(catalogue->version(), 0u) << "what was stored is a version, too";
}

TEST(CatalogueTest, TheListenerHearsOfNewDefinitionsOnly) {
  TestCatalogue catalogue;
  std::vector<std::string> heard;
  catalogue->OnChange([&](const std::string& name) { heard.push_back(name); });
  ASSERT_TRUE(catalogue.Create(Process("f")));
  ASSERT_TRUE(catalogue.AddPermission("f", {"s", "lambda:InvokeFunction", "*", "", ""}));
  EXPECT_TRUE(heard.empty());
  ASSERT_TRUE(catalogue.Update(Process("f")));
  EXPECT_EQ(heard.size(), 1u);
  ASSERT_TRUE(catalogue.Delete("f"));
  EXPECT_EQ(heard.size(), 2u);
}

// Each row breaks one bound of an otherwise good definition.
TEST(DefinitionCheckTest, BoundsAreKept) {
  EXPECT_TRUE(CheckDefinition(Full()));
  struct Row {
    void (*breaks)(FunctionDefinition&);
    const char* says;
  };
  using F = FunctionDefinition;
  const Row rows[] = {
      {[](F& f) { f.name = ""; }, "no name of a function"},
      {[](F& f) { f.name = "a/b"; }, "no name of a function"},
      {[](F& f) { f.name = std::string(65, 'a'); }, "no name of a function"},
      {[](F& f) { f.timeout = base::Millis{0}; }, "1 to 900 whole seconds"},
      {[](F& f) { f.timeout = base::Millis{1500}; }, "1 to 900 whole seconds"},
      {[](F& f) { f.timeout = base::Millis{901'000}; }, "1 to 900 whole seconds"},
      {[](F& f) { f.memory_mb = 127; }, "128 to 10240"},
      {[](F& f) { f.memory_mb = 10241; }, "128 to 10240"},
      {[](F& f) { f.description = std::string(257, 'x'); }, "description"},
      {[](F& f) { f.environment["1a"] = ""; }, "no valid name"},
      {[](F& f) { f.environment["a=b"] = ""; }, "no valid name"},
      {[](F& f) { f.environment["ok"] = std::string("a\0b", 3); }, "NUL"},
      {[](F& f) { f.environment["AWS_REGION"] = "x"; }, "Reserved keys used in this request: AWS_"},
      {[](F& f) { f.environment["big"] = std::string(4096, 'x'); }, "4096 are allowed"},
      {[](F& f) { f.runtime = "java21"; }, "does not run the runtime \"java21\""},
      {[](F& f) { f.runtime = ""; }, "does not run the runtime"},
      {[](F& f) { f.handler = ""; }, "no handler"},
      {[](F& f) { f.handler = "index.a b"; }, "blanks"},
      {[](F& f) { f.code = {}; }, "no code"},
      {[](F& f) { f.runtime = "provided.al2"; }, "Python and Node.js only"},
  };
  for (const Row& row : rows) {
    FunctionDefinition function = Full();
    row.breaks(function);
    Result<void> checked = CheckDefinition(function);
    ASSERT_FALSE(checked) << row.says;
    EXPECT_NE(checked.error().message.find(row.says), std::string::npos) << checked.error().message;
  }
}

TEST(DefinitionCheckTest, PermissionsAreChecked) {
  Permission good{"s-1_A", "lambda:InvokeFunction", "apigateway.amazonaws.com", "", ""};
  EXPECT_TRUE(CheckPermission(good));
  Permission bad = good;
  bad.statement_id = "a b";
  EXPECT_FALSE(CheckPermission(bad));
  bad = good;
  bad.action = "s3:GetObject";
  EXPECT_FALSE(CheckPermission(bad));
  bad = good;
  bad.principal = "";
  EXPECT_FALSE(CheckPermission(bad));
  std::vector<Permission> many(100, good);
  EXPECT_TRUE(CheckPolicySize(many));
  many.resize(150, good);
  EXPECT_FALSE(CheckPolicySize(many));
}

}  // namespace
}  // namespace gatehouse::function
