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

std::string Throughput(const TableDefinition& definition) {
  ProvisionedThroughput units = definition.provisioned_throughput.value_or(ProvisionedThroughput());
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
  BodyWriter capacity;
  capacity.Member("CapacityUnits") += CapacityUnits(half_units);
  if (wanted == ReturnConsumedCapacity::kIndexes) {
    capacity.Member("Table") += R"({"CapacityUnits":)" + CapacityUnits(half_units) + "}";
  }
  capacity.Text("TableName", table);
  body.Member("ConsumedCapacity") += capacity.Finish();
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
  body.Number("ItemCount", 0);  // TODO(aws): counters; AWS's own lag by hours
  AppendList(body.Member("KeySchema"), definition.key_schema,
             [](BodyWriter& element, const KeySchemaElement& key) {
               element.Text("AttributeName", key.attribute_name);
               element.Text("KeyType", ToString(key.key_type));
             });
  body.Member("ProvisionedThroughput") += Throughput(definition);
  body.Text("TableArn", Arn(definition, options));
  body.Text("TableId", definition.table_id);
  body.Text("TableName", definition.name);
  body.Number("TableSizeBytes", 0);
  body.Text("TableStatus", status);
  return body.Finish();
}

}  // namespace gatehouse::table
