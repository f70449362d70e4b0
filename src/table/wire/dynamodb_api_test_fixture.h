// For tests: literal requests to an Api over tables in memory, and its answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/random.h"
#include "table/operation/table_test_fixture.h"
#include "table/wire/dynamodb_api.h"

namespace gatehouse::table {

class FixedClock final : public base::Clock {
 public:
  std::chrono::nanoseconds Now() override { return {}; }
  base::Millis WallNow() override { return base::Millis(1'700'000'000'012); }
};

class ApiTest : public testing::Test {
 protected:
  ApiTest() {
    store_ = *store::Store::Open({.path = ":memory:", .threads = false});
    tables_ = *Tables::Open(*store_);
    api_.emplace(*tables_, ApiOptions{}, clock_, random_);
    for (const auto& definition :
         {Definition("chat"), Definition("both", ScalarType::kNumber, ScalarType::kBinary)}) {
      tables_->CreateTable(definition, executor_, [](Result<TableDefinition>) {});
    }
  }

  ApiResponse Send(const ApiRequest& request) {
    std::optional<ApiResponse> answer;
    api_->Handle(request, executor_, [&](ApiResponse response) { answer = std::move(response); });
    return executor_.Wait(answer);
  }
  ApiResponse Call(std::string_view operation, std::string_view body) {
    std::string target = "DynamoDB_20120810." + std::string(operation);
    return Send({.target = target, .content_type = "application/x-amz-json-1.0", .body = body});
  }
  // The body of an answer, or the error's name without namespace and its message.
  std::string Answer(std::string_view operation, std::string_view body) {
    ApiResponse response = Call(operation, body);
    if (response.status == 200) return response.body;
    std::size_t name = response.body.find('#') + 1;
    std::size_t end = response.body.find('"', name);
    std::string error = response.body.substr(name, end - name);
    std::size_t message = response.body.find("essage\":\"", end);
    if (message == std::string::npos) return error;
    return error + ": " + response.body.substr(message + 9, response.body.size() - message - 11);
  }

  FixedClock clock_;
  base::SeededRandom random_{1};
  store::TestExecutor executor_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Tables> tables_;
  std::optional<Api> api_;
};

}  // namespace gatehouse::table
