#include "parameter/ssm_api.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "store/test_executor.h"

namespace gatehouse::parameter {
namespace {

class StillClock final : public base::Clock {
 public:
  std::chrono::nanoseconds Now() override { return {}; }
  base::Millis WallNow() override { return base::Millis{1'700'000'000'500}; }
};

struct SsmApiTest : testing::Test {
  SsmApiTest() {
    store::StoreOptions options;
    options.path = ":memory:";
    options.threads = false;
    store = std::move(*store::Store::Open(options));
    parameters = *Parameters::Open(*store, executor);
    api.emplace(*parameters, clock, random, aws::Place{"eu-west-1", "123456789012"});
  }
  // "200 {…}"
  std::string Ask(const std::string& operation, const std::string& body) {
    wire::HttpHead head;
    head.method = "POST";
    head.target = "/";
    const std::string target = "AmazonSSM." + operation;
    head.fields.push_back({"X-Amz-Target", target});
    std::optional<wire::ServiceResponse> answer;
    api->Handle({head, body},
                [&](wire::ServiceResponse response) { answer = std::move(response); });
    const wire::ServiceResponse response = executor.Wait(answer);
    return std::to_string(response.status) + " " + response.body;
  }
  store::TestExecutor executor;
  StillClock clock;
  base::SeededRandom random{1};
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Parameters> parameters;
  std::optional<SsmApi> api;
};

TEST_F(SsmApiTest, PutGetDelete) {
  const std::string put = R"({"Name":"/app/url","Type":"String","Value":"wss://x"})";
  EXPECT_EQ(Ask("PutParameter", put), R"(200 {"Version":1,"Tier":"Standard"})");
  EXPECT_EQ(Ask("PutParameter", put),
            R"(400 {"__type":"ParameterAlreadyExists","message":"The parameter already exists. )"
            R"(To overwrite this value, set the overwrite option in the request to true."})");
  EXPECT_EQ(Ask("PutParameter", R"({"Name":"/app/url","Value":"wss://y","Overwrite":true})"),
            R"(200 {"Version":2,"Tier":"Standard"})");
  const std::string got =
      R"({"Name":"/app/url","Type":"String","Value":"wss://y","Version":2,)"
      R"("LastModifiedDate":1.7000000005E9,)"
      R"("ARN":"arn:aws:ssm:eu-west-1:123456789012:parameter/app/url","DataType":"text"})";
  for (const char* name :
       {"/app/url", "/app/url:2", "arn:aws:ssm:eu-west-1:123456789012:parameter/app/url"}) {
    EXPECT_EQ(Ask("GetParameter", std::string(R"({"Name":")") + name + "\"}"),
              "200 {\"Parameter\":" + got + "}")
        << name;
  }
  EXPECT_TRUE(Ask("GetParameter", R"({"Name":"/app/url:1"})")
                  .starts_with(R"(400 {"__type":"ParameterVersionNotFound")"));
  EXPECT_EQ(Ask("GetParameters", R"({"Names":["/app/url","gone"]})"),
            "200 {\"Parameters\":[" + got + R"(],"InvalidParameters":["gone"]})");
  EXPECT_EQ(Ask("DeleteParameter", R"({"Name":"/app/url"})"), "200 {}");
  EXPECT_EQ(Ask("DeleteParameter", R"({"Name":"/app/url"})"),
            R"(400 {"__type":"ParameterNotFound"})");
  EXPECT_EQ(Ask("GetParameter", R"({"Name":"/app/url"})"), R"(400 {"__type":"ParameterNotFound"})");
}

std::string NamesIn(const std::string& answer) {
  std::string names;
  const boost::json::value read = boost::json::parse(answer.substr(4));
  for (const auto& one : read.at("Parameters").as_array()) {
    names += std::string(one.at("Name").as_string()) + " ";
  }
  const auto* token = read.as_object().if_contains("NextToken");
  return token ? names + "+" : names;
}

TEST_F(SsmApiTest, ByPathInPages) {
  for (const char* name : {"/a/1", "/a/2", "/a/b/3", "/ab/4", "plain"}) {
    Ask("PutParameter", std::string(R"({"Name":")") + name + R"(","Type":"String","Value":"v"})");
  }
  EXPECT_EQ(NamesIn(Ask("GetParametersByPath", R"({"Path":"/a"})")), "/a/1 /a/2 ");
  EXPECT_EQ(NamesIn(Ask("GetParametersByPath", R"({"Path":"/a/","Recursive":true})")),
            "/a/1 /a/2 /a/b/3 ");
  EXPECT_EQ(NamesIn(Ask("GetParametersByPath", R"({"Path":"/","Recursive":true,"MaxResults":2})")),
            "/a/1 /a/2 +");
  EXPECT_EQ(
      NamesIn(Ask("GetParametersByPath", R"({"Path":"/","Recursive":true,"NextToken":"/a/2"})")),
      "/a/b/3 /ab/4 ");
  EXPECT_TRUE(Ask("GetParametersByPath", R"({"Path":"a"})").starts_with("400 "));
}

TEST_F(SsmApiTest, WhatCannotBeUnderstood) {
  EXPECT_TRUE(Ask("GetDocument", "{}").starts_with(R"(400 {"__type":"UnknownOperationException")"));
  EXPECT_EQ(Ask("GetParameter", "["), R"(400 {"__type":"SerializationException"})");
  EXPECT_TRUE(Ask("GetParameters", R"({"Names":[]})").starts_with("400 "));
  EXPECT_TRUE(Ask("PutParameter", R"({"Name":"a b","Type":"String","Value":"x"})")
                  .starts_with(R"(400 {"__type":"ValidationException")"));
  EXPECT_TRUE(Ask("PutParameter", R"({"Name":"a","Value":"x"})")
                  .starts_with(R"(400 {"__type":"ValidationException")"));
}

}  // namespace
}  // namespace gatehouse::parameter
