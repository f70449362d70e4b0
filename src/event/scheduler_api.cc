#include "event/scheduler_api.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "aws/error.h"
#include "aws/id.h"
#include "base/encoding.h"
#include "event/changes.h"
#include "event/definition_json.h"
#include "event/members.h"
#include "event/page.h"
#include "gatehouse/json.h"

namespace gatehouse::event {
namespace {

namespace bj = boost::json;

double EpochSeconds(base::Millis wall) { return static_cast<double>(wall.count()) / 1000; }

bj::object GroupJson(const ScheduleGroup& group, const Place& place) {
  return {{"Arn", ScheduleGroupArn(place, group.name)},
          {"CreationDate", EpochSeconds(group.created)},
          {"LastModificationDate", EpochSeconds(group.modified)},
          {"Name", group.name},
          {"State", "ACTIVE"}};
}

// The query as an object, so that it is read like a body: numbers stay texts.
bj::object QueryObject(std::string_view query) {
  bj::object out;
  while (!query.empty()) {
    std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    std::size_t equals = std::min(one.find('='), one.size());
    out[base::DecodePercent(one.substr(0, equals), true)] =
        base::DecodePercent(one.substr(std::min(equals + 1, one.size())), true);
  }
  return out;
}

// "/schedules/NAME?groupName=g" in its parts.
struct PathParts {
  std::string_view collection;
  std::string name;  // decoded; empty: none
  bj::object query;
};
PathParts Split(std::string_view target) {
  std::string_view path = target.substr(0, target.find('?'));
  PathParts parts;
  if (path.size() < target.size()) parts.query = QueryObject(target.substr(path.size() + 1));
  if (path.starts_with('/')) path.remove_prefix(1);
  parts.collection = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(parts.collection.size() + 1, path.size()));
  parts.name = base::DecodePercent(path);
  return parts;
}

constexpr aws::ErrorRow kSchedulerErrors[] = {
    {ErrorCode::kInvalidArgument, 400, "ValidationException"},
    {ErrorCode::kNotFound, 404, "ResourceNotFoundException"},
    {ErrorCode::kConflict, 409, "ConflictException"},
    {ErrorCode::kLimitExceeded, 402, "ServiceQuotaExceededException"},
};
constexpr aws::ErrorRow kSchedulerInternal{{}, 500, "InternalServerException"};

}  // namespace

// One request, taken apart, and its answer.
struct SchedulerApi::Call {
  std::string request_id;
  std::string name;  // of the path; empty: none
  bj::object body;
  bj::object query;
  wire::ServiceDone done;

  void Reply(int status, std::string text, std::string_view error = {}) {
    done(aws::Answer(status, aws::kRestJsonType, request_id, std::move(text), error));
  }
  void Answer(const bj::object& answer) { Reply(200, bj::serialize(answer)); }
  void Refuse(int status, std::string_view type, std::string_view message) {
    Reply(status, aws::RestErrorBody(message, "Message"), type);
  }
  void Refuse(const Error& error) {
    const aws::ErrorRow& row = aws::RowOf(kSchedulerErrors, error.code, kSchedulerInternal);
    Refuse(row.status, row.type, error.message);
  }
  // Of the query; what was not asked for is the default one.
  std::string Group(Members& members) {
    std::string group = members.Name("groupName", false);
    return group.empty() ? std::string(kDefaultGroup) : group;
  }
  // Nothing: it was answered that MaxResults or NextToken is wrong.
  std::optional<std::int64_t> Limit(Members& members) {
    std::int64_t limit = kPageMax;
    if (auto text = members.Text("MaxResults", 1, 8)) {
      auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
      if (error != std::errc() || end != text->data() + text->size() || limit < 1 ||
          limit > kPageMax) {
        members.Wrong("MaxResults must be between 1 and 100");
      }
    }
    if (members.fine()) return limit;
    Refuse(members.error());
    return std::nullopt;
  }
};

struct SchedulerApi::Row {
  std::string_view method;
  std::string_view collection;
  bool named;
  std::string_view operation;
  Verb verb;
};

