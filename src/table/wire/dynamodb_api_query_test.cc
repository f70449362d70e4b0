// Query and Scan of tables and indexes on the wire.
#include <string>

#include <gtest/gtest.h>

#include "table/wire/dynamodb_api_test_fixture.h"

namespace gatehouse::table {
namespace {

const std::string kVe = "ValidationException: ";

// "rooms" has keys id (S) and as_of (N), a global index of room and as_of (INCLUDE x), a local one
// of name (KEYS_ONLY), and a global one of many key attributes.
class ApiQueryTest : public ApiTest {
 protected:
  ApiQueryTest() {
    auto attribute = [](std::string name, std::string type) {
      return R"({"AttributeName":")" + name + R"(","AttributeType":")" + type + R"("})";
    };
    auto key = [](std::string name, std::string type) {
      return R"({"AttributeName":")" + name + R"(","KeyType":")" + type + R"("})";
    };
    std::string created = Answer(
        "CreateTable",
        R"({"TableName":"rooms","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)" +
            attribute("id", "S") + "," + attribute("as_of", "N") + "," + attribute("room", "S") +
            "," + attribute("name", "S") + "," + attribute("k1", "S") + "," + attribute("k2", "N") +
            R"(],"KeySchema":[)" + key("id", "HASH") + "," + key("as_of", "RANGE") +
            R"(],"GlobalSecondaryIndexes":[{"IndexName":"by-room","KeySchema":[)" +
            key("room", "HASH") + "," + key("as_of", "RANGE") +
            R"(],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]}},)" +
            R"({"IndexName":"many","KeySchema":[)" + key("room", "HASH") + "," + key("k1", "HASH") +
            "," + key("k2", "RANGE") + "," + key("name", "RANGE") +
            R"(],"Projection":{"ProjectionType":"ALL"}}],"LocalSecondaryIndexes":[)" +
            R"({"IndexName":"by-name","KeySchema":[)" + key("id", "HASH") + "," +
            key("name", "RANGE") + R"(],"Projection":{"ProjectionType":"KEYS_ONLY"}}]})");
    EXPECT_NE(created.find("CREATING"), std::string::npos) << created;
  }
  void Put(const std::string& id, const std::string& at, const std::string& more = "") {
    EXPECT_EQ(Answer("PutItem", R"({"TableName":"rooms","Item":{"id":{"S":")" + id +
                                    R"("},"as_of":{"N":")" + at + R"("})" + more + "}}"),
              "{}");
  }
  std::string Query(const std::string& condition, const std::string& values,
                    const std::string& members = "") {
    return Answer("Query", R"({"TableName":"rooms","KeyConditionExpression":")" + condition +
                               R"(","ExpressionAttributeValues":{)" + values + "}" + members + "}");
  }
  // The `at` of each item found, in order.
  std::string Ats(const std::string& condition, const std::string& values,
                  const std::string& members = "") {
    std::string answer = Query(condition, values, members);
    std::string ats;
    const std::string kAt = R"("as_of":{"N":")";
    std::size_t end = answer.find("LastEvaluatedKey");
    for (std::size_t at = answer.find(kAt); at < end; at = answer.find(kAt, at + 1)) {
      std::size_t begin = at + kAt.size();
      ats += (ats.empty() ? "" : " ") + answer.substr(begin, answer.find('"', begin) - begin);
    }
    return answer.starts_with("{") ? ats : answer;
  }
};

const std::string kA = R"(":id":{"S":"a"})";

TEST_F(ApiQueryTest, GivesAPartitionInOrderOfItsSortKey) {
  for (const char* at : {"10", "-1", "2", "0.5"}) Put("a", at);
  Put("b", "3");
  EXPECT_EQ(Query("id = :id", kA),
            R"({"Count":4,"Items":[{"as_of":{"N":"-1"},"id":{"S":"a"}},{"as_of":{"N":"0.5"},)"
            R"("id":{"S":"a"}},)"
            R"({"as_of":{"N":"2"},"id":{"S":"a"}},{"as_of":{"N":"10"},)"
            R"("id":{"S":"a"}}],"ScannedCount":4})");
  EXPECT_EQ(Ats("id = :id", kA, R"(,"ScanIndexForward":false)"), "10 2 0.5 -1");
  EXPECT_EQ(Ats("id = :id", R"(":id":{"S":"nobody"})"), "");
}

