// What CreateTable and UpdateTable say of a secondary index. Plain values: no thread rules.
// Source: DynamoDB API 2012-08-10, GlobalSecondaryIndex, LocalSecondaryIndex.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::table {

inline constexpr std::size_t kLocalIndexesMax = 5;
inline constexpr std::size_t kGlobalIndexesMax = 20;
inline constexpr std::size_t kIndexPartitionAttributesMax = 4;  // of a global index, since 2025-11
inline constexpr std::size_t kIndexSortAttributesMax = 4;
inline constexpr std::size_t kProjectedAttributesMax = 100;  // NonKeyAttributes of all indexes

enum class KeyType { kHash, kRange };
enum class ProjectionType { kKeysOnly, kInclude, kAll };

std::string_view ToString(KeyType type);         // "HASH", "RANGE"
std::string_view ToString(ProjectionType type);  // "KEYS_ONLY", "INCLUDE", "ALL"

struct KeySchemaElement {
  std::string attribute_name;
  KeyType key_type = KeyType::kHash;
  bool operator==(const KeySchemaElement&) const = default;
};

// Kept to be shown; nothing is throttled by it.
struct ProvisionedThroughput {
  std::int64_t read_capacity_units = 0;
  std::int64_t write_capacity_units = 0;
  bool operator==(const ProvisionedThroughput&) const = default;
};

struct IndexDefinition {
  std::string name;
  bool global = true;
  std::vector<KeySchemaElement> key_schema;
  std::optional<ProjectionType> projection_type;                // absent only until it is checked
  std::vector<std::string> non_key_attributes;                  // of INCLUDE
  std::optional<ProvisionedThroughput> provisioned_throughput;  // of a global one

  // Not said by a client: rows of the table are still being brought into the index.
  bool backfilling = false;

  bool operator==(const IndexDefinition&) const = default;
};

}  // namespace gatehouse::table
