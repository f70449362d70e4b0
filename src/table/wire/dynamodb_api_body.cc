#include "table/wire/dynamodb_api_body.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "gatehouse/json.h"

namespace gatehouse::table {
namespace {

std::string Arn(const TableDefinition& definition, const ApiOptions& options) {
  return aws::TableArn(options.region, options.account_id, definition.name);
}

// An object of the indexes of one kind that cost something; nothing if there is none.
void AppendIndexUnits(BodyWriter& capacity, std::string_view member, bool global,
                      const std::vector<IndexCapacity>& indexes) {
  BodyWriter listed;
  bool any = false;
  for (const IndexCapacity& index : indexes) {
    if (index.global != global || index.half_units == 0) continue;
    listed.Member(index.name) += R"({"CapacityUnits":)" + CapacityUnits(index.half_units) + "}";
    any = true;
  }
  if (any) capacity.Member(member) += listed.Finish();
}

std::string Throughput(const std::optional<ProvisionedThroughput>& throughput) {
  ProvisionedThroughput units = throughput.value_or(ProvisionedThroughput());
  BodyWriter body;
  body.Number("NumberOfDecreasesToday", 0);
  body.Number("ReadCapacityUnits", units.read_capacity_units);
  body.Number("WriteCapacityUnits", units.write_capacity_units);
  return body.Finish();
}

// Calls write(body, element) for an object per element.
template <class List, class Write>
void AppendList(std::string& out, const List& list, Write write) {
  out += '[';
  bool first = true;
  for (const auto& element : list) {
    if (!std::exchange(first, false)) out += ',';
    BodyWriter body;
    write(body, element);
    out += body.Finish();
  }
  out += ']';
}

// Seconds with three digits behind the point.
std::string EpochSeconds(base::Millis time) {
  std::string millis = std::to_string(time.count() % 1000);
  return std::to_string(time.count() / 1000) + "." + std::string(3 - millis.size(), '0') + millis;
}

void AppendKeySchema(BodyWriter& body, const std::vector<KeySchemaElement>& key_schema) {
  AppendList(body.Member("KeySchema"), key_schema,
             [](BodyWriter& element, const KeySchemaElement& key) {
               element.Text("AttributeName", key.attribute_name);
               element.Text("KeyType", ToString(key.key_type));
             });
}

std::string ProjectionAsJson(const IndexDefinition& index) {
  BodyWriter body;
  if (!index.non_key_attributes.empty()) {
    std::string names;
    for (const std::string& name : index.non_key_attributes) {
      names += names.empty() ? "[" : ",";
      json::AppendQuoted(names, name);
    }
    body.Member("NonKeyAttributes") += names + "]";
  }
  body.Text("ProjectionType", ToString(*index.projection_type));
  return body.Finish();
}

void WriteIndex(BodyWriter& body, const IndexDefinition& index, const std::string& table_arn) {
  if (index.backfilling) body.Member("Backfilling") += "true";
  body.Text("IndexArn", table_arn + "/index/" + index.name);
  body.Text("IndexName", index.name);
  body.Number("IndexSizeBytes", 0);
  if (index.global) body.Text("IndexStatus", index.backfilling ? "CREATING" : "ACTIVE");
  body.Number("ItemCount", 0);
  AppendKeySchema(body, index.key_schema);
  body.Member("Projection") += ProjectionAsJson(index);
  if (index.global) {
    body.Member("ProvisionedThroughput") += Throughput(index.provisioned_throughput);
  }
}

// The indexes of one kind, if there are any.
void AppendIndexes(BodyWriter& body, std::string_view member, bool global,
                   const TableDefinition& definition, const ApiOptions& options) {
  std::vector<IndexDefinition> of_kind;
  for (const IndexDefinition& index : definition.indexes) {
    if (index.global == global) of_kind.push_back(index);
  }
  if (of_kind.empty()) return;
  AppendList(body.Member(member), of_kind,
             [arn = Arn(definition, options)](BodyWriter& element, const IndexDefinition& index) {
               WriteIndex(element, index, arn);
             });
}

// Of a table that was created on demand and has been so since.
std::string BillingSummary(const TableDefinition& definition) {
  BodyWriter billing;
  billing.Text("BillingMode", ToString(definition.billing_mode));
  billing.Member("LastUpdateToPayPerRequestDateTime") += EpochSeconds(definition.creation_time);
  return billing.Finish();
}

}  // namespace

std::string& BodyWriter::Member(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  json::AppendQuoted(out_, name);
  out_ += ':';
  return out_;
}

void BodyWriter::Member(std::string_view name, const Item& item) { AppendJson(Member(name), item); }

void BodyWriter::Text(std::string_view name, std::string_view text) {
  json::AppendQuoted(Member(name), text);
}

void BodyWriter::Number(std::string_view name, std::int64_t number) {
  Member(name) += std::to_string(number);
}

ReturnConsumedCapacity ReadReturnConsumedCapacity(RequestReader& request) {
  std::string wanted =
      request.OneOf("ReturnConsumedCapacity", "NONE", {"INDEXES", "TOTAL", "NONE"});
  if (wanted == "TOTAL") return ReturnConsumedCapacity::kTotal;
  return wanted == "NONE" ? ReturnConsumedCapacity::kNone : ReturnConsumedCapacity::kIndexes;
}

std::size_t ReadHalfUnits(std::size_t bytes, bool consistent) {
  std::size_t units = std::max<std::size_t>((bytes + 4095) / 4096, 1);
  return consistent ? units * 2 : units;
}

std::size_t WriteHalfUnits(std::size_t bytes) {
  return 2 * std::max<std::size_t>((bytes + 1023) / 1024, 1);
}

std::string CapacityUnits(std::size_t half_units) {
  return std::to_string(half_units / 2) + (half_units % 2 == 0 ? ".0" : ".5");
}

void AppendCapacity(BodyWriter& body, ReturnConsumedCapacity wanted, std::string_view table,
                    std::size_t half_units) {
  if (wanted == ReturnConsumedCapacity::kNone) return;
  body.Member("ConsumedCapacity") += CapacityAsJson(wanted, table, half_units, {});
}

std::string CapacityAsJson(ReturnConsumedCapacity wanted, std::string_view table,
                           std::size_t table_half_units,
                           const std::vector<IndexCapacity>& indexes) {
  std::size_t all = table_half_units;
  for (const IndexCapacity& index : indexes) all += index.half_units;
  BodyWriter capacity;
  capacity.Member("CapacityUnits") += CapacityUnits(all);
  if (wanted == ReturnConsumedCapacity::kIndexes) {
    AppendIndexUnits(capacity, "GlobalSecondaryIndexes", true, indexes);
    AppendIndexUnits(capacity, "LocalSecondaryIndexes", false, indexes);
    capacity.Member("Table") += R"({"CapacityUnits":)" + CapacityUnits(table_half_units) + "}";
  }
  capacity.Text("TableName", table);
  return capacity.Finish();
}

std::string DescribeAsJson(const TableDefinition& definition, const ApiOptions& options,
                           std::string_view status) {
  BodyWriter body;
  AppendList(body.Member("AttributeDefinitions"), definition.attribute_definitions,
             [](BodyWriter& element, const AttributeDefinition& attribute) {
               element.Text("AttributeName", attribute.name);
               element.Text("AttributeType", ToString(attribute.type));
             });
  if (definition.billing_mode == BillingMode::kPayPerRequest) {
    body.Member("BillingModeSummary") += BillingSummary(definition);
  }
  body.Member("CreationDateTime") += EpochSeconds(definition.creation_time);
  body.Member("DeletionProtectionEnabled") +=
      definition.deletion_protection_enabled ? "true" : "false";
  AppendIndexes(body, "GlobalSecondaryIndexes", true, definition, options);
  body.Number("ItemCount", 0);  // TODO(aws): counters; AWS's own lag by hours
  AppendKeySchema(body, definition.key_schema);
  AppendIndexes(body, "LocalSecondaryIndexes", false, definition, options);
  body.Member("ProvisionedThroughput") += Throughput(definition.provisioned_throughput);
  body.Text("TableArn", Arn(definition, options));
  body.Text("TableId", definition.table_id);
  body.Text("TableName", definition.name);
  body.Number("TableSizeBytes", 0);
  body.Text("TableStatus", status);
  return body.Finish();
}

}  // namespace gatehouse::table
