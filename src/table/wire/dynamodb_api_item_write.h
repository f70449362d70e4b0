// What PutItem, DeleteItem and UpdateItem share on the wire: condition, return values, capacity.
// Inside the room.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "table/wire/dynamodb_api_body.h"
#include "table/wire/dynamodb_api_call.h"
#include "table/wire/dynamodb_api_expressions.h"

namespace gatehouse::table {

// The members of a request that all three have.
struct WriteOptions {
  std::string table_name;
  std::string return_values = "NONE";
  bool returns_item_on_failure = false;  // ReturnValuesOnConditionCheckFailure
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};
WriteOptions ReadWriteOptions(RequestReader& request);

// A problem unless ReturnValues is NONE or ALL_OLD, as PutItem and DeleteItem want it.
void RefuseNewValues(const WriteOptions& options, RequestReader& request);

// What one write found and made; filled on the writer's thread, read once that has answered.
struct WriteOutcome {
  std::optional<Item> old_item;     // read only if somebody needs it
  std::optional<Item> new_item;     // kept only if the answer needs it
  std::optional<Item> failed_item;  // for the answer to a failed condition
  std::size_t new_bytes = 0;
};

struct ItemWrite {
  std::shared_ptr<const TableEntry> table;
  std::string row_key;
  WriteOptions options;
  std::optional<Condition> condition;
  bool reads_old_item = false;
  // Decides in the transaction, once the condition holds. outcome.old_item is there if
  // reads_old_item.
  base::UniqueFunction<Result<ItemChange>(WriteOutcome& outcome)> decide;
  // The Attributes of the answer.
  base::UniqueFunction<std::optional<Item>(WriteOutcome& outcome)> attributes;
};

// Parses the ConditionExpression, after which every name and value must have been used.
Result<void> ReadCondition(RequestExpressions& expressions, ItemWrite& write);

// Carries it out and answers the call.
void WriteItem(ApiCall call, ItemWrite write);

// `attributes` for ReturnValues NONE and ALL_OLD.
std::optional<Item> OldItemIfAsked(const std::string& return_values, WriteOutcome& outcome);

}  // namespace gatehouse::table
