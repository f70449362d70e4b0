// Places in an item: looking up, taking out. Plain functions: no thread rules.
#pragma once

#include "table/expression/expression.h"

namespace gatehouse::table {

// The value at a path; null if there is none.
const AttributeValue* FindPath(const Item& item, const Path& path);

// The item with only what the paths name, inside its maps and lists; elements of lists move
// together. No path is the start of another one (CheckPathsApart).
Item Project(const Item& item, const Projection& paths);

}  // namespace gatehouse::table
