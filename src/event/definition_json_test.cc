#include "event/definition_json.h"

#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace gatehouse::event {
namespace {

namespace bj = boost::json;

bj::object Object(const std::string& text) { return bj::parse(text).get_object(); }

constexpr char kRule[] = R"json({
  "Name": "r", "ScheduleExpression": "rate(5 minutes)", "EventPattern": {"source": ["a"]},
  "State": "DISABLED", "Description": "d", "RoleArn": "arn:aws:iam::1:role/r",
  "Tags": [{"Key": "k", "Value": "v"}],
  "Targets": [
    {"Id": "1", "Arn": "arn:aws:lambda:us-east-1:000000000000:function:f", "Input": "{\"a\":1}",
     "RetryPolicy": {"MaximumRetryAttempts": 3}, "DeadLetterConfig": {"Arn": "arn:aws:sqs:r:1:q"}},
    {"Id": "2", "Arn": "arn:aws:lambda:us-east-1:000000000000:function:f", "InputPath": "$.detail"},
    {"Id": "3", "Arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
     "InputTransformer": {"InputPathsMap": {"x": "$.id"}, "InputTemplate": "\"<x>\""}}]})json";

constexpr char kSchedule[] = R"json({
  "Name": "s", "GroupName": "g", "ScheduleExpression": "cron(0 12 * * ? *)",
  "ScheduleExpressionTimezone": "Europe/Berlin", "StartDate": "2026-01-02T03:04:05Z",
  "EndDate": 1767409445.5, "State": "DISABLED", "KmsKeyArn": "arn:aws:kms:r:1:key/k",
  "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
  "Target": {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:f", "RoleArn": "role",
             "Input": "any text"}})json";

TEST(DefinitionJson, ARuleComesBackFromTheStore) {
  Result<Rule> rule = ReadRuleWithTargets(Object(kRule));
  ASSERT_TRUE(rule) << rule.error().message;
  rule->anchor = base::Millis{1767225600000};
  Result<Rule> back = DecodeRule(EncodeRule(*rule));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->name, "r");
  EXPECT_EQ(back->schedule, "rate(5 minutes)");
  EXPECT_EQ(back->pattern, R"({"source":["a"]})");
  EXPECT_EQ(back->description, "d");
  EXPECT_EQ(back->role_arn, "arn:aws:iam::1:role/r");
  EXPECT_FALSE(back->enabled);
  EXPECT_EQ(back->anchor, rule->anchor);
  EXPECT_EQ(back->tags, rule->tags);
  ASSERT_EQ(back->targets.size(), 3u);
  EXPECT_EQ(back->targets, rule->targets);
  EXPECT_EQ(back->targets[0].retry, (RetryPolicy{3, std::chrono::seconds{86400}}));
}

TEST(DefinitionJson, AScheduleComesBackFromTheStore) {
  bj::object object = Object(kSchedule);
  object["FlexibleTimeWindow"].get_object()["MaximumWindowInMinutes"] = "15";
  EXPECT_FALSE(ReadSchedule(object)) << "a number is no text";
  Result<Schedule> schedule = ReadSchedule(Object(kSchedule));
  ASSERT_TRUE(schedule) << schedule.error().message;
  schedule->created = base::Millis{1};
  schedule->modified = base::Millis{2};
  Result<Schedule> back = DecodeSchedule(EncodeSchedule(*schedule));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->group, "g");
  EXPECT_EQ(back->zone, "Europe/Berlin");
  EXPECT_EQ(back->start, base::Millis{1767323045000});
  EXPECT_EQ(back->end, base::Millis{1767409445500});
  EXPECT_EQ(back->window_minutes, 15);
  EXPECT_EQ(back->target, schedule->target);
  EXPECT_EQ(back->target.retry, std::nullopt);
  EXPECT_EQ(back->kms_key_arn, "arn:aws:kms:r:1:key/k");
  EXPECT_FALSE(back->enabled);
  EXPECT_EQ(back->created, base::Millis{1});
  EXPECT_EQ(back->modified, base::Millis{2});
  schedule->zone = "Mars/Olympus";  // of a machine that has it
  EXPECT_TRUE(DecodeSchedule(EncodeSchedule(*schedule)));
}

TEST(DefinitionJson, WhatIsWrongIsSaidInAWSsWords) {
  struct Row {
    const char* member;
    const char* value;
    const char* words;
  };
  const Row rows[] = {
      {"Name", "null",
       "Value null at 'name' failed to satisfy constraint: Member must not be null"},
      {"Name", "\"a b\"", "Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+"},
      {"Name", "5", "Name must be a string"},
      {"State", "\"ON\"", "Member must satisfy enum value set: [ENABLED, DISABLED]"},
      {"ScheduleExpression", "\"rate(1 minutes)\"", "Parameter ScheduleExpression is not valid."},
      {"EventPattern", "{\"a\": 1}", "Event pattern is not valid. Reason: \"a\" must be an object"},
      {"Targets", "[{\"Id\": \"1\"}]", "'arn'"},
      {"Targets", "[{\"Id\": \"1\", \"Arn\": \"x\"}]", "Provided Arn is not in correct format"},
      {"Targets", "[{\"Id\": \"1\", \"Arn\": \"arn:aws:sqs:r:1:q\"}]", "Lambda functions only"},
      {"Targets", "[5]", "a target is an object"},
      {"Targets", "[1, 2, 3, 4, 5, 6]", "exceeds the maximum number allowed"},
      {"Description", nullptr, "Member must have length less than or equal to 512"},
  };
  for (const Row& row : rows) {
    bj::object rule = Object(kRule);
    rule[row.member] = row.value ? bj::parse(row.value) : bj::value(std::string(513, 'x'));
    Result<Rule> read = ReadRuleWithTargets(rule);
    ASSERT_FALSE(read) << row.member << " " << row.words;
    EXPECT_NE(read.error().message.find(row.words), std::string::npos) << read.error().message;
  }
}

TEST(DefinitionJson, FunctionsAreKnownByTheirArns) {
  Place place;
  EXPECT_EQ(FunctionOf(place, "arn:aws:lambda:us-east-1:000000000000:function:f"), "f");
  EXPECT_EQ(FunctionOf(place, "arn:aws:lambda:us-east-1:000000000000:function:f:live"), "f");
  for (const char* arn :
       {"", "f", "arn:aws:lambda:us-east-1:000000000000:function:",
        "arn:aws:lambda:eu-west-1:000000000000:function:f",
        "arn:aws:lambda:us-east-1:111122223333:function:f", "arn:aws:sqs:us-east-1:000000000000:f",
        "arn:aws:lambda:us-east-1:000000000000:layer:f"}) {
    EXPECT_EQ(FunctionOf(place, arn), std::nullopt) << arn;
  }
}

}  // namespace
}  // namespace gatehouse::event
