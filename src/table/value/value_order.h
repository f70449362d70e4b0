// How DynamoDB compares values: numbers by value, sets without order, at any depth. Numbers must be
// canonical (CheckValues). Plain functions: no thread rules.
#pragma once

#include <compare>
#include <optional>

#include "gatehouse/item.h"

namespace gatehouse::table {

bool EqualValues(const AttributeValue& a, const AttributeValue& b);

// Of two strings, two numbers or two binaries; nothing for other pairs.
std::optional<std::strong_ordering> CompareValues(const AttributeValue& a, const AttributeValue& b);

}  // namespace gatehouse::table
