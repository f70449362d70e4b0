#include "stack/resource/resource_dynamodb.h"

#include <charconv>

#include "aws/arn.h"
#include "stack/resource/resource_type.h"
#include "table/value/resource_types.h"

namespace gatehouse::stack {
namespace {

std::int64_t ToInteger(const Value& object, std::string_view name) {
  const std::string text = object.Text(name);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Error Invalid(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

Result<table::ScalarType> ToScalarType(const std::string& text) {
  if (text == "S") return table::ScalarType::kString;
  if (text == "N") return table::ScalarType::kNumber;
  if (text == "B") return table::ScalarType::kBinary;
  return Invalid("AttributeType " + text + " is none of S, N, B");
}

Result<table::KeyType> ToKeyType(const std::string& text) {
  if (text == "HASH") return table::KeyType::kHash;
  if (text == "RANGE") return table::KeyType::kRange;
  return Invalid("KeyType " + text + " is neither HASH nor RANGE");
}

Result<void> ReadKeys(const Resource& resource, table::TableDefinition& table) {
  for (const Value& item : resource.properties.Find("AttributeDefinitions")->items) {
    Result<table::ScalarType> type = ToScalarType(item.Text("AttributeType"));
    if (!type) return type.error();
    table.attribute_definitions.push_back({item.Text("AttributeName"), *type});
  }
  for (const Value& item : resource.properties.Find("KeySchema")->items) {
    Result<table::KeyType> type = ToKeyType(item.Text("KeyType"));
    if (!type) return type.error();
    table.key_schema.push_back({item.Text("AttributeName"), *type});
  }
  return {};
}

void CheckTable(Resource& resource, const Surroundings&, int line, Problems& problems) {
  if (!resource.properties.Find("AttributeDefinitions") || !resource.properties.Find("KeySchema")) {
    return;  // the schema has said so
  }
  Resource named = resource;
  named.physical_id =
      resource.properties.Find("TableName") ? resource.Text("TableName") : "unnamed";
  Result<table::TableDefinition> table = ToTableDefinition(named);
  if (!table) {
    problems.push_back({line, "Properties validation failed for resource " + resource.logical_id +
                                  " with message: #: " + table.error().message});
  }
}

ResourceValues TableValues(const Resource& resource, const Surroundings& around) {
  const std::string& name = resource.physical_id;
  return {name, {{"Arn", aws::TableArn(around.region, around.account_id, name)}}};
}

}  // namespace

Result<table::TableDefinition> ToTableDefinition(const Resource& resource) {
  table::TableDefinition table;
  table.name = resource.physical_id;
  if (Result<void> read = ReadKeys(resource, table); !read) return read.error();
  const std::string billing = resource.Text("BillingMode");
  if (billing == "PAY_PER_REQUEST") {
    table.billing_mode = table::BillingMode::kPayPerRequest;
  } else if (!billing.empty() && billing != "PROVISIONED") {
    return Invalid("BillingMode " + billing + " is neither PROVISIONED nor PAY_PER_REQUEST");
  }
  if (const Value* throughput = resource.properties.Find("ProvisionedThroughput")) {
    table.provisioned_throughput = {ToInteger(*throughput, "ReadCapacityUnits"),
                                    ToInteger(*throughput, "WriteCapacityUnits")};
  }
  table.deletion_protection_enabled = resource.Text("DeletionProtectionEnabled") == "true";
  if (Result<table::PrimaryKey> key = table::CheckDefinition(table); !key) return key.error();
  return table;
}

std::vector<ResourceType> DynamoDbTypes() {
  return {{table::TableType(), CheckTable,
           "AttributeDefinitions KeySchema BillingMode ProvisionedThroughput TableName",
           TableValues}};
}

}  // namespace gatehouse::stack
