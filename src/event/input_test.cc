// Source: EventBridge user guide, "Input transformation": its event and its table of templates.
#include "event/input.h"

#include <string>

#include <gtest/gtest.h>

#include "event/json_path.h"

namespace gatehouse::event {
namespace {

const std::string kEvent =
    R"({"version":"0","id":"7bf73129-1428-4cd3-a780-95db273d1602",)"
    R"("detail-type":"EC2 Instance State-change Notification","source":"aws.ec2",)"
    R"("account":"123456789012","time":"2015-11-11T21:29:54Z","region":"us-east-1",)"
    R"("resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],)"
    R"("detail":{"instance-id":"i-0123456789","state":"RUNNING","n":1.50,"q":"a\"b",)"
    R"("o":{"a":[1,2]},"list":[{"x":1},{"x":2}]}})";

const RuleFacts kRule{"arn:aws:events:us-east-2:123456789012:rule/example", "example",
                      base::Millis{1447277394123}};

std::string Fill(const std::string& text) {
  Target target;
  target.transformer = InputTransformer{{{"timestamp", "$.time"},
                                         {"instance", "$.detail.instance-id"},
                                         {"state", "$.detail.state"},
                                         {"n", "$.detail.n"},
                                         {"q", "$.detail.q"},
                                         {"o", "$.detail.o"},
                                         {"none", "$.detail.none"}},
                                        text};
  if (Result<void> fine = CheckTransformer(*target.transformer); !fine) return fine.error().message;
  Result<std::string> input = InputOf(target, kEvent, kRule);
  return input ? *input : input.error().message;
}

TEST(Input, TemplatesOfAWSsTable) {
  EXPECT_EQ(Fill(R"("instance <instance> is in <state>")"),
            R"("instance i-0123456789 is in RUNNING")");
  EXPECT_EQ(Fill(R"("instance \"<instance>\" is in <state>")"),
            R"("instance \"i-0123456789\" is in RUNNING")");
  EXPECT_EQ(Fill(R"({"instance" : <instance>, "state": <state>})"),
            R"({"instance" : "i-0123456789", "state": "RUNNING"})");
  EXPECT_EQ(Fill(R"({"instance" : <instance>, "state": "<state>",)"
                 R"( "instanceStatus": "instance \"<instance>\" is in <state>"})"),
            R"({"instance" : "i-0123456789", "state": "RUNNING",)"
            R"( "instanceStatus": "instance \"i-0123456789\" is in RUNNING"})");
  EXPECT_EQ(Fill(R"({"state": [9, <state>, true], "Transformed": "Yes"})"),
            R"({"state": [9, "RUNNING", true], "Transformed": "Yes"})");
  EXPECT_EQ(Fill(R"({"ruleArn": <aws.events.rule-arn>, "ruleName": <aws.events.rule-name>})"),
            R"({"ruleArn": "arn:aws:events:us-east-2:123456789012:rule/example", )"
            R"("ruleName": "example"})");
  EXPECT_EQ(Fill(R"("<aws.events.rule-name> triggered")"), R"("example triggered")");
  EXPECT_EQ(Fill("<aws.events.event.json>"), kEvent);
  std::string without_detail = Fill("<aws.events.event>");
  EXPECT_EQ(without_detail.find("detail\":"), std::string::npos) << without_detail;
  EXPECT_NE(without_detail.find(R"("source":"aws.ec2")"), std::string::npos);
  EXPECT_EQ(Fill(R"({"at": <aws.events.event.ingestion-time>})"),
            R"({"at": "2015-11-11T21:29:54Z"})");
}

TEST(Input, ValuesStayAsTheyAre) {
  EXPECT_EQ(Fill(R"({"n": <n>, "o": <o>, "q": <q>})"),
            R"({"n": 1.50, "o": {"a":[1,2]}, "q": "a\"b"})");
  EXPECT_EQ(Fill(R"("<n> <q>")"), R"("1.50 a\"b")") << "escaped in a text";
  EXPECT_EQ(Fill(R"("none: <none>.")"), R"("none: .")");
  EXPECT_EQ(Fill(R"({"none": <none>})"), R"({"none": ""})");
  EXPECT_EQ(Fill(R"("a < b, <not a name>, <")"), R"("a < b, <not a name>, <")");
}

TEST(Input, WhatAWSRefuses) {
  EXPECT_NE(Fill(R"("<unknown>")").find("which is not in InputPathsMap"), std::string::npos);
  EXPECT_EQ(Fill("instance <instance>"),
            "its InputTemplate does not make JSON of this event: texts need quotes");
  InputTransformer reserved{{{"aws.x", "$.time"}}, "\"x\""};
  EXPECT_FALSE(CheckTransformer(reserved));
  InputTransformer wrong{{{"x", "time"}}, "\"<x>\""};
  EXPECT_FALSE(CheckTransformer(wrong));
}

TEST(Input, PathsAndConstants) {
  Target target;
  EXPECT_EQ(*InputOf(target, kEvent, kRule), kEvent);
  target.input = R"({"a":1})";
  EXPECT_EQ(*InputOf(target, kEvent, kRule), R"({"a":1})");
  target.input.reset();
  const std::pair<const char*, const char*> rows[] = {
      {"$.detail.state", R"("RUNNING")"},
      {"$.detail.o", R"({"a":[1,2]})"},
      {"$.detail.o.a[1]", "2"},
      {"$.resources[0]", R"("arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111")"},
      {"$.detail.list[*].x", "[1,2]"},
      {"$['detail']['n']", "1.50"},
      {"$.none", "{}"},
  };
  for (const auto& [path, value] : rows) {
    target.input_path = path;
    EXPECT_EQ(*InputOf(target, kEvent, kRule), value) << path;
  }
  for (const char* path : {"", "detail", "$..a", "$.a[", "$.a[x]", "$.", "$.a b", "$[?(@.x)]"}) {
    EXPECT_FALSE(JsonPath::Parse(path)) << path;
  }
}

TEST(Input, ContextAttributesOfASchedule) {
  ScheduleFacts facts{"arn:aws:scheduler:us-east-1:1:schedule/default/s",
                      base::Millis{1447277394000}, "e-1", 2};
  EXPECT_EQ(
      FillSchedule(R"({"a":"<aws.scheduler.schedule-arn>","b":"<aws.scheduler.scheduled-time>",)"
                   R"("c":"<aws.scheduler.execution-id>","d":"<aws.scheduler.attempt-number>",)"
                   R"("e":"<other> \"<aws.scheduler.x>\""})",
                   facts),
      R"({"a":"arn:aws:scheduler:us-east-1:1:schedule/default/s","b":"2015-11-11T21:29:54Z",)"
      R"("c":"e-1","d":"2","e":"<other> \"<aws.scheduler.x>\""})");
}

}  // namespace
}  // namespace gatehouse::event
