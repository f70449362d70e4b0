#include "lambda/dynamodb_table.h"

#include <gtest/gtest.h>

#include "lambda/test_service.h"

namespace gatehouse::lambda {
namespace {

struct DynamodbTableTest : testing::Test, ServiceWorld {
  DynamodbTable table{*client, Service(), "rows"};
  Item Key() {
    Item key;
    key.emplace("id", "a");
    return key;
  }
};

TEST_F(DynamodbTableTest, PutsAnItem) {
  always = {200, "{}"};
  Item item = Key();
  item.emplace("n", Number{"1.5"});
  item.emplace("b", Binary{"\x01\x02"});
  auto put = Finish(table.Put(std::move(item)));
  ASSERT_TRUE(put && *put);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].line, "POST /");
  EXPECT_EQ(asked[0].fields["X-Amz-Target"], "DynamoDB_20120810.PutItem");
  EXPECT_EQ(asked[0].fields["Content-Type"], "application/x-amz-json-1.0");
  EXPECT_EQ(asked[0].body,
            R"({"TableName":"rows","Item":{"b":{"B":"AQI="},"id":{"S":"a"},"n":{"N":"1.5"}}})");
}

TEST_F(DynamodbTableTest, GetsAnItemOrNone) {
  replies = {{200, R"({"Item":{"id":{"S":"a"},"ok":{"BOOL":true},"l":{"L":[{"N":"1"}]}}})"},
             {200, "{}"}};
  auto got = Finish(table.Get(Key()));
  ASSERT_TRUE(got && *got && **got);
  Item expected = Key();
  expected.emplace("ok", true);
  expected.emplace("l", AttributeValue::List{Number{"1"}});
  EXPECT_EQ(***got, expected);
  EXPECT_EQ(asked[0].body, R"({"TableName":"rows","Key":{"id":{"S":"a"}},"ConsistentRead":true})");
  auto none = Finish(table.Get(Key()));
  ASSERT_TRUE(none && *none);
  EXPECT_FALSE(**none);
}

TEST_F(DynamodbTableTest, Deletes) {
  always = {200, "{}"};
  auto deleted = Finish(table.Delete(Key()));
  ASSERT_TRUE(deleted && *deleted);
  EXPECT_EQ(asked[0].fields["X-Amz-Target"], "DynamoDB_20120810.DeleteItem");
  EXPECT_EQ(asked[0].body, R"({"TableName":"rows","Key":{"id":{"S":"a"}}})");
}

TEST_F(DynamodbTableTest, ScansPageByPage) {
  replies = {{200, R"({"Count":1,"Items":[{"id":{"S":"a"}}],"LastEvaluatedKey":{"id":{"S":"a"}}})"},
             {200, R"({"Count":0,"Items":[],"ScannedCount":0})"}};
  auto page = Finish(table.Scan({}));
  ASSERT_TRUE(page && *page);
  EXPECT_EQ((*page)->items, std::vector<Item>{Key()});
  ASSERT_TRUE((*page)->last_evaluated_key);
  ScanOptions next;
  next.limit = 5;
  next.exclusive_start_key = (*page)->last_evaluated_key;
  auto last = Finish(table.Scan(std::move(next)));
  ASSERT_TRUE(last && *last);
  EXPECT_TRUE((*last)->items.empty());
  EXPECT_FALSE((*last)->last_evaluated_key);
  EXPECT_EQ(asked[0].body, R"({"TableName":"rows","ConsistentRead":true})");
  EXPECT_EQ(asked[1].body, R"({"TableName":"rows","ConsistentRead":true,"Limit":5,)"
                           R"("ExclusiveStartKey":{"id":{"S":"a"}}})");
}

