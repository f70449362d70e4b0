// The envelope of requests and answers, and the operations without expressions.
#include "table/wire/dynamodb_api.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "table/wire/dynamodb_api_test_fixture.h"

namespace gatehouse::table {
namespace {

TEST_F(ApiTest, AnswersCarryChecksumAndRequestId) {
  ApiResponse answer = Call("ListTables", "{}");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/x-amz-json-1.0");
  EXPECT_EQ(answer.body, R"({"TableNames":["both","chat"]})");
  EXPECT_EQ(answer.crc32, "113861930");
  EXPECT_EQ(answer.request_id.size(), 52u);
  EXPECT_EQ(answer.request_id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
            std::string::npos);
  EXPECT_NE(Call("ListTables", "{}").request_id, answer.request_id);
}

TEST_F(ApiTest, GetTellsHealth) {
  ApiResponse answer = Send({.method = "GET"});
  EXPECT_EQ(answer.body, "healthy: dynamodb.us-east-1.amazonaws.com ");
  EXPECT_EQ(answer.crc32, "3128867991");
}

TEST_F(ApiTest, WhatIsNoCallIsNotFound) {
  for (const ApiRequest& request : {ApiRequest{.method = "PUT",
                                   .target = "DynamoDB_20120810.ListTables",
                                   .content_type = "application/json",
                                   .body = "{}"},
                                    ApiRequest{.target = "DynamoDB_20120810.ListTables",
                                    .content_type = "text/plain",
                                    .body = "{}"}}) {
    ApiResponse answer = Send(request);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body, "<UnknownOperationException/>\n");
  }
}

TEST_F(ApiTest, UnknownTargetsAreErrors) {
  ApiResponse answer = Call("Fly", "{}");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, R"({"__type":"com.amazon.coral.service#UnknownOperationException",)"
                         R"("message":"gatehouse does not serve DynamoDB's Fly"})");
  answer = Send({.target = "ListTables", .content_type = "application/json", .body = "{}"});
  EXPECT_EQ(answer.status, 400);
}

TEST_F(ApiTest, BodiesMustBeObjects) {
  std::string bomb = R"({"a":)" + std::string(1'000'000, '[');
  for (std::string body : {std::string(""), std::string("{"), std::string("[]"), std::string("1"),
                           std::string("{\"a\":\"\xff\"}"), bomb}) {
    EXPECT_EQ(Answer("ListTables", body), "SerializationException");
  }
}

TEST_F(ApiTest, EndpointsAreWhereTheRequestCame) {
  ApiResponse answer = Send({.target = "DynamoDB_20120810.DescribeEndpoints",
                             .content_type = "application/json; charset=utf-8",
                             .host = "localhost:4566",
                             .body = "{}"});
  EXPECT_EQ(answer.body,
            R"({"Endpoints":[{"Address":"localhost:4566","CachePeriodInMinutes":1440}]})");
}

TEST_F(ApiTest, ItemsGoAndCome) {
  EXPECT_EQ(Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":"a"},"n":{"N":"1e2"}}})"),
            "{}");
  EXPECT_EQ(Answer("GetItem", R"({"TableName":"chat","Key":{"id":{"S":"a"}}})"),
            R"({"Item":{"id":{"S":"a"},"n":{"N":"100"}}})");
  EXPECT_EQ(Answer("DeleteItem", R"({"TableName":"chat","Key":{"id":{"S":"a"}}})"), "{}");
  EXPECT_EQ(Answer("GetItem", R"({"TableName":"chat","Key":{"id":{"S":"a"}}})"), "{}");
  EXPECT_EQ(Answer("DeleteItem", R"({"TableName":"chat","Key":{"id":{"S":"a"}}})"), "{}");
}

TEST_F(ApiTest, TablesAreFoundByArnToo) {
  EXPECT_EQ(Answer("GetItem", R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/chat",
                                  "Key":{"id":{"S":"a"}}})"),
            "{}");
}

TEST_F(ApiTest, OldValuesAreReturned) {
  Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":"a"},"v":{"S":"1"}}})");
  EXPECT_EQ(Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":"a"},"v":{"S":"2"}},
                                  "ReturnValues":"ALL_OLD"})"),
            R"({"Attributes":{"id":{"S":"a"},"v":{"S":"1"}}})");
  std::string deletion = R"({"TableName":"chat","Key":{"id":{"S":"a"}},"ReturnValues":"ALL_OLD"})";
  EXPECT_EQ(Answer("DeleteItem", deletion), R"({"Attributes":{"id":{"S":"a"},"v":{"S":"2"}}})");
  EXPECT_EQ(Answer("DeleteItem", deletion), "{}");
  EXPECT_EQ(Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":"a"}},
                                  "ReturnValues":"ALL_NEW"})"),
            "ValidationException: ReturnValues can only be ALL_OLD or NONE");
}

TEST_F(ApiTest, CapacityIsToldWhenAsked) {
  std::string item = R"("Item":{"id":{"S":"a"},"v":{"S":")" + std::string(1500, 'x') + R"("}})";
  EXPECT_EQ(
      Answer("PutItem", R"({"TableName":"chat",)" + item + R"(,"ReturnConsumedCapacity":"TOTAL"})"),
      R"({"ConsumedCapacity":{"CapacityUnits":2.0,"TableName":"chat"}})");
  std::string key = R"({"TableName":"chat","Key":{"id":{"S":"a"}},"ReturnConsumedCapacity":)";
  EXPECT_EQ(Answer("DeleteItem", key + R"("INDEXES"})"),
            R"({"ConsumedCapacity":{"CapacityUnits":2.0,"Table":{"CapacityUnits":2.0},)"
            R"("TableName":"chat"}})");
  EXPECT_EQ(Answer("GetItem", key + R"("TOTAL"})"),
            R"({"ConsumedCapacity":{"CapacityUnits":0.5,"TableName":"chat"}})");
  EXPECT_EQ(Answer("GetItem", key + R"("TOTAL","ConsistentRead":true})"),
            R"({"ConsumedCapacity":{"CapacityUnits":1.0,"TableName":"chat"}})");
}

