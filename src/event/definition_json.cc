#include "event/definition_json.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "event/event_pattern.h"
#include "event/input.h"
#include "event/members.h"
#include "event/resource_types.h"
#include "event/schedule_expression.h"
#include "event/time_zone.h"
#include "gatehouse/json.h"

namespace gatehouse::event {
namespace {

namespace bj = boost::json;

void ReadRetry(Members& members, std::optional<RetryPolicy>& into) {
  const bj::object* object = members.Object("RetryPolicy");
  if (!object) return;
  Members inner(*object, RetryRows());
  RetryPolicy policy;
  if (auto attempts = inner.Integer("MaximumRetryAttempts")) {
    policy.attempts_max = static_cast<int>(*attempts);
  }
  if (auto age = inner.Integer("MaximumEventAgeInSeconds")) {
    policy.age_max = std::chrono::seconds{*age};
  }
  if (!inner.fine()) members.Wrong(inner.error().message);
  into = policy;
}

void ReadTransformer(Members& members, std::optional<InputTransformer>& into) {
  const bj::object* object = members.Object("InputTransformer");
  if (!object) return;
  Members inner(*object, TransformerRows());
  InputTransformer transformer;
  transformer.text = inner.Required("InputTemplate");
  if (const bj::object* paths = inner.Object("InputPathsMap")) {
    Members texts(*paths);
    const aws::Property& row = *aws::FindProperty(TransformerRows(), "InputPathsMap");
    for (const auto& [name, value] : *paths) {
      transformer.paths[name] = texts.Required(name, 0, static_cast<std::size_t>(row.max));
    }
    if (!texts.fine()) inner.Wrong(texts.error().message);
  }
  if (inner.fine()) {
    if (Result<void> good = CheckTransformer(transformer); !good) inner.Wrong(good.error().message);
  }
  if (!inner.fine()) members.Wrong(inner.error().message);
  into = std::move(transformer);
}

void CheckOneInput(Members& members, const Target& target) {
  int given =
      target.input.has_value() + target.input_path.has_value() + target.transformer.has_value();
  if (given > 1) {
    members.Wrong(
        fmt::format("Only one of Input, InputPath, or InputTransformer must be provided "
                    "for target {}.",
                    target.id));
  }
  if (target.input && !json::IsValid(*target.input)) {
    members.Wrong(fmt::format("JSON syntax error in input for target {}.", target.id));
  }
  if (target.input_path) {
    if (Result<void> good = CheckInputPath(*target.input_path); !good) {
      members.Wrong(fmt::format("Invalid InputPath for target {}.", target.id));
    }
  }
}

// A target of a kind that gatehouse does not have is an error: it would never be called.
void CheckFunctionTarget(Members& members, const std::string& arn) {
  if (arn.empty() || aws::ParseFunctionArn(arn)) return;
  if (!aws::IsArn(arn)) {
    return members.Wrong(
        fmt::format("Parameter {} is not valid. Reason: Provided Arn is not in "
                    "correct format.",
                    arn));
  }
  members.Wrong(fmt::format("gatehouse calls Lambda functions only, not {}", arn));
}

Target ReadTargetMembers(Members& members) {
  Target target;
  target.arn = members.Required("Arn");
  CheckFunctionTarget(members, target.arn);
  target.role_arn = members.Text("RoleArn").value_or("");
  target.input = members.Text("Input");
  ReadRetry(members, target.retry);
  if (const bj::object* dead = members.Object("DeadLetterConfig")) {
    Members inner(*dead, DeadLetterRows());
    target.dead_letter_arn = inner.Text("Arn").value_or("");
    if (!inner.fine()) members.Wrong(inner.error().message);
  }
  return target;
}

std::optional<base::Millis> ReadDate(Members& members, std::string_view name) {
  const bj::value* value = members.Find(name);
  if (!value) return std::nullopt;
  constexpr double kSecondsMax = 7.3e9;  // the year 2201
  double seconds = -1;
  absl::Time time;
  std::string error;
  if (value->is_number()) {
    seconds = value->to_number<double>();
  } else if (value->is_string() &&
             absl::ParseTime(absl::RFC3339_full, std::string(value->get_string()), &time, &error)) {
    seconds = absl::ToDoubleSeconds(time - absl::UnixEpoch());
  }
  if (seconds >= 0 && seconds < kSecondsMax) {
    return base::Millis{static_cast<std::int64_t>(seconds * 1000)};
  }
  members.Wrong(fmt::format("{} must be a time, as in 2026-11-20T13:00:00Z", name));
  return std::nullopt;
}

void ReadPattern(Members& members, Rule& rule) {
  const bj::value* value = members.Find("EventPattern");
  if (!value) return;
  rule.pattern = value->is_object() ? bj::serialize(*value)
                                    : members.Text("EventPattern", 0, kPatternMax).value_or("");
  if (rule.pattern.size() > kPatternMax) members.Wrong("EventPattern is too long.");
  if (rule.pattern.empty()) return;
  if (Result<EventPattern> read = EventPattern::Parse(rule.pattern); !read) {
    members.Wrong("Event pattern is not valid. Reason: " + read.error().message);
  }
}

void ReadTags(Members& members, Rule& rule) {
  const bj::array* tags = members.Array("Tags");
  if (!tags) return;
  for (const bj::value& tag : *tags) {
    if (!tag.is_object()) return members.Wrong("Tags must be a list of Key and Value");
    Members inner(tag.get_object());
    rule.tags[inner.Required("Key", 1, 128)] = inner.Required("Value", 0, 256);
    if (!inner.fine()) members.Wrong(inner.error().message);
  }
}

Rule ReadRuleMembers(Members& members) {
  Rule rule;
  rule.name = members.Name("Name");
  rule.schedule = members.Text("ScheduleExpression").value_or("");
  rule.description = members.Text("Description").value_or("");
  rule.role_arn = members.Text("RoleArn").value_or("");
  rule.enabled = members.State("State");
  ReadPattern(members, rule);
  ReadTags(members, rule);
  if (!rule.schedule.empty() && !ScheduleExpression::Parse(rule.schedule, Dialect::kRule)) {
    members.Wrong("Parameter ScheduleExpression is not valid.");
  }
  if (rule.schedule.empty() && rule.pattern.empty()) {
    members.Wrong("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  return rule;
}

void Put(bj::object& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out[name] = text;
}

bj::value Seconds(base::Millis wall) { return static_cast<double>(wall.count()) / 1000; }

// Times of the store are whole milliseconds.
void PutMillis(bj::object& out, std::string_view name, base::Millis wall) {
  out[name] = wall.count();
}
base::Millis MillisOf(const bj::object& from, std::string_view name) {
  const bj::value* value = from.if_contains(name);
  return base::Millis{value && value->is_int64() ? value->get_int64() : 0};
}

Result<bj::object> ObjectOf(std::string_view text) {
  boost::system::error_code error;
  bj::value value = bj::parse(text, error);
  if (error || !value.is_object()) {
    return Error{ErrorCode::kInvalidArgument, "it is no JSON object"};
  }
  return std::move(value.get_object());
}

}  // namespace

Result<Target> ReadTarget(const bj::object& from) {
  Members members(from, TargetRows());
  std::string id = members.Name("Id");
  Target target = ReadTargetMembers(members);
  target.id = std::move(id);
  target.input_path = members.Text("InputPath");
  ReadTransformer(members, target.transformer);
  CheckOneInput(members, target);
  if (!members.fine()) return members.error();
  return target;
}

Result<Rule> ReadRule(const bj::object& from) {
  Members members(from, RuleRows());
  Rule rule = ReadRuleMembers(members);
  if (!members.fine()) return members.error();
  return rule;
}

Result<Rule> ReadRuleWithTargets(const bj::object& from) {
  Members members(from, RuleRows());
  Rule rule = ReadRuleMembers(members);
  if (const bj::array* targets = members.Array("Targets")) {
    if (targets->size() > kTargetsMax) {
      members.Wrong("The requested resource exceeds the maximum number allowed.");
    }
    for (const bj::value& value : *targets) {
      const bj::object* object = value.if_object();
      Result<Target> target = object ? ReadTarget(*object)
                                     : Error{ErrorCode::kInvalidArgument, "a target is an object"};
      if (!target) {
        members.Wrong(target.error().message);
        break;
      }
      rule.targets.push_back(*std::move(target));
    }
  }
  if (!members.fine()) return members.error();
  return rule;
}

namespace {

// is_stored: its zone is not looked for, which another machine may not have; Timetable says so.
Result<Schedule> ReadScheduleOf(const bj::object& from, bool is_stored) {
  Members members(from, ScheduleRows());
  Schedule schedule;
  schedule.name = members.Name("Name");
  if (std::string group = members.Name("GroupName", false); !group.empty()) schedule.group = group;
  schedule.expression = members.Required("ScheduleExpression");
  if (members.fine() && !ScheduleExpression::Parse(schedule.expression, Dialect::kSchedule)) {
    members.Wrong("Invalid Schedule Expression " + schedule.expression + ".");
  }
  if (auto zone = members.Text("ScheduleExpressionTimezone")) schedule.zone = *zone;
  if (members.fine() && !is_stored && !FindTimeZone(schedule.zone)) {
    members.Wrong("The ScheduleExpressionTimezone " + schedule.zone + " is not valid.");
  }
  schedule.description = members.Text("Description").value_or("");
  schedule.kms_key_arn = members.Text("KmsKeyArn").value_or("");
  schedule.start = ReadDate(members, "StartDate");
  schedule.end = ReadDate(members, "EndDate");
  if (schedule.start && schedule.end && *schedule.end <= *schedule.start) {
    members.Wrong("The EndDate must be after the StartDate.");
  }
  schedule.enabled = members.State("State");
  if (const bj::object* window = members.Object("FlexibleTimeWindow")) {
    Members inner(*window, WindowRows());
    std::string mode = inner.Required("Mode");
    auto minutes = inner.Integer("MaximumWindowInMinutes");
    if (mode == "FLEXIBLE" && !minutes) {
      inner.Wrong("MaximumWindowInMinutes must be provided when Mode is FLEXIBLE.");
    } else if (mode == "OFF" && minutes) {
      inner.Wrong("MaximumWindowInMinutes can't be set when Mode is OFF.");
    } else if (mode != "OFF" && mode != "FLEXIBLE") {
      inner.Wrong(
          fmt::format("1 validation error detected: Value '{}' at "
                      "'flexibleTimeWindow.mode' failed to satisfy constraint: Member must "
                      "satisfy enum value set: [OFF, FLEXIBLE]",
                      mode));
    }
    if (!inner.fine()) members.Wrong(inner.error().message);
    if (mode == "FLEXIBLE") schedule.window_minutes = static_cast<int>(minutes.value_or(1));
  } else {
    members.Required("FlexibleTimeWindow", 0, 0);
  }
  if (const bj::object* target = members.Object("Target")) {
    Members inner(*target, ScheduleTargetRows());
    schedule.target = ReadTargetMembers(inner);
    inner.Required("RoleArn");
    if (!inner.fine()) members.Wrong(inner.error().message);
  } else {
    members.Required("Target", 0, 0);
  }
  if (!members.fine()) return members.error();
  return schedule;
}

}  // namespace

Result<Schedule> ReadSchedule(const bj::object& from) { return ReadScheduleOf(from, false); }

bj::object WriteTarget(const Target& target) {
  bj::object out;
  Put(out, "Id", target.id);
  out["Arn"] = target.arn;
  Put(out, "RoleArn", target.role_arn);
  if (target.input) out["Input"] = *target.input;
  if (target.input_path) out["InputPath"] = *target.input_path;
  if (target.transformer) {
    bj::object paths;
    for (const auto& [name, path] : target.transformer->paths) paths[name] = path;
    bj::object transformer{{"InputTemplate", target.transformer->text}};
    if (!paths.empty()) transformer["InputPathsMap"] = std::move(paths);
    out["InputTransformer"] = std::move(transformer);
  }
  if (target.retry) {
    out["RetryPolicy"] = bj::object{{"MaximumRetryAttempts", target.retry->attempts_max},
                                    {"MaximumEventAgeInSeconds", target.retry->age_max.count()}};
  }
  if (!target.dead_letter_arn.empty()) {
    out["DeadLetterConfig"] = bj::object{{"Arn", target.dead_letter_arn}};
  }
  return out;
}

bj::object WriteRule(const Rule& rule, const Place& place) {
  bj::object out{{"Name", rule.name}, {"Arn", RuleArn(place, rule.name)}};
  Put(out, "EventPattern", rule.pattern);
  Put(out, "ScheduleExpression", rule.schedule);
  out["State"] = rule.enabled ? "ENABLED" : "DISABLED";
  Put(out, "Description", rule.description);
  Put(out, "RoleArn", rule.role_arn);
  out["EventBusName"] = "default";
  return out;
}

bj::object WriteSchedule(const Schedule& schedule, const Place& place) {
  bj::object out{{"Arn", ScheduleArn(place, schedule.group, schedule.name)},
                 {"Name", schedule.name},
                 {"GroupName", schedule.group},
                 {"ScheduleExpression", schedule.expression},
                 {"ScheduleExpressionTimezone", schedule.zone},
                 {"State", schedule.enabled ? "ENABLED" : "DISABLED"},
                 {"CreationDate", Seconds(schedule.created)},
                 {"LastModificationDate", Seconds(schedule.modified)}};
  Put(out, "Description", schedule.description);
  Put(out, "KmsKeyArn", schedule.kms_key_arn);
  if (schedule.start) out["StartDate"] = Seconds(*schedule.start);
  if (schedule.end) out["EndDate"] = Seconds(*schedule.end);
  bj::object window{{"Mode", schedule.window_minutes > 0 ? "FLEXIBLE" : "OFF"}};
  if (schedule.window_minutes > 0) window["MaximumWindowInMinutes"] = schedule.window_minutes;
  out["FlexibleTimeWindow"] = std::move(window);
  Target target = schedule.target;
  if (!target.retry) target.retry = RetryPolicy{};  // GetSchedule tells AWS's defaults
  out["Target"] = WriteTarget(target);
  return out;
}

std::string EncodeRule(const Rule& rule) {
  bj::object out = WriteRule(rule, {});
  PutMillis(out, "anchorMs", rule.anchor);
  bj::array targets, tags;
  for (const Target& target : rule.targets) targets.push_back(WriteTarget(target));
  for (const auto& [key, value] : rule.tags) {
    tags.push_back(bj::object{{"Key", key}, {"Value", value}});
  }
  out["Targets"] = std::move(targets);
  out["Tags"] = std::move(tags);
  return bj::serialize(out);
}

Result<Rule> DecodeRule(std::string_view text) {
  Result<bj::object> object = ObjectOf(text);
  if (!object) return object.error();
  Result<Rule> rule = ReadRuleWithTargets(*object);
  if (rule) rule->anchor = MillisOf(*object, "anchorMs");
  return rule;
}

std::string EncodeSchedule(const Schedule& schedule) {
  bj::object out = WriteSchedule(schedule, {});
  out["Target"] = WriteTarget(schedule.target);
  PutMillis(out, "createdMs", schedule.created);
  PutMillis(out, "modifiedMs", schedule.modified);
  return bj::serialize(out);
}

Result<Schedule> DecodeSchedule(std::string_view text) {
  Result<bj::object> object = ObjectOf(text);
  if (!object) return object.error();
  Result<Schedule> schedule = ReadScheduleOf(*object, true);
  if (!schedule) return schedule;
  schedule->created = MillisOf(*object, "createdMs");
  schedule->modified = MillisOf(*object, "modifiedMs");
  return schedule;
}

std::string EncodeGroup(const ScheduleGroup& group) {
  bj::object out{{"Name", group.name}};
  PutMillis(out, "createdMs", group.created);
  PutMillis(out, "modifiedMs", group.modified);
  return bj::serialize(out);
}

Result<ScheduleGroup> DecodeGroup(std::string_view text) {
  Result<bj::object> object = ObjectOf(text);
  if (!object) return object.error();
  Members members(*object);
  ScheduleGroup group;
  group.name = members.Name("Name");
  if (!members.fine()) return members.error();
  group.created = MillisOf(*object, "createdMs");
  group.modified = MillisOf(*object, "modifiedMs");
  return group;
}

}  // namespace gatehouse::event
