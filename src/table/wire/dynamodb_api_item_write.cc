#include "table/wire/dynamodb_api_item_write.h"

#include <algorithm>
#include <utility>

#include "table/expression/condition_evaluation.h"
#include "table/value/item_size.h"

namespace gatehouse::table {
namespace {

std::size_t OldBytes(const WriteOutcome& outcome) {
  return outcome.old_item ? ItemSize(*outcome.old_item) : 0;
}

Result<void> CheckCondition(const ItemWrite& write, WriteOutcome& outcome) {
  static const Item kAbsent;
  if (!write.condition) return {};
  if (Holds(*write.condition, outcome.old_item ? *outcome.old_item : kAbsent)) return {};
  if (write.options.returns_item_on_failure) outcome.failed_item = std::move(outcome.old_item);
  return Error{ErrorCode::kConditionFailed, "The conditional request failed"};
}

void Answer(ApiCall& call, const ItemWrite& write, WriteOutcome& outcome,
            std::optional<Item> attributes, std::size_t old_bytes) {
  BodyWriter body;
  if (attributes) body.Member("Attributes", *attributes);
  std::size_t bytes = std::max(old_bytes, outcome.new_bytes);
  AppendCapacity(body, write.options.capacity, write.table->definition.name, WriteHalfUnits(bytes));
  call.Reply(body.Finish());
}

}  // namespace

WriteOptions ReadWriteOptions(RequestReader& request) {
  WriteOptions options;
  options.capacity = ReadReturnConsumedCapacity(request);
  options.table_name = request.TableName();
  request.OneOf("ReturnItemCollectionMetrics", "NONE", {"SIZE", "NONE"});
  options.return_values = request.OneOf(
      "ReturnValues", "NONE", {"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"});
  options.returns_item_on_failure = request.OneOf("ReturnValuesOnConditionCheckFailure", "NONE",
                                                  {"ALL_OLD", "NONE"}) == "ALL_OLD";
  return options;
}

void RefuseNewValues(const WriteOptions& options, RequestReader& request) {
  if (options.return_values == "NONE" || options.return_values == "ALL_OLD") return;
  request.problems().Validation("ReturnValues can only be ALL_OLD or NONE");
}

std::optional<Item> OldItemIfAsked(const std::string& return_values, WriteOutcome& outcome) {
  if (return_values != "ALL_OLD") return std::nullopt;
  return std::move(outcome.old_item);
}

Result<void> ReadCondition(RequestExpressions& expressions, ItemWrite& write) {
  auto condition = expressions.ParseConditionOf("ConditionExpression");
  if (!condition) return condition.error();
  write.condition = *std::move(condition);
  return expressions.CheckAllUsed();
}

void WriteItem(ApiCall call, ItemWrite write) {
  // Both closures use it, one after the other: the store orders them.
  struct State {
    ItemWrite write;
    WriteOutcome outcome;
  };
  auto state = std::make_shared<State>(State{std::move(write), {}});
  bool reads = state->write.reads_old_item || state->write.condition ||
               state->write.options.return_values != "NONE" ||
               state->write.options.capacity != ReturnConsumedCapacity::kNone;
  auto decide = [state, reads](CurrentItem& current) -> Result<ItemChange> {
    if (reads) {
      Result<std::optional<Item>> old_item = current.Read();
      if (!old_item) return old_item.error();
      state->outcome.old_item = *std::move(old_item);
    }
    if (auto held = CheckCondition(state->write, state->outcome); !held) return held.error();
    return state->write.decide(state->outcome);
  };
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.Change(state->write.table, state->write.row_key, std::move(decide), reply_to,
                [state, call = std::move(call)](Result<void> done) mutable {
                  WriteOutcome& outcome = state->outcome;
                  if (!done) return call.Fail(done.error(), outcome.failed_item);
                  std::size_t old_bytes = OldBytes(outcome);
                  Answer(call, state->write, outcome, state->write.attributes(outcome), old_bytes);
                });
}

}  // namespace gatehouse::table