const SchedulerApi::Row SchedulerApi::kRows[] = {
    {"POST", "schedules", true, "CreateSchedule", &SchedulerApi::CreateSchedule},
    {"PUT", "schedules", true, "UpdateSchedule", &SchedulerApi::UpdateSchedule},
    {"GET", "schedules", true, "GetSchedule", &SchedulerApi::GetSchedule},
    {"DELETE", "schedules", true, "DeleteSchedule", &SchedulerApi::DeleteSchedule},
    {"GET", "schedules", false, "ListSchedules", &SchedulerApi::ListSchedules},
    {"POST", "schedule-groups", true, "CreateScheduleGroup", &SchedulerApi::CreateScheduleGroup},
    {"GET", "schedule-groups", true, "GetScheduleGroup", &SchedulerApi::GetScheduleGroup},
    {"DELETE", "schedule-groups", true, "DeleteScheduleGroup", &SchedulerApi::DeleteScheduleGroup},
    {"GET", "schedule-groups", false, "ListScheduleGroups", &SchedulerApi::ListScheduleGroups},
};

std::vector<std::string_view> SchedulerApi::Operations() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.operation);
  return names;
}

const SchedulerApi::Row* SchedulerApi::FindRow(std::string_view method, std::string_view collection,
                                               bool named) {
  for (const Row& row : kRows) {
    if (row.method == method && row.collection == collection && row.named == named) return &row;
  }
  return nullptr;
}

SchedulerPath SchedulerApi::PathOf(std::string_view method, std::string_view target) {
  PathParts parts = Split(target);
  SchedulerPath path{{}, std::move(parts.name), {}};
  const Row* row = FindRow(method, parts.collection, !path.name.empty());
  if (row) path.operation = row->operation;
  if (const bj::value* group = parts.query.if_contains("groupName")) {
    path.group = group->get_string();
  }
  return path;
}

void SchedulerApi::Handle(const wire::ServiceRequest& request, wire::ServiceDone done) {
  auto call = std::make_shared<Call>();
  call->request_id = aws::NewUuid(random_);
  call->done = std::move(done);
  PathParts parts = Split(request.head.target);
  call->name = std::move(parts.name);
  call->query = std::move(parts.query);
  bool has_body = request.head.method == "POST" || request.head.method == "PUT";
  if (has_body && !request.body.empty()) {
    boost::system::error_code error;
    bj::value body = bj::parse(request.body, error);
    if (error || !body.is_object()) {
      return call->Refuse(400, "ValidationException", "the body is no JSON object");
    }
    call->body = std::move(body.get_object());
  }
  if (!call->name.empty()) call->body["Name"] = call->name;
  if (const Row* row = FindRow(request.head.method, parts.collection, !call->name.empty())) {
    return (this->*row->verb)(std::move(call));
  }
  call->Refuse(404, "UnknownOperationException",
               fmt::format("gatehouse has no operation {} {} of EventBridge Scheduler",
                           request.head.method, request.head.target));
}

void SchedulerApi::CreateSchedule(CallPtr call) { Put(std::move(call), true); }
void SchedulerApi::UpdateSchedule(CallPtr call) { Put(std::move(call), false); }

void SchedulerApi::Put(CallPtr call, bool only_new) {
  Result<Schedule> schedule = ReadSchedule(call->body);
  if (!schedule) return call->Refuse(schedule.error());
  std::string arn = ScheduleArn(place_, schedule->group, schedule->name);
  PutSchedule(catalogue_, *std::move(schedule), only_new, loop_.WallNow(),
              [call, arn](const Result<void>& put) {
                if (!put) return call->Refuse(put.error());
                call->Answer({{"ScheduleArn", arn}});
              });
}

void SchedulerApi::GetSchedule(CallPtr call) {
  Members query(call->query);
  std::string group = call->Group(query);
  if (!query.fine()) return call->Refuse(query.error());
  const Schedule* schedule = catalogue_.FindSchedule(group, call->name);
  if (!schedule) {
    return call->Refuse(404, "ResourceNotFoundException",
                        fmt::format("Schedule {} does not exist.", call->name));
  }
  call->Answer(WriteSchedule(*schedule, place_));
}

void SchedulerApi::DeleteSchedule(CallPtr call) {
  Members query(call->query);
  std::string group = call->Group(query);
  if (!query.fine()) return call->Refuse(query.error());
  event::DeleteSchedule(catalogue_, group, call->name, [call](const Result<void>& deleted) {
    if (!deleted) return call->Refuse(deleted.error());
    call->Answer({});
  });
}

