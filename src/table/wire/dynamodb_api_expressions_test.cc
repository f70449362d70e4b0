// Conditions, updates, projections and filters on the wire.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "table/wire/dynamodb_api_test_fixture.h"

namespace gatehouse::table {
namespace {

class ApiExpressionsTest : public ApiTest {
 protected:
  // On item "a" of table "chat"; members begin with a comma or are empty.
  std::string OnItem(std::string_view operation, const std::string& members) {
    return Answer(operation, R"({"TableName":"chat","Key":{"id":{"S":"a"}})" + members + "}");
  }
  std::string Update(const std::string& members) { return OnItem("UpdateItem", members); }
  std::string Put(const std::string& attributes, const std::string& members = "") {
    return Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":"a"})" + attributes + "}" +
                                 members + "}");
  }
  std::string Item() { return OnItem("GetItem", ""); }
};

// The demo's own calls: one item's map holds all connections (docs/aws/dynamodb.md §0).
TEST_F(ApiExpressionsTest, TheDemosMapOfConnections) {
  const std::string ensure =
      R"j(,"UpdateExpression":"SET #items = if_not_exists(#items, :emptyMap)",
           "ExpressionAttributeNames":{"#items":"items"},
           "ExpressionAttributeValues":{":emptyMap":{"M":{}}})j";
  EXPECT_EQ(Update(ensure), "{}");
  EXPECT_EQ(Update(ensure), "{}");
  EXPECT_EQ(Update(R"(,"UpdateExpression":"SET #items.#k0 = :v0, #items.#k1 = :v1",
                      "ExpressionAttributeNames":{"#items":"items","#k0":"x.y=","#k1":"z"},
                      "ExpressionAttributeValues":{":v0":{"S":"0"},":v1":{"S":"1"}})"),
            "{}");
  EXPECT_EQ(Item(), R"({"Item":{"id":{"S":"a"},"items":{"M":{"x.y=":{"S":"0"},"z":{"S":"1"}}}}})");
  EXPECT_EQ(Update(R"(,"UpdateExpression":"REMOVE #items.#k0",
                      "ExpressionAttributeNames":{"#items":"items","#k0":"x.y="})"),
            "{}");
  EXPECT_EQ(OnItem("GetItem", R"(,"ProjectionExpression":"#items",
                                 "ExpressionAttributeNames":{"#items":"items"})"),
            R"({"Item":{"items":{"M":{"z":{"S":"1"}}}}})");
  EXPECT_EQ(OnItem("GetItem", R"(,"ProjectionExpression":"mapping")"), R"({"Item":{}})");
  EXPECT_EQ(OnItem("GetItem", R"(,"ProjectionExpression":"items")"),
            "ValidationException: Invalid ProjectionExpression: Attribute name is a reserved "
            "keyword; reserved keyword: items");
}

TEST_F(ApiExpressionsTest, ConditionsGuardWrites) {
  const std::string absent = R"j(,"ConditionExpression":"attribute_not_exists(id)")j";
  const std::string failed = "ConditionalCheckFailedException: The conditional request failed";
  EXPECT_EQ(Put("", absent), "{}");
  EXPECT_EQ(Put(R"(,"v":{"S":"2"})", absent), failed);
  EXPECT_EQ(Item(), R"({"Item":{"id":{"S":"a"}}})");
  EXPECT_EQ(Update(R"j(,"UpdateExpression":"SET v = :v","ConditionExpression":"attribute_exists(v)",
                       "ExpressionAttributeValues":{":v":{"S":"1"}})j"),
            failed);
  EXPECT_EQ(OnItem("DeleteItem", absent), failed);
  EXPECT_EQ(OnItem("DeleteItem", R"j(,"ConditionExpression":"attribute_exists(id)")j"), "{}");
  EXPECT_EQ(Item(), "{}");
}

TEST_F(ApiExpressionsTest, AFailedConditionShowsTheItemIfAsked) {
  Put(R"(,"v":{"N":"1"})");
  const std::string members = R"("ConditionExpression":"v > :v",
      "ExpressionAttributeValues":{":v":{"N":"1"}},
      "ReturnValuesOnConditionCheckFailure":"ALL_OLD"})";
  ApiResponse answer =
      Call("DeleteItem", R"({"TableName":"chat","Key":{"id":{"S":"a"}},)" + members);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
            R"("message":"The conditional request failed","Item":{"id":{"S":"a"},"v":{"N":"1"}}})");
  answer = Call("DeleteItem", R"({"TableName":"chat","Key":{"id":{"S":"b"}},)" + members);
  EXPECT_EQ(answer.body.find("Item"), std::string::npos);
}

