#include "parameter/parameters.h"

#include <gtest/gtest.h>

#include "store/test_executor.h"

namespace gatehouse::parameter {
namespace {

struct ParametersTest : testing::Test {
  ParametersTest() {
    store::StoreOptions options;
    options.path = ":memory:";
    options.threads = false;
    store = std::move(*store::Store::Open(options));
    Open();
  }
  void Open() {
    auto opened = Parameters::Open(*store, executor);
    ASSERT_TRUE(opened) << opened.error().message;
    parameters = *std::move(opened);
  }
  Result<std::int64_t> Put(std::string name, std::string value,
                           Parameters::Mode mode = Parameters::Mode::kEither,
                           std::string type = "String") {
    std::optional<Result<std::int64_t>> answer;
    Parameter parameter;
    parameter.name = std::move(name);
    parameter.type = std::move(type);
    parameter.value = std::move(value);
    parameters->Put(std::move(parameter), mode,
                    [&](Result<std::int64_t> result) { answer = std::move(result); });
    return executor.Wait(answer);
  }
  Result<std::int64_t> Delete(std::string name) {
    std::optional<Result<std::int64_t>> answer;
    parameters->Delete(std::move(name),
                       [&](Result<std::int64_t> result) { answer = std::move(result); });
    return executor.Wait(answer);
  }
  store::TestExecutor executor;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Parameters> parameters;
};

TEST_F(ParametersTest, AreKept) {
  EXPECT_EQ(*Put("/app/url", "a"), 1);
  EXPECT_EQ(*Put("/app/url", "b"), 2);
  EXPECT_EQ(*Put("list", "x,y", Parameters::Mode::kNew, "StringList"), 1);
  parameters.reset();
  Open();
  ASSERT_NE(parameters->Find("/app/url"), nullptr);
  EXPECT_EQ(parameters->Find("/app/url")->value, "b");
  EXPECT_EQ(parameters->Find("/app/url")->version, 2);
  EXPECT_EQ(parameters->Find("list")->type, "StringList");
  ASSERT_TRUE(Delete("list"));
  EXPECT_EQ(parameters->Find("list"), nullptr);
  EXPECT_EQ(Delete("list").error().code, ErrorCode::kNotFound);
}

TEST_F(ParametersTest, ANameIsTakenOnce) {
  ASSERT_TRUE(Put("a", "1", Parameters::Mode::kNew));
  EXPECT_EQ(Put("a", "2", Parameters::Mode::kNew).error().code, ErrorCode::kConflict);
  EXPECT_EQ(Put("b", "2", Parameters::Mode::kOverwrite).error().code, ErrorCode::kNotFound);
}

TEST_F(ParametersTest, ChangesAreMadeInTheirOrder) {
  std::optional<Result<std::int64_t>> first, second, third;
  Parameter parameter;
  parameter.name = "a";
  parameter.value = "1";
  using Answer = Result<std::int64_t>;
  parameters->Put(parameter, Parameters::Mode::kNew, [&](Answer result) { first = result; });
  parameters->Put(parameter, Parameters::Mode::kNew, [&](Answer result) { second = result; });
  parameters->Put(parameter, Parameters::Mode::kEither, [&](Answer result) { third = result; });
  EXPECT_EQ(*executor.Wait(third), 2);
  EXPECT_EQ(**first, 1);
  EXPECT_EQ(second->error().code, ErrorCode::kConflict);
}

TEST_F(ParametersTest, WhatNoParameterCanBe) {
  for (const char* name : {"", "a b", "a/", "a{}"}) {
    EXPECT_EQ(Put(name, "x").error().code, ErrorCode::kInvalidArgument) << name;
  }
  EXPECT_FALSE(Put(std::string(1012, 'x'), "x"));
  EXPECT_FALSE(Put("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "x"));
  EXPECT_TRUE(Put("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15", "x"));
  EXPECT_FALSE(Put("a", ""));
  EXPECT_FALSE(Put("a", std::string(8193, 'x')));
  EXPECT_FALSE(Put("a", "x", Parameters::Mode::kNew, "Text"));
}

}  // namespace
}  // namespace gatehouse::parameter