TEST_F(ApiTest, ConstraintsAreToldTogether) {
  EXPECT_EQ(Answer("GetItem", "{}"),
            "ValidationException: 2 validation errors detected: Value null at 'tableName' failed "
            "to satisfy constraint: Member must not be null; Value null at 'key' failed to satisfy "
            "constraint: Member must not be null");
  EXPECT_EQ(Answer("PutItem", R"({"TableName":"chat","Item":{},"ReturnValues":"all"})"),
            "ValidationException: 1 validation error detected: Value 'all' at 'returnValues' "
            "failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, "
            "UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]");
}

TEST_F(ApiTest, WrongItemsAreRefused) {
  struct Row {
    std::string operation, members, answer;
  };
  for (const Row& row : std::vector<Row>{
           {"PutItem", R"("Item":{})",
            "ValidationException: One or more parameter values were invalid: Missing the key id in "
            "the item"},
           {"PutItem", R"("Item":{"id":{"N":"1"}})",
            "ValidationException: One or more parameter values were invalid: Type mismatch for key "
            "id expected: S actual: N"},
           {"PutItem", R"("Item":{"id":{"S":1}})",
            "SerializationException: NUMBER_VALUE cannot be converted to String"},
           {"PutItem", R"("Item":{"id":{"S":"a"},"n":{"N":"x"}})",
            "ValidationException: The parameter cannot be converted to a numeric value: x"},
           {"PutItem", R"("Item":[])",
            "SerializationException: Unrecognized collection type java.util.Map<java.lang.String, "
            "com.amazonaws.dynamodb.v20120810.AttributeValue>"},
           {"GetItem", R"("Key":{"id":{"S":"a"},"x":{"S":"a"}})",
            "ValidationException: The provided key element does not match the schema"},
           {"DeleteItem", R"("Key":{"id":{"S":""}})",
            "ValidationException: One or more parameter values were invalid: The AttributeValue "
            "for a key attribute cannot contain an empty string value. Key: id"},
       }) {
    EXPECT_EQ(Answer(row.operation, R"({"TableName":"chat",)" + row.members + "}"), row.answer);
    if (row.answer.find("the key") == std::string::npos) continue;
    EXPECT_EQ(Answer(row.operation, R"({"TableName":"none",)" + row.members + "}"),
              "ResourceNotFoundException: Requested resource not found");
  }
}

TEST_F(ApiTest, DeepItemsGetDynamoDbsWords) {
  std::string deep = R"({"S":"x"})";
  for (int i = 0; i < 40; ++i) deep = R"({"L":[)" + deep + "]}";
  EXPECT_EQ(Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":"a"},"v":)" + deep + "}}"),
            "ValidationException: Nesting Levels have exceeded supported limits: Attributes in the "
            "item have nested levels beyond supported limit");
}

TEST_F(ApiTest, ScansInPages) {
  for (const char* id : {"a", "b", "c"}) {
    Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":")" + std::string(id) + R"("}}})");
  }
  EXPECT_EQ(Answer("Scan", R"({"TableName":"chat","Select":"COUNT"})"),
            R"({"Count":3,"ScannedCount":3})");
  std::string first = Answer("Scan", R"({"TableName":"chat","Limit":2})");
  std::size_t key = first.find(R"("LastEvaluatedKey":)");
  ASSERT_NE(key, std::string::npos) << first;
  std::string start = first.substr(key + 19, first.find("}}", key) + 2 - key - 19);
  std::string second = Answer("Scan", R"({"TableName":"chat","ExclusiveStartKey":)" + start + "}");
  EXPECT_NE(second.find(R"("Count":1)"), std::string::npos) << second;
  EXPECT_EQ(second.find("LastEvaluatedKey"), std::string::npos) << second;
  EXPECT_EQ(Answer("Scan", R"({"TableName":"chat","ExclusiveStartKey":{"x":{"S":"a"}}})"),
            "ValidationException: The provided starting key is invalid: The provided key element "
            "does not match the schema");
}

TEST_F(ApiTest, ScansOfIndexesAreRefused) {
  EXPECT_EQ(Answer("Scan", R"({"TableName":"none","IndexName":"i"})"),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(Answer("Scan", R"({"TableName":"chat","IndexName":"i"})"),
            "ValidationException: The table does not have the specified index: i");
}

TEST_F(ApiTest, SegmentsAreATableInParts) {
  for (int i = 0; i < 40; ++i) {
    Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":")" + std::to_string(i) + R"("}}})");
  }
  int count = 0;
  for (int segment = 0; segment < 5; ++segment) {
    std::string page = Answer("Scan", R"({"TableName":"chat","TotalSegments":5,"Segment":)" +
                                          std::to_string(segment) + R"(,"Select":"COUNT"})");
    count += std::stoi(page.substr(std::string(R"({"Count":)").size()));
  }
  EXPECT_EQ(count, 40);
  EXPECT_NE(Answer("Scan", R"({"TableName":"chat","Segment":0})").find("TotalSegments"),
            std::string::npos);
  EXPECT_NE(Answer("Scan", R"({"TableName":"chat","Segment":2,"TotalSegments":2})").find("Segment"),
            std::string::npos);
}

}  // namespace
}  // namespace gatehouse::table