TEST_F(ApiExpressionsTest, UpdatesReturnWhatIsAsked) {
  auto returned = [this](const std::string& expression, const std::string& return_values) {
    Put(R"(,"n":{"N":"1"},"s":{"S":"x"},"m":{"M":{"a":{"N":"1"},"b":{"N":"2"}}})");
    return Update(R"(,"UpdateExpression":")" + expression +
                  R"(","ExpressionAttributeValues":{":v":{"N":"5"}},"ReturnValues":")" +
                  return_values + R"(")");
  };
  EXPECT_EQ(returned("SET m.a = :v REMOVE s", "NONE"), "{}");
  EXPECT_EQ(returned("SET m.a = :v REMOVE s", "ALL_OLD"),
            R"({"Attributes":{"id":{"S":"a"},"m":{"M":{"a":{"N":"1"},"b":{"N":"2"}}},)"
            R"("n":{"N":"1"},"s":{"S":"x"}}})");
  EXPECT_EQ(returned("SET m.a = :v REMOVE s", "ALL_NEW"),
            R"({"Attributes":{"id":{"S":"a"},"m":{"M":{"a":{"N":"5"},"b":{"N":"2"}}},)"
            R"("n":{"N":"1"}}})");
  EXPECT_EQ(returned("SET m.a = :v REMOVE s", "UPDATED_OLD"),
            R"({"Attributes":{"m":{"M":{"a":{"N":"1"}}},"s":{"S":"x"}}})");
  EXPECT_EQ(returned("SET m.a = :v REMOVE s", "UPDATED_NEW"),
            R"({"Attributes":{"m":{"M":{"a":{"N":"5"}}}}})");
  EXPECT_EQ(returned("SET x = :v", "UPDATED_OLD"), "{}");
  EXPECT_EQ(returned("ADD n :v", "UPDATED_NEW"), R"({"Attributes":{"n":{"N":"6"}}})");
}

TEST_F(ApiExpressionsTest, UpdatesMakeItemsButRemovalsDoNot) {
  EXPECT_EQ(Update(R"(,"UpdateExpression":"REMOVE x.y","ReturnValues":"ALL_NEW")"), "{}");
  EXPECT_EQ(Item(), "{}");
  EXPECT_EQ(Update(R"(,"UpdateExpression":"REMOVE x.y SET z = :v","ReturnValues":"ALL_NEW",
                      "ExpressionAttributeValues":{":v":{"S":"1"}})"),
            R"({"Attributes":{"id":{"S":"a"},"z":{"S":"1"}}})");
  OnItem("DeleteItem", "");
  EXPECT_EQ(Update(R"(,"ReturnValues":"ALL_OLD")"), "{}");
  EXPECT_EQ(Item(), R"({"Item":{"id":{"S":"a"}}})");
}

TEST_F(ApiExpressionsTest, KeysStay) {
  const std::string value = R"(,"ExpressionAttributeValues":{":v":{"S":"1"}})";
  EXPECT_EQ(Update(R"(,"UpdateExpression":"SET id = :v")" + value),
            "ValidationException: One or more parameter values were invalid: Cannot update "
            "attribute id. This attribute is part of the key");
  EXPECT_EQ(Update(R"(,"UpdateExpression":"SET id.x = :v")" + value),
            "ValidationException: Key attributes must be scalars; list random access '[]' and map "
            "lookup '.' are not allowed: Key: id");
  EXPECT_EQ(OnItem("GetItem", R"(,"ProjectionExpression":"id[0]")"),
            "ValidationException: Key attributes must be scalars; list random access '[]' and map "
            "lookup '.' are not allowed: Key: id");
}

TEST_F(ApiExpressionsTest, ItemsDoNotGrowTooLarge) {
  Put(R"(,"v":{"S":")" + std::string(409'000, 'x') + R"("})");
  EXPECT_EQ(Update(R"(,"UpdateExpression":"SET w = :v",
                      "ExpressionAttributeValues":{":v":{"S":")" +
                   std::string(1000, 'x') + R"("}})"),
            "ValidationException: Item size to update has exceeded the maximum allowed size");
}

