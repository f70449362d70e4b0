// Places in an item: looking up, taking out. Plain functions: no thread rules.
#pragma once

#include <vector>

#include "gatehouse/result.h"
#include "table/expression/expression.h"
#include "table/value/table_definition.h"

namespace gatehouse::table {

// The value at a path; null if there is none.
const AttributeValue* FindPath(const Item& item, const Path& path);

// The item with only what the paths name, inside its maps and lists; elements of lists move
// together. No path is the start of another one (CheckPathsApart).
Item Project(const Item& item, const Projection& paths);

// That no path goes into a key attribute. Error: kInvalidArgument, AWS's message.
Result<void> CheckKeysAreScalars(const std::vector<Path>& paths, const PrimaryKey& primary_key);

}  // namespace gatehouse::table
