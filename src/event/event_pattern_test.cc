// Sources: [ops] EventBridge user guide, "Comparison operators for use in event patterns" and its
// earlier "Content filtering"; [ruler] aws/event-ruler's README.
#include "event/event_pattern.h"

#include <string>

#include <gtest/gtest.h>

namespace gatehouse::event {
namespace {

// [ruler] its sample event
constexpr char kEvent[] = R"({
  "version": "0", "id": "ddddd4-aaaa-7777-4444-345dd43cc333",
  "detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2",
  "account": "012345679012", "time": "2017-10-02T16:24:49Z", "region": "us-east-1",
  "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000"],
  "detail": {"c-count": 5, "d-count": 3, "x-limit": 301.8, "source-ip": "10.0.0.33",
             "instance-id": "i-000000aaaaaa00000", "state": "running", "empty": "", "null": null,
             "yes": true, "list": [], "many": ["a", "b"], "numbers": [1, 2.50],
             "inner": {"leaf": 1}, "rows": [{"k": "a", "v": 1}, {"k": "b", "v": 2}],
             "v6": "2001:db8::1", "file": "/usr/lib/x*y.PNG", "name": "\u0041lice"}})";

struct Row {
  const char* pattern;
  bool matches;
};

TEST(EventPattern, ExamplesAndTheirContraries) {
  const Row rows[] = {
      // [ruler] simple matching; arrays intersect
      {R"({"detail-type": ["EC2 Instance State-change Notification"],
           "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000"],
           "detail": {"state": ["initializing", "running"]}})",
       true},
      {R"({"source": ["aws.ec2"]})", true},
      {R"({"source": ["AWS.ec2"]})", false},
      {R"({"source": ["aws.ec2"], "region": ["eu-west-1"]})", false},
      {R"({"detail": {"state": ["stopped"]}})", false},
      {R"({"detail": {"nothing": ["stopped"]}})", false},
      {R"({"nothing": {"state": ["stopped"]}})", false},
      {R"({"detail": {"name": ["Alice"]}})", true},
      // [ops] null and empty text
      {R"({"detail": {"empty": [""]}})", true},
      {R"({"detail": {"null": [null]}})", true},
      {R"({"detail": {"empty": [null]}})", false},
      {R"({"detail": {"null": [""]}})", false},
      {R"({"detail": {"state": [""]}})", false},
      {R"({"detail": {"yes": [true]}})", true},
      {R"({"detail": {"yes": ["true"]}})", false},
      // numbers are equal as numbers
      {R"({"detail": {"c-count": [5]}})", true},
      {R"({"detail": {"c-count": [5.0]}})", true},
      {R"({"detail": {"x-limit": [3.018e2]}})", true},
      {R"({"detail": {"c-count": ["5"]}})", false},
      // [ops] prefix, suffix, their ignore-case forms, equals-ignore-case
      {R"({"time": [{"prefix": "2017-10-02"}]})", true},
      {R"({"time": [{"prefix": "2017-10-03"}]})", false},
      {R"({"region": [{"prefix": "us-"}]})", true},
      {R"({"detail": {"c-count": [{"prefix": "5"}]}})", false},
      {R"({"source": [{"suffix": "ec2"}]})", true},
      {R"({"source": [{"suffix": "s3"}]})", false},
      {R"({"detail": {"file": [{"suffix": ".png"}]}})", false},
      {R"({"detail": {"file": [{"suffix": {"equals-ignore-case": ".png"}}]}})", true},
      {R"({"source": [{"prefix": {"equals-ignore-case": "AWS."}}]})", true},
      {R"({"source": [{"prefix": {"equals-ignore-case": "aws.s"}}]})", false},
      {R"({"source": [{"equals-ignore-case": "AWS.EC2"}]})", true},
      {R"({"source": [{"equals-ignore-case": "AWS.EC"}]})", false},
      // [ops] wildcard
      {R"({"detail": {"file": [{"wildcard": "*/lib/*"}]}})", true},
      {R"({"detail": {"file": [{"wildcard": "*.PNG"}]}})", true},
      {R"({"detail": {"file": [{"wildcard": "/usr*PN"}]}})", false},
      {R"({"detail": {"file": [{"wildcard": "*x\\*y*"}]}})", true},
      {R"({"detail": {"state": [{"wildcard": "r*n*g"}]}})", true},
      {R"({"detail": {"state": [{"wildcard": "*"}]}})", true},
      {R"({"detail": {"state": [{"wildcard": "run*nning"}]}})", false},  // pieces may not overlap
      {R"({"detail": {"empty": [{"wildcard": "*"}]}})", true},
      // [ops] anything-but
      {R"({"detail": {"state": [{"anything-but": "initializing"}]}})", true},
      {R"({"detail": {"state": [{"anything-but": "running"}]}})", false},
      {R"({"detail": {"x-limit": [{"anything-but": 123}]}})", true},
      {R"({"detail": {"x-limit": [{"anything-but": 301.80}]}})", false},
      {R"({"detail": {"state": [{"anything-but": ["stopped", "overloaded"]}]}})", true},
      {R"({"detail": {"state": [{"anything-but": ["stopped", "running"]}]}})", false},
      {R"({"detail": {"x-limit": [{"anything-but": [100, 200, 300]}]}})", true},
      {R"({"detail": {"state": [{"anything-but": {"prefix": "init"}}]}})", true},
      {R"({"detail": {"state": [{"anything-but": {"prefix": "run"}}]}})", false},
      {R"({"detail": {"state": [{"anything-but": {"suffix": "ing"}}]}})", false},
      {R"({"detail": {"state": [{"anything-but": {"suffix": ["ed", ".png"]}}]}})", true},
      {R"({"detail": {"state": [{"anything-but": {"equals-ignore-case": "RUNNING"}}]}})", false},
      {R"({"detail": {"file": [{"anything-but": {"wildcard": "*/lib/*"}}]}})", false},
      {R"({"detail": {"nothing": [{"anything-but": "x"}]}})", false},
      {R"({"detail": {"many": [{"anything-but": "a"}]}})", true},  // b is not a
      // [ops] numeric
      {R"({"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}], "d-count": [{"numeric": ["<", 10]}],
                      "x-limit": [{"numeric": ["=", 3.018e2]}]}})",
       true},
      {R"({"detail": {"c-count": [{"numeric": [">", 0, "<", 5]}]}})", false},
      {R"({"detail": {"c-count": [{"numeric": [">=", 5]}]}})", true},
      {R"({"detail": {"c-count": [{"numeric": [">", 5]}]}})", false},
      {R"({"detail": {"state": [{"numeric": [">", 0]}]}})", false},
      {R"({"detail": {"numbers": [{"numeric": ["=", 2.5]}]}})", true},
      // [ops] cidr
      {R"({"detail": {"source-ip": [{"cidr": "10.0.0.0/24"}]}})", true},
      {R"({"detail": {"source-ip": [{"cidr": "10.0.0.32/31"}]}})", true},
      {R"({"detail": {"source-ip": [{"cidr": "10.0.0.34/31"}]}})", false},
      {R"({"detail": {"source-ip": [{"cidr": "0.0.0.0/0"}]}})", true},
      {R"({"detail": {"v6": [{"cidr": "2001:db8::/32"}]}})", true},
      {R"({"detail": {"v6": [{"cidr": "2001:db9::/32"}]}})", false},
      {R"({"detail": {"v6": [{"cidr": "10.0.0.0/8"}]}})", false},
      {R"({"detail": {"state": [{"cidr": "10.0.0.0/8"}]}})", false},
      // [ops] exists works on leaves only
      {R"({"detail": {"c-count": [{"exists": true}]}})", true},
      {R"({"detail": {"c-count": [{"exists": false}]}})", false},
      {R"({"detail": {"nothing": [{"exists": false}]}})", true},
      {R"({"detail": {"nothing": [{"exists": true}]}})", false},
      {R"({"detail": {"inner": [{"exists": false}]}})", true},
      {R"({"nothing": {"inside": [{"exists": false}]}})", true},
      {R"({"detail": {"list": [{"exists": true}]}})", false},
      // [ops] several values: one of them, whatever their kinds
      {R"({"detail": {"state": [{"prefix": "x"}, "running", 5]}})", true},
      {R"({"detail": {"nothing": [{"exists": false}, "x"]}})", true},
      // [ruler] complex example
      {R"({"time": [{"prefix": "2017-10-02"}], "detail": {"state": [{"anything-but": "initializing"}],
           "c-count": [{"numeric": [">", 0, "<=", 5]}], "d-count": [{"numeric": ["<", 10]}],
           "x-limit": [{"anything-but": [100, 200, 300]}],
           "source-ip": [{"cidr": "10.0.0.0/8"}]}})",
       true},
      // [ruler] $or, beside others, inside, nested
      {R"({"source": ["aws.ec2"], "$or": [{"region": ["x"]}, {"account": ["012345679012"]}]})",
       true},
      {R"({"source": ["aws.s3"], "$or": [{"region": ["x"]}, {"account": ["012345679012"]}]})",
       false},
      {R"({"$or": [{"region": ["x"]}, {"account": ["y"]}]})", false},
      {R"({"detail": {"$or": [{"c-count": [{"numeric": [">", 9]}]}, {"d-count": [3]}]}})", true},
      {R"({"$or": [{"source": ["x"]}, {"source": ["aws.ec2"],
           "$or": [{"region": ["us-east-1"]}, {"region": ["y"]}]}]})",
       true},
      {R"({"$or": {"region": ["us-east-1"], "account": ["y"]}})", false},  // a field of that name
      // [ruler] array consistency: one element of a list of objects fits as a whole
      {R"({"detail": {"rows": {"k": ["a"], "v": [1]}}})", true},
      {R"({"detail": {"rows": {"k": ["a"], "v": [2]}}})", false},
  };
  for (const Row& row : rows) {
    Result<EventPattern> pattern = EventPattern::Parse(row.pattern);
    ASSERT_TRUE(pattern) << row.pattern << " " << pattern.error().message;
    EXPECT_EQ(pattern->Matches(kEvent), row.matches) << row.pattern;
  }
}

TEST(EventPattern, WhatAWSRefuses) {
  const char* rows[] = {
      "",
      "x",
      "[]",
      "\"a\"",
      "{}",
      "{\"a\": \"b\"}",
      "{\"a\": 1}",
      "{\"a\": []}",
      "{\"a\": {}}",
      R"({"a": [["b"]]})",
      R"({"a": [{"prefix": "x", "suffix": "y"}]})",
      R"({"a": [{}]})",
      R"({"a": [{"begins": "x"}]})",
      R"({"a": [{"prefix": 5}]})",
      R"({"a": [{"suffix": {"prefix": "x"}}]})",
      R"({"a": [{"equals-ignore-case": 5}]})",
      R"({"a": [{"wildcard": "a**b"}]})",
      R"({"a": [{"wildcard": "a\\b"}]})",
      R"({"a": [{"exists": "true"}]})",
      R"({"a": [{"numeric": [">"]}]})",
      R"({"a": [{"numeric": []}]})",
      R"({"a": [{"numeric": ["<", 5, ">", 1]}]})",
      R"({"a": [{"numeric": [">", 5, "<", 1]}]})",
      R"({"a": [{"numeric": ["=", 1, "<", 5]}]})",
      R"({"a": [{"numeric": ["!", 1]}]})",
      R"({"a": [{"numeric": [">", 1e10]}]})",
      R"({"a": [{"numeric": [">", "1"]}]})",
      R"({"a": [{"cidr": "10.0.0.0/33"}]})",
      R"({"a": [{"cidr": "10.0.0/8"}]})",
      R"({"a": [{"cidr": "x"}]})",
      R"({"a": [{"anything-but": []}]})",
      R"({"a": [{"anything-but": {"numeric": [">", 1]}}]})",
      R"({"a": [{"anything-but": [["x"]]}]})",
  };
  for (const char* row : rows) EXPECT_FALSE(EventPattern::Parse(row)) << row;
}

TEST(EventPattern, ReasonsAreAWSs) {
  EXPECT_EQ(EventPattern::Parse(R"({"source": "aws.ec2"})").error().message,
            "\"source\" must be an object or an array");
  EXPECT_EQ(EventPattern::Parse(R"({"a": [{"begins": "x"}]})").error().message,
            "Unrecognized match type begins");
}

TEST(EventPattern, WhatIsNoObjectFitsNothing) {
  Result<EventPattern> pattern = EventPattern::Parse(R"({"a": [{"exists": false}]})");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->Matches("{}"));
  for (const char* event : {"", "[]", "5", "{", "{}x"}) EXPECT_FALSE(pattern->Matches(event));
}

}  // namespace
}  // namespace gatehouse::event
