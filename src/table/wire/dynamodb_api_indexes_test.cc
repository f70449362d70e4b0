// Secondary indexes on the wire: definitions, checks of writes, capacity.
#include <string>

#include <gtest/gtest.h>

#include "table/wire/dynamodb_api_test_fixture.h"

namespace gatehouse::table {
namespace {

const std::string kInvalid = "ValidationException: One or more parameter values were invalid: ";

class ApiIndexesTest : public ApiTest {
 protected:
  // A table `name` of keys id (S) and at (N) with indexes; attributes beside those keys.
  std::string Create(
      const std::string& name, const std::string& indexes,
      const std::string& attributes = R"({"AttributeName":"room","AttributeType":"S"})") {
    return Answer("CreateTable",
                  R"({"TableName":")" + name + R"(","BillingMode":"PAY_PER_REQUEST",)" +
                      R"("AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"},)" +
                      R"({"AttributeName":"at","AttributeType":"N"})" +
                      (attributes.empty() ? "" : "," + attributes) + "]," +
                      R"("KeySchema":[{"AttributeName":"id","KeyType":"HASH"},)" +
                      R"({"AttributeName":"at","KeyType":"RANGE"}],)" + indexes + "}");
  }
  static std::string Index(const std::string& name, const std::string& hash,
                           const std::string& range, const std::string& projection) {
    std::string keys = R"({"AttributeName":")" + hash + R"(","KeyType":"HASH"})";
    if (!range.empty()) keys += R"(,{"AttributeName":")" + range + R"(","KeyType":"RANGE"})";
    return R"({"IndexName":")" + name + R"(","KeySchema":[)" + keys + R"(],"Projection":)" +
           projection + "}";
  }
  std::string Put(const std::string& attributes, const std::string& members = "") {
    return Answer("PutItem", R"({"TableName":"rooms","Item":{"id":{"S":"a"},"at":{"N":"1"})" +
                                 attributes + "}" + members + "}");
  }
  void CreateRooms() {
    Create("rooms",
           R"("GlobalSecondaryIndexes":[)" +
               Index("by-room", "room", "at", R"({"ProjectionType":"ALL"})") +
               R"(],"LocalSecondaryIndexes":[)" +
               Index("by-name", "id", "name", R"({"ProjectionType":"KEYS_ONLY"})") + "]",
           R"({"AttributeName":"room","AttributeType":"S"},)"
           R"({"AttributeName":"name","AttributeType":"S"})");
  }
};

TEST_F(ApiIndexesTest, DescriptionsHaveThem) {
  std::string created = Create(
      "rooms",
      R"("GlobalSecondaryIndexes":[)" +
          Index("by-room", "room", "", R"({"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]})") +
          "]");
  const std::string indexes =
      R"("GlobalSecondaryIndexes":[{"IndexArn":"arn:aws:dynamodb:us-east-1:000000000000:table/)"
      R"(rooms/index/by-room","IndexName":"by-room","IndexSizeBytes":0,"IndexStatus":"ACTIVE",)"
      R"("ItemCount":0,"KeySchema":[{"AttributeName":"room","KeyType":"HASH"}],)"
      R"("Projection":{"NonKeyAttributes":["x"],"ProjectionType":"INCLUDE"},)"
      R"("ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,)"
      R"("WriteCapacityUnits":0}}],"ItemCount":0)";
  EXPECT_NE(created.find(indexes), std::string::npos) << created;
  EXPECT_EQ(created.find("LocalSecondaryIndexes"), std::string::npos);
  EXPECT_NE(Answer("DescribeTable", R"({"TableName":"rooms"})").find(indexes), std::string::npos);
}

