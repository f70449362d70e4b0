// What a template or the control planes say of rules and schedules, as plain values. Names are
// AWS's. Source: EventBridge and EventBridge Scheduler API references.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/arn.h"
#include "base/clock.h"

namespace gatehouse::event {

// Quotas (AWS but where said).
inline constexpr std::size_t kNameMax = 64;
inline constexpr std::size_t kRulesMax = 300;         // of the bus
inline constexpr std::size_t kTargetsMax = 5;         // of a rule
inline constexpr std::size_t kSchedulesMax = 10'000;  // ours; AWS: a million
inline constexpr std::size_t kScheduleGroupsMax = 500;
inline constexpr std::size_t kPatternMax = 4096;               // characters
inline constexpr std::size_t kTargetInputMax = 8192;           // of a rule's target
inline constexpr std::size_t kScheduleInputMax = 1024 * 1024;  // Lambda's, of an Event
inline constexpr std::size_t kInputPathsMax = 100;
inline constexpr std::size_t kDescriptionMax = 512;

struct RetryPolicy {
  int attempts_max = 185;                // MaximumRetryAttempts
  std::chrono::seconds age_max{86'400};  // MaximumEventAgeInSeconds
  bool operator==(const RetryPolicy&) const = default;
};

struct InputTransformer {
  std::map<std::string, std::string> paths;  // InputPathsMap
  std::string text;                          // InputTemplate
  bool operator==(const InputTransformer&) const = default;
};

struct Target {
  std::string id;   // of a rule's
  std::string arn;  // a function's
  std::string role_arn;
  std::optional<std::string> input;  // JSON, or any text for a schedule
  std::optional<std::string> input_path;
  std::optional<InputTransformer> transformer;
  std::optional<RetryPolicy> retry;
  std::string dead_letter_arn;  // kept; nothing is sent there
  bool operator==(const Target&) const = default;
};

struct Rule {
  std::string name;
  std::string schedule;  // ScheduleExpression; empty: none
  std::string pattern;   // EventPattern, JSON; empty: none
  std::string description;
  std::string role_arn;
  bool enabled = true;
  base::Millis anchor{0};  // since when the schedule's rate counts; whole seconds
  std::map<std::string, std::string> tags;
  std::vector<Target> targets;
};

inline constexpr std::string_view kDefaultGroup = "default";

struct Schedule {
  std::string name;
  std::string group{kDefaultGroup};
  std::string expression;
  std::string zone = "UTC";  // ScheduleExpressionTimezone
  std::string description;
  std::string kms_key_arn;  // kept
  std::optional<base::Millis> start, end;
  bool enabled = true;
  int window_minutes = 0;  // FlexibleTimeWindow; 0: OFF
  Target target;
  base::Millis created{0}, modified{0};

  base::Millis anchor() const { return start ? *start : modified; }
};

struct ScheduleGroup {
  std::string name;
  base::Millis created{0}, modified{0};
};

using aws::Place;
std::string RuleArn(const Place& place, std::string_view rule);
std::string BusArn(const Place& place);
std::string ScheduleArn(const Place& place, std::string_view group, std::string_view name);
std::string ScheduleGroupArn(const Place& place, std::string_view group);

// "arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]" of that place → NAME; nothing: it is no
// function's, or of another region or account.
std::optional<std::string> FunctionOf(const Place& place, std::string_view arn);

}  // namespace gatehouse::event