TEST_F(ApiQueryTest, SortKeyConditions) {
  for (const char* at : {"1", "2", "3", "4"}) Put("a", at);
  const std::string two = kA + R"(,":n":{"N":"2"})";
  EXPECT_EQ(Ats("id = :id AND as_of = :n", two), "2");
  EXPECT_EQ(Ats("id = :id AND as_of < :n", two), "1");
  EXPECT_EQ(Ats("id = :id AND as_of <= :n", two), "1 2");
  EXPECT_EQ(Ats("id = :id AND as_of > :n", two), "3 4");
  EXPECT_EQ(Ats("as_of >= :n AND :id = id", two), "2 3 4");
  EXPECT_EQ(Ats(":n > as_of AND id = :id", two), "1");
  EXPECT_EQ(Ats("(id = :id) and (as_of between :n and :m)", two + R"(,":m":{"N":"3"})"), "2 3");
  EXPECT_EQ(Ats("id = :id AND as_of > :n", two, R"(,"ScanIndexForward":false)"), "4 3");
}

TEST_F(ApiQueryTest, BeginsWithOnStringsOfAnIndex) {
  int number = 0;
  for (const char* name : {"ab", "abc", "b", "a"}) {
    Put("a", std::to_string(++number), R"(,"name":{"S":")" + std::string(name) + R"("})");
  }
  const std::string index = R"(,"IndexName":"by-name")";
  EXPECT_EQ(Ats("id = :id AND begins_with(#n, :p)", kA + R"(,":p":{"S":"ab"})",
                index + R"(,"ExpressionAttributeNames":{"#n":"name"})"),
            "1 2");
  EXPECT_EQ(Ats("id = :id", kA, index + R"(,"ScanIndexForward":false)"), "3 2 1 4");
}

TEST_F(ApiQueryTest, PagesForwardAndBackward) {
  for (const char* at : {"1", "2", "3"}) Put("a", at);
  for (bool forward : {true, false}) {
    const std::string order = forward ? "" : R"(,"ScanIndexForward":false)";
    std::string answer = Query("id = :id", kA, R"(,"Limit":2)" + order);
    EXPECT_NE(
        answer.find(R"("LastEvaluatedKey":{"as_of":{"N":"2"},"id":{"S":"a"}},"ScannedCount":2})"),
        std::string::npos)
        << answer;
    EXPECT_EQ(
        Ats("id = :id", kA, R"(,"ExclusiveStartKey":{"id":{"S":"a"},"as_of":{"N":"2"}})" + order),
        forward ? "3" : "1");
  }
  // Exactly at the end there still is a key; the page behind it is empty.
  EXPECT_NE(Query("id = :id", kA, R"(,"Limit":3)").find("LastEvaluatedKey"), std::string::npos);
  EXPECT_EQ(Query("id = :id", kA, R"(,"ExclusiveStartKey":{"id":{"S":"a"},"as_of":{"N":"3"}})"),
            R"({"Count":0,"Items":[],"ScannedCount":0})");
}

TEST_F(ApiQueryTest, StartKeysAreChecked) {
  const std::string wrong = kVe + "The provided starting key is invalid";
  auto start = [](const std::string& key) { return R"(,"ExclusiveStartKey":{)" + key + "}"; };
  EXPECT_EQ(Query("id = :id", kA, start(R"("id":{"S":"a"})")),
            wrong + ": The provided key element does not match the schema");
  EXPECT_EQ(Query("id = :id", kA, start(R"("id":{"S":"b"},"as_of":{"N":"1"})")),
            kVe +
                "The provided starting key is outside query boundaries based on provided "
                "conditions");
  EXPECT_EQ(Query("id = :id AND as_of > :n", kA + R"(,":n":{"N":"5"})",
                  start(R"("id":{"S":"a"},"as_of":{"N":"1"})")),
            kVe + "The provided starting key does not match the range key predicate");
  EXPECT_EQ(Query("room = :r", R"(":r":{"S":"r"})",
                  R"(,"IndexName":"by-room")" + start(R"("id":{"S":"a"},"as_of":{"N":"1"})")),
            wrong);
}

TEST_F(ApiQueryTest, GlobalIndexesGiveWhatTheyProject) {
  Put("a", "1", R"(,"room":{"S":"r"},"x":{"S":"1"},"y":{"S":"2"})");
  Put("b", "1", R"(,"room":{"S":"r"})");
  Put("c", "2");
  const std::string index = R"(,"IndexName":"by-room")";
  const std::string room = R"(":r":{"S":"r"})";
  EXPECT_EQ(
      Query("room = :r", room, index),
      R"({"Count":2,"Items":[{"as_of":{"N":"1"},"id":{"S":"a"},"room":{"S":"r"},"x":{"S":"1"}},)"
      R"({"as_of":{"N":"1"},"id":{"S":"b"},"room":{"S":"r"}}],"ScannedCount":2})");
  EXPECT_NE(Query("room = :r", room, index + R"(,"Limit":1)")
                .find(R"("LastEvaluatedKey":{"as_of":{"N":"1"},"id":{"S":"a"},"room":{"S":"r"}})"),
            std::string::npos);
  EXPECT_EQ(
      Query("room = :r", room,
            index + R"(,"ExclusiveStartKey":{"as_of":{"N":"1"},"id":{"S":"a"},"room":{"S":"r"}})"),
      R"({"Count":1,"Items":[{"as_of":{"N":"1"},"id":{"S":"b"},)"
      R"("room":{"S":"r"}}],"ScannedCount":1})");
  EXPECT_EQ(Query("room = :r", room, index + R"(,"ConsistentRead":true)"),
            kVe + "Consistent reads are not supported on global secondary indexes");
  EXPECT_EQ(Query("room = :r", room, index + R"(,"Select":"ALL_ATTRIBUTES")"),
            kVe +
                "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not "
                "supported for global secondary index by-room because its projection type is not "
                "ALL");
  EXPECT_EQ(Query("room = :r", room, index + R"(,"ProjectionExpression":"x, y")"),
            kVe +
                "One or more parameter values were invalid: Global secondary index by-room does "
                "not project [y]");
  EXPECT_EQ(Query("room = :r", room, R"(,"IndexName":"nowhere")"),
            kVe + "The table does not have the specified index: nowhere");
  EXPECT_EQ(Answer("Scan", R"({"TableName":"rooms","IndexName":"by-room","Select":"COUNT"})"),
            R"({"Count":2,"ScannedCount":2})");
}

TEST_F(ApiQueryTest, LocalIndexesReadTheRestFromTheTable) {
  Put("a", "1", R"(,"name":{"S":"n"},"y":{"S":"2"})");
  const std::string index = R"(,"IndexName":"by-name","ConsistentRead":true)";
  const std::string keys = R"("as_of":{"N":"1"},"id":{"S":"a"},"name":{"S":"n"})";
  EXPECT_EQ(Query("id = :id", kA, index),
            R"({"Count":1,"Items":[{)" + keys + R"(}],"ScannedCount":1})");
  EXPECT_EQ(Query("id = :id", kA, index + R"(,"Select":"ALL_ATTRIBUTES")"),
            R"({"Count":1,"Items":[{)" + keys + R"(,"y":{"S":"2"}}],"ScannedCount":1})");
  EXPECT_EQ(Query("id = :id", kA, index + R"(,"ProjectionExpression":"y")"),
            R"({"Count":1,"Items":[{"y":{"S":"2"}}],"ScannedCount":1})");
}

TEST_F(ApiQueryTest, KeysOfManyAttributes) {
  auto put = [this](const std::string& id, const std::string& k1, const std::string& k2,
                    const std::string& name) {
    Put(id, "1",
        R"(,"room":{"S":"r"},"k1":{"S":")" + k1 + R"("},"k2":{"N":")" + k2 + R"("},"name":{"S":")" +
            name + R"("})");
  };
  put("a", "k", "2", "x");
  put("b", "k", "10", "a");
  put("c", "k", "2", "y");
  put("d", "other", "2", "x");
  const std::string select = R"(,"IndexName":"many","ProjectionExpression":"id",)"
                             R"("ExpressionAttributeNames":{"#n":"name"})";
  const std::string plain = R"(,"IndexName":"many","ProjectionExpression":"id")";
  auto ids = [](std::initializer_list<std::string> all) {
    std::string items;
    for (const std::string& id : all)
      items += (items.empty() ? "" : ",") + (R"({"id":{"S":")" + id + R"("}})");
    std::string n = std::to_string(all.size());
    return R"({"Count":)" + n + R"(,"Items":[)" + items + R"(],"ScannedCount":)" + n + "}";
  };
  const std::string both = R"(":r":{"S":"r"},":k":{"S":"k"})";
  EXPECT_EQ(Query("room = :r AND k1 = :k", both, plain), ids({"a", "c", "b"}));
  EXPECT_EQ(Query("room = :r AND k1 = :k AND k2 = :n", both + R"(,":n":{"N":"2"})", plain),
            ids({"a", "c"}));
  EXPECT_EQ(Query("room = :r AND k1 = :k AND k2 = :n AND #n > :m",
                  both + R"(,":n":{"N":"2"},":m":{"S":"x"})", select),
            ids({"c"}));
  EXPECT_EQ(Query("room = :r", R"(":r":{"S":"r"})", plain),
            kVe + "Query condition missed key schema element: k1");
  EXPECT_EQ(Query("room = :r AND k1 = :k AND #n = :m", both + R"(,":m":{"S":"x"})", select),
            kVe + "Query key condition not supported");
  EXPECT_EQ(Query("room = :r AND k1 = :k AND k2 > :n AND #n = :m",
                  both + R"(,":n":{"N":"2"},":m":{"S":"x"})", select),
            kVe + "Query key condition not supported");
}

