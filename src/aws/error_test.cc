#include "aws/error.h"

#include <gtest/gtest.h>

#include "aws/service.h"
#include "aws/xml_writer.h"

namespace gatehouse::aws {
namespace {

TEST(ErrorTest, JsonSaysTypeAndMessage) {
  EXPECT_EQ(JsonErrorBody("a#B", "say \"x\"\n"), R"({"__type":"a#B","message":"say \"x\"\n"})");
  EXPECT_EQ(JsonErrorBody("a#B", ""), R"({"__type":"a#B"})");
  EXPECT_EQ(JsonErrorBody("a#B", "m", "Message"), R"({"__type":"a#B","Message":"m"})");
  EXPECT_EQ(JsonErrorBody("a#B", "m", "message", R"("Item":{})"),
            R"({"__type":"a#B","message":"m","Item":{}})");
}

TEST(ErrorTest, RestJsonSaysTheMessage) {
  EXPECT_EQ(RestErrorBody("a\\b"), R"({"message":"a\\b"})");
  EXPECT_EQ(RestErrorBody("", "Message"), R"({"Message":""})");
  EXPECT_EQ(FaultErrorBody(404, "m"), R"({"Type":"User","Message":"m"})");
  EXPECT_EQ(FaultErrorBody(500, "m"), R"({"Type":"Service","Message":"m"})");
}

TEST(ErrorTest, QuerySaysItInXml) {
  EXPECT_EQ(QueryErrorBody("http://x/", "Sender", "C", "a<b", "id"),
            "<ErrorResponse xmlns=\"http://x/\"><Error><Type>Sender</Type><Code>C</Code>"
            "<Message>a&lt;b</Message></Error><RequestId>id</RequestId></ErrorResponse>");
  EXPECT_EQ(S3ErrorBody("C", "m", "id"),
            "<Error><Code>C</Code><Message>m</Message><RequestId>id</RequestId></Error>");
}

TEST(ErrorTest, XmlEscapesWhatItMust) {
  XmlWriter xml;
  xml.Text("a", std::string_view("&<>\"'\r\n\t\0\x1f", 10));
  EXPECT_EQ(xml.Take(), "<a>&amp;&lt;&gt;&quot;'&#xD;\n\t\xef\xbf\xbd\xef\xbf\xbd</a>");
}

TEST(ErrorTest, AnAnswersFieldsStandInThisOrder) {
  using Fields = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(Answer(200, kJson10Type, "id", "{}").fields,
            (Fields{{"Content-Type", "application/x-amz-json-1.0"}, {"x-amzn-RequestId", "id"}}));
  wire::ServiceResponse refused = Answer(404, kRestJsonType, "id", "{}", "NotFoundException");
  EXPECT_EQ(refused.fields, (Fields{{"Content-Type", "application/json"},
                                    {"x-amzn-RequestId", "id"},
                                    {"x-amzn-ErrorType", "NotFoundException"}}));
  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(refused.body, "{}");
}

TEST(ErrorTest, WhatHasNoRowIsTheFallback) {
  constexpr ErrorRow kRows[] = {{ErrorCode::kNotFound, 404, "N"}, {ErrorCode::kGone, 410, "G"}};
  constexpr ErrorRow kOther{{}, 500, "I"};
  EXPECT_EQ(RowOf(kRows, ErrorCode::kGone, kOther).type, "G");
  EXPECT_EQ(RowOf(kRows, ErrorCode::kIo, kOther).status, 500);
}

TEST(ServiceTest, EachSpeaksAFamily) {
  EXPECT_EQ(FamilyOf(kDynamoDb), ServiceFamily::kJson);
  EXPECT_EQ(FamilyOf(kSts), ServiceFamily::kQuery);
  EXPECT_EQ(FamilyOf(kLambda), ServiceFamily::kRestJson);
  EXPECT_EQ(FamilyOf("s3"), ServiceFamily::kRestJson);
}

}  // namespace
}  // namespace gatehouse::aws
