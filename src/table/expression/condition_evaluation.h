// Whether a condition holds for an item. Plain function: any thread.
#pragma once

#include "table/expression/expression.h"

namespace gatehouse::table {

// An absent item is an empty one.
bool Holds(const Condition& condition, const Item& item);

}  // namespace gatehouse::table
