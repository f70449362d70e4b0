// PutEvents, TestEventPattern, and the one bus there is.
#include <array>
#include <utility>

#include <fmt/format.h>

#include "aws/id.h"
#include "event/event_pattern.h"
#include "event/events_call.h"
#include "event/input.h"
#include "gatehouse/json.h"

namespace gatehouse::event {
namespace {

namespace bj = boost::json;

constexpr std::size_t kEntriesMax = 10;             // AWS
constexpr std::size_t kEntryBytesMax = 256 * 1024;  // AWS; of all entries together

struct Entry {
  std::string source, detail_type, detail, bus = "default";
  std::vector<std::string> resources;
  base::Millis time{0};
  std::size_t bytes = 0;
};

// What is wrong with one entry: AWS's code and sentence.
struct EntryProblem {
  std::string_view code;
  std::string message;
};

std::optional<EntryProblem> ProblemOf(const Entry& entry) {
  const std::pair<std::string_view, const std::string*> required[] = {
      {"Source", &entry.source}, {"DetailType", &entry.detail_type}, {"Detail", &entry.detail}};
  for (const auto& [name, value] : required) {
    if (value->empty()) {
      return EntryProblem{"InvalidArgument",
                          fmt::format("Parameter {} is not valid. Reason: {} is a required "
                                      "argument.",
                                      name, name)};
    }
  }
  if (!json::IsObject(entry.detail)) return EntryProblem{"MalformedDetail", "Detail is malformed."};
  if (entry.source.starts_with("aws.")) {
    return EntryProblem{"NotAuthorizedForSourceException", "Not authorized for the source."};
  }
  return std::nullopt;
}

Result<Entry> ReadEntry(const bj::value& value, base::Millis now) {
  if (!value.is_object()) return Error{ErrorCode::kInvalidArgument, "an entry is an object"};
  Members members(value.get_object());
  Entry entry;
  entry.source = members.Text("Source", 0, kEntryBytesMax).value_or("");
  entry.detail_type = members.Text("DetailType", 0, kEntryBytesMax).value_or("");
  entry.detail = members.Text("Detail", 0, EventsApi::kBodyBytesMax).value_or("");
  entry.bus = members.Text("EventBusName", 1, 1600).value_or("default");
  entry.time = now;
  entry.bytes = entry.source.size() + entry.detail_type.size() + entry.detail.size();
  if (const bj::value* time = members.Find("Time")) {
    constexpr double kSecondsMax = 7.3e9;  // the year 2201
    double seconds = time->is_number() ? time->to_number<double>() : -1;
    if (seconds < 0 || seconds > kSecondsMax) members.Wrong("Time must be seconds since 1970");
    if (members.fine()) entry.time = base::Millis{static_cast<std::int64_t>(seconds * 1000)};
    entry.bytes += 14;  // as AWS counts
  }
  if (const bj::array* resources = members.Array("Resources")) {
    for (const bj::value& resource : *resources) {
      if (!resource.is_string()) return Error{ErrorCode::kInvalidArgument, "Resources are texts"};
      entry.resources.emplace_back(resource.get_string());
      entry.bytes += entry.resources.back().size();
    }
  }
  if (!members.fine()) return members.error();
  return entry;
}

// The detail stays byte for byte what it was.
std::string EventOf(const Entry& entry, const std::string& id, const Place& place) {
  std::string out = R"({"version":"0","id":)" + json::Quoted(id) + R"(,"detail-type":)";
  json::AppendQuoted(out, entry.detail_type);
  out += R"(,"source":)" + json::Quoted(entry.source);
  out += R"(,"account":)" + json::Quoted(place.account_id);
  out += R"(,"time":)" + json::Quoted(FormatSeconds(entry.time));
  out += R"(,"region":)" + json::Quoted(place.region) + R"(,"resources":[)";
  for (const std::string& resource : entry.resources) {
    if (out.back() != '[') out += ',';
    json::AppendQuoted(out, resource);
  }
  return out + R"(],"detail":)" + entry.detail + "}";
}

}  // namespace

void EventsApi::PutEvents(CallPtr call) {
  const bj::array* list = call->members->Array("Entries");
  if (!call->members->fine()) return call->Refuse(call->members->error());
  if (!list || list->empty() || list->size() > kEntriesMax) {
    return call->Refuse(
        "ValidationException",
        fmt::format("1 validation error detected: Value '[{}]' at 'entries' failed to satisfy "
                    "constraint: Member must have length {} than or equal to {}",
                    list ? "PutEventsRequestEntry" : "",
                    list && !list->empty() ? "less" : "greater",
                    list && !list->empty() ? kEntriesMax : 1));
  }
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  for (const bj::value& value : *list) {
    Result<Entry> entry = ReadEntry(value, loop_.WallNow());
    if (!entry) return call->Refuse(entry.error());
    bytes += entry->bytes;
    entries.push_back(*std::move(entry));
  }
  if (bytes > kEntryBytesMax) {
    return call->Refuse("ValidationException",
                        "Total size of the entries in the request is over the limit.");
  }
  bj::array answers;
  int failed = 0;
  for (const Entry& entry : entries) {
    if (std::optional<EntryProblem> problem = ProblemOf(entry)) {
      ++failed;
      answers.push_back(
          bj::object{{"ErrorCode", problem->code}, {"ErrorMessage", problem->message}});
      continue;
    }
    std::string id = aws::NewUuid(random_);
    bool ours = entry.bus == "default" || entry.bus.ends_with(":event-bus/default");
    if (ours) bus_.Put(EventOf(entry, id, place_));  // on another bus nobody listens
    answers.push_back(bj::object{{"EventId", id}});
  }
  call->Answer({{"FailedEntryCount", failed}, {"Entries", std::move(answers)}});
}

void EventsApi::TestEventPattern(CallPtr call) {
  std::string pattern = call->members->Required("EventPattern", 0, kPatternMax);
  std::string event = call->members->Required("Event", 0, kBodyBytesMax);
  if (!call->Fine()) return;
  Result<EventPattern> read = EventPattern::Parse(pattern);
  if (!read) {
    return call->Refuse("InvalidEventPatternException",
                        "Event pattern is not valid. Reason: " + read.error().message);
  }
  for (std::string_view name :
       {"id", "account", "source", "time", "region", "resources", "detail-type"}) {
    if (!json::Member(event, name)) {
      return call->Refuse("ValidationException", "Parameter Event is not valid.");
    }
  }
  call->Answer({{"Result", read->Matches(event)}});
}

void EventsApi::ListEventBuses(CallPtr call) {
  std::string prefix = call->members->Text("NamePrefix", 1, 256).value_or("");
  if (!call->Fine()) return;
  bj::array buses;
  if (std::string_view("default").starts_with(prefix)) {
    buses.push_back(bj::object{{"Name", "default"}, {"Arn", BusArn(place_)}});
  }
  call->Answer({{"EventBuses", std::move(buses)}});
}

void EventsApi::DescribeEventBus(CallPtr call) {
  std::string name = call->members->Text("Name", 1, 1600).value_or("default");
  if (!call->Fine()) return;
  if (name != "default" && name != BusArn(place_)) {
    return call->Refuse("ResourceNotFoundException",
                        fmt::format("Event bus {} does not exist.", name));
  }
  call->Answer({{"Name", "default"}, {"Arn", BusArn(place_)}});
}

}  // namespace gatehouse::event
