#include "table/operation/index_rows.h"

#include <algorithm>

#include "table/value/definition_check.h"
#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "table/value/item_size.h"
#include "table/value/key_codec.h"

namespace gatehouse::table {
namespace {

constexpr std::size_t kNoLimit = 0;

enum class KeyFault { kNone, kType, kEmpty, kLong };

std::size_t KeyBytes(const AttributeValue& value) {
  if (const auto* text = value.get_if<std::string>()) return text->size();
  if (const auto* binary = value.get_if<Binary>()) return binary->bytes.size();
  return 1;  // a number
}

KeyFault FaultOf(const KeyAttribute& attribute, const AttributeValue& value,
                 std::size_t bytes_max) {
  if (TypeName(value) != ToString(attribute.type)) return KeyFault::kType;
  std::size_t bytes = KeyBytes(value);
  if (bytes == 0) return KeyFault::kEmpty;
  return bytes_max != kNoLimit && bytes > bytes_max ? KeyFault::kLong : KeyFault::kNone;
}

// Null: the item has no such key, or one that no row can have.
const AttributeValue* GoodKey(const KeyAttribute& attribute, const Item& item,
                              std::size_t bytes_max) {
  auto found = item.find(attribute.name);
  if (found == item.end()) return nullptr;
  return FaultOf(attribute, found->second, bytes_max) == KeyFault::kNone ? &found->second : nullptr;
}

std::size_t RowSize(const IndexEntry& index, const Item& item) {
  if (index.projected.empty()) return ItemSize(item);
  std::size_t size = 0;
  for (const std::string& name : index.projected) {
    auto found = item.find(name);
    if (found != item.end()) size += name.size() + ValueSize(found->second);
  }
  return size;
}

std::size_t HalfUnits(std::size_t bytes) {
  return 2 * std::max<std::size_t>((bytes + 1023) / 1024, 1);
}

struct IndexRow {
  std::optional<std::string> key;
  std::string value;
};

IndexRow RowOf(const IndexEntry& index, const Item* item, std::string_view row_key,
               std::string_view encoded) {
  IndexRow row;
  if (item) row.key = IndexRowKey(index, *item, row_key);
  if (row.key) row.value = IndexRowValue(index, *item, encoded);
  return row;
}

std::size_t CostOf(const IndexEntry& index, const ItemSides& sides, const IndexRow& old_row,
                   const IndexRow& new_row) {
  std::size_t old_size = old_row.key ? RowSize(index, *sides.old_item) : 0;
  std::size_t new_size = new_row.key ? RowSize(index, *sides.new_item) : 0;
  if (old_row.key == new_row.key) return HalfUnits(std::max(old_size, new_size));
  return (old_row.key ? HalfUnits(old_size) : 0) + (new_row.key ? HalfUnits(new_size) : 0);
}

// Calls each(index, attribute, bytes_max) for every key attribute that is none of the table's.
template <class Each>
Result<void> ForIndexKeys(const TableEntry& table, Each each) {
  for (const IndexEntry& index : table.indexes) {
    for (const KeyAttribute& attribute : index.key.partition) {
      if (table.primary_key.Has(attribute.name)) continue;
      if (auto done = each(index, attribute, kPartitionKeyBytesMax); !done) return done;
    }
    for (const KeyAttribute& attribute : index.key.sort) {
      if (table.primary_key.Has(attribute.name)) continue;
      if (auto done = each(index, attribute, kSortKeyBytesMax); !done) return done;
    }
  }
  return {};
}

Error TooLong(std::size_t bytes_max) {
  return InvalidValues(
      bytes_max == kPartitionKeyBytesMax
          ? "Size of hashkey has exceeded the maximum size limit of2048 bytes"
          : "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

std::string EmptyKey(const KeyAttribute& attribute) {
  return "The AttributeValue for a key attribute cannot contain an empty " +
         std::string(attribute.type == ScalarType::kBinary ? "binary" : "string") + " value.";
}

Error NotValid(const std::string& message) {
  return {ErrorCode::kInvalidArgument, "One or more parameter values are not valid. " + message};
}

}  // namespace

std::optional<std::string> IndexRowKey(const IndexEntry& index, const Item& item,
                                       std::string_view table_row_key) {
  std::vector<const AttributeValue*> values;
  for (const KeyAttribute& attribute : index.key.partition) {
    values.push_back(GoodKey(attribute, item, kPartitionKeyBytesMax));
  }
  std::size_t partition = values.size();
  for (const KeyAttribute& attribute : index.key.sort) {
    values.push_back(GoodKey(attribute, item, kSortKeyBytesMax));
  }
  if (std::find(values.begin(), values.end(), nullptr) != values.end()) return std::nullopt;
  std::string key;
  AppendPartitionHash(key, {values.data(), partition});
  for (const AttributeValue* value : values) AppendKeyValue(key, *value);
  key += table_row_key.substr(kRowKeyHashBytes);
  return key;
}

std::string IndexRowValue(const IndexEntry& index, const Item& item, std::string_view encoded) {
  if (index.projected.empty()) return std::string(encoded);
  return EncodeAttributes(item, index.projected);
}

Result<void> ApplyIndexRows(store::Transaction& transaction, const TableEntry& table,
                            const ItemSides& sides, std::vector<std::size_t>* half_units) {
  for (const IndexEntry& index : table.indexes) {
    IndexRow old_row = RowOf(index, sides.old_item, sides.row_key, sides.old_value);
    IndexRow new_row = RowOf(index, sides.new_item, sides.row_key, sides.new_value);
    bool moved = old_row.key != new_row.key;
    bool changed = moved || old_row.value != new_row.value;
    if (half_units) half_units->push_back(changed ? CostOf(index, sides, old_row, new_row) : 0);
    if (moved && old_row.key) {
      auto deleted = transaction.Delete(index.keyspace, *old_row.key);
      if (!deleted) return deleted;
    }
    if (new_row.key && (changed || index.definition.backfilling)) {
      if (auto put = transaction.Put(index.keyspace, *new_row.key, new_row.value); !put) return put;
    }
  }
  return {};
}

Result<void> CheckIndexKeys(const TableEntry& table, const Item& item) {
  return ForIndexKeys(
      table,
      [&](const IndexEntry& index, const KeyAttribute& attribute,
          std::size_t bytes_max) -> Result<void> {
        auto found = item.find(attribute.name);
        if (found == item.end()) return {};
        switch (FaultOf(attribute, found->second, bytes_max)) {
          case KeyFault::kNone:
            return {};
          case KeyFault::kType:
            return InvalidValues("Type mismatch for Index Key " + attribute.name +
                                 " Expected: " + std::string(ToString(attribute.type)) +
                                 " Actual: " + std::string(TypeName(found->second)) +
                                 " IndexName: " + index.definition.name);
          case KeyFault::kEmpty:
            return NotValid("A value specified for a secondary index key is not supported. " +
                            EmptyKey(attribute) + " IndexName: " + index.definition.name +
                            ", IndexKey: " + attribute.name);
          case KeyFault::kLong:
            return TooLong(bytes_max);
        }
        return {};
      });
}

Result<void> CheckUpdatedIndexKey(const TableEntry& table, std::string_view attribute_name,
                                  const Item& item) {
  auto found = item.find(attribute_name);
  if (found == item.end()) return {};
  return ForIndexKeys(
      table,
      [&](const IndexEntry&, const KeyAttribute& attribute, std::size_t bytes_max) -> Result<void> {
        if (attribute.name != attribute_name) return {};
        switch (FaultOf(attribute, found->second, bytes_max)) {
          case KeyFault::kNone:
            return {};
          case KeyFault::kType:
            return Error{ErrorCode::kInvalidArgument,
                         "The update expression attempted to update the secondary index key to "
                         "unsupported type"};
          case KeyFault::kEmpty:
            return NotValid(
                "The update expression attempted to update a secondary index key to a value that "
                "is "
                "not supported. " +
                EmptyKey(attribute));
          case KeyFault::kLong:
            return TooLong(bytes_max);
        }
        return {};
      });
}

}  // namespace gatehouse::table
