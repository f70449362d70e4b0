// What UpdateTable changes of a table. Plain values: no thread rules.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gatehouse/result.h"
#include "table/value/table_definition.h"

namespace gatehouse::table {

struct TableUpdate {
  std::string table_name;
  std::optional<BillingMode> billing_mode = {};
  std::optional<ProvisionedThroughput> provisioned_throughput = {};
  std::optional<bool> deletion_protection_enabled = {};
  std::vector<AttributeDefinition> attribute_definitions = {};  // of the keys of new indexes

  struct IndexThroughput {
    std::string index_name;
    ProvisionedThroughput throughput;
  };
  std::vector<IndexDefinition> created_indexes = {};
  std::vector<std::string> deleted_indexes = {};
  std::vector<IndexThroughput> updated_indexes = {};

  bool ChangesNothing() const;
};

// The definition after the update; indexes that are created are backfilling.
// Errors: kInvalidArgument (AWS's message), kNotFound (no such index to delete or update).
Result<TableDefinition> Updated(const TableDefinition& definition, const TableUpdate& update);

// What leads from one definition to another of the same keys, as a template changes it.
// Error: kInvalidArgument when local indexes or keys differ.
Result<TableUpdate> DifferenceOf(const TableDefinition& before, const TableDefinition& after);

}  // namespace gatehouse::table
