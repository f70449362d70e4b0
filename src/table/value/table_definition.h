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
#include "table/value/index_definition.h"

namespace gatehouse::table {

inline constexpr std::size_t kTableNameBytesMin = 3;
inline constexpr std::size_t kTableNameBytesMax = 255;
inline constexpr std::size_t kKeyNameBytesMax = 255;

enum class ScalarType { kString, kNumber, kBinary };
enum class BillingMode { kProvisioned, kPayPerRequest };

std::string_view ToString(ScalarType type);          // "S", "N", "B"
std::string_view ToString(BillingMode mode);         // "PROVISIONED", "PAY_PER_REQUEST"
std::string_view TypeName(const AttributeValue& v);  // "S", "N", … "NULL", "BOOL"

struct AttributeDefinition {
  std::string name;
  ScalarType type = ScalarType::kString;
  bool operator==(const AttributeDefinition&) const = default;
};

struct TableDefinition {
  std::string name;
  std::vector<AttributeDefinition> attribute_definitions;
  std::vector<KeySchemaElement> key_schema;
  BillingMode billing_mode = BillingMode::kProvisioned;
  std::optional<ProvisionedThroughput> provisioned_throughput;
  bool deletion_protection_enabled = false;
  std::vector<IndexDefinition> indexes;  // local ones first, each kind in the order it was given

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

// Likewise of a table or an index; only global indexes have several attributes of a kind.
struct KeyShape {
  std::vector<KeyAttribute> partition;
  std::vector<KeyAttribute> sort;
  bool Has(std::string_view attribute) const;
};

// Null if there is none of that name.
const AttributeDefinition* FindAttribute(const TableDefinition& definition, std::string_view name);
const IndexDefinition* FindIndex(const TableDefinition& definition, std::string_view name);

// Of key attributes that CheckDefinition has found defined.
KeyShape ShapeOf(const TableDefinition& definition, const std::vector<KeySchemaElement>& keys);

// Error: kInvalidArgument with AWS's message.
Result<PrimaryKey> CheckDefinition(const TableDefinition& definition);

}  // namespace gatehouse::table
