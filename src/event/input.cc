#include "event/input.h"

#include <algorithm>

#include <fmt/format.h>

#include "event/json_path.h"
#include "gatehouse/json.h"

namespace gatehouse::event {
namespace {

constexpr std::string_view kReserved = "aws.events.";
constexpr std::size_t kFilledMax =
    1024 * 1024;  // bytes of a filled template: Lambda's, of an Event

bool IsVariable(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

// The event without its detail.
std::string WithoutDetail(const wire::JsonValue& event) {
  std::string out = "{";
  wire::JsonCursor cursor(event);
  while (cursor.Next()) {
    if (cursor.name() == "detail") continue;
    if (out.size() > 1) out += ',';
    json::AppendQuoted(out, cursor.name());
    out.append(":").append(cursor.value().text);
  }
  return out + "}";
}

// A variable's value as JSON text; empty: it is not there.
std::string ValueOf(std::string_view name, const InputTransformer& transformer,
                    const wire::JsonValue& event, const RuleFacts& rule) {
  if (name == "aws.events.rule-arn") return json::Quoted(rule.arn);
  if (name == "aws.events.rule-name") return json::Quoted(rule.name);
  if (name == "aws.events.event.ingestion-time") return json::Quoted(FormatSeconds(rule.received));
  if (name == "aws.events.event") return WithoutDetail(event);
  if (name == "aws.events.event.json") return std::string(event.text);
  auto found = transformer.paths.find(std::string(name));
  if (found == transformer.paths.end()) return {};
  Result<JsonPath> path = JsonPath::Parse(found->second);
  return path ? path->Find(event) : std::string();
}

// In a string: the text of a string, other values as they are; either with JSON's escapes.
void AppendInString(std::string& out, const std::string& value) {
  std::string text = value.starts_with('"') ? json::String(value).value_or("") : value;
  std::string quoted = json::Quoted(text);
  out.append(quoted, 1, quoted.size() - 2);
}

// Calls with each piece of text and each <name> of a template, and whether it stands in a string.
template <class OnText, class OnName>
void WalkTemplate(std::string_view text, OnText on_text, OnName on_name) {
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (in_string && text[at] == '\\' && at + 1 < text.size()) {
      on_text(text.substr(at, 2));
      ++at;
      continue;
    }
    if (text[at] == '"') in_string = !in_string;
    if (text[at] == '<') {
      std::size_t close = text.find('>', at);
      if (close != text.npos && IsVariable(text.substr(at + 1, close - at - 1))) {
        on_name(text.substr(at + 1, close - at - 1), in_string);
        at = close;
        continue;
      }
    }
    on_text(text.substr(at, 1));
  }
}

std::string Fill(const InputTransformer& transformer, const wire::JsonValue& event,
                 const RuleFacts& rule) {
  std::string out;
  WalkTemplate(
      transformer.text, [&](std::string_view text) { out += text; },
      [&](std::string_view name, bool in_string) {
        if (out.size() > kFilledMax) return;
        std::string value = ValueOf(name, transformer, event, rule);
        if (in_string) {
          AppendInString(out, value);
        } else {
          out += value.empty() ? "\"\"" : value;
        }
      });
  return out;
}

}  // namespace

Result<void> CheckInputPath(std::string_view path) {
  Result<JsonPath> read = JsonPath::Parse(path);
  if (!read) return read.error();
  return {};
}

Result<void> CheckTransformer(const InputTransformer& transformer) {
  auto wrong = [](std::string why) { return Error{ErrorCode::kInvalidArgument, std::move(why)}; };
  if (transformer.paths.size() > kInputPathsMax) {
    return wrong(fmt::format("InputPathsMap can have at most {} entries.", kInputPathsMax));
  }
  for (const auto& [name, path] : transformer.paths) {
    if (std::string_view(name).starts_with("aws.") || std::string_view(name).starts_with("AWS.")) {
      return wrong(fmt::format("InputPathsMap key {} is reserved.", name));
    }
    if (Result<void> fine = CheckInputPath(path); !fine) return fine;
  }
  std::string unknown;
  WalkTemplate(
      transformer.text, [](std::string_view) {},
      [&](std::string_view name, bool) {
        if (!name.starts_with(kReserved) && !transformer.paths.contains(std::string(name))) {
          unknown = name;
        }
      });
  if (!unknown.empty()) {
    return wrong(
        fmt::format("Invalid InputTemplate for target : InputTemplate for target contains "
                    "placeholder <{}> which is not in InputPathsMap.",
                    unknown));
  }
  return {};
}

Result<std::string> InputOf(const Target& target, const std::string& event, const RuleFacts& rule) {
  if (target.input) return *target.input;
  if (!target.input_path && !target.transformer) return event;
  std::optional<wire::JsonValue> root = wire::ReadJson(event);
  if (!root) return Error{ErrorCode::kInternal, "the event is no JSON"};
  if (target.input_path) {
    Result<JsonPath> path = JsonPath::Parse(*target.input_path);
    if (!path) return path.error();
    std::string found = path->Find(*root);
    return found.empty() ? std::string("{}") : found;
  }
  std::string filled = Fill(*target.transformer, *root, rule);
  if (json::IsValid(filled)) return filled;
  return Error{ErrorCode::kInvalidArgument,
               "its InputTemplate does not make JSON of this event: texts need quotes"};
}

std::string FillSchedule(std::string_view input, const ScheduleFacts& facts) {
  std::string out;
  WalkTemplate(
      input, [&](std::string_view text) { out += text; },
      [&](std::string_view name, bool) {
        if (name == "aws.scheduler.schedule-arn") {
          out += facts.arn;
        } else if (name == "aws.scheduler.scheduled-time") {
          out += FormatSeconds(facts.scheduled);
        } else if (name == "aws.scheduler.execution-id") {
          out += facts.execution_id;
        } else if (name == "aws.scheduler.attempt-number") {
          out += std::to_string(facts.attempt);
        } else {
          out.append("<").append(name).append(">");
        }
      });
  return out;
}

std::string FormatSeconds(base::Millis wall) {
  std::string text = base::FormatIso8601(wall);  // with milliseconds
  return text.substr(0, text.find('.')) + "Z";
}

std::string ScheduledEvent(const Place& place, std::string_view id, base::Millis time,
                           std::string_view rule_arn) {
  return fmt::format(
      R"({{"version":"0","id":"{}","detail-type":"Scheduled Event","source":"aws.events",)"
      R"("account":"{}","time":"{}","region":"{}","resources":["{}"],"detail":{{}}}})",
      id, place.account_id, FormatSeconds(time), place.region, rule_arn);
}

// Its detail is a text, unlike that of a rule.
std::string SchedulerEvent(const Place& place, std::string_view id, base::Millis time,
                           std::string_view schedule_arn) {
  return fmt::format(
      R"({{"version":"0","id":"{}","detail-type":"Scheduled Event","source":"aws.scheduler",)"
      R"("account":"{}","time":"{}","region":"{}","resources":["{}"],"detail":"{{}}"}})",
      id, place.account_id, FormatSeconds(time), place.region, schedule_arn);
}

}  // namespace gatehouse::event