void SchedulerApi::ListSchedules(CallPtr call) {
  Members query(call->query);
  std::string group = query.Name("ScheduleGroup", false);
  std::string prefix = query.Name("NamePrefix", false);
  std::string state = query.Text("State", 1, 16).value_or("");
  auto token = query.Text("NextToken", 1, 2048);
  std::optional<std::int64_t> limit = call->Limit(query);
  if (!limit) return;
  if (!group.empty() && !catalogue_.HasGroup(group)) {
    return call->Refuse(404, "ResourceNotFoundException",
                        fmt::format("Schedule group {} does not exist.", group));
  }
  bj::array schedules;
  auto wanted = [&](const std::string&, const Schedule& schedule) {
    return (group.empty() || schedule.group == group) && schedule.name.starts_with(prefix) &&
           (state.empty() || schedule.enabled == (state == "ENABLED"));
  };
  auto next = TakePage(catalogue_.schedules(), *limit, token, wanted,
                       [&](const std::string&, const Schedule& schedule) {
                         bj::object one{{"Arn", ScheduleArn(place_, schedule.group, schedule.name)},
                                        {"CreationDate", EpochSeconds(schedule.created)},
                                        {"GroupName", schedule.group},
                                        {"LastModificationDate", EpochSeconds(schedule.modified)},
                                        {"Name", schedule.name},
                                        {"State", schedule.enabled ? "ENABLED" : "DISABLED"},
                                        {"Target", bj::object{{"Arn", schedule.target.arn}}}};
                         schedules.push_back(std::move(one));
                       });
  if (!next) return call->Refuse(400, "ValidationException", "Invalid NextToken.");
  bj::object answer{{"Schedules", std::move(schedules)}};
  if (!next->empty()) answer["NextToken"] = *next;
  call->Answer(answer);
}

void SchedulerApi::CreateScheduleGroup(CallPtr call) {
  Members body(call->body);
  std::string name = body.Name("Name");
  if (!body.fine()) return call->Refuse(body.error());
  CreateGroup(catalogue_, name, loop_.WallNow(), [this, call, name](const Result<void>& created) {
    if (!created) return call->Refuse(created.error());
    call->Answer({{"ScheduleGroupArn", ScheduleGroupArn(place_, name)}});
  });
}

std::map<std::string, ScheduleGroup, std::less<>> SchedulerApi::AllGroups() const {
  auto groups = catalogue_.groups();
  groups.emplace(kDefaultGroup, ScheduleGroup{std::string(kDefaultGroup), {}, {}});
  return groups;
}

void SchedulerApi::GetScheduleGroup(CallPtr call) {
  auto groups = AllGroups();
  auto found = groups.find(call->name);
  if (found == groups.end()) {
    return call->Refuse(404, "ResourceNotFoundException",
                        fmt::format("Schedule group {} does not exist.", call->name));
  }
  call->Answer(GroupJson(found->second, place_));
}

void SchedulerApi::DeleteScheduleGroup(CallPtr call) {
  DeleteGroup(catalogue_, call->name, [call](const Result<void>& deleted) {
    if (!deleted) return call->Refuse(deleted.error());
    call->Answer({});
  });
}

void SchedulerApi::ListScheduleGroups(CallPtr call) {
  Members query(call->query);
  std::string prefix = query.Name("NamePrefix", false);
  auto token = query.Text("NextToken", 1, 2048);
  std::optional<std::int64_t> limit = call->Limit(query);
  if (!limit) return;
  bj::array groups;
  auto next = TakePage(
      AllGroups(), *limit, token,
      [&](const std::string& name, const ScheduleGroup&) { return name.starts_with(prefix); },
      [&](const std::string&, const ScheduleGroup& group) {
        groups.push_back(GroupJson(group, place_));
      });
  if (!next) return call->Refuse(400, "ValidationException", "Invalid NextToken.");
  bj::object answer{{"ScheduleGroups", std::move(groups)}};
  if (!next->empty()) answer["NextToken"] = *next;
  call->Answer(answer);
}

}  // namespace gatehouse::event
