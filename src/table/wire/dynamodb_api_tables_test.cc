// CreateTable, DescribeTable, DeleteTable, ListTables on the wire.
#include <string>

#include <gtest/gtest.h>

#include "table/wire/dynamodb_api_test_fixture.h"

namespace gatehouse::table {
namespace {

class ApiTablesTest : public ApiTest {};

constexpr const char* kRooms = R"({"TableName":"rooms",
    "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"})";

TEST_F(ApiTablesTest, ATableIsDescribed) {
  std::string creating = Answer("CreateTable", kRooms);
  EXPECT_EQ(creating.substr(0, 21), R"({"TableDescription":{)") << creating;
  EXPECT_NE(creating.find(R"("TableStatus":"CREATING")"), std::string::npos);
  std::string described = Answer("DescribeTable", R"({"TableName":"rooms"})");
  std::size_t id = described.find(R"("TableId":")") + 11;
  EXPECT_EQ(described.replace(id, 36, "ID"),
            R"({"Table":{"AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],)"
            R"("BillingModeSummary":{"BillingMode":"PAY_PER_REQUEST",)"
            R"("LastUpdateToPayPerRequestDateTime":1700000000.012},)"
            R"("CreationDateTime":1700000000.012,"DeletionProtectionEnabled":false,)"
            R"("ItemCount":0,"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],)"
            R"("ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,)"
            R"("WriteCapacityUnits":0},)"
            R"("TableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/rooms",)"
            R"("TableId":"ID","TableName":"rooms","TableSizeBytes":0,"TableStatus":"ACTIVE"}})");
  EXPECT_EQ(Answer("CreateTable", kRooms), "ResourceInUseException: Table already exists: rooms");
}

TEST_F(ApiTablesTest, ADeletedTableIsGone) {
  std::string deleting = Answer("DeleteTable", R"({"TableName":"chat"})");
  EXPECT_NE(deleting.find(R"("TableStatus":"DELETING")"), std::string::npos) << deleting;
  for (const char* operation : {"DeleteTable", "DescribeTable"}) {
    EXPECT_EQ(Answer(operation, R"({"TableName":"chat"})"),
              "ResourceNotFoundException: Requested resource not found: Table: chat not found");
  }
}

TEST_F(ApiTablesTest, NamesAreListedInPages) {
  EXPECT_EQ(Answer("ListTables", R"({"Limit":1})"),
            R"({"LastEvaluatedTableName":"both","TableNames":["both"]})");
  EXPECT_EQ(Answer("ListTables", R"({"ExclusiveStartTableName":"both"})"),
            R"({"TableNames":["chat"]})");
  EXPECT_EQ(Answer("ListTables", R"({"Limit":101})"),
            "ValidationException: 1 validation error detected: Value '101' at 'limit' failed to "
            "satisfy constraint: Member must have value less than or equal to 100");
}

TEST_F(ApiTablesTest, WrongTablesAreRefused) {
  EXPECT_EQ(Answer("CreateTable", R"({"AttributeDefinitions":[],"KeySchema":[]})"),
            "ValidationException: The parameter 'TableName' is required but was not present in the "
            "request");
  EXPECT_EQ(Answer("CreateTable",
                   R"({"TableName":"abc","AttributeDefinitions":[{"AttributeName":"id",
                       "AttributeType":"M"}],"KeySchema":[{"KeyType":"X"}]})"),
            "ValidationException: 3 validation errors detected: Value 'M' at "
            "'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member "
            "must satisfy enum value set: [B, N, S]; Value null at "
            "'keySchema.1.member.attributeName' failed to satisfy constraint: Member must not be "
            "null; Value 'X' at 'keySchema.1.member.keyType' failed to satisfy constraint: Member "
            "must satisfy enum value set: [HASH, RANGE]");
  EXPECT_EQ(Answer("CreateTable", R"({"TableName":"abc","AttributeDefinitions":[1],
                                      "KeySchema":[]})"),
            "SerializationException: Unexpected field type");
  EXPECT_EQ(Answer("CreateTable", R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[],
                                      "GlobalSecondaryIndexes":[{}]})"),
            "ValidationException: 3 validation errors detected: Value null at "
            "'globalSecondaryIndexes.1.member.indexName' failed to satisfy constraint: Member must "
            "not be null; Value null at 'globalSecondaryIndexes.1.member.keySchema' failed to "
            "satisfy constraint: Member must not be null; Value null at "
            "'globalSecondaryIndexes.1.member.projection' failed to satisfy constraint: Member "
            "must not be null");
  EXPECT_EQ(Answer("DescribeTable", R"({"TableName":"a"})"),
            "ValidationException: 1 validation error detected: Value 'a' at 'tableName' failed to "
            "satisfy constraint: Member must have length greater than or equal to 3");
  EXPECT_EQ(Answer("CreateTable", R"({"AttributeDefinitions":[1],"KeySchema":[]})"),
            "SerializationException: Unexpected field type");
  EXPECT_EQ(Answer("CreateTable", R"({"AttributeDefinitions":[]})"),
            "ValidationException: The parameter 'TableName' is required but was not present in the "
            "request");
  EXPECT_EQ(Answer("CreateTable", R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[
                       {"AttributeName":"a","KeyType":"HASH"},
                       {"AttributeName":"b","KeyType":"RANGE"},
                       {"AttributeName":"c","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST"})"),
            "ValidationException: 1 validation error detected: Value "
            "'[KeySchemaElement(attributeName=a, keyType=HASH), KeySchemaElement(attributeName=b, "
            "keyType=RANGE), KeySchemaElement(attributeName=c, keyType=RANGE)]' at 'keySchema' "
            "failed to satisfy constraint: Member must have length less than or equal to 2");
}

// A name in an item operation: how long, of what, and that a table's ARN is one, too.
TEST_F(ApiTablesTest, TableNamesAreJudgedByWhatTheyAre) {
  auto get = [this](const std::string& name) {
    return Answer("GetItem", R"({"Key":{"id":{"S":"a"}},"TableName":")" + name + "\"}");
  };
  const std::string error = "ValidationException: 1 validation error detected: Value '";
  const std::string at = "' at 'tableName' failed to satisfy constraint: Member must ";
  EXPECT_EQ(get(""), error + at + "have length greater than or equal to 1");
  EXPECT_EQ(get("ab"), error + "ab" + at + "have length greater than or equal to 3");
  const std::string long_name(256, 'a');
  EXPECT_EQ(get(long_name), error + long_name + at + "have length less than or equal to 255");
  EXPECT_EQ(get("bad table!@#"),
            error + "bad table!@#" + at + "satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  EXPECT_EQ(get("arn:aws:dynamodb:us-east-1:000000000000:table/chat"), "{}");
}

// What AWS has and this does not is told by name.
TEST_F(ApiTablesTest, WhatIsNotServedIsSaid) {
  EXPECT_EQ(Answer("ExecuteStatement", "{}"),
            "UnknownOperationException: gatehouse does not serve DynamoDB's ExecuteStatement: it "
            "has no PartiQL");
  EXPECT_EQ(Answer("CreateBackup", "{}"),
            "UnknownOperationException: gatehouse does not serve DynamoDB's CreateBackup: it has "
            "no backups");
}

}  // namespace
}  // namespace gatehouse::table
