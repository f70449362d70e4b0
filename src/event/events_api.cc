#include "event/events_api.h"

#include <utility>

#include <fmt/format.h>

#include "aws/error.h"
#include "aws/id.h"
#include "event/changes.h"
#include "event/definition_json.h"
#include "event/events_call.h"
#include "event/page.h"
#include "gatehouse/json.h"

namespace gatehouse::event {
namespace {

namespace bj = boost::json;

constexpr std::string_view kTargetPrefix = "AWSEvents.";
constexpr std::string_view kLimit = "The requested resource exceeds the maximum number allowed.";

constexpr aws::ErrorRow kErrors[] = {
    {ErrorCode::kNotFound, 400, "ResourceNotFoundException"},
    {ErrorCode::kLimitExceeded, 400, "LimitExceededException"},
    {ErrorCode::kInvalidArgument, 400, "ValidationException"},
};
constexpr aws::ErrorRow kInternal{{}, 500, "InternalException"};

}  // namespace

struct EventsApi::Row {
  std::string_view operation;
  Verb verb;
};

const EventsApi::Row EventsApi::kRows[] = {
    {"PutRule", &EventsApi::PutRule},
    {"DescribeRule", &EventsApi::DescribeRule},
    {"DeleteRule", &EventsApi::DeleteRule},
    {"EnableRule", &EventsApi::EnableRule},
    {"DisableRule", &EventsApi::DisableRule},
    {"ListRules", &EventsApi::ListRules},
    {"PutTargets", &EventsApi::PutTargets},
    {"RemoveTargets", &EventsApi::RemoveTargets},
    {"ListTargetsByRule", &EventsApi::ListTargetsByRule},
    {"ListRuleNamesByTarget", &EventsApi::ListRuleNamesByTarget},
    {"ListTagsForResource", &EventsApi::ListTagsForResource},
    {"PutEvents", &EventsApi::PutEvents},
    {"TestEventPattern", &EventsApi::TestEventPattern},
    {"ListEventBuses", &EventsApi::ListEventBuses},
    {"DescribeEventBus", &EventsApi::DescribeEventBus},
};

std::vector<std::string_view> EventsApi::Operations() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.operation);
  return names;
}

std::string_view EventsApi::OperationOf(std::string_view target) {
  if (!target.starts_with(kTargetPrefix)) return {};
  target.remove_prefix(kTargetPrefix.size());
  for (const Row& row : kRows) {
    if (row.operation == target) return row.operation;
  }
  return {};
}

void EventsApi::Handle(const wire::ServiceRequest& request, wire::ServiceDone done) {
  auto call = std::make_shared<Call>();
  call->request_id = aws::NewUuid(random_);
  call->done = std::move(done);
  std::string_view target = request.head.Find("X-Amz-Target").value_or("");
  if (request.head.method != "POST" || !target.starts_with(kTargetPrefix)) {
    return call->Refuse("UnknownOperationException", "", 404);
  }
  target.remove_prefix(kTargetPrefix.size());
  boost::system::error_code error;
  bj::value body = bj::parse(request.body.empty() ? "{}" : request.body, error);
  if (error || !body.is_object()) return call->Refuse("SerializationException", "");
  call->body = std::move(body.get_object());
  call->members.emplace(call->body);
  for (const Row& row : kRows) {
    if (row.operation == target) return (this->*row.verb)(std::move(call));
  }
  call->Refuse("UnknownOperationException",
               fmt::format("gatehouse has no operation {} of EventBridge", target));
}

void EventsApi::Call::Reply(int status, std::string text) {
  done(aws::Answer(status, aws::kJson11Type, request_id, std::move(text)));
}

void EventsApi::Call::Answer(const bj::object& answer) { Reply(200, bj::serialize(answer)); }

void EventsApi::Call::AnswerNothing() { Reply(200, {}); }

void EventsApi::Call::Refuse(std::string_view type, std::string_view message, int status) {
  Reply(status, aws::JsonErrorBody(type, message));
}

void EventsApi::Call::Refuse(const Error& error) {
  const aws::ErrorRow& row = aws::RowOf(kErrors, error.code, kInternal);
  const bool is_pattern = error.code == ErrorCode::kInvalidArgument &&
                          error.message.starts_with("Event pattern is not valid");
  Refuse(is_pattern ? "InvalidEventPatternException" : row.type, error.message, row.status);
}

