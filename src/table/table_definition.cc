#include "table/table_definition.h"

#include <algorithm>
#include <array>
#include <variant>

namespace gatehouse::table {
namespace {

constexpr std::string_view kInvalidValues = "One or more parameter values were invalid: ";

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Error InvalidValues(std::string_view message) {
  return Invalid(std::string(kInvalidValues) + std::string(message));
}

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

// As Java prints a list: "[a, b]".
template <class List, class Name>
std::string Listed(const List& list, Name name) {
  std::string text = "[";
  for (const auto& element : list) {
    if (text.size() > 1) text += ", ";
    text += name(element);
  }
  return text + "]";
}

const AttributeDefinition* Find(const TableDefinition& definition, const std::string& name) {
  for (const AttributeDefinition& attribute : definition.attribute_definitions) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
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
    if (Find(definition, name) != &attributes[i]) {
      return InvalidValues("Duplicate AttributeName in AttributeDefinitions: " + name);
    }
  }
  return {};
}

// Whether keys and definitions name the same attributes. Without indexes; they widen it.
Result<void> CheckKeysAreDefined(const TableDefinition& definition) {
  const auto& keys = definition.key_schema;
  const auto& attributes = definition.attribute_definitions;
  if (attributes.size() < keys.size()) {
    return Invalid("Invalid KeySchema: Some index key attribute have no definition");
  }
  for (const KeySchemaElement& key : keys) {
    if (Find(definition, key.attribute_name)) continue;
    auto key_names = Listed(keys, [](const KeySchemaElement& k) { return k.attribute_name; });
    auto names = Listed(attributes, [](const AttributeDefinition& a) { return a.name; });
    return InvalidValues(
        "Some index key attributes are not defined in AttributeDefinitions. Keys: " + key_names +
        ", AttributeDefinitions: " + names);
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
  if (auto defined = CheckKeysAreDefined(definition); !defined) return defined;
  if (keys.size() == 2 && keys[0].attribute_name == keys[1].attribute_name) {
    return Invalid(
        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  if (keys[0].key_type != KeyType::kHash) {
    return Invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (keys.size() == 2 && keys[1].key_type != KeyType::kRange) {
    return Invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  if (definition.attribute_definitions.size() != keys.size()) {
    return InvalidValues(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  return {};
}

}  // namespace

std::string_view ToString(ScalarType type) {
  constexpr std::array<std::string_view, 3> kNames = {"S", "N", "B"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string_view ToString(KeyType type) { return type == KeyType::kHash ? "HASH" : "RANGE"; }

std::string_view ToString(BillingMode mode) {
  return mode == BillingMode::kProvisioned ? "PROVISIONED" : "PAY_PER_REQUEST";
}

std::string_view TypeName(const AttributeValue& value) {
  constexpr std::array<std::string_view, 10> kNames = {"NULL", "BOOL", "S",  "N", "B",
                                                       "SS",   "NS",   "BS", "L", "M"};
  static_assert(kNames.size() == std::variant_size_v<AttributeValue::Value>);
  return kNames[value.value().index()];
}

Result<PrimaryKey> CheckDefinition(const TableDefinition& definition) {
  if (auto checked = CheckTableName(definition.name); !checked) return checked.error();
  if (auto checked = CheckBilling(definition); !checked) return checked.error();
  if (auto checked = CheckAttributeNames(definition); !checked) return checked.error();
  if (auto checked = CheckKeySchema(definition); !checked) return checked.error();
  auto attribute = [&definition](const KeySchemaElement& element) {
    return KeyAttribute{element.attribute_name, Find(definition, element.attribute_name)->type};
  };
  PrimaryKey key{attribute(definition.key_schema[0]), {}};
  if (definition.key_schema.size() == 2) key.sort = attribute(definition.key_schema[1]);
  return key;
}

}  // namespace gatehouse::table