TEST_F(ApiIndexesTest, DefinitionsAreChecked) {
  const std::string all = R"({"ProjectionType":"ALL"})";
  auto global = [&](const std::string& index,
                    const std::string& attributes =
                        R"({"AttributeName":"room","AttributeType":"S"})") {
    return Create("rooms", R"("GlobalSecondaryIndexes":[)" + index + "]", attributes);
  };
  EXPECT_EQ(global(""), kInvalid + "List of GlobalSecondaryIndexes is empty");
  EXPECT_EQ(global(Index("by-room", "nowhere", "", all)),
            kInvalid +
                "Some index key attributes are not defined in AttributeDefinitions. Keys: "
                "[nowhere], AttributeDefinitions: [id, at, room]");
  EXPECT_EQ(global(Index("by-room", "at", "", all)),
            kInvalid +
                "Some AttributeDefinitions are not used. AttributeDefinitions: [id, at, room], "
                "keys used: [at, id]");
  EXPECT_EQ(global(Index("by-room", "room", "", "{}")), kInvalid + "Unknown ProjectionType: null");
  EXPECT_EQ(
      global(Index("by-room", "room", "", R"({"ProjectionType":"ALL","NonKeyAttributes":["x"]})")),
      kInvalid + "ProjectionType is ALL, but NonKeyAttributes is specified");
  EXPECT_EQ(global(Index("by-room", "room", "", R"({"ProjectionType":"INCLUDE"})")),
            kInvalid + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  EXPECT_EQ(global(Index("by-room", "room", "", all) + "," + Index("by-room", "room", "", all)),
            kInvalid + "Duplicate index name: by-room");
  EXPECT_EQ(global(Index("a!", "room", "", all)),
            "ValidationException: 2 validation errors detected: Value 'a!' at "
            "'globalSecondaryIndexes.1.member.indexName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a!' at "
            "'globalSecondaryIndexes.1.member.indexName' failed to satisfy constraint: Member must "
            "have length greater than or equal to 3");
  std::string many;
  for (int i = 0; i < 21; ++i) {
    many += (i > 0 ? "," : "") + Index("index" + std::to_string(i), "room", "", all);
  }
  EXPECT_EQ(global(many),
            kInvalid + "GlobalSecondaryIndex count exceeds the per-table limit of 20");
  std::string with_units = Index("by-room", "room", "", all);
  with_units.insert(1,
                    R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},)");
  EXPECT_EQ(global(with_units),
            kInvalid +
                "ProvisionedThroughput should not be specified for index: by-room when BillingMode "
                "is PAY_PER_REQUEST");
}

TEST_F(ApiIndexesTest, LocalOnesAreCheckedAgainstTheTable) {
  const std::string all = R"({"ProjectionType":"ALL"})";
  auto local = [&](const std::string& index) {
    return Create("rooms", R"("LocalSecondaryIndexes":[)" + index + "]");
  };
  EXPECT_EQ(local(Index("by-room", "id", "", all)),
            kInvalid + "Index KeySchema does not have a range key for index: by-room");
  EXPECT_EQ(local(Index("by-room", "room", "at", all)),
            kInvalid +
                "Index KeySchema does not have the same leading hash key as table KeySchema for "
                "index: by-room. index hash key: room, table hash key: id");
  std::string six;
  for (int i = 0; i < 6; ++i) {
    six += (i > 0 ? "," : "") + Index("index" + std::to_string(i), "id", "room", all);
  }
  EXPECT_EQ(local(six), kInvalid + "Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  EXPECT_EQ(
      Answer("CreateTable",
             R"({"TableName":"rooms","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
             R"({"AttributeName":"id","AttributeType":"S"},)"
             R"({"AttributeName":"room","AttributeType":"S"}],)"
             R"("KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],)"
             R"("LocalSecondaryIndexes":[)" +
                 Index("by-room", "id", "room", all) + "]}"),
      kInvalid +
          "Table KeySchema does not have a range key, which is required when specifying a "
          "LocalSecondaryIndex");
}

TEST_F(ApiIndexesTest, GlobalKeysHaveUpToFourAttributesOfEachKind) {
  auto create = [this](int hashes, int ranges, bool hashes_first = true) {
    std::string attributes;
    std::string hash_keys;
    std::string range_keys;
    for (int i = 0; i < hashes + ranges; ++i) {
      std::string name = "k" + std::to_string(i);
      attributes +=
          (i > 0 ? "," : "") + (R"({"AttributeName":")" + name + R"(","AttributeType":"S"})");
      std::string& keys = i < hashes ? hash_keys : range_keys;
      keys += R"(,{"AttributeName":")" + name + R"(","KeyType":")" +
              (i < hashes ? "HASH" : "RANGE") + R"("})";
    }
    std::string keys = hashes_first ? hash_keys + range_keys : range_keys + hash_keys;
    static int number = 0;
    return Create("many" + std::to_string(++number),
                  R"("GlobalSecondaryIndexes":[{"IndexName":"many","KeySchema":[)" +
                      keys.substr(1) + R"(],"Projection":{"ProjectionType":"ALL"}}])",
                  attributes);
  };
  EXPECT_NE(create(4, 4).find("TableStatus"), std::string::npos);
  EXPECT_NE(create(2, 0).find("TableStatus"), std::string::npos);
  EXPECT_EQ(create(5, 1),
            kInvalid +
                "Number of key attributes exceeds the limit of 4 HASH and 4 RANGE for "
                "index: many");
  EXPECT_EQ(create(2, 1, false),
            "ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key "
            "type");
}

