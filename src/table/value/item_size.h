// How large an item is by DynamoDB's rules, in bytes; limits, pages and capacity count with it.
// Source: Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats"; terms as observed.
#pragma once

#include <cstddef>

#include "gatehouse/item.h"
#include "table/value/number.h"

namespace gatehouse::table {

inline constexpr std::size_t kItemSizeMax = 409600;  // 400 KB, names included

// Numbers in the item must be valid.
std::size_t ItemSize(const Item& item);
std::size_t ValueSize(const AttributeValue& value);
std::size_t NumberSize(const Decimal& number);

}  // namespace gatehouse::table