TEST_F(ApiQueryTest, FiltersSelectAndCapacity) {
  for (const char* at : {"1", "2", "3"}) {
    Put("a", at, R"(,"v":{"N":")" + std::string(at) + R"("})");
  }
  const std::string filter = R"(,"FilterExpression":"v > :v")";
  const std::string values = kA + R"(,":v":{"N":"2"})";
  EXPECT_EQ(Query("id = :id", values, filter + R"(,"Limit":2)"),
            R"({"Count":0,"Items":[],"LastEvaluatedKey":{"as_of":{"N":"2"},"id":{"S":"a"}},)"
            R"("ScannedCount":2})");
  EXPECT_EQ(Query("id = :id", values, filter + R"(,"Select":"COUNT")"),
            R"({"Count":1,"ScannedCount":3})");
  EXPECT_EQ(Query("id = :id", kA, R"(,"ReturnConsumedCapacity":"TOTAL","Select":"COUNT")"),
            R"({"ConsumedCapacity":{"CapacityUnits":0.5,"TableName":"rooms"},)"
            R"("Count":3,"ScannedCount":3})");
  EXPECT_EQ(Query("room = :r", R"(":r":{"S":"r"})",
                  R"(,"IndexName":"by-room","ReturnConsumedCapacity":"INDEXES","Select":"COUNT")"),
            R"({"ConsumedCapacity":{"CapacityUnits":0.5,"GlobalSecondaryIndexes":{"by-room":)"
            R"({"CapacityUnits":0.5}},"Table":{"CapacityUnits":0.0},"TableName":"rooms"},)"
            R"("Count":0,"ScannedCount":0})");
  EXPECT_EQ(Query("id = :id", values, R"(,"FilterExpression":"as_of > :v")"),
            kVe +
                "Filter Expression can only contain non-primary key attributes: Primary key "
                "attribute: as_of");
}

