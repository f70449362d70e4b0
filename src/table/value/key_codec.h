// The key of a row in the store: bytes whose order (unsigned, shorter first) is DynamoDB's order.
//
//   row key   = hash enc(partition key) [enc(sort key)]     the types come from the schema
//   hash      = the first 2 bytes of DynamoDB's partition hash, big-endian: scan order and segments
//   enc(S|B)  = its bytes with 00 → 00 FF, then 00 01
//   enc(N)    = 80 for zero; else, as ± 0.d1d2…dn × 10^e with d1, dn ≠ 0 and pairs p of digits (an
//               odd count padded with 0): positive  C0 (e + 129) (p + 1)… 00
//                                         negative  40 (255 − (e + 129)) (101 − p)… FF
//
// Each enc ends itself, so a longer row key never sorts into a shorter one's range. Numbers take at
// most 22 bytes. The key attributes also stand in the value: nothing here is decoded.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "gatehouse/item.h"
#include "table/value/number.h"
#include "table/value/table_definition.h"

namespace gatehouse::table {

// Appends enc of a key value, which holds S, N (its text a valid number) or B.
void AppendKeyValue(std::string& key, const AttributeValue& value);
void AppendKeyBytes(std::string& key, std::string_view bytes);
void AppendKeyNumber(std::string& key, const Decimal& number);

// Appends what is before the terminator: the beginning of every enc of S or B that begins so.
void AppendKeyPrefix(std::string& key, std::string_view bytes);

// The first 16 bits of DynamoDB's hash of a partition key, as others have observed it:
// MD5("Outliers" + bytes), numbers in the form of Oracle's NUMBER.
std::uint16_t PartitionHash(const AttributeValue& partition_key);
// The same 2 bytes over several values, one behind the other (a global index's).
void AppendPartitionHash(std::string& key, std::span<const AttributeValue* const> values);

// The key of a row; sort_key may be null. Values as for AppendKeyValue.
std::string RowKey(const AttributeValue& partition_key, const AttributeValue* sort_key);
// The same from an item or key that has passed CheckItemKey or CheckKey (item_check.h).
std::string RowKeyOf(const PrimaryKey& primary_key, const Item& item);

}  // namespace gatehouse::table
