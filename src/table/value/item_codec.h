// An item as bytes, format 1: docs/table-format.md has the grammar and worked bytes.
//
//   item       = version attributes        version = 01
//   attributes = count { name value }      names ascending by bytes, each once
//   value      = tag payload               tags: enum Tag in item_codec.cc
//
// Encoding is canonical: one item has one form, so decoding what Encode made and encoding it again
// gives the same bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/item.h"
#include "gatehouse/result.h"

namespace gatehouse::table {

inline constexpr char kItemFormatVersion = 1;

// Levels of a value: a scalar or a set is 1, a list or map one more than the deepest within.
inline constexpr int kNestingLevelsMax = 32;

// The item must have passed CheckValues (item_check.h): numbers canonical, at most 32 levels.
std::string EncodeItem(const Item& item);
// Only the attributes named, where it has them; names ascending.
std::string EncodeAttributes(const Item& item, const std::vector<std::string>& names);

// Error: kIo for bytes that Encode cannot have made (damage), kUnsupported for a newer version.
Result<Item> DecodeItem(std::string_view bytes);

}  // namespace gatehouse::table
