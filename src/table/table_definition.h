// What CreateTable says of a table, and its checks. Plain values: no thread rules.
// Source: DynamoDB API 2012-08-10, CreateTable; messages as AWS sends them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "gatehouse/item.h"
#include "gatehouse/result.h"

namespace gatehouse::table {

inline constexpr std::size_t kTableNameBytesMin = 3;
inline constexpr std::size_t kTableNameBytesMax = 255;
inline constexpr std::size_t kKeyNameBytesMax = 255;

enum class ScalarType { kString, kNumber, kBinary };
enum class KeyType { kHash, kRange };
enum class BillingMode { kProvisioned, kPayPerRequest };

std::string_view ToString(ScalarType type);          // "S", "N", "B"
std::string_view ToString(KeyType type);             // "HASH", "RANGE"
std::string_view ToString(BillingMode mode);         // "PROVISIONED", "PAY_PER_REQUEST"
std::string_view TypeName(const AttributeValue& v);  // "S", "N", … "NULL", "BOOL"

struct AttributeDefinition {
  std::string name;
  ScalarType type = ScalarType::kString;
  bool operator==(const AttributeDefinition&) const = default;
};

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

struct TableDefinition {
  std::string name;
  std::vector<AttributeDefinition> attribute_definitions;
  std::vector<KeySchemaElement> key_schema;
  BillingMode billing_mode = BillingMode::kProvisioned;
  std::optional<ProvisionedThroughput> provisioned_throughput;
  bool deletion_protection_enabled = false;

  // Not said by a client: whoever calls CreateTable has clock and randomness and fills these in.
  std::string table_id;             // a UUID in lower case
  base::Millis creation_time = {};  // since 1970, UTC

  bool operator==(const TableDefinition&) const = default;
};

// The primary key, from key schema and attribute definitions.
struct KeyAttribute {
  std::string name;
  ScalarType type = ScalarType::kString;
};
struct PrimaryKey {
  KeyAttribute partition;
  std::optional<KeyAttribute> sort;
  std::size_t size() const { return sort ? 2 : 1; }
  bool Has(std::string_view attribute) const {
    return partition.name == attribute || (sort && sort->name == attribute);
  }
};

// Error: kInvalidArgument with AWS's message.
Result<PrimaryKey> CheckDefinition(const TableDefinition& definition);

}  // namespace gatehouse::table
