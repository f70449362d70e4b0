#include "table/value/table_definition.h"

#include <algorithm>
#include <array>
#include <variant>

#include "table/value/definition_check.h"

namespace gatehouse::table {
namespace {

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

Result<void> CheckTableName(const std::string& name) {
  if (name.size() < kTableNameBytesMin || name.size() > kTableNameBytesMax) {
    return Invalid("TableName must be at least 3 characters long and at most 255 characters long");
  }
  if (!std::all_of(name.begin(), name.end(), IsNameByte)) {
    return Invalid("1 validation error detected: Value '" + name +
                   "' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
                   "expression pattern: [a-zA-Z0-9_.-]+");
  }
  return {};
}

Result<void> CheckBilling(const TableDefinition& definition) {
  const auto& throughput = definition.provisioned_throughput;
  if (definition.billing_mode == BillingMode::kPayPerRequest) {
    if (!throughput) return {};
    return InvalidValues(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  if (throughput && throughput->read_capacity_units >= 1 && throughput->write_capacity_units >= 1) {
    return {};
  }
  return InvalidValues(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
      "PROVISIONED");
}

Result<void> CheckAttributeNames(const TableDefinition& definition) {
  const auto& attributes = definition.attribute_definitions;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    const std::string& name = attributes[i].name;
    if (name.empty() || name.size() > kKeyNameBytesMax) {
      return Invalid(
          "1 validation error detected: Value '" + name + "' at 'attributeDefinitions." +
          std::to_string(i + 1) +
          ".member.attributeName' failed to satisfy constraint: Member must have length " +
          (name.empty() ? "greater than or equal to 1" : "less than or equal to 255"));
    }
    if (FindAttribute(definition, name) != &attributes[i]) {
      return InvalidValues("Duplicate AttributeName in AttributeDefinitions: " + name);
    }
  }
  return {};
}

Result<void> CheckKeySchema(const TableDefinition& definition) {
  const auto& keys = definition.key_schema;
  if (keys.empty() || keys.size() > 2) {
    std::string elements;
    for (const KeySchemaElement& key : keys) {
      elements += (elements.empty() ? "" : ", ") +
                  ("KeySchemaElement(attributeName=" + key.attribute_name + ", keyType=") +
                  std::string(ToString(key.key_type)) + ")";
    }
    return Invalid(
        "1 validation error detected: Value '[" + elements +
        "]' at 'keySchema' failed to satisfy constraint: Member "
        "must have length " +
        std::string(keys.empty() ? "greater than or equal to 1" : "less than or equal to 2"));
  }
  if (definition.attribute_definitions.size() < keys.size()) {
    return Invalid("Invalid KeySchema: Some index key attribute have no definition");
  }
  if (auto defined = CheckKeysAreDefined(definition, keys); !defined) return defined;
  return CheckKeyOrder(keys);
}

}  // namespace

std::string_view ToString(ScalarType type) {
  constexpr std::array<std::string_view, 3> kNames = {"S", "N", "B"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string_view ToString(BillingMode mode) {
  return mode == BillingMode::kProvisioned ? "PROVISIONED" : "PAY_PER_REQUEST";
}

std::string_view TypeName(const AttributeValue& value) {
  constexpr std::array<std::string_view, 10> kNames = {"NULL", "BOOL", "S",  "N", "B",
                                                       "SS",   "NS",   "BS", "L", "M"};
  static_assert(kNames.size() == std::variant_size_v<AttributeValue::Value>);
  return kNames[value.value().index()];
}

bool KeyShape::Has(std::string_view attribute) const {
  auto is_it = [&](const KeyAttribute& key) { return key.name == attribute; };
  return std::any_of(partition.begin(), partition.end(), is_it) ||
         std::any_of(sort.begin(), sort.end(), is_it);
}

const AttributeDefinition* FindAttribute(const TableDefinition& definition, std::string_view name) {
  for (const AttributeDefinition& attribute : definition.attribute_definitions) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

const IndexDefinition* FindIndex(const TableDefinition& definition, std::string_view name) {
  for (const IndexDefinition& index : definition.indexes) {
    if (index.name == name) return &index;
  }
  return nullptr;
}

KeyShape ShapeOf(const TableDefinition& definition, const std::vector<KeySchemaElement>& keys) {
  KeyShape shape;
  for (const KeySchemaElement& key : keys) {
    auto& attributes = key.key_type == KeyType::kHash ? shape.partition : shape.sort;
    attributes.push_back({key.attribute_name, FindAttribute(definition, key.attribute_name)->type});
  }
  return shape;
}

Result<PrimaryKey> CheckDefinition(const TableDefinition& definition) {
  if (auto checked = CheckTableName(definition.name); !checked) return checked.error();
  if (auto checked = CheckBilling(definition); !checked) return checked.error();
  if (auto checked = CheckAttributeNames(definition); !checked) return checked.error();
  if (auto checked = CheckKeySchema(definition); !checked) return checked.error();
  if (auto checked = CheckIndexes(definition); !checked) return checked.error();
  if (auto checked = CheckAttributesAreUsed(definition); !checked) return checked.error();
  KeyShape shape = ShapeOf(definition, definition.key_schema);
  PrimaryKey key{shape.partition[0], {}};
  if (!shape.sort.empty()) key.sort = shape.sort[0];
  return key;
}

}  // namespace gatehouse::table
