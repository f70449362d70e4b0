#include "table/operation/table_update.h"

#include <algorithm>
#include <set>
#include <utility>

namespace gatehouse::table {
namespace {

Error UpdateError(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

Error NoSuchIndex() { return {ErrorCode::kNotFound, "Requested resource not found"}; }

Error UnchangedThroughput(const ProvisionedThroughput& now) {
  std::string read = std::to_string(now.read_capacity_units);
  std::string write = std::to_string(now.write_capacity_units);
  return UpdateError(
      "The provisioned throughput for the table will not change. The requested value equals the "
      "current value. Current ReadCapacityUnits provisioned for the table: " +
      read + ". Requested ReadCapacityUnits: " + read +
      ". Current WriteCapacityUnits provisioned for the table: " + write +
      ". Requested WriteCapacityUnits: " + write +
      ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
      "limits.");
}

Result<void> UpdateBilling(TableDefinition& definition, const TableUpdate& update) {
  bool switches = update.billing_mode && *update.billing_mode != definition.billing_mode;
  if (switches) definition.billing_mode = *update.billing_mode;
  if (switches && definition.billing_mode == BillingMode::kPayPerRequest) {
    definition.provisioned_throughput.reset();
    for (IndexDefinition& index : definition.indexes) index.provisioned_throughput.reset();
  }
  if (!update.provisioned_throughput) return {};
  if (!switches && definition.provisioned_throughput == update.provisioned_throughput) {
    return UnchangedThroughput(*update.provisioned_throughput);
  }
  definition.provisioned_throughput = update.provisioned_throughput;
  return {};
}

Result<void> UpdateIndexes(TableDefinition& definition, const TableUpdate& update) {
  auto& indexes = definition.indexes;
  auto find = [&indexes](const std::string& name) {
    return std::find_if(indexes.begin(), indexes.end(), [&name](const IndexDefinition& index) {
      return index.global && index.name == name;
    });
  };
  for (const std::string& name : update.deleted_indexes) {
    auto found = find(name);
    if (found == indexes.end()) return NoSuchIndex();
    indexes.erase(found);
  }
  for (const TableUpdate::IndexThroughput& updated : update.updated_indexes) {
    auto found = find(updated.index_name);
    if (found == indexes.end()) return NoSuchIndex();
    found->provisioned_throughput = updated.throughput;
  }
  for (const IndexDefinition& created : update.created_indexes) {
    if (FindIndex(definition, created.name)) {
      return UpdateError("Attempting to create an index which already exists");
    }
    indexes.push_back(created);
    indexes.back().backfilling = true;
  }
  return {};
}

// New ones are added; those that are no key any more go.
Result<void> UpdateAttributes(TableDefinition& definition, const TableUpdate& update) {
  auto& attributes = definition.attribute_definitions;
  for (const AttributeDefinition& attribute : update.attribute_definitions) {
    const AttributeDefinition* known = FindAttribute(definition, attribute.name);
    if (known && known->type != attribute.type) {
      return UpdateError("One or more parameter values were invalid: Attribute " + attribute.name +
                         " is defined with another type already");
    }
    if (!known) attributes.push_back(attribute);
  }
  std::set<std::string> used;
  for (const KeySchemaElement& key : definition.key_schema) used.insert(key.attribute_name);
  for (const IndexDefinition& index : definition.indexes) {
    for (const KeySchemaElement& key : index.key_schema) used.insert(key.attribute_name);
  }
  std::erase_if(attributes,
                [&used](const AttributeDefinition& a) { return !used.contains(a.name); });
  return {};
}

bool SameIndex(const IndexDefinition& a, const IndexDefinition& b) {
  return a.key_schema == b.key_schema && a.projection_type == b.projection_type &&
         a.non_key_attributes == b.non_key_attributes;
}

Result<void> CompareIndexes(const TableDefinition& before, const TableDefinition& after,
                            TableUpdate& update) {
  for (const IndexDefinition& index : before.indexes) {
    const IndexDefinition* now = FindIndex(after, index.name);
    if (now && now->global == index.global) continue;
    if (!index.global) return UpdateError("the local indexes of a table cannot be changed");
    update.deleted_indexes.push_back(index.name);
  }
  for (const IndexDefinition& index : after.indexes) {
    const IndexDefinition* was = FindIndex(before, index.name);
    if (was && was->global == index.global) {
      if (!SameIndex(*was, index)) {
        return UpdateError(
            "Cannot update GSI's properties other than Provisioned Throughput and Contributor "
            "Insights Specification. You can create a new GSI with a different name.");
      }
      if (index.provisioned_throughput &&
          index.provisioned_throughput != was->provisioned_throughput) {
        update.updated_indexes.push_back({index.name, *index.provisioned_throughput});
      }
      continue;
    }
    if (!index.global) return UpdateError("the local indexes of a table cannot be changed");
    update.created_indexes.push_back(index);
  }
  return {};
}

}  // namespace

bool TableUpdate::ChangesNothing() const {
  return !billing_mode && !provisioned_throughput && !deletion_protection_enabled &&
         created_indexes.empty() && deleted_indexes.empty() && updated_indexes.empty();
}

Result<TableDefinition> Updated(const TableDefinition& definition, const TableUpdate& update) {
  TableDefinition after = definition;
  if (auto billing = UpdateBilling(after, update); !billing) return billing.error();
  if (update.deletion_protection_enabled) {
    after.deletion_protection_enabled = *update.deletion_protection_enabled;
  }
  if (auto indexes = UpdateIndexes(after, update); !indexes) return indexes.error();
  if (auto attributes = UpdateAttributes(after, update); !attributes) return attributes.error();
  if (auto checked = CheckDefinition(after); !checked) return checked.error();
  return after;
}

Result<TableUpdate> DifferenceOf(const TableDefinition& before, const TableDefinition& after) {
  if (before.key_schema != after.key_schema) {
    return UpdateError("the keys of a table cannot be changed");
  }
  TableUpdate update{.table_name = before.name};
  update.attribute_definitions = after.attribute_definitions;
  if (before.billing_mode != after.billing_mode) update.billing_mode = after.billing_mode;
  if (before.provisioned_throughput != after.provisioned_throughput) {
    update.provisioned_throughput = after.provisioned_throughput;
  }
  if (before.deletion_protection_enabled != after.deletion_protection_enabled) {
    update.deletion_protection_enabled = after.deletion_protection_enabled;
  }
  if (auto compared = CompareIndexes(before, after, update); !compared) return compared.error();
  return update;
}

}  // namespace gatehouse::table
