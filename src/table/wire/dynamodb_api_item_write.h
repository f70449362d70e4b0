// What PutItem, DeleteItem and UpdateItem share on the wire: condition, return values, capacity.
// Inside the room.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "table/operation/item_change.h"
#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"
#include "table/wire/dynamodb_api_expressions.h"

namespace gatehouse::table {

// The members of a request that all three have.
struct WriteOptions {
  std::string table_name;
  std::string return_values = "NONE";
  bool returns_item_on_failure = false;  // ReturnValuesOnConditionCheckFailure
  bool collection_metrics = false;       // ReturnItemCollectionMetrics
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};
WriteOptions ReadWriteOptions(RequestReader& request);

// A problem unless ReturnValues is NONE or ALL_OLD, as PutItem and DeleteItem want it.
void RefuseNewValues(const WriteOptions& options, RequestReader& request);

// Parses the ConditionExpression, after which every name and value must have been used.
Result<void> ReadCondition(RequestExpressions& expressions, ItemWrite& write);

// The Attributes of the answer.
using WriteAttributes = base::UniqueFunction<std::optional<Item>(WriteOutcome& outcome)>;
// Of ReturnValues NONE and ALL_OLD.
WriteAttributes OldItemIfAsked(const WriteOptions& options);

// Finds the table, checks the write against it, carries it out and answers the call.
void WriteItem(ApiCall call, const WriteOptions& options, ItemWrite write,
               WriteAttributes attributes);

}  // namespace gatehouse::table