TEST_F(ApiIndexesTest, WritesCheckIndexKeys) {
  CreateRooms();
  EXPECT_EQ(Put(R"(,"room":{"N":"1"})"),
            kInvalid + "Type mismatch for Index Key room Expected: S Actual: N IndexName: by-room");
  EXPECT_EQ(
      Put(R"(,"room":{"S":""})"),
      "ValidationException: One or more parameter values are not valid. A value specified for "
      "a secondary index key is not supported. The AttributeValue for a key attribute cannot "
      "contain an empty string value. IndexName: by-room, IndexKey: room");
  EXPECT_EQ(Put(R"(,"room":{"S":")" + std::string(2049, 'x') + R"("})"),
            kInvalid + "Size of hashkey has exceeded the maximum size limit of2048 bytes");
  EXPECT_EQ(
      Put(R"(,"name":{"S":")" + std::string(1025, 'x') + R"("})"),
      kInvalid + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
  EXPECT_EQ(Put(R"(,"room":{"S":"r"})"), "{}");
  auto update = [this](const std::string& expression, const std::string& value) {
    return Answer("UpdateItem", R"({"TableName":"rooms","Key":{"id":{"S":"a"},"at":{"N":"1"}},)"
                                R"("ExpressionAttributeValues":{":v":)" +
                                    value + R"(},"UpdateExpression":")" + expression + R"("})");
  };
  EXPECT_EQ(update("SET room = :v", R"({"N":"1"})"),
            kInvalid + "Type mismatch for Index Key room Expected: S Actual: N IndexName: by-room");
  EXPECT_EQ(
      update("SET room = if_not_exists(x, :v)", R"({"N":"1"})"),
      "ValidationException: The update expression attempted to update the secondary index key "
      "to unsupported type");
  EXPECT_EQ(
      update("SET room = :v", R"({"S":""})"),
      "ValidationException: One or more parameter values are not valid. The update expression "
      "attempted to update a secondary index key to a value that is not supported. The "
      "AttributeValue for a key attribute cannot contain an empty string value.");
  EXPECT_EQ(update("SET room.x = :v", R"({"S":"1"})"),
            "ValidationException: Key attributes must be scalars; list random access '[]' and map "
            "lookup '.' are not allowed: IndexKey: room");
  EXPECT_EQ(update("SET room = :v", R"({"S":"other"})"), "{}");
}

TEST_F(ApiIndexesTest, CapacityAndCollectionMetrics) {
  CreateRooms();
  const std::string indexes = R"(,"ReturnConsumedCapacity":"INDEXES")";
  EXPECT_EQ(Put(R"(,"room":{"S":"r"})", indexes),
            R"({"ConsumedCapacity":{"CapacityUnits":2.0,"GlobalSecondaryIndexes":{"by-room":)"
            R"({"CapacityUnits":1.0}},"Table":{"CapacityUnits":1.0},"TableName":"rooms"}})");
  // Moved in one index, new in the other one.
  EXPECT_EQ(Put(R"(,"room":{"S":"s"},"name":{"S":"n"})", indexes),
            R"({"ConsumedCapacity":{"CapacityUnits":4.0,"GlobalSecondaryIndexes":{"by-room":)"
            R"({"CapacityUnits":2.0}},"LocalSecondaryIndexes":{"by-name":{"CapacityUnits":1.0}},)"
            R"("Table":{"CapacityUnits":1.0},"TableName":"rooms"}})");
  EXPECT_EQ(Put(R"(,"room":{"S":"s"},"name":{"S":"n"})", R"(,"ReturnConsumedCapacity":"TOTAL")"),
            R"({"ConsumedCapacity":{"CapacityUnits":1.0,"TableName":"rooms"}})");
  EXPECT_EQ(Put("", R"(,"ReturnItemCollectionMetrics":"SIZE")"),
            R"({"ItemCollectionMetrics":{"ItemCollectionKey":{"id":{"S":"a"}},)"
            R"("SizeEstimateRangeGB":[0.0,1.0]}})");
}

}  // namespace
}  // namespace gatehouse::table
