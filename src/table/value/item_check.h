// What DynamoDB accepts as an item or a key, with its words for what it does not. In the order of
// its checks: values, item size (both before the table is looked up), then key attributes. All
// errors are kInvalidArgument with AWS's message. Source: docs/aws/dynamodb.md §2, §4.1.
#pragma once

#include <cstddef>

#include "gatehouse/item.h"
#include "gatehouse/result.h"
#include "table/value/item_codec.h"
#include "table/value/table_definition.h"

namespace gatehouse::table {

inline constexpr std::size_t kPartitionKeyBytesMax = 2048;
inline constexpr std::size_t kSortKeyBytesMax = 1024;
inline constexpr std::size_t kAttributeNameBytesMax = 65535;

// Numbers, sets, nesting and names, at any depth. Brings numbers into canonical form. That strings
// are UTF-8 is the caller's business: whoever reads JSON knows already.
Result<void> CheckValues(Item& item);

// At most kItemSizeMax. Numbers must be valid.
Result<void> CheckItemSize(const Item& item);

// The key attributes of an item to be put: there, of their types, not empty, not too long.
Result<void> CheckItemKey(const PrimaryKey& primary_key, const Item& item);

// A key to get or delete by: exactly the key attributes, else as above.
Result<void> CheckKey(const PrimaryKey& primary_key, const Item& key);

}  // namespace gatehouse::table
