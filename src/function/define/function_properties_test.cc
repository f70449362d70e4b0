#include "function/define/function_properties.h"

#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "function/define/definition_json.h"

namespace gatehouse::function {
namespace {

boost::json::object Json(std::string_view text) { return boost::json::parse(text).as_object(); }

// What a template and a call may say of a function, each in its own form.
TEST(FunctionPropertiesTest, TakesTemplatesAndCallsAlike) {
  FunctionDefinition of_template, of_call;
  EXPECT_EQ(TakeProperties(Json(R"({"Runtime": "python3.12", "Timeout": 9, "MemorySize": 256,
      "Environment": {"Variables": {"A": "1"}}, "Tags": [{"Key": "k", "Value": "v"}],
      "Code": {"ZipFile": "x"}, "ReservedConcurrentExecutions": 2})"),
                           Giver::kTemplate, of_template),
            "");
  EXPECT_EQ(TakeProperties(Json(R"({"Runtime": "python3.12", "Timeout": 9, "MemorySize": 256,
      "Environment": {"Variables": {"A": "1"}}, "Tags": {"k": "v"}, "Description": null,
      "ReservedConcurrentExecutions": 2})"),
                           Giver::kCreateFunction, of_call),
            "");
  EXPECT_EQ(of_template.reserved_concurrency, 2);
  EXPECT_EQ(of_call.reserved_concurrency, -1);  // PutFunctionConcurrency's, not CreateFunction's
  of_call.reserved_concurrency = 2;
  EXPECT_EQ(of_template, of_call);
  EXPECT_EQ(of_call.runtime, "python3.12");
  EXPECT_EQ(of_call.timeout, std::chrono::seconds{9});
  EXPECT_EQ(of_call.memory_mb, 256);
  EXPECT_EQ(of_call.environment.at("A"), "1");
  EXPECT_EQ(of_call.tags.at("k"), "v");
  EXPECT_EQ(of_call.code.kind, CodeSource::kNone);
}

TEST(FunctionPropertiesTest, AConfigurationTakesOnlyWhatItShows) {
  FunctionDefinition definition;
  definition.tags["k"] = "v";
  EXPECT_EQ(TakeProperties(Json(R"({"Tags": {}, "Handler": "h"})"),
                           Giver::kUpdateFunctionConfiguration, definition),
            "");
  EXPECT_EQ(definition.tags.size(), 1u);
  EXPECT_EQ(definition.handler, "h");
  boost::json::object shown;
  ShowProperties(definition, shown);
  EXPECT_EQ(shown, Json(R"({"Handler": "h", "Role": "", "Description": "", "Timeout": 3,
                            "MemorySize": 128})"));
}

TEST(FunctionPropertiesTest, NamesWhatHasTheWrongType) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"Runtime": 3})", "Runtime"},
      {R"({"Timeout": "3"})", "Timeout"},
      {R"({"MemorySize": 1.5})", "MemorySize"},
      {R"({"Environment": []})", "Environment"},
      {R"({"Environment": {"Variables": {"A": 1}}})", "Environment"},
      {R"({"Tags": {"A": null}})", "Tags"},
      {R"({"Tags": [{"Key": "k", "Value": "v"}]})", "Tags"},  // a template's form
      {R"({"Environment": {}})", ""},
  };
  for (const auto& [text, wrong] : cases) {
    FunctionDefinition definition;
    EXPECT_EQ(TakeProperties(Json(text), Giver::kCreateFunction, definition), wrong) << text;
  }
}

TEST(FunctionPropertiesTest, WhatIsKeptIsStoredUnderANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const FunctionProperty& property : FunctionProperties()) {
    if (property.member.index() == 0) continue;
    EXPECT_FALSE(property.stored.empty()) << property.row.name;
    EXPECT_TRUE(names.insert(property.stored).second) << property.stored;
  }
  EXPECT_EQ(names.size(), 10u);
}

// The text that gatehouse has written since functions are stored: older data is read on.
TEST(FunctionPropertiesTest, TheStoredFormStays) {
  constexpr std::string_view kText =
      R"({"name":"f","runtime":"python3.12","handler":"i.h","code":{"kind":"zip","text":"/z"},)"
      R"("role":"r","description":"d","timeoutSeconds":9,"memoryMb":256,"environment":{"A":"1"},)"
      R"("reservedConcurrency":0,"tags":{"k":"v"},"stack":"s","logicalId":"L","iam":true,)"
      R"("permissions":[{"statementId":"i","action":"a","principal":"p","sourceArn":"x"}]})";
  Result<StoredFunction> read = DecodeFunction(kText);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->definition.timeout, std::chrono::seconds{9});
  EXPECT_EQ(EncodeFunction(read->definition, read->permissions), kText);
  EXPECT_EQ(DecodeFunction(R"({"name":"f","timeoutSeconds":"9"})").error().message,
            "\"timeoutSeconds\" is missing or malformed");
}

}  // namespace
}  // namespace gatehouse::function
