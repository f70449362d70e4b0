// TransactWriteItems and TransactGetItems: literal requests and answers.
#include <string>

#include "table/wire/dynamodb_api_test_fixture.h"

namespace gatehouse::table {
namespace {

class MovedClock final : public base::Clock {
 public:
  std::chrono::nanoseconds Now() override { return {}; }
  base::Millis WallNow() override { return now; }
  base::Millis now{1'700'000'000'000};
};

class ApiTransactTest : public ApiTest {
 protected:
  ApiTransactTest() { api_.emplace(*tables_, ApiOptions{}, moved_clock_, random_); }

  std::string Write(const std::string& items, const std::string& more = "") {
    return Answer("TransactWriteItems", R"({"TransactItems":[)" + items + "]" + more + "}");
  }
  std::string Read(const std::string& items, const std::string& more = "") {
    return Answer("TransactGetItems", R"({"TransactItems":[)" + items + "]" + more + "}");
  }
  static std::string Put(const std::string& id, const std::string& more = "") {
    return R"({"Put":{"TableName":"chat","Item":{"id":{"S":")" + id + R"("}})" + more + "}}";
  }
  static std::string Get(const std::string& id) {
    return R"({"Get":{"TableName":"chat","Key":{"id":{"S":")" + id + R"("}}}})";
  }
  static std::string Count(const std::string& id) {
    return R"({"Update":{"TableName":"chat","Key":{"id":{"S":")" + id +
           R"("}},"UpdateExpression":"ADD n :one",)"
           R"("ExpressionAttributeValues":{":one":{"N":"1"}}}})";
  }
  static constexpr const char* kAbsent = R"x(,"ConditionExpression":"attribute_not_exists(id)")x";

  MovedClock moved_clock_;
};

TEST_F(ApiTransactTest, AllActionsTogether) {
  EXPECT_EQ(Write(Put("old") + "," + Put("witness")), "{}");
  EXPECT_EQ(Write(Put("new") + "," + Count("count") +
                  R"(,{"Delete":{"TableName":"chat","Key":{"id":{"S":"old"}}}},)"
                  R"({"ConditionCheck":{"TableName":"chat","Key":{"id":{"S":"witness"}},)"
                  R"x("ConditionExpression":"attribute_exists(id)"}},)x"
                  R"({"Put":{"TableName":"both","Item":{"id":{"N":"1"},"at":{"B":"AA=="}}}})"),
            "{}");
  EXPECT_EQ(Read(Get("new") + "," + Get("old") + "," + Get("count") +
                 R"(,{"Get":{"TableName":"both","Key":{"id":{"N":"1"},"at":{"B":"AA=="}},)"
                 R"("ProjectionExpression":"id"}})"),
            R"({"Responses":[{"Item":{"id":{"S":"new"}}},{},)"
            R"({"Item":{"id":{"S":"count"},"n":{"N":"1"}}},{"Item":{"id":{"N":"1"}}}]})");
}

TEST_F(ApiTransactTest, OneFailedConditionUndoesAllAndAllFailuresAreTold) {
  EXPECT_EQ(Write(Put("a")), "{}");
  ApiResponse failed = Call(
      "TransactWriteItems",
      R"({"TransactItems":[)" + Put("b") + "," +
          Put("a", std::string(kAbsent) + R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")") +
          R"(,{"Delete":{"TableName":"chat","Key":{"id":{"S":"c"}},)"
          R"x("ConditionExpression":"attribute_exists(id)"}}]})x");
  EXPECT_EQ(failed.status, 400);
  EXPECT_EQ(
      failed.body,
      R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",)"
      R"("CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed",)"
      R"("Item":{"id":{"S":"a"}},"Message":"The conditional request failed"},)"
      R"({"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}],)"
      R"("Message":"Transaction cancelled, please refer cancellation reasons for specific reasons )"
      R"([None, ConditionalCheckFailed, ConditionalCheckFailed]"})");
  EXPECT_EQ(Read(Get("b")), R"({"Responses":[{}]})");
}