bool EventsApi::Call::Fine() {
  std::string bus = members->Text("EventBusName", 1, 1600).value_or("default");
  if (!members->fine()) {
    Refuse(members->error());
    return false;
  }
  if (bus == "default" || bus.ends_with(":event-bus/default")) return true;
  Refuse("ResourceNotFoundException", fmt::format("Event bus {} does not exist.", bus));
  return false;
}

std::optional<std::string> EventsApi::Call::RuleName(std::string_view member) {
  std::string name = members->Name(member);
  if (!Fine()) return std::nullopt;
  return name;
}

// Its targets stay; what the request does not say is as at the beginning.
void EventsApi::PutRule(CallPtr call) {
  if (!call->Fine()) return;
  Result<Rule> rule = ReadRule(call->body);
  if (!rule) return call->Refuse(rule.error());
  std::string name = rule->name;
  catalogue_.ChangeRule(
      name,
      [rule = *std::move(rule),
       now = loop_.WallNow()](const Rule* present) mutable -> Result<std::optional<Rule>> {
        rule.anchor = AnchorOf(rule, present, now);
        if (present) {
          rule.targets = present->targets;
          rule.tags = present->tags;
        }
        return std::optional(std::move(rule));
      },
      [this, call, name](const Result<void>& put) {
        if (!put) return call->Refuse(put.error());
        call->Answer({{"RuleArn", RuleArn(place_, name)}});
      });
}

void EventsApi::DescribeRule(CallPtr call) {
  auto name = call->RuleName("Name");
  if (!name) return;
  const Rule* rule = catalogue_.FindRule(*name);
  if (!rule) return call->Refuse(NoRule(*name));
  bj::object answer = WriteRule(*rule, place_);
  answer["CreatedBy"] = place_.account_id;
  call->Answer(answer);
}

void EventsApi::DeleteRule(CallPtr call) {
  auto name = call->RuleName("Name");
  if (!name) return;
  catalogue_.ChangeRule(
      *name,
      [](const Rule* present) -> Result<std::optional<Rule>> {
        if (present && !present->targets.empty()) {
          return Error{ErrorCode::kInvalidArgument, "Rule can't be deleted since it has targets."};
        }
        return std::optional<Rule>();  // one that is not there is deleted already
      },
      [call](const Result<void>& deleted) {
        if (!deleted) return call->Refuse(deleted.error());
        call->AnswerNothing();
      });
}

void EventsApi::EnableRule(CallPtr call) { SetState(std::move(call), true); }
void EventsApi::DisableRule(CallPtr call) { SetState(std::move(call), false); }

void EventsApi::SetState(CallPtr call, bool enabled) {
  auto name = call->RuleName("Name");
  if (!name) return;
  catalogue_.ChangeRule(
      *name,
      [name = *name, enabled,
       now = loop_.WallNow()](const Rule* present) -> Result<std::optional<Rule>> {
        if (!present) return NoRule(name);
        Rule rule = *present;
        rule.enabled = enabled;
        rule.anchor = AnchorOf(rule, present, now);
        return std::optional(std::move(rule));
      },
      [call](const Result<void>& set) {
        if (!set) return call->Refuse(set.error());
        call->AnswerNothing();
      });
}

void EventsApi::ListRules(CallPtr call) {
  std::string prefix = call->members->Name("NamePrefix", false);
  std::int64_t limit = call->members->Integer("Limit", 1, kPageMax).value_or(kPageMax);
  auto token = call->members->Text("NextToken", 1, 2048);
  if (!call->Fine()) return;
  bj::array rules;
  auto next = TakePage(
      catalogue_.rules(), limit, token,
      [&](const std::string& name, const Rule&) { return name.starts_with(prefix); },
      [&](const std::string&, const Rule& rule) { rules.push_back(WriteRule(rule, place_)); });
  if (!next) return call->Refuse("ValidationException", "NextToken is not valid.");
  bj::object answer{{"Rules", std::move(rules)}};
  if (!next->empty()) answer["NextToken"] = *next;
  call->Answer(answer);
}

