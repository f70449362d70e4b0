// TTL, tags, and what is the same for every table: literal requests and answers; the sweep.
#include <string>

#include "table/operation/time_to_live.h"
#include "table/wire/dynamodb_api_test_fixture.h"

namespace gatehouse::table {
namespace {

constexpr std::string_view kChatArn = "arn:aws:dynamodb:us-east-1:000000000000:table/chat";

class ApiSettingsTest : public ApiTest {
 protected:
  std::string SetTtl(const std::string& attribute, bool enabled) {
    return Answer("UpdateTimeToLive",
                  R"({"TableName":"chat","TimeToLiveSpecification":{"AttributeName":")" +
                      attribute + R"(","Enabled":)" + (enabled ? "true" : "false") + "}}");
  }
  std::string Ttl() { return Answer("DescribeTimeToLive", R"({"TableName":"chat"})"); }
  std::string Tag(const std::string& members) {
    return Answer("TagResource",
                  R"({"ResourceArn":")" + std::string(kChatArn) + "\"," + members + "}");
  }
  std::string Tags() {
    return Answer("ListTagsOfResource", R"({"ResourceArn":")" + std::string(kChatArn) + "\"}");
  }
  void Put(const std::string& id, const std::string& ttl) {
    EXPECT_EQ(Answer("PutItem", R"({"TableName":"chat","Item":{"id":{"S":")" + id + R"("},"ttl":)" +
                                    ttl + "}}"),
              "{}");
  }
  std::string Count() { return Answer("Scan", R"({"TableName":"chat","Select":"COUNT"})"); }
  TimeToLiveSweep::Outcome Turn(TimeToLiveSweep& sweep, std::int64_t seconds) {
    std::optional<Result<TimeToLiveSweep::Outcome>> outcome;
    sweep.Turn(base::Millis(seconds * 1000), executor_,
               [&](Result<TimeToLiveSweep::Outcome> swept) { outcome = std::move(swept); });
    return *executor_.Wait(outcome);
  }
};

TEST_F(ApiSettingsTest, TimeToLiveIsSetAndDescribed) {
  constexpr std::string_view kOff = R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})";
  EXPECT_EQ(Ttl(), kOff);
  EXPECT_EQ(SetTtl("ttl", false), "ValidationException: TimeToLive is already disabled");
  EXPECT_EQ(SetTtl("ttl", true),
            R"({"TimeToLiveSpecification":{"AttributeName":"ttl","Enabled":true}})");
  EXPECT_EQ(SetTtl("ttl", true), "ValidationException: TimeToLive is already enabled");
  EXPECT_EQ(SetTtl("other", false),
            "ValidationException: TimeToLive is active on a different AttributeName: current "
            "AttributeName is ttl");
  EXPECT_EQ(Ttl(),
            R"({"TimeToLiveDescription":{"AttributeName":"ttl","TimeToLiveStatus":"ENABLED"}})");
  EXPECT_EQ(SetTtl("ttl", false),
            R"({"TimeToLiveSpecification":{"AttributeName":"ttl","Enabled":false}})");
  EXPECT_EQ(Ttl(), kOff);
  EXPECT_EQ(SetTtl("", true),
            "ValidationException: 1 validation error detected: Value '' at "
            "'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must "
            "have length greater than or equal to 1");
  EXPECT_EQ(Answer("DescribeTimeToLive", R"({"TableName":"none"})"),
            "ResourceNotFoundException: Requested resource not found: Table: none not found");
}

TEST_F(ApiSettingsTest, ExpiredItemsAreDeletedAndOthersStay) {
  Put("past", R"({"N":"999"})");
  Put("fraction", R"({"N":"9.995e2"})");
  Put("now", R"({"N":"1000"})");
  Put("future", R"({"N":"1001"})");
  Put("text", R"({"S":"1"})");
  TimeToLiveSweep sweep(*tables_);
  EXPECT_FALSE(Turn(sweep, 1000).has_tables);
  EXPECT_EQ(Count(), R"({"Count":5,"ScannedCount":5})");
  SetTtl("ttl", true);
  TimeToLiveSweep::Outcome outcome = Turn(sweep, 1000);
  EXPECT_TRUE(outcome.has_tables);
  EXPECT_FALSE(outcome.has_more);
  EXPECT_EQ(outcome.deleted, 2u);
  EXPECT_EQ(Count(), R"({"Count":3,"ScannedCount":3})");
  EXPECT_EQ(Turn(sweep, 1001).deleted, 1u);
  // What is more than five years past is no time of ours.
  EXPECT_EQ(Turn(sweep, 1002 + std::int64_t{5} * 365 * 24 * 3600).deleted, 0u);
  EXPECT_EQ(Turn(sweep, 1002).deleted, 1u);
  EXPECT_EQ(Count(), R"({"Count":1,"ScannedCount":1})");
}

