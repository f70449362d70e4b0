// UpdateTable. Done within milliseconds but for the rows of new indexes; the answer says UPDATING,
// as AWS's does.
#include <utility>

#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"
#include "table/wire/dynamodb_api_definition.h"

namespace gatehouse::table {
namespace {

// The object that a member of `holder` is; its problems go to the request.
template <class Read>
void ReadObject(RequestReader& request, RequestReader& holder, std::string_view name, Read read) {
  const boost::json::object* object = holder.Object(name);
  if (!object) return;
  RequestReader reader(*object);
  read(reader);
  request.problems().Serialization(reader.problems().serialization);
}

std::string ReadIndexName(RequestReader& request, RequestReader& holder, const std::string& path) {
  std::optional<std::string> name = holder.String("IndexName");
  if (!name) request.Constraint(name, path + "indexName", "Member must not be null");
  return name.value_or("");
}

void ReadIndexUpdate(RequestReader& request, RequestReader& element, const std::string& path,
                     TableUpdate& update) {
  ReadObject(request, element, "Create", [&](RequestReader& create) {
    update.created_indexes.push_back(ReadIndex(request, create, path + "create.", true));
  });
  ReadObject(request, element, "Delete", [&](RequestReader& removal) {
    update.deleted_indexes.push_back(ReadIndexName(request, removal, path + "delete."));
  });
  ReadObject(request, element, "Update", [&](RequestReader& change) {
    std::string name = ReadIndexName(request, change, path + "update.");
    auto throughput = ReadThroughput(change);
    if (!throughput) {
      request.Constraint(std::nullopt, path + "update.provisionedThroughput",
                         "Member must not be null");
    }
    update.updated_indexes.push_back(
        {std::move(name), throughput.value_or(ProvisionedThroughput())});
  });
}

TableUpdate ReadTableUpdate(RequestReader& request) {
  TableUpdate update;
  update.table_name = request.ControlTableName();
  TableDefinition definition;
  if (request.Has("AttributeDefinitions")) ReadAttributeDefinitions(request, definition);
  if (request.Has("BillingMode")) {
    ReadBilling(request, definition);
    update.billing_mode = definition.billing_mode;
    update.provisioned_throughput = definition.provisioned_throughput;
  } else {
    update.provisioned_throughput = ReadThroughput(request);
  }
  update.attribute_definitions = std::move(definition.attribute_definitions);
  update.deletion_protection_enabled = request.Boolean("DeletionProtectionEnabled");
  ReadObjects(request, "GlobalSecondaryIndexUpdates",
              [&](RequestReader& element, const std::string& path) {
                ReadIndexUpdate(request, element, path, update);
              });
  // Accepted and forgotten, as by CreateTable: a change of these alone changes nothing.
  bool other = request.Has("StreamSpecification") || request.Has("SSESpecification") ||
               request.Has("TableClass") || request.Has("OnDemandThroughput");
  if (update.ChangesNothing() && !other) {
    request.problems().Validation(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required");
  }
  return update;
}

}  // namespace

void UpdateTable(ApiCall call) {
  TableUpdate update = ReadTableUpdate(call.request());
  if (!call.Proceeds()) return;
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.UpdateTable(std::move(update), reply_to,
                     [call = std::move(call)](Result<TableDefinition> updated) mutable {
                       if (!updated) return call.Fail(updated.error());
                       BodyWriter body;
                       body.Member("TableDescription") +=
                           DescribeAsJson(*updated, call.options(), "UPDATING");
                       call.Reply(body.Finish());
                     });
}

}  // namespace gatehouse::table