void EventsApi::PutTargets(CallPtr call) {
  auto name = call->RuleName("Rule");
  if (!name) return;
  const bj::array* list = call->members->Array("Targets");
  if (!list || list->empty()) return call->Refuse("ValidationException", "Targets is required.");
  std::vector<Target> targets;
  for (const bj::value& value : *list) {
    if (!value.is_object()) return call->Refuse("SerializationException", "");
    Result<Target> target = ReadTarget(value.get_object());
    if (!target) return call->Refuse(target.error());
    targets.push_back(*std::move(target));
  }
  catalogue_.ChangeRule(
      *name,
      [name = *name,
       targets = std::move(targets)](const Rule* present) -> Result<std::optional<Rule>> {
        if (!present) return NoRule(name);
        Rule rule = *present;
        for (const Target& target : targets) {
          std::erase_if(rule.targets, [&](const Target& t) { return t.id == target.id; });
          rule.targets.push_back(target);
        }
        if (rule.targets.size() > kTargetsMax) {
          return Error{ErrorCode::kLimitExceeded, std::string(kLimit)};
        }
        return std::optional(std::move(rule));
      },
      [call](const Result<void>& put) {
        if (!put) return call->Refuse(put.error());
        call->Answer({{"FailedEntryCount", 0}, {"FailedEntries", bj::array()}});
      });
}

void EventsApi::RemoveTargets(CallPtr call) {
  auto name = call->RuleName("Rule");
  if (!name) return;
  const bj::array* list = call->members->Array("Ids");
  if (!list || list->empty()) return call->Refuse("ValidationException", "Ids is required.");
  std::vector<std::string> ids;
  for (const bj::value& id : *list) {
    if (!id.is_string()) return call->Refuse("SerializationException", "");
    ids.emplace_back(id.get_string());
  }
  catalogue_.ChangeRule(
      *name,
      [name = *name, ids = std::move(ids)](const Rule* present) -> Result<std::optional<Rule>> {
        if (!present) return NoRule(name);
        Rule rule = *present;
        for (const std::string& id : ids) {
          std::erase_if(rule.targets, [&](const Target& target) { return target.id == id; });
        }
        return std::optional(std::move(rule));
      },
      [call](const Result<void>& removed) {
        if (!removed) return call->Refuse(removed.error());
        call->Answer({{"FailedEntryCount", 0}, {"FailedEntries", bj::array()}});
      });
}

// At most five, so one page; Limit cuts it all the same.
void EventsApi::ListTargetsByRule(CallPtr call) {
  auto name = call->RuleName("Rule");
  if (!name) return;
  std::int64_t limit = call->members->Integer("Limit", 1, kPageMax).value_or(kPageMax);
  auto token = call->members->Text("NextToken", 1, 2048);
  if (!call->Fine()) return;
  const Rule* rule = catalogue_.FindRule(*name);
  if (!rule) return call->Refuse(NoRule(*name));
  std::map<std::string, const Target*> by_id;
  for (const Target& target : rule->targets) by_id[target.id] = &target;
  bj::array targets;
  auto next = TakePage(
      by_id, limit, token, [](const std::string&, const Target*) { return true; },
      [&](const std::string&, const Target* target) { targets.push_back(WriteTarget(*target)); });
  if (!next) return call->Refuse("ValidationException", "NextToken is not valid.");
  bj::object answer{{"Targets", std::move(targets)}};
  if (!next->empty()) answer["NextToken"] = *next;
  call->Answer(answer);
}

void EventsApi::ListRuleNamesByTarget(CallPtr call) {
  std::string arn = call->members->Required("TargetArn", 1, 1600);
  std::int64_t limit = call->members->Integer("Limit", 1, kPageMax).value_or(kPageMax);
  auto token = call->members->Text("NextToken", 1, 2048);
  if (!call->Fine()) return;
  bj::array names;
  auto next = TakePage(
      catalogue_.rules(), limit, token,
      [&](const std::string&, const Rule& rule) {
        return std::any_of(rule.targets.begin(), rule.targets.end(),
                           [&](const Target& target) { return target.arn == arn; });
      },
      [&](const std::string& name, const Rule&) { names.emplace_back(name); });
  if (!next) return call->Refuse("ValidationException", "NextToken is not valid.");
  bj::object answer{{"RuleNames", std::move(names)}};
  if (!next->empty()) answer["NextToken"] = *next;
  call->Answer(answer);
}

void EventsApi::ListTagsForResource(CallPtr call) {
  std::string arn = call->members->Required("ResourceARN", 1, 1600);
  if (!call->Fine()) return;
  std::string prefix = RuleArn(place_, "");
  const Rule* rule =
      arn.starts_with(prefix) ? catalogue_.FindRule(arn.substr(prefix.size())) : nullptr;
  if (!rule) {
    return call->Refuse("ResourceNotFoundException", fmt::format("Rule {} does not exist.", arn));
  }
  bj::array tags;
  for (const auto& [key, value] : rule->tags) {
    tags.push_back(bj::object{{"Key", key}, {"Value", value}});
  }
  call->Answer({{"Tags", std::move(tags)}});
}

}  // namespace gatehouse::event