// A turn has a bound; the next goes on behind it, and after the last row begins anew.
TEST_F(ApiSettingsTest, ATurnHasABound) {
  SetTtl("ttl", true);
  const int items = static_cast<int>(TimeToLiveSweep::kSweepRowsMax) + 50;
  for (int i = 0; i < items; ++i) Put(std::to_string(i), R"({"N":"1"})");
  TimeToLiveSweep sweep(*tables_);
  TimeToLiveSweep::Outcome first = Turn(sweep, 1000);
  EXPECT_EQ(first.deleted, TimeToLiveSweep::kSweepRowsMax);
  EXPECT_TRUE(first.has_more);
  TimeToLiveSweep::Outcome second = Turn(sweep, 1000);
  EXPECT_EQ(second.deleted, 50u);
  EXPECT_FALSE(second.has_more);
  Put("again", R"({"N":"1"})");
  EXPECT_EQ(Turn(sweep, 1000).deleted, 1u);
}

TEST_F(ApiSettingsTest, SettingsGoWithTheirTable) {
  SetTtl("ttl", true);
  Tag(R"("Tags":[{"Key":"a","Value":"1"}])");
  Answer("DeleteTable", R"({"TableName":"chat"})");
  TimeToLiveSweep sweep(*tables_);
  EXPECT_FALSE(Turn(sweep, 1000).has_tables);
  tables_->CreateTable(Definition("chat"), executor_, [](Result<TableDefinition>) {});
  EXPECT_EQ(Ttl(), R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
  EXPECT_EQ(Tags(), R"({"Tags":[]})");
}

TEST_F(ApiSettingsTest, TagsComeAndGo) {
  EXPECT_EQ(Tag(R"("Tags":[{"Key":"b","Value":""},{"Key":"a","Value":"1"}])"), "");
  EXPECT_EQ(Tags(), R"({"Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":""}]})");
  EXPECT_EQ(Answer("UntagResource",
                   R"({"ResourceArn":")" + std::string(kChatArn) + R"(","TagKeys":["b","none"]})"),
            "");
  EXPECT_EQ(Tags(), R"({"Tags":[{"Key":"a","Value":"1"}]})");
  EXPECT_EQ(Tag(R"("Tags":[])"),
            "ValidationException: Atleast one Tag needs to be provided as Input.");
  EXPECT_EQ(Tag(R"("Tags":[{"Key":"","Value":"1"}])"),
            "ValidationException: 1 validation error detected: Value '' at 'tags.1.member.key' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1");
  EXPECT_EQ(Answer("ListTagsOfResource", R"({"ResourceArn":"chat"})"),
            "ValidationException: Invalid TableArn: Invalid ResourceArn provided as input chat");
  std::string none = std::string(kChatArn.substr(0, kChatArn.size() - 4)) + "none";
  EXPECT_EQ(Answer("ListTagsOfResource", R"({"ResourceArn":")" + none + "\"}"),
            "ResourceNotFoundException: Requested resource not found: ResourcArn: " + none +
                " not found");
}

TEST_F(ApiSettingsTest, WhatIsTheSameForEveryTable) {
  EXPECT_EQ(Answer("DescribeLimits", "{}"),
            R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,)"
            R"("TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})");
  EXPECT_EQ(Answer("DescribeContinuousBackups", R"({"TableName":"chat"})"),
            R"({"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"ENABLED",)"
            R"("PointInTimeRecoveryDescription":{"PointInTimeRecoveryStatus":"DISABLED"}}})");
  EXPECT_EQ(Answer("DescribeContinuousBackups", R"({"TableName":"none"})"),
            "TableNotFoundException: Table not found: none");
}

}  // namespace
}  // namespace gatehouse::table
