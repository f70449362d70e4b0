// The parameters from before expressions: literal requests and answers.
#include "table/wire/dynamodb_api_legacy.h"

#include <string>

#include "table/wire/dynamodb_api_test_fixture.h"

namespace gatehouse::table {
namespace {

class ApiLegacyTest : public ApiTest {
 protected:
  ApiLegacyTest() {
    Put(R"({"id":{"S":"a"},"n":{"N":"5"},"t":{"S":"hello"},"set":{"SS":["x","y"]}})");
    Put(R"({"id":{"S":"b"},"n":{"N":"7"}})");
  }
  std::string Put(const std::string& item, const std::string& more = "") {
    return Answer("PutItem", R"({"TableName":"chat","Item":)" + item + more + "}");
  }
  // The answer to a put of a, if the expectation holds.
  std::string Expect(const std::string& expected, const std::string& more = "") {
    return Answer("DeleteItem", R"({"TableName":"both","Key":{"id":{"N":"1"},"at":{"B":"AA=="}})"
                                R"(,"Expected":)" +
                                    expected + more + "}");
  }
  std::string Scan(const std::string& filter, const std::string& more = "") {
    std::string answer = Answer(
        "Scan", R"({"TableName":"chat","Select":"COUNT","ScanFilter":)" + filter + more + "}");
    return answer;
  }
  std::string Update(const std::string& updates, const std::string& more = "") {
    return Answer("UpdateItem", R"({"TableName":"chat","Key":{"id":{"S":"a"}},)"
                                R"("ReturnValues":"UPDATED_NEW","AttributeUpdates":)" +
                                    updates + more + "}");
  }
  static std::string Counted(int count) {
    return R"({"Count":)" + std::to_string(count) + R"(,"ScannedCount":2})";
  }
};

constexpr std::string_view kConditionFailed =
    "ConditionalCheckFailedException: The conditional request failed";

TEST_F(ApiLegacyTest, ExpectedIsACondition) {
  EXPECT_EQ(Put(R"({"id":{"S":"a"}})", R"(,"Expected":{"id":{"Exists":false}})"), kConditionFailed);
  EXPECT_EQ(Put(R"({"id":{"S":"c"}})", R"(,"Expected":{"id":{"Exists":false}})"), "{}");
  EXPECT_EQ(Put(R"({"id":{"S":"b"}})", R"(,"Expected":{"n":{"Value":{"N":"7.0"}}})"), "{}");
  EXPECT_EQ(Put(R"({"id":{"S":"b"}})", R"(,"Expected":{"n":{"Value":{"N":"7"}}})"),
            kConditionFailed);
  const std::string two =
      R"(,"Expected":{"n":{"ComparisonOperator":"GT","AttributeValueList":[{"N":"9"}]},)"
      R"("t":{"ComparisonOperator":"BEGINS_WITH","AttributeValueList":[{"S":"he"}]}})";
  EXPECT_EQ(Put(R"({"id":{"S":"a"}})", two), kConditionFailed);
  EXPECT_EQ(Put(R"({"id":{"S":"a"}})", two + R"(,"ConditionalOperator":"OR")"), "{}");
}

TEST_F(ApiLegacyTest, ExpectationsThatMakeNoSense) {
  const std::string invalid = "ValidationException: One or more parameter values were invalid: ";
  EXPECT_EQ(Expect(R"({"a":{}})"),
            invalid + "Value must be provided when Exists is null for Attribute: a");
  EXPECT_EQ(Expect(R"({"a":{"Exists":true}})"),
            invalid + "Value must be provided when Exists is true for Attribute: a");
  EXPECT_EQ(Expect(R"({"a":{"Exists":false,"Value":{"S":"x"}}})"),
            invalid + "Value cannot be used when Exists is false for Attribute: a");
  EXPECT_EQ(Expect(R"({"a":{"Value":{"S":"x"},"AttributeValueList":[]}})"),
            invalid + "Value and AttributeValueList cannot be used together for Attribute: a");
  EXPECT_EQ(Expect(R"({"a":{"Exists":true,"ComparisonOperator":"NULL"}})"),
            invalid + "Exists and ComparisonOperator cannot be used together for Attribute: a");
  EXPECT_EQ(Expect(R"({"a":{"ComparisonOperator":"EQ"}})"),
            invalid +
                "Value or AttributeValueList must be used with ComparisonOperator: EQ for "
                "Attribute: a");
  EXPECT_EQ(Expect(R"({"a":{"AttributeValueList":[{"S":"x"}]}})"),
            invalid +
                "AttributeValueList can only be used with a ComparisonOperator for "
                "Attribute: a");
  EXPECT_EQ(Expect(R"({"a":{"ComparisonOperator":"LIKE","Value":{"S":"x"}}})"),
            "ValidationException: 1 validation error detected: Value 'LIKE' at "
            "'expected.a.member.comparisonOperator' failed to satisfy constraint: Member must "
            "satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, "
            "LE, BEGINS_WITH, GE, CONTAINS]");
  EXPECT_EQ(Expect(R"({"a":{"Value":{"S":"x"}}})", R"(,"ConditionExpression":"a = b")"),
            "ValidationException: Can not use both expression and non-expression parameters in the "
            "same request: Non-expression parameters: {Expected} Expression parameters: "
            "{ConditionExpression}");
}

TEST_F(ApiLegacyTest, ScanFilterFilters) {
  auto filter = [](const std::string& attribute, const std::string& op, const std::string& values) {
    return "{\"" + attribute + R"(":{"ComparisonOperator":")" + op + R"(","AttributeValueList":[)" +
           values + "]}}";
  };
  EXPECT_EQ(Scan(filter("n", "EQ", R"({"N":"5"})")), Counted(1));
  EXPECT_EQ(Scan(filter("n", "NE", R"({"N":"5"})")), Counted(1));
  EXPECT_EQ(Scan(filter("t", "NE", R"({"S":"x"})")), Counted(2));
  EXPECT_EQ(Scan(filter("n", "GE", R"({"N":"5"})")), Counted(2));
  EXPECT_EQ(Scan(filter("n", "LT", R"({"N":"7"})")), Counted(1));
  EXPECT_EQ(Scan(filter("n", "BETWEEN", R"({"N":"6"},{"N":"7"})")), Counted(1));
  EXPECT_EQ(Scan(filter("n", "IN", R"({"N":"1"},{"N":"7"})")), Counted(1));
  EXPECT_EQ(Scan(filter("t", "CONTAINS", R"({"S":"ell"})")), Counted(1));
  EXPECT_EQ(Scan(filter("set", "CONTAINS", R"({"S":"x"})")), Counted(1));
  EXPECT_EQ(Scan(filter("t", "NOT_CONTAINS", R"({"S":"ell"})")), Counted(1));
  EXPECT_EQ(Scan(filter("t", "NULL", "")), Counted(1));
  EXPECT_EQ(Scan(filter("t", "NOT_NULL", "")), Counted(1));
  const std::string invalid = "ValidationException: One or more parameter values were invalid: ";
  EXPECT_EQ(Scan(filter("t", "NULL", R"({"S":"x"})")),
            invalid + "Invalid number of argument(s) for the NULL ComparisonOperator");
  EXPECT_EQ(Scan(filter("n", "IN", R"({"N":"1"},{"S":"7"})")),
            invalid + "AttributeValues inside AttributeValueList must be of same type");
  EXPECT_EQ(Scan(filter("n", "BEGINS_WITH", R"({"N":"1"})")),
            invalid + "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type");
  EXPECT_EQ(Scan(filter("n", "BETWEEN", R"({"N":"7"},{"N":"6"})")),
            "ValidationException: The BETWEEN condition was provided a range where the lower bound "
            "is greater than the upper bound");
  EXPECT_EQ(Scan(filter("n", "EQ", R"({"N":"5"})"), R"(,"FilterExpression":"a = b")"),
            "ValidationException: Can not use both expression and non-expression parameters in the "
            "same request: Non-expression parameters: {ScanFilter} Expression parameters: "
            "{FilterExpression}");
}

TEST_F(ApiLegacyTest, AttributeUpdatesUpdate) {
  EXPECT_EQ(Update(R"({"t":{"Value":{"S":"new"}}})"), R"({"Attributes":{"t":{"S":"new"}}})");
  EXPECT_EQ(Update(R"({"n":{"Action":"ADD","Value":{"N":"2"}}})"),
            R"({"Attributes":{"n":{"N":"7"}}})");
  EXPECT_EQ(Update(R"({"set":{"Action":"DELETE","Value":{"SS":["x"]}}})"),
            R"({"Attributes":{"set":{"SS":["y"]}}})");
  EXPECT_EQ(Update(R"({"l":{"Action":"ADD","Value":{"L":[{"N":"1"}]}}})"),
            R"({"Attributes":{"l":{"L":[{"N":"1"}]}}})");
  EXPECT_EQ(Update(R"({"l":{"Action":"ADD","Value":{"L":[{"N":"2"}]}}})"),
            R"({"Attributes":{"l":{"L":[{"N":"1"},{"N":"2"}]}}})");
  EXPECT_EQ(Update(R"({"a.b":{"Value":{"S":"one name"}},"t":{"Action":"DELETE"}})"),
            R"({"Attributes":{"a.b":{"S":"one name"}}})");
  const std::string invalid = "ValidationException: One or more parameter values were invalid: ";
  EXPECT_EQ(Update(R"({"t":{"Action":"PUT"}})"),
            invalid + "Only DELETE action is allowed when no attribute value is specified");
  EXPECT_EQ(Update(R"({"t":{"Action":"DELETE","Value":{"S":"x"}}})"),
            invalid + "DELETE action with value is not supported for the type S");
  EXPECT_EQ(Update(R"({"t":{"Action":"ADD","Value":{"S":"x"}}})"),
            invalid + "ADD action is not supported for the type S");
  EXPECT_EQ(Update(R"({"id":{"Value":{"S":"x"}}})"),
            invalid + "Cannot update attribute id. This attribute is part of the key");
  EXPECT_EQ(Update(R"({"t":{"Value":{"S":"x"}}})", R"(,"UpdateExpression":"SET a = b")"),
            "ValidationException: Can not use both expression and non-expression parameters in the "
            "same request: Non-expression parameters: {AttributeUpdates} Expression parameters: "
            "{UpdateExpression}");
}

TEST_F(ApiLegacyTest, AttributesToGetProject) {
  auto get = [this](const std::string& list, const std::string& more = "") {
    return Answer("GetItem", R"({"TableName":"chat","Key":{"id":{"S":"a"}},"AttributesToGet":)" +
                                 list + more + "}");
  };
  EXPECT_EQ(get(R"(["n","none"])"), R"({"Item":{"n":{"N":"5"}}})");
  EXPECT_EQ(get(R"(["n","n"])"),
            "ValidationException: One or more parameter values were invalid: Duplicate value in "
            "attribute name: n");
  EXPECT_EQ(get("[]"),
            "ValidationException: 1 validation error detected: Value '[]' at 'attributesToGet' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1");
  EXPECT_EQ(Answer("BatchGetItem", R"({"RequestItems":{"chat":{"Keys":[{"id":{"S":"a"}}],)"
                                   R"("AttributesToGet":["n"]}}})"),
            R"({"Responses":{"chat":[{"n":{"N":"5"}}]},"UnprocessedKeys":{}})");
  EXPECT_EQ(get(R"(["n"])", R"(,"ProjectionExpression":"n")"),
            "ValidationException: Can not use both expression and non-expression parameters in the "
            "same request: Non-expression parameters: {AttributesToGet} Expression parameters: "
            "{ProjectionExpression}");
}

// What a Query gets of them: one condition, or two in an AND.
TEST(ApiLegacy, KeyConditionsBecomeACondition) {
  auto read = [](std::string_view text) {
    RequestReader request(boost::json::parse(text).as_object());
    auto condition = ReadKeyConditions(request);
    EXPECT_EQ(condition.has_value(), !request.problems().any());
    return std::pair(condition, request.problems().ValidationMessage());
  };
  auto [one, nothing] = read(
      R"({"KeyConditions":{"id":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]}}})");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->kind, Condition::Kind::kEqual);
  EXPECT_EQ(one->operands[0].path, Path{"id"});
  EXPECT_EQ(*one->operands[1].value, AttributeValue("a"));
  auto [two, still_nothing] =
      read(R"({"KeyConditions":{"id":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]},)"
           R"("at":{"ComparisonOperator":"BEGINS_WITH","AttributeValueList":[{"S":"2"}]}}})");
  ASSERT_TRUE(two);
  EXPECT_EQ(two->kind, Condition::Kind::kAnd);
  EXPECT_EQ(two->conditions[1].function, Function::kBeginsWith);
  EXPECT_EQ(read(R"({"KeyConditions":{}})").second, "Conditions can be of length 1 or 2 only");
}

}  // namespace
}  // namespace gatehouse::table