TEST_F(ApiExpressionsTest, ScansFilterAndProject) {
  for (int i = 0; i < 4; ++i) {
    Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":")" + std::to_string(i) +
                          R"("},"n":{"N":")" + std::to_string(i) + R"("}}})");
  }
  const std::string filter = R"({"TableName":"chat","FilterExpression":"n > :n",
                                 "ExpressionAttributeValues":{":n":{"N":"2"}})";
  EXPECT_EQ(Answer("Scan", filter + R"(,"ProjectionExpression":"id"})"),
            R"({"Count":1,"Items":[{"id":{"S":"3"}}],"ScannedCount":4})");
  EXPECT_EQ(Answer("Scan", filter + R"(,"Select":"COUNT","ReturnConsumedCapacity":"TOTAL"})"),
            R"({"ConsumedCapacity":{"CapacityUnits":0.5,"TableName":"chat"},"Count":1,)"
            R"("ScannedCount":4})");
  EXPECT_EQ(Answer("Scan", R"({"TableName":"chat","Select":"SPECIFIC_ATTRIBUTES"})"),
            "ValidationException: Must specify the AttributesToGet when choosing to get "
            "SPECIFIC_ATTRIBUTES");
  EXPECT_EQ(
      Answer("Scan", R"({"TableName":"chat","Select":"COUNT","ProjectionExpression":"id"})"),
      "ValidationException: Cannot specify the ProjectionExpression when choosing to get COUNT");
}

TEST_F(ApiExpressionsTest, NamesAndValuesAreChecked) {
  struct Row {
    std::string members, answer;
  };
  for (const Row& row : std::vector<Row>{
           {R"(,"ExpressionAttributeNames":{"#a":"a"})",
            "ExpressionAttributeNames can only be specified when using expressions"},
           {R"(,"ExpressionAttributeValues":{":a":{"S":"a"}})",
            "ExpressionAttributeValues can only be specified when using expressions: "
            "UpdateExpression and ConditionExpression are null"},
           {R"(,"UpdateExpression":"REMOVE a","ExpressionAttributeNames":{})",
            "ExpressionAttributeNames must not be empty"},
           {R"(,"UpdateExpression":"REMOVE a","ExpressionAttributeNames":{"a":"b"})",
            R"(ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\")"},
           {R"(,"UpdateExpression":"REMOVE a","ExpressionAttributeValues":{":v":{}})",
            "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, "
            "must contain exactly one of the supported datatypes for key :v"},
           {R"(,"UpdateExpression":"REMOVE a","ExpressionAttributeValues":{":v":{"N":"x"}})",
            "ExpressionAttributeValues contains invalid value: The parameter cannot be converted "
            "to a numeric value: x for key :v"},
           {R"(,"UpdateExpression":"REMOVE #a","ExpressionAttributeNames":{"#a":""})",
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a"},
           {R"(,"UpdateExpression":"REMOVE a","ExpressionAttributeNames":{"#a":"b"})",
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"},
           {R"(,"AttributeUpdates":{"b":{}})",
            "One or more parameter values were invalid: Only DELETE action is allowed when no "
            "attribute value is specified"},
           {R"(,"UpdateExpression":"REMOVE a","Expected":{})",
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {Expected} Expression parameters: {UpdateExpression}"},
       }) {
    EXPECT_EQ(Update(row.members), "ValidationException: " + row.answer);
  }
  EXPECT_EQ(Item(), "{}");
}

// On the writer's thread, many in one commit: the sum must be exact.
TEST(ApiThreads, CountersLoseNothing) {
  auto store = *store::Store::Open({.path = ":memory:"});
  auto tables = *Tables::Open(*store);
  FixedClock clock;
  base::SeededRandom random(1);
  store::TestExecutor executor;
  Api api(*tables, {}, clock, random);
  tables->CreateTable(Definition("chat"), executor, [](Result<TableDefinition>) {});
  executor.RunOne();
  int answers = 0;
  std::string last;
  for (int i = 0; i < 500; ++i) {
    api.Handle({.target = "DynamoDB_20120810.UpdateItem",
                .content_type = "application/x-amz-json-1.0",
                .body = R"({"TableName":"chat","Key":{"id":{"S":"a"}},"ReturnValues":"UPDATED_NEW",
                           "UpdateExpression":"ADD n :one",
                           "ExpressionAttributeValues":{":one":{"N":"1"}}})"},
               executor, [&](ApiResponse response) {
                 ++answers;
                 last = response.body;
               });
  }
  while (answers < 500) executor.RunOne();
  EXPECT_EQ(last, R"({"Attributes":{"n":{"N":"500"}}})");
}

// Numbers come in any spelling and leave in one.
TEST_F(ApiExpressionsTest, CountersCount) {
  for (int i = 0; i < 10; ++i) {
    Update(R"(,"UpdateExpression":"ADD n :one","ExpressionAttributeValues":{":one":{"N":"1.0"}})");
  }
  EXPECT_EQ(Item(), R"({"Item":{"id":{"S":"a"},"n":{"N":"10"}}})");
}

}  // namespace
}  // namespace gatehouse::table
