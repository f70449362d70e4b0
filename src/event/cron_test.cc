// Sources: [rule] EventBridge user guide, "Creating a rule that runs on a schedule", its examples
// and limitations; [types] Scheduler user guide, "Schedule types", [dst] its "Daylight savings
// time".
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "event/schedule_expression.h"
#include "event/time_zone.h"

namespace gatehouse::event {
namespace {

base::Millis Wall(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << " " << error;
  return ToWall(time);
}

std::string Text(base::Millis wall) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", ToTime(wall), absl::UTCTimeZone());
}

// The next times after one, in UTC, behind each other.
std::string NextTimes(const std::string& expression, const std::string& after, int count,
                      const std::string& zone = "UTC", Dialect dialect = Dialect::kSchedule,
                      const std::string& anchor = "2026-01-01T00:00:00Z") {
  Result<ScheduleExpression> read = ScheduleExpression::Parse(expression, dialect);
  if (!read) return read.error().message;
  Result<absl::TimeZone> found = FindTimeZone(zone);
  if (!found) return found.error().message;
  base::Millis at = Wall(after);
  std::string times;
  for (int i = 0; i < count; ++i) {
    std::optional<base::Millis> next = read->Next(at, Wall(anchor), *found);
    times += times.empty() ? "" : " ";
    if (!next) return times + "never";
    times += Text(*next);
    at = *next;
  }
  return times;
}

struct Row {
  std::string expression, after, times;
};

TEST(Cron, TimesOfAWSsExamples) {
  const Row rows[] = {
      // [rule] the table of examples; 2026-01-01 is a Thursday
      {"cron(0 10 * * ? *)", "2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z 2026-01-03T10:00:00Z"},
      {"cron(15 12 * * ? *)", "2026-01-01T10:00:00Z", "2026-01-01T12:15:00Z 2026-01-02T12:15:00Z"},
      {"cron(0 18 ? * MON-FRI *)", "2026-01-02T18:00:00Z",
       "2026-01-05T18:00:00Z 2026-01-06T18:00:00Z"},
      {"cron(0 8 1 * ? *)", "2026-01-01T08:00:00Z", "2026-02-01T08:00:00Z 2026-03-01T08:00:00Z"},
      {"cron(0/15 * * * ? *)", "2026-01-01T23:40:00Z", "2026-01-01T23:45:00Z 2026-01-02T00:00:00Z"},
      {"cron(0/10 * ? * MON-FRI *)", "2026-01-02T23:50:00Z",
       "2026-01-05T00:00:00Z 2026-01-05T00:10:00Z"},
      {"cron(0/5 8-17 ? * MON-FRI *)", "2026-01-02T17:50:00Z",
       "2026-01-02T17:55:00Z 2026-01-05T08:00:00Z"},
      {"cron(0/30 20-2 ? * MON-FRI *)", "2026-01-01T23:30:00Z",
       "2026-01-02T00:00:00Z 2026-01-02T00:30:00Z"},
      {"cron(0/30 20-2 ? * MON-FRI *)", "2026-01-01T02:30:00Z",
       "2026-01-01T20:00:00Z 2026-01-01T20:30:00Z"},
      {"cron(0 12 * * ? *)", "2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z 2026-01-03T12:00:00Z"},
      {"cron(5,35 14 * * ? *)", "2026-01-01T14:05:00Z",
       "2026-01-01T14:35:00Z 2026-01-02T14:05:00Z"},
      {"cron(15 10 ? * 6L 2019-2022)", "2022-11-01T00:00:00Z",
       "2022-11-25T10:15:00Z 2022-12-30T10:15:00Z never"},
      {"cron(15 10 ? * 6L 2022-2023)", "2022-12-31T00:00:00Z",
       "2023-01-27T10:15:00Z 2023-02-24T10:15:00Z"},  // [types]
      // [rule] the wildcards
      {"cron(1/10 * * * ? *)", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z 2026-01-01T00:11:00Z"},
      {"cron(0 0 1 JAN,FEB,MAR ? *)", "2026-01-01T00:00:00Z",
       "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z 2027-01-01T00:00:00Z"},
      {"cron(0 0 1-15 * ? *)", "2026-01-15T00:00:00Z", "2026-02-01T00:00:00Z"},
      {"cron(0 0 L * ? *)", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00Z 2026-03-31T00:00:00Z"},
      {"cron(0 0 L 2 ? *)", "2027-03-01T00:00:00Z", "2028-02-29T00:00:00Z"},
      {"cron(0 0 ? * L *)", "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z 2026-01-10T00:00:00Z"},
      {"cron(0 0 3W * ? *)", "2026-01-01T00:00:00Z",  // a Saturday: the day before
       "2026-01-02T00:00:00Z 2026-02-03T00:00:00Z"},
      {"cron(0 0 1W * ? *)", "2026-07-31T00:00:00Z",  // a Saturday, the 1st: the Monday after
       "2026-08-03T00:00:00Z 2026-09-01T00:00:00Z"},
      {"cron(0 0 31W * ? *)", "2026-02-01T00:00:00Z", "2026-03-31T00:00:00Z 2026-05-29T00:00:00Z"},
      {"cron(0 0 LW * ? *)", "2026-01-01T00:00:00Z",  // the 31st is a Saturday
       "2026-01-30T00:00:00Z 2026-02-27T00:00:00Z"},
      {"cron(0 0 ? * 3#2 *)", "2026-01-01T00:00:00Z", "2026-01-13T00:00:00Z 2026-02-10T00:00:00Z"},
      {"cron(0 0 ? * MON#5 *)", "2026-01-01T00:00:00Z",
       "2026-03-30T00:00:00Z 2026-06-29T00:00:00Z"},
      {"cron(0 0 ? * SUN *)", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"},
      {"cron(0 0 ? * sun *)", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"},
      {"cron(0 0 ? * FRI-MON *)", "2026-01-05T00:00:00Z",
       "2026-01-09T00:00:00Z 2026-01-10T00:00:00Z 2026-01-11T00:00:00Z 2026-01-12T00:00:00Z "
       "2026-01-16T00:00:00Z"},
      {"cron(0 0 ? NOV-FEB 2 *)", "2026-02-20T00:00:00Z",
       "2026-02-23T00:00:00Z 2026-11-02T00:00:00Z"},
      {"cron(0 0 29 2 ? *)", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z 2032-02-29T00:00:00Z"},
      {"cron(0 0 30 2 ? *)", "2026-01-01T00:00:00Z", "never"},
      {"cron(0 0 1 1 ? 2199)", "2026-01-01T00:00:00Z", "2199-01-01T00:00:00Z never"},
      {"cron(0 0 1 1 ? 2020)", "2026-01-01T00:00:00Z", "never"},
      {"cron( 0  10 * * ? * )", "2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"},
  };
  for (const Row& row : rows) {
    int count = 1;
    for (char c : row.times) count += c == ' ';
    EXPECT_EQ(NextTimes(row.expression, row.after, count), row.times) << row.expression;
  }
}

TEST(Cron, WhatAWSRefuses) {
  const char* rows[] = {
      "cron(0 10 * * * *)",         // [rule] one of the two days must be ?
      "cron(0 10 ? * ? *)",         //
      "cron(0 10 1 * MON *)",       //
      "cron(0 10 * * ?)",           // five fields, as Unix has
      "cron(0 10 * * ? * *)",       //
      "cron(60 10 * * ? *)",        //
      "cron(0 24 * * ? *)",         //
      "cron(0 0 0 * ? *)",          //
      "cron(0 0 32 * ? *)",         //
      "cron(0 0 ? * 0 *)",          // days of the week begin with 1
      "cron(0 0 ? * 8 *)",          //
      "cron(0 0 ? * MON#6 *)",      //
      "cron(0 0 ? * 3#1,6#3 *)",    // [rule] two expressions with #
      "cron(0 0 * 13 ? *)",         //
      "cron(0 0 * * ? 1969)",       //
      "cron(0 0 * * ? 2200)",       //
      "cron(0 0 * * ? 2022-2019)",  //
      "cron(0/0 0 * * ? *)",        //
      "cron(? 0 * * ? *)",          // ? is for days only
      "cron(,0 0 * * ? *)",         //
      "cron(0, 0 * * ? *)",         //
      "cron(1- 0 * * ? *)",         //
      "cron(-1 0 * * ? *)",         //
      "cron(0 0 W * ? *)",          //
      "cron(0 0 L-3 * ? *)",        // Quartz has it, AWS's page has not
      "cron()",
      "cron",
      "cron(0 10 * * ? *",
      "0 10 * * ? *",
      "",
  };
  for (const char* row : rows) {
    EXPECT_FALSE(ScheduleExpression::Parse(row, Dialect::kRule)) << row;
    EXPECT_FALSE(ScheduleExpression::Parse(row, Dialect::kSchedule)) << row;
  }
}

TEST(Rate, CountsFromItsAnchor) {
  auto rule = [](const char* text, const char* after, int count) {
    return NextTimes(text, after, count, "UTC", Dialect::kRule, "2026-01-01T00:00:30Z");
  };
  // [rule] "starts when you create the scheduled event rule"
  EXPECT_EQ(rule("rate(1 minute)", "2026-01-01T00:00:29Z", 2),
            "2026-01-01T00:01:30Z 2026-01-01T00:02:30Z");
  EXPECT_EQ(rule("rate(5 minutes)", "2026-01-01T00:05:30Z", 1), "2026-01-01T00:10:30Z");
  EXPECT_EQ(rule("rate(1 hour)", "2026-01-01T12:00:00Z", 1), "2026-01-01T12:00:30Z");
  EXPECT_EQ(rule("rate(1 day)", "2026-06-01T12:00:00Z", 1), "2026-06-02T00:00:30Z");
  // [types] without StartDate a schedule begins at once; with one, then
  EXPECT_EQ(NextTimes("rate(5 minutes)", "2025-12-31T23:59:59Z", 2),
            "2026-01-01T00:00:00Z 2026-01-01T00:05:00Z");
  EXPECT_EQ(NextTimes("rate(10 days)", "2026-01-01T00:00:00Z", 2),
            "2026-01-11T00:00:00Z 2026-01-21T00:00:00Z");
  // [dst] days of a rate are 24 hours on the clock: over New York's change to summer time, too
  EXPECT_EQ(NextTimes("rate(1 day)", "2026-03-07T12:00:00Z", 2, "America/New_York"),
            "2026-03-08T00:00:00Z 2026-03-09T00:00:00Z");
}

TEST(Rate, WhatAWSRefuses) {
  const char* of_both[] = {"rate(0 minutes)",       "rate(-1 minutes)",
                           "rate(1.5 hours)",       "rate(5)",
                           "rate(5minutes)",        "rate(5 weeks)",
                           "rate(5 seconds)",       "rate()",
                           "rate(minutes 5)",       "rate(5 minutes) ",
                           "Rate(5 minutes)",       "rate(9999999999999999999 days)",
                           "rate(99999999999 days)"};
  for (const char* row : of_both) {
    EXPECT_FALSE(ScheduleExpression::Parse(row, Dialect::kRule)) << row;
    EXPECT_FALSE(ScheduleExpression::Parse(row, Dialect::kSchedule)) << row;
  }
  for (const char* row : {"rate(1 hours)", "rate(5 hour)", "rate(1 minutes)"}) {  // [rule]
    EXPECT_FALSE(ScheduleExpression::Parse(row, Dialect::kRule)) << row;
    EXPECT_TRUE(ScheduleExpression::Parse(row, Dialect::kSchedule)) << row;  // [types]
  }
}

TEST(At, HappensOnceInItsZone) {
  EXPECT_EQ(NextTimes("at(2022-11-20T13:00:00)", "2022-11-01T00:00:00Z", 2),
            "2022-11-20T13:00:00Z never");
  EXPECT_EQ(NextTimes("at(2022-11-20T13:00:00)", "2022-11-01T00:00:00Z", 1, "America/Los_Angeles"),
            "2022-11-20T21:00:00Z");
  EXPECT_EQ(NextTimes("at(2022-11-20T13:00:00)", "2022-11-20T13:00:00Z", 1), "never");
  for (const char* row :
       {"at(2022-11-20T13:00)", "at(2022-02-30T13:00:00)", "at(2022-11-20)",
        "at(2022-11-20T13:00:00Z)", "at(2022-11-20 13:00:00)", "at()", "at(2022-11-20T24:00:00)"}) {
    EXPECT_FALSE(ScheduleExpression::Parse(row, Dialect::kSchedule)) << row;
  }
  EXPECT_FALSE(ScheduleExpression::Parse("at(2022-11-20T13:00:00)", Dialect::kRule));
}

struct ZoneRow {
  std::string zone, expression, after, times;
};

TEST(Zones, SummerTimeSkipsAndDoesNotRepeat) {
  const ZoneRow rows[] = {
      // [dst] forward: a time that does not exist is skipped. New York 2026-03-08, 2:00 → 3:00
      {"America/New_York", "cron(30 2 * * ? *)", "2026-03-07T07:30:00Z",
       "2026-03-09T06:30:00Z 2026-03-10T06:30:00Z"},
      {"America/New_York", "cron(0 3 * * ? *)", "2026-03-07T08:00:00Z",
       "2026-03-08T07:00:00Z 2026-03-09T07:00:00Z"},
      {"America/New_York", "cron(0/30 * * * ? *)", "2026-03-08T06:00:00Z",
       "2026-03-08T06:30:00Z 2026-03-08T07:00:00Z"},
      // [dst] back: once, and not again. New York 2026-11-01, 2:00 → 1:00
      {"America/New_York", "cron(30 1 * * ? *)", "2026-10-31T05:30:00Z",
       "2026-11-01T05:30:00Z 2026-11-02T06:30:00Z"},
      {"America/New_York", "cron(0/30 * * * ? *)", "2026-11-01T05:00:00Z",
       "2026-11-01T05:30:00Z 2026-11-01T07:00:00Z"},
      {"America/New_York", "cron(0/30 * * * ? *)", "2026-11-01T06:10:00Z", "2026-11-01T07:00:00Z"},
      {"Europe/Berlin", "cron(30 2 * * ? *)", "2026-03-28T01:30:00Z",  // 2026-03-29
       "2026-03-30T00:30:00Z 2026-03-31T00:30:00Z"},
      {"Europe/Berlin", "cron(30 2 * * ? *)", "2026-10-24T00:30:00Z",  // 2026-10-25
       "2026-10-25T00:30:00Z 2026-10-26T01:30:00Z"},
      {"Australia/Lord_Howe", "cron(15 2 * * ? *)", "2026-10-02T15:45:00Z",  // half an hour
       "2026-10-04T15:15:00Z 2026-10-05T15:15:00Z"},
      {"Asia/Kolkata", "cron(0 9 * * ? *)", "2026-01-01T00:00:00Z", "2026-01-01T03:30:00Z"},
      {"Pacific/Apia", "cron(0 12 30 12 ? *)", "2011-12-01T00:00:00Z",  // a day left out
       "2012-12-29T22:00:00Z"},
      {"America/New_York", "at(2026-03-08T02:30:00)", "2026-01-01T00:00:00Z", "never"},
      {"America/New_York", "at(2026-11-01T01:30:00)", "2026-01-01T00:00:00Z",
       "2026-11-01T05:30:00Z never"},
  };
  for (const ZoneRow& row : rows) {
    int count = 1;
    for (char c : row.times) count += c == ' ';
    EXPECT_EQ(NextTimes(row.expression, row.after, count, row.zone), row.times)
        << row.zone << " " << row.expression;
  }
}

TEST(Zones, OnlyNamesOfTheSystemsZones) {
  for (const char* name : {"UTC", "America/New_York", "Etc/GMT+5", "America/Argentina/Ushuaia"}) {
    EXPECT_TRUE(FindTimeZone(name)) << name;
  }
  for (const char* name : {"", "Mars/Olympus", "/etc/passwd", "../../../etc/passwd", "localtime",
                           "America/../UTC", "file:UTC", "America/New York"}) {
    EXPECT_FALSE(FindTimeZone(name)) << name;
  }
}

}  // namespace
}  // namespace gatehouse::event
