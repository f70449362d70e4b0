// UpdateTimeToLive, DescribeTimeToLive.
#include <utility>

#include "table/operation/table_settings.h"
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"

namespace gatehouse::table {
namespace {

constexpr std::size_t kTimeToLiveNameMax = 255;

struct TimeToLiveAsked {
  std::string attribute;
  bool enabled = false;
};

TimeToLiveAsked ReadSpecification(RequestReader& request) {
  TimeToLiveAsked asked;
  const boost::json::object* object = request.Object("TimeToLiveSpecification");
  if (!object) {
    if (!request.Has("TimeToLiveSpecification")) {
      request.Constraint(std::nullopt, "timeToLiveSpecification", "Member must not be null");
    }
    return asked;
  }
  RequestReader reader(*object, "timeToLiveSpecification");
  auto name = reader.String("AttributeName");
  auto enabled = reader.Boolean("Enabled");
  if (!reader.Has("Enabled")) {
    reader.Constraint(std::nullopt, "enabled", "Member must not be null");
  }
  if (!reader.Has("AttributeName")) {
    reader.Constraint(std::nullopt, "attributeName", "Member must not be null");
  } else if (name && name->empty()) {
    reader.Constraint(name, "attributeName", "Member must have length greater than or equal to 1");
  } else if (name && name->size() > kTimeToLiveNameMax) {
    reader.Constraint(name, "attributeName", "Member must have length less than or equal to 255");
  }
  request.Absorb(reader);
  return {std::move(name).value_or(""), enabled.value_or(false)};
}

Error InvalidTimeToLive(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Result<std::string> SetTimeToLive(store::Transaction& transaction, store::KeyspaceId table,
                                  const TimeToLiveAsked& asked) {
  auto settings = ReadTableSettings(transaction, table);
  if (!settings) return settings.error();
  std::string& held = settings->time_to_live_attribute;
  if (!held.empty() && held != asked.attribute) {
    return InvalidTimeToLive(
        "TimeToLive is active on a different AttributeName: current AttributeName is " + held);
  }
  if (asked.enabled && !held.empty()) return InvalidTimeToLive("TimeToLive is already enabled");
  if (!asked.enabled && held.empty()) return InvalidTimeToLive("TimeToLive is already disabled");
  held = asked.enabled ? asked.attribute : "";
  if (auto written = WriteTableSettings(transaction, table, *settings); !written) {
    return written.error();
  }
  BodyWriter specification;
  specification.Text("AttributeName", asked.attribute);
  specification.Member("Enabled") += asked.enabled ? "true" : "false";
  BodyWriter body;
  body.Member("TimeToLiveSpecification") += specification.Finish();
  return body.Finish();
}

Result<std::string> TellTimeToLive(store::View& view, store::KeyspaceId table) {
  auto settings = ReadTableSettings(view, table);
  if (!settings) return settings.error();
  const std::string& held = settings->time_to_live_attribute;
  BodyWriter description;
  if (!held.empty()) description.Text("AttributeName", held);
  description.Text("TimeToLiveStatus", held.empty() ? "DISABLED" : "ENABLED");
  BodyWriter body;
  body.Member("TimeToLiveDescription") += description.Finish();
  return body.Finish();
}

}  // namespace

void UpdateTimeToLive(ApiCall call) {
  std::string name = call.request().ControlTableName();
  TimeToLiveAsked asked = ReadSpecification(call.request());
  if (!call.Proceeds()) return;
  std::shared_ptr<const TableEntry> table = call.tables().Find(name);
  if (!table) return call.Fail(call.tables().DescribeTable(name).error());
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.WriteTogether(
      [table, asked = std::move(asked)](store::Transaction& transaction) {
        return SetTimeToLive(transaction, table->keyspace, asked);
      },
      reply_to,
      [&tables, call = std::move(call)](Result<std::string> body) mutable {
        if (!body) return call.Fail(body.error());
        tables.TellTimeToLive();
        call.Reply(*std::move(body));
      });
}

void DescribeTimeToLive(ApiCall call) {
  std::string name = call.request().ControlTableName();
  if (!call.Proceeds()) return;
  std::shared_ptr<const TableEntry> table = call.tables().Find(name);
  if (!table) return call.Fail(call.tables().DescribeTable(name).error());
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.ReadTogether([table](store::View& view) { return TellTimeToLive(view, table->keyspace); },
                      reply_to,
                      [call = std::move(call)](Result<std::string> body) mutable {
                        if (!body) return call.Fail(body.error());
                        call.Reply(*std::move(body));
                      });
}

}  // namespace gatehouse::table