// What needs the item or the schema is one reason; conditions are not looked at then.
TEST_F(ApiTransactTest, WhatIsInvalidIsOneReason) {
  EXPECT_EQ(Write(Put("a")), "{}");
  // The fixture finds the reason's message first.
  auto canceled = [](const std::string& why) {
    return "TransactionCanceledException: " + why +
           R"("}],"Message":"Transaction cancelled, please refer cancellation reasons for )"
           "specific reasons [None, ValidationError]";
  };
  EXPECT_EQ(Write(Put("a", kAbsent) + R"(,{"Put":{"TableName":"chat","Item":{"x":{"S":"b"}}}})"),
            canceled("One or more parameter values were invalid: Missing the key id in the item"));
  EXPECT_EQ(Write(Put("a", kAbsent) + R"(,{"Update":{"TableName":"chat","Key":{"id":{"S":"b"}},)"
                                      R"("UpdateExpression":"SET n = m"}})"),
            canceled("The provided expression refers to an attribute that does not exist in the "
                     "item"));
  EXPECT_EQ(Read(Get("a") + R"(,{"Get":{"TableName":"chat","Key":{"x":{"S":"b"}}}})"),
            canceled("The provided key element does not match the schema"));
}

TEST_F(ApiTransactTest, RequestsThatAreWrong) {
  EXPECT_EQ(Write(Put("a") + "," + Count("a")),
            "ValidationException: Transaction request cannot include multiple operations on one "
            "item");
  EXPECT_EQ(Read(Get("a") + "," + Get("a")),
            "ValidationException: Transaction request cannot include multiple operations on one "
            "item");
  EXPECT_EQ(Write(R"({"Put":{"TableName":"none","Item":{"id":{"S":"a"}}}})"),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(Write(""),
            "ValidationException: 1 validation error detected: Value '[]' at 'transactItems' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1");
  EXPECT_EQ(Write("{}"),
            "ValidationException: TransactItems can only contain one of Check, Put, Update or "
            "Delete");
  EXPECT_EQ(Write(R"({"ConditionCheck":{"TableName":"chat","Key":{"id":{"S":"a"}}}})"),
            "ValidationException: 1 validation error detected: Value null at "
            "'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy "
            "constraint: Member must not be null");
  EXPECT_EQ(Write(Put("a", R"(,"ConditionExpression":"a = :a")")),
            "ValidationException: Invalid ConditionExpression: An expression attribute value used "
            "in expression is not defined; attribute value: :a");
  std::string many = Put("0");
  for (int i = 1; i < 101; ++i) many += "," + Put(std::to_string(i));
  std::string answer = Write(many);
  EXPECT_TRUE(
      answer.ends_with("]' at 'transactItems' failed to satisfy constraint: Member must "
                       "have length less than or equal to 100"))
      << answer;
  EXPECT_EQ(Read(Get("100")), R"({"Responses":[{}]})");
}

TEST_F(ApiTransactTest, Has4MbInAll) {
  const std::string big(350'000, 'x');
  std::string items;
  for (int i = 0; i < 12; ++i) {
    items += std::string(i > 0 ? "," : "") + R"({"Put":{"TableName":"chat","Item":{"id":{"S":")" +
             std::to_string(i) + R"("},"t":{"S":")" + big + R"("}}}})";
    if (i == 10) {
      EXPECT_EQ(Write(items), "{}");
    }
  }
  EXPECT_EQ(Write(items),
            "ValidationException: The items of a transaction are too large: their aggregated size "
            "cannot exceed 4 MB");
}

