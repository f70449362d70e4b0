#include "table/value/definition_check.h"

#include <algorithm>
#include <set>

namespace gatehouse::table {
namespace {

Error InvalidSchema(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
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

std::string KeyNames(const std::vector<KeySchemaElement>& keys) {
  return Listed(keys, [](const KeySchemaElement& key) { return key.attribute_name; });
}

std::string DefinedNames(const TableDefinition& definition) {
  return Listed(definition.attribute_definitions,
                [](const AttributeDefinition& attribute) { return attribute.name; });
}

std::size_t CountOf(const std::vector<KeySchemaElement>& keys, KeyType type) {
  return static_cast<std::size_t>(std::count_if(
      keys.begin(), keys.end(), [type](const KeySchemaElement& k) { return k.key_type == type; }));
}

// Keys of several attributes: those of the partition come first.
Result<void> CheckManyKeys(const IndexDefinition& index) {
  const auto& keys = index.key_schema;
  if (keys[0].key_type != KeyType::kHash) return CheckKeyOrder(keys);
  std::size_t partition = CountOf(keys, KeyType::kHash);
  if (partition > kIndexPartitionAttributesMax ||
      keys.size() - partition > kIndexSortAttributesMax) {
    return InvalidValues(
        "Number of key attributes exceeds the limit of 4 HASH and 4 RANGE for index: " +
        index.name);
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if ((i < partition) != (keys[i].key_type == KeyType::kHash)) {
      return InvalidSchema("Invalid KeySchema: HASH key attributes must come before RANGE ones");
    }
    if (!names.insert(keys[i].attribute_name).second) {
      return InvalidSchema("Invalid KeySchema: an attribute occurs twice: " +
                           keys[i].attribute_name);
    }
  }
  return {};
}

Result<void> CheckLocal(const TableDefinition& definition, const IndexDefinition& index) {
  if (definition.key_schema.size() < 2) {
    return InvalidValues(
        "Table KeySchema does not have a range key, which is required when specifying a "
        "LocalSecondaryIndex");
  }
  if (index.key_schema.size() < 2) {
    return InvalidValues("Index KeySchema does not have a range key for index: " + index.name);
  }
  const std::string& hash = index.key_schema[0].attribute_name;
  const std::string& table_hash = definition.key_schema[0].attribute_name;
  if (hash == table_hash) return {};
  return InvalidValues(
      "Index KeySchema does not have the same leading hash key as table KeySchema for index: " +
      index.name + ". index hash key: " + hash + ", table hash key: " + table_hash);
}

Result<void> CheckProjection(const IndexDefinition& index) {
  if (!index.projection_type) return InvalidValues("Unknown ProjectionType: null");
  bool include = index.projection_type == ProjectionType::kInclude;
  if (include != index.non_key_attributes.empty()) return {};
  return InvalidValues("ProjectionType is " + std::string(ToString(*index.projection_type)) +
                       ", but NonKeyAttributes is " + (include ? "not " : "") + "specified");
}

Result<void> CheckThroughput(const TableDefinition& definition, const IndexDefinition& index) {
  const auto& units = index.provisioned_throughput;
  if (!index.global) return {};
  if (definition.billing_mode == BillingMode::kPayPerRequest) {
    if (!units) return {};
    return InvalidValues("ProvisionedThroughput should not be specified for index: " + index.name +
                         " when BillingMode is PAY_PER_REQUEST");
  }
  if (units && units->read_capacity_units >= 1 && units->write_capacity_units >= 1) return {};
  return InvalidValues("ProvisionedThroughput must be specified for index: " + index.name);
}

Result<void> CheckIndex(const TableDefinition& definition, const IndexDefinition& index) {
  const auto& keys = index.key_schema;
  std::size_t most = index.global ? kIndexPartitionAttributesMax + kIndexSortAttributesMax : 2;
  if (keys.empty() || keys.size() > most) {
    return InvalidSchema(
        "1 validation error detected: Value '" + KeyNames(keys) + "' at '" +
        (index.global ? "global" : "local") +
        "SecondaryIndexes.1.member.keySchema' failed to satisfy constraint: Member "
        "must have length " +
        (keys.empty() ? "greater than or equal to 1"
                      : "less than or equal to " + std::to_string(most)));
  }
  if (auto defined = CheckKeysAreDefined(definition, keys); !defined) return defined;
  bool many = keys.size() > 2 || CountOf(keys, KeyType::kHash) > 1;
  auto ordered = index.global && many ? CheckManyKeys(index) : CheckKeyOrder(keys);
  if (!ordered) return ordered;
  if (!index.global) {
    if (auto local = CheckLocal(definition, index); !local) return local;
  }
  if (auto projection = CheckProjection(index); !projection) return projection;
  if (FindIndex(definition, index.name) != &index) {
    return InvalidValues("Duplicate index name: " + index.name);
  }
  return CheckThroughput(definition, index);
}

}  // namespace

Error InvalidValues(std::string_view message) {
  return InvalidSchema("One or more parameter values were invalid: " + std::string(message));
}

std::string_view ToString(KeyType type) { return type == KeyType::kHash ? "HASH" : "RANGE"; }

std::string_view ToString(ProjectionType type) {
  if (type == ProjectionType::kAll) return "ALL";
  return type == ProjectionType::kInclude ? "INCLUDE" : "KEYS_ONLY";
}

Result<void> CheckKeysAreDefined(const TableDefinition& definition,
                                 const std::vector<KeySchemaElement>& keys) {
  for (const KeySchemaElement& key : keys) {
    if (FindAttribute(definition, key.attribute_name)) continue;
    return InvalidValues(
        "Some index key attributes are not defined in AttributeDefinitions. Keys: " +
        KeyNames(keys) + ", AttributeDefinitions: " + DefinedNames(definition));
  }
  return {};
}

Result<void> CheckKeyOrder(const std::vector<KeySchemaElement>& keys) {
  if (keys.size() == 2 && keys[0].attribute_name == keys[1].attribute_name) {
    return InvalidSchema(
        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  if (keys[0].key_type != KeyType::kHash) {
    return InvalidSchema("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  if (keys.size() == 2 && keys[1].key_type != KeyType::kRange) {
    return InvalidSchema("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  return {};
}

Result<void> CheckIndexes(const TableDefinition& definition) {
  std::size_t local = 0;
  std::size_t non_keys = 0;
  for (const IndexDefinition& index : definition.indexes) {
    if (auto checked = CheckIndex(definition, index); !checked) return checked;
    local += index.global ? 0 : 1;
    non_keys += index.non_key_attributes.size();
  }
  if (local > kLocalIndexesMax) {
    return InvalidValues("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  }
  if (definition.indexes.size() - local > kGlobalIndexesMax) {
    return InvalidValues("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  }
  if (non_keys > kProjectedAttributesMax) {
    return InvalidValues("Number of projected attributes exceeds the per-table limit of 100");
  }
  return {};
}

Result<void> CheckAttributesAreUsed(const TableDefinition& definition) {
  std::set<std::string> used;
  for (const KeySchemaElement& key : definition.key_schema) used.insert(key.attribute_name);
  for (const IndexDefinition& index : definition.indexes) {
    for (const KeySchemaElement& key : index.key_schema) used.insert(key.attribute_name);
  }
  if (definition.attribute_definitions.size() == used.size()) return {};
  if (definition.indexes.empty()) {
    return InvalidValues(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  return InvalidValues(
      "Some AttributeDefinitions are not used. AttributeDefinitions: " + DefinedNames(definition) +
      ", keys used: " + Listed(used, [](const std::string& name) { return name; }));
}

}  // namespace gatehouse::table
