// What an update makes of an item. Plain function: any thread.
#pragma once

#include "gatehouse/result.h"
#include "table/expression/expression.h"

namespace gatehouse::table {

// Whether it only takes away: then it makes no item where there is none.
bool OnlyRemoves(const Update& update);

// All right-hand sides and all list indexes are those of `old_item`. Keys are the caller's to
// guard, as is the size. Errors: kInvalidArgument, AWS's message.
Result<Item> ApplyUpdate(const Update& update, const Item& old_item);

}  // namespace gatehouse::table