TEST_F(ApiQueryTest, PagesEndAtAMegabyte) {
  const std::string big(300'000, 'x');
  for (const char* at : {"1", "2", "3", "4", "5"}) Put("a", at, R"(,"v":{"S":")" + big + R"("})");
  std::string answer = Query("id = :id", kA);
  EXPECT_NE(
      answer.find(R"("LastEvaluatedKey":{"as_of":{"N":"4"},"id":{"S":"a"}},"ScannedCount":4})"),
      std::string::npos);
}

TEST_F(ApiQueryTest, KeyConditionsAreChecked) {
  auto check = [this](const std::string& condition, const std::string& more = "") {
    return Query(condition, kA + more);
  };
  const std::string n = R"(,":n":{"N":"1"})";
  EXPECT_EQ(Answer("Query", R"({"TableName":"rooms"})"),
            kVe +
                "Either the KeyConditions or KeyConditionExpression parameter must be specified in "
                "the request.");
  EXPECT_EQ(check(""), kVe + "Invalid KeyConditionExpression: The expression can not be empty;");
  EXPECT_EQ(check("as_of = :id"), kVe + "Query condition missed key schema element: id");
  EXPECT_EQ(check("id = :id AND elsewhere = :n", n),
            kVe + "Query condition missed key schema element: as_of");
  EXPECT_EQ(check("id > :id"), kVe + "Query key condition not supported");
  EXPECT_EQ(check("id = :id AND id = :n", n),
            kVe + "KeyConditionExpressions must only contain one condition per key");
  EXPECT_EQ(check("id = :id OR as_of = :n", n),
            kVe + "Invalid operator used in KeyConditionExpression: OR");
  EXPECT_EQ(check("NOT id = :id"), kVe + "Invalid operator used in KeyConditionExpression: NOT");
  EXPECT_EQ(check("id = :id AND as_of IN (:n)", n),
            kVe + "Invalid operator used in KeyConditionExpression: IN");
  EXPECT_EQ(check("id <> :id"), kVe + "Invalid operator used in KeyConditionExpression: <>");
  EXPECT_EQ(check("id = :id AND attribute_exists(as_of)"),
            kVe + "Invalid operator used in KeyConditionExpression: attribute_exists");
  EXPECT_EQ(check("id = :id AND size(as_of) = :n", n),
            kVe + "KeyConditionExpressions cannot contain nested operations");
  EXPECT_EQ(check("id.x = :id"),
            kVe + "KeyConditionExpressions cannot have conditions on nested attributes");
  EXPECT_EQ(check(":id = :id"),
            kVe + "Invalid condition in KeyConditionExpression: No key attribute specified");
  EXPECT_EQ(check("id = as_of"),
            kVe +
                "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
                "condition");
  EXPECT_EQ(Query("id = :id", R"(":id":{"N":"1"})"),
            kVe +
                "One or more parameter values were invalid: Condition parameter type does not "
                "match schema type");
  EXPECT_EQ(check("id = :id AND as_of BETWEEN :n AND :m", R"(,":n":{"N":"2"},":m":{"N":"1"})"),
            kVe +
                "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be "
                "greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, "
                "upper bound operand: AttributeValue: {N:1}");
  EXPECT_EQ(Query("id = :id", R"(":id":{"S":""})"),
            kVe +
                "One or more parameter values are not valid. The AttributeValue for a key "
                "attribute cannot contain an empty string value. Key: id");
  EXPECT_EQ(Query("id = :id", R"(":id":{"S":"a"},":unused":{"S":"a"})"),
            kVe +
                "Value provided in ExpressionAttributeValues unused in expressions: keys: "
                "{:unused}");
}

// The parameters from before expressions.
TEST_F(ApiQueryTest, TakesKeyConditionsAndQueryFilter) {
  for (const char* at : {"1", "2", "3"}) Put("a", at, R"(,"x":{"N":")" + std::string(at) + "\"}");
  const std::string keys =
      R"({"TableName":"rooms","KeyConditions":{"id":{"ComparisonOperator":"EQ",)"
      R"("AttributeValueList":[{"S":"a"}]},"as_of":{"ComparisonOperator":"GE",)"
      R"("AttributeValueList":[{"N":"2"}]}})";
  std::string answer = Answer("Query", keys + "}");
  EXPECT_NE(answer.find(R"("Count":2)"), std::string::npos) << answer;
  answer = Answer("Query", keys + R"(,"QueryFilter":{"x":{"ComparisonOperator":"EQ",)"
                                  R"("AttributeValueList":[{"N":"3"}]}}})");
  EXPECT_NE(answer.find(R"("Count":1)"), std::string::npos) << answer;
  EXPECT_NE(answer.find(R"("ScannedCount":2)"), std::string::npos) << answer;
}

TEST_F(ApiQueryTest, ALimitThatIsTooSmallIsNamedWithoutItsValue) {
  EXPECT_EQ(Query("id = :id", kA, R"(,"Limit":0)"),
            kVe +
                "1 validation error detected: Value at 'Limit' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1");
}

}  // namespace
}  // namespace gatehouse::table
