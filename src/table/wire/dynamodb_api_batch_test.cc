// BatchGetItem and BatchWriteItem: literal requests and answers.
#include <string>

#include "table/wire/dynamodb_api_test_fixture.h"

namespace gatehouse::table {
namespace {

class ApiBatchTest : public ApiTest {
 protected:
  // A list of count elements, each made of its number.
  template <class Make>
  static std::string List(int count, Make make) {
    std::string list;
    for (int i = 0; i < count; ++i) list += (i > 0 ? "," : "") + make(std::to_string(i));
    return "[" + list + "]";
  }
  static std::string Key(const std::string& id) { return R"({"id":{"S":")" + id + R"("}})"; }
  static std::string Put(const std::string& id) {
    return R"({"PutRequest":{"Item":)" + Key(id) + "}}";
  }
  std::string Write(const std::string& tables, const std::string& more = "") {
    return Answer("BatchWriteItem", R"({"RequestItems":)" + tables + more + "}");
  }
  std::string Get(const std::string& tables, const std::string& more = "") {
    return Answer("BatchGetItem", R"({"RequestItems":)" + tables + more + "}");
  }
};

TEST_F(ApiBatchTest, WritesAndReadsSeveralTables) {
  EXPECT_EQ(Write(R"({"chat":[{"PutRequest":{"Item":{"id":{"S":"a"},"n":{"N":"1.0"}}}},)"
                  R"({"DeleteRequest":{"Key":{"id":{"S":"gone"}}}}],)"
                  R"("both":[{"PutRequest":{"Item":{"id":{"N":"1"},"at":{"B":"AA=="}}}}]})"),
            R"({"UnprocessedItems":{}})");
  EXPECT_EQ(Get(R"({"chat":{"Keys":[{"id":{"S":"a"}},{"id":{"S":"no"}}]},)"
                R"("both":{"Keys":[{"id":{"N":"1.0"},"at":{"B":"AA=="}}]}})"),
            R"({"Responses":{"chat":[{"id":{"S":"a"},"n":{"N":"1"}}],)"
            R"("both":[{"at":{"B":"AA=="},"id":{"N":"1"}}]},"UnprocessedKeys":{}})");
  EXPECT_EQ(Get(R"({"chat":{"Keys":[{"id":{"S":"a"}}],"ProjectionExpression":"#n",)"
                R"("ExpressionAttributeNames":{"#n":"n"}}})"),
            R"({"Responses":{"chat":[{"n":{"N":"1"}}]},"UnprocessedKeys":{}})");
}

TEST_F(ApiBatchTest, TablesMayBeNamedByArn) {
  const std::string arn = "arn:aws:dynamodb:us-east-1:000000000000:table/chat";
  EXPECT_EQ(Write("{\"" + arn + "\":[" + Put("a") + "]}"), R"({"UnprocessedItems":{}})");
  EXPECT_EQ(Get("{\"" + arn + R"(":{"Keys":[{"id":{"S":"a"}}]}})"),
            R"({"Responses":{")" + arn + R"(":[{"id":{"S":"a"}}]},"UnprocessedKeys":{}})");
}

TEST_F(ApiBatchTest, OneWrongWriteSpoilsAll) {
  EXPECT_EQ(Write("{\"chat\":[" + Put("a") + R"(,{"PutRequest":{"Item":{"x":{"S":"b"}}}}]})"),
            "ValidationException: The provided key element does not match the schema");
  EXPECT_EQ(Write("{\"chat\":[" + Put("a") + "],\"none\":[" + Put("a") + "]}"),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(Write("{\"chat\":[" + Put("a") + R"(,{"DeleteRequest":{"Key":{"id":{"S":"a"}}}}]})"),
            "ValidationException: Provided list of item keys contains duplicates");
  EXPECT_EQ(Get(R"({"chat":{"Keys":[{"id":{"S":"a"}}]}})"),
            R"({"Responses":{"chat":[]},"UnprocessedKeys":{}})");
  EXPECT_EQ(Get(R"({"chat":{"Keys":[{"id":{"S":"a"}},{"id":{"S":"a"}}]}})"),
            "ValidationException: Provided list of item keys contains duplicates");
  EXPECT_EQ(Get(R"({"both":{"Keys":[{"id":{"N":"1"},"at":{"B":"AA=="}},)"
                R"({"id":{"N":"1.0"},"at":{"B":"AA=="}}]}})"),
            "ValidationException: Provided list of item keys contains duplicates");
}

TEST_F(ApiBatchTest, CountsHaveLimits) {
  EXPECT_EQ(Write("{\"chat\":" + List(25, Put) + "}"), R"({"UnprocessedItems":{}})");
  std::string many = Write("{\"chat\":" + List(26, Put) + "}");
  EXPECT_TRUE(
      many.starts_with("ValidationException: 1 validation error detected: Value "
                       "'{chat=[{PutRequest={Item={id={S=0}}}}, "))
      << many;
  EXPECT_TRUE(
      many.ends_with("]}' at 'requestItems' failed to satisfy constraint: Map value must "
                     "satisfy constraint: [Member must have length less than or equal to "
                     "25, Member must have length greater than or equal to 1]"))
      << many;
  EXPECT_EQ(Write("{\"chat\":" + List(20, Put) + ",\"both\":" + List(6, Put) + "}"),
            "ValidationException: Too many items requested for the BatchWriteItem call");
  EXPECT_EQ(Get("{\"chat\":{\"Keys\":" + List(101, Key) + "}}"),
            "ValidationException: 1 validation error detected: Value at "
            "'RequestItems.chat.member.Keys' failed to satisfy constraint: Member must have length "
            "less than or equal to 100");
  EXPECT_EQ(
      Get("{\"chat\":{\"Keys\":" + List(60, Key) + "},\"both\":{\"Keys\":" + List(41, Key) + "}}"),
      "ValidationException: Too many items requested for the BatchGetItem call");
  EXPECT_EQ(Get("{}"),
            "ValidationException: The requestItems parameter is required for BatchGetItem");
  EXPECT_EQ(Write("{}"),
            "ValidationException: The requestItems parameter is required for BatchWriteItem");
  EXPECT_EQ(Get(R"({"chat":{"Keys":[]}})"),
            "ValidationException: 1 validation error detected: Value '[]' at "
            "'requestItems.chat.member.keys' failed to satisfy constraint: Member must have length "
            "greater than or equal to 1");
  EXPECT_EQ(Answer("BatchGetItem", "{}"),
            "ValidationException: 1 validation error detected: Value null at 'requestItems' failed "
            "to satisfy constraint: Member must not be null");
}

TEST_F(ApiBatchTest, RequestsAreReadWithTheirPlace) {
  EXPECT_EQ(Write(R"({"chat":[{}]})"),
            "ValidationException: Supplied AttributeValue has more than one datatypes set, must "
            "contain exactly one of the supported datatypes");
  EXPECT_EQ(Write(R"({"chat":[{"PutRequest":{}}]})"),
            "ValidationException: 1 validation error detected: Value null at "
            "'requestItems.chat.1.member.putRequest.item' failed to satisfy constraint: Member "
            "must not be null");
  EXPECT_EQ(Write(R"({"ab":[{"PutRequest":{"Item":{}}}]})"),
            "ValidationException: 1 validation error detected: Value "
            "'{ab=[{PutRequest={Item={}}}]}' at 'requestItems' failed to satisfy constraint: Map "
            "keys must satisfy constraint: [Member must have length less than or equal to 255, "
            "Member must have length greater than or equal to 3, Member must satisfy regular "
            "expression pattern: [a-zA-Z0-9_.-]+]");
  EXPECT_EQ(Get(R"({"chat":{"Keys":[{"id":{"S":"a"}}],"ProjectionExpression":"a..b"}})"),
            "ValidationException: Invalid ProjectionExpression: Syntax error; token: \\\".\\\", "
            "near: \\\"..b\\\"");
}

TEST_F(ApiBatchTest, CapacityIsToldByTable) {
  const std::string big(1500, 'x');
  EXPECT_EQ(Write(R"({"chat":[{"PutRequest":{"Item":{"id":{"S":"a"},"t":{"S":")" + big +
                      R"("}}}},)" + Put("b") + "]}",
                  R"(,"ReturnConsumedCapacity":"TOTAL")"),
            R"({"ConsumedCapacity":[{"CapacityUnits":3.0,"TableName":"chat"}],)"
            R"("UnprocessedItems":{}})");
  EXPECT_EQ(
      Get(R"({"chat":{"ConsistentRead":true,"Keys":[{"id":{"S":"b"}},{"id":{"S":"no"}}]}})",
          R"(,"ReturnConsumedCapacity":"INDEXES")"),
      R"({"ConsumedCapacity":[{"CapacityUnits":2.0,"Table":{"CapacityUnits":2.0},)"
      R"("TableName":"chat"}],"Responses":{"chat":[{"id":{"S":"b"}}]},"UnprocessedKeys":{}})");
}

// 16 MB of items: the keys beyond come back, with what was asked besides.
TEST_F(ApiBatchTest, WhatIsBeyond16MbIsUnprocessed) {
  const std::string big(400'000, 'x');
  for (int i = 0; i < 45; ++i) {
    ASSERT_EQ(Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":")" + std::to_string(i) +
                                    R"("},"t":{"S":")" + big + R"("}}})"),
              "{}");
  }
  std::string answer =
      Get("{\"chat\":{\"ProjectionExpression\":\"id\",\"Keys\":" + List(45, Key) + "}}");
  // 41 items of 400,008 or so bytes fit into 16,777,216.
  EXPECT_TRUE(answer.ends_with(
      R"({"id":{"S":"40"}}]},"UnprocessedKeys":{"chat":{"ProjectionExpression":"id","Keys":[)" +
      Key("41") + "," + Key("42") + "," + Key("43") + "," + Key("44") + "]}}}"))
      << answer.substr(answer.size() - 300);
}

}  // namespace
}  // namespace gatehouse::table