TEST_F(ApiTransactTest, TokensMakeARepeatedRequestHarmless) {
  const std::string token = R"(,"ClientRequestToken":"t1")";
  EXPECT_EQ(Write(Count("a"), token), "{}");
  EXPECT_EQ(Write(Count("a"), token), "{}");
  EXPECT_EQ(Read(Get("a")), R"({"Responses":[{"Item":{"id":{"S":"a"},"n":{"N":"1"}}}]})");
  EXPECT_EQ(Write(Count("b"), token),
            "IdempotentParameterMismatchException: The ClientRequestToken was used within the last "
            "10 minutes for a request with other parameters");
  // The order of members is nobody's business.
  EXPECT_EQ(Write(R"({"Update":{"UpdateExpression":"ADD n :one","Key":{"id":{"S":"a"}},)"
                  R"("ExpressionAttributeValues":{":one":{"N":"1"}},"TableName":"chat"}})",
                  token),
            "{}");
  EXPECT_EQ(Read(Get("a")), R"({"Responses":[{"Item":{"id":{"S":"a"},"n":{"N":"1"}}}]})");
  moved_clock_.now += base::Millis(600'000);
  EXPECT_EQ(Write(Count("a"), token), "{}");
  EXPECT_EQ(Read(Get("a")), R"({"Responses":[{"Item":{"id":{"S":"a"},"n":{"N":"2"}}}]})");
  EXPECT_EQ(Write(Count("a"), R"(,"ClientRequestToken":"")"),
            "ValidationException: 1 validation error detected: Value '' at 'clientRequestToken' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1");
}

// A token is noted only with what it stands for.
TEST_F(ApiTransactTest, ACancelledRequestMayBeSentAgain) {
  const std::string token = R"(,"ClientRequestToken":"t2")";
  EXPECT_EQ(Write(Put("a")), "{}");
  EXPECT_TRUE(Write(Put("a", kAbsent), token).starts_with("TransactionCanceledException"));
  EXPECT_EQ(Answer("DeleteItem", R"({"TableName":"chat","Key":{"id":{"S":"a"}}})"), "{}");
  EXPECT_EQ(Write(Put("a", kAbsent), token), "{}");
}

// Those that expired go with new ones: their keyspace does not grow for ever.
TEST_F(ApiTransactTest, ExpiredTokensGo) {
  for (int i = 0; i < 12; ++i) {
    ASSERT_EQ(Write(Put("a"), R"(,"ClientRequestToken":"t)" + std::to_string(i) + "\""), "{}");
  }
  auto rows = [this] {
    int count = 0;
    EXPECT_TRUE(store_->WriteAndWait([&](store::Transaction& transaction) -> Result<void> {
      auto tokens = transaction.FindKeyspace("transaction tokens");
      EXPECT_TRUE(tokens && *tokens);
      auto end = transaction.Scan(**tokens, {}, [&](std::string_view, std::string_view) {
        ++count;
        return true;
      });
      return end ? Result<void>() : end.error();
    }));
    return count;
  };
  EXPECT_EQ(rows(), 24);
  moved_clock_.now += base::Millis(600'001);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(Write(Put("a"), R"(,"ClientRequestToken":"u)" + std::to_string(i) + "\""), "{}");
  }
  EXPECT_EQ(rows(), 6);
}

TEST_F(ApiTransactTest, CapacityIsTwofold) {
  const std::string total = R"(,"ReturnConsumedCapacity":"TOTAL")";
  EXPECT_EQ(Write(Put("a") + "," + Put("b"), total + R"(,"ClientRequestToken":"t")"),
            R"({"ConsumedCapacity":[{"CapacityUnits":4.0,"WriteCapacityUnits":4.0,)"
            R"("TableName":"chat"}]})");
  EXPECT_EQ(Write(Put("a") + "," + Put("b"), total + R"(,"ClientRequestToken":"t")"),
            R"({"ConsumedCapacity":[{"CapacityUnits":4.0,"ReadCapacityUnits":4.0,)"
            R"("TableName":"chat"}]})");
  EXPECT_EQ(Read(Get("a"), total),
            R"({"ConsumedCapacity":[{"CapacityUnits":2.0,"ReadCapacityUnits":2.0,)"
            R"("TableName":"chat"}],"Responses":[{"Item":{"id":{"S":"a"}}}]})");
}

}  // namespace
}  // namespace gatehouse::table