TEST_F(DynamodbTableTest, QueriesAnIndex) {
  always = {200, R"({"Count":1,"Items":[{"id":{"S":"a"}}],"ScannedCount":1})"};
  QueryOptions options{.key_condition = "#r = :r"};
  options.filter = "v > :v";
  options.names = {{"#r", "room"}};
  options.values.emplace(":r", "x");
  options.values.emplace(":v", Number{"1"});
  options.index_name = "by-room";
  options.limit = 3;
  options.scan_index_forward = false;
  auto page = Finish(table.Query(std::move(options)));
  ASSERT_TRUE(page && *page);
  EXPECT_EQ((*page)->items, std::vector<Item>{Key()});
  EXPECT_EQ(asked[0].fields["X-Amz-Target"], "DynamoDB_20120810.Query");
  EXPECT_EQ(asked[0].body,
            R"({"TableName":"rows","IndexName":"by-room","KeyConditionExpression":"#r = :r",)"
            R"("FilterExpression":"v > :v","ExpressionAttributeNames":{"#r":"room"},)"
            R"("ExpressionAttributeValues":{":r":{"S":"x"},":v":{"N":"1"}},"Limit":3,)"
            R"("ScanIndexForward":false})");
}

TEST_F(DynamodbTableTest, UpdatesAndWritesUnderConditions) {
  replies = {{200, R"({"Attributes":{"id":{"S":"a"},"n":{"N":"2"}}})"}, {200, "{}"}, {200, "{}"}};
  UpdateOptions update{.update = "ADD n :one", .condition = "attribute_exists(id)"};
  update.values.emplace(":one", Number{"1"});
  auto updated = Finish(table.Update(Key(), std::move(update)));
  ASSERT_TRUE(updated && *updated);
  Item expected = Key();
  expected.emplace("n", Number{"2"});
  EXPECT_EQ(**updated, expected);
  EXPECT_EQ(asked[0].body,
            R"({"TableName":"rows","Key":{"id":{"S":"a"}},"UpdateExpression":"ADD n :one",)"
            R"j("ConditionExpression":"attribute_exists(id)","ExpressionAttributeValues":)j"
            R"({":one":{"N":"1"}},"ReturnValues":"ALL_NEW"})");
  auto put = Finish(table.PutIf(Key(), {.condition = "attribute_not_exists(id)"}));
  ASSERT_TRUE(put && *put);
  EXPECT_EQ(asked[1].body, R"({"TableName":"rows","Item":{"id":{"S":"a"}},)"
                           R"j("ConditionExpression":"attribute_not_exists(id)"})j");
  auto deleted = Finish(table.DeleteIf(Key(), {.condition = "attribute_exists(id)"}));
  ASSERT_TRUE(deleted && *deleted);
  EXPECT_EQ(asked[2].body, R"({"TableName":"rows","Key":{"id":{"S":"a"}},)"
                           R"j("ConditionExpression":"attribute_exists(id)"})j");
}

TEST_F(DynamodbTableTest, ErrorsAreDynamodbs) {
  always = {400, R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",)"
                 R"("message":"Requested resource not found"})"};
  auto put = Finish(table.Put(Key()));
  ASSERT_TRUE(put && !*put);
  EXPECT_EQ(put->error().code, ErrorCode::kNotFound);
  EXPECT_EQ(put->error().message, "Requested resource not found");
}

TEST_F(DynamodbTableTest, AnswersThatAreNoneAreErrors) {
  for (const char* body : {"", "[]", "{}", R"({"Items":{}})", R"({"Items":[{"id":{"S":1}}]})",
                           R"({"Items":[{"id":{}}]})"}) {
    always = {200, body};
    auto page = Finish(table.Scan({}));
    ASSERT_TRUE(page && !*page) << body;
    EXPECT_EQ(page->error().message, "DynamoDB's answer is not understood");
  }
  always = {200, R"({"Item":[]})"};
  auto got = Finish(table.Get(Key()));
  EXPECT_TRUE(got && !*got);
}

TEST_F(DynamodbTableTest, WithoutAnEndpointSaysWhy) {
  DynamodbTable lost{*client, Error{ErrorCode::kInvalidArgument, "no region"}, "rows"};
  auto put = Finish(lost.Put(Key()));
  ASSERT_TRUE(put && !*put);
  EXPECT_EQ(put->error().message, "no region");
}

}  // namespace
}  // namespace gatehouse::lambda
