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

Result<std::vector<table::KeySchemaElement>> ToKeySchema(const Value& key_schema) {
  std::vector<table::KeySchemaElement> keys;
  for (const Value& item : key_schema.items) {
    Result<table::KeyType> type = ToKeyType(item.Text("KeyType"));
    if (!type) return type.error();
    keys.push_back({item.Text("AttributeName"), *type});
  }
  return keys;
}

Result<table::ProjectionType> ToProjectionType(const std::string& text) {
  for (table::ProjectionType type :
       {table::ProjectionType::kKeysOnly, table::ProjectionType::kInclude,
        table::ProjectionType::kAll}) {
    if (text == table::ToString(type)) return type;
  }
  return Invalid("ProjectionType " + text + " is none of ALL, INCLUDE, KEYS_ONLY");
}

Result<void> ReadIndexes(const Resource& resource, std::string_view property, bool global,
                         table::TableDefinition& table) {
  const Value* list = resource.properties.Find(property);
  if (!list) return {};
  for (const Value& item : list->items) {
    table::IndexDefinition index;
    index.name = item.Text("IndexName");
    index.global = global;
    const Value* key_schema = item.Find("KeySchema");
    const Value* said = item.Find("Projection");
    if (!key_schema || !said) return {};  // the schema has said so
    auto keys = ToKeySchema(*key_schema);
    if (!keys) return keys.error();
    index.key_schema = *std::move(keys);
    const Value& projection = *said;
    const std::string type_text = projection.Text("ProjectionType");
    Result<table::ProjectionType> type = ToProjectionType(type_text.empty() ? "ALL" : type_text);
    if (!type) return type.error();
    index.projection_type = *type;
    if (const Value* names = projection.Find("NonKeyAttributes")) {
      for (const Value& name : names->items) index.non_key_attributes.push_back(name.text);
    }
    if (const Value* throughput = item.Find("ProvisionedThroughput")) {
      index.provisioned_throughput = {ToInteger(*throughput, "ReadCapacityUnits"),
                                      ToInteger(*throughput, "WriteCapacityUnits")};
    }
    table.indexes.push_back(std::move(index));
  }
  return {};
}

Result<void> ReadKeys(const Resource& resource, table::TableDefinition& table) {
  for (const Value& item : resource.properties.Find("AttributeDefinitions")->items) {
    Result<table::ScalarType> type = ToScalarType(item.Text("AttributeType"));
    if (!type) return type.error();
    table.attribute_definitions.push_back({item.Text("AttributeName"), *type});
  }
  auto keys = ToKeySchema(*resource.properties.Find("KeySchema"));
  if (!keys) return keys.error();
  table.key_schema = *std::move(keys);
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
  auto local = ReadIndexes(resource, "LocalSecondaryIndexes", false, table);
  if (!local) return local.error();
  auto global = ReadIndexes(resource, "GlobalSecondaryIndexes", true, table);
  if (!global) return global.error();
  const Value* ttl = resource.properties.Find("TimeToLiveSpecification");
  if (ttl && ttl->Text("Enabled") == "true" && ttl->Text("AttributeName").empty()) {
    return Invalid("TimeToLiveSpecification is enabled and has no AttributeName");
  }
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
           "AttributeDefinitions KeySchema BillingMode ProvisionedThroughput TableName "
           "GlobalSecondaryIndexes LocalSecondaryIndexes TimeToLiveSpecification",
           TableValues}};
}

}  // namespace gatehouse::stack
