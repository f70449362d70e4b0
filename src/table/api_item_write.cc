#include "table/api_item_write.h"

#include <algorithm>
#include <utility>

namespace gatehouse::table {
namespace {

void Answer(ApiCall& call, const WriteOptions& options, WriteOutcome& outcome,
            WriteAttributes& attributes) {
  BodyWriter body;
  if (auto shown = attributes(outcome)) body.Member("Attributes", *shown);
  std::size_t bytes = std::max(outcome.old_bytes, outcome.new_bytes);
  AppendCapacity(body, options.capacity, options.table_name, WriteHalfUnits(bytes));
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

WriteAttributes OldItemIfAsked(const WriteOptions& options) {
  if (options.return_values != "ALL_OLD")
    return [](WriteOutcome&) { return std::optional<Item>(); };
  return [](WriteOutcome& outcome) { return std::move(outcome.old_item); };
}

Result<void> ReadCondition(RequestExpressions& expressions, ItemWrite& write) {
  auto condition = expressions.ParseConditionOf("ConditionExpression");
  if (!condition) return condition.error();
  write.condition = *std::move(condition);
  return expressions.CheckAllUsed();
}

void WriteItem(ApiCall call, const WriteOptions& options, ItemWrite write,
               WriteAttributes attributes) {
  auto state = std::make_shared<ItemWrite>(std::move(write));
  state->table = call.tables().Find(options.table_name);
  if (!state->table) return call.Fail(TableNotFound());
  state->wants_old_item =
      options.return_values != "NONE" || options.capacity != ReturnConsumedCapacity::kNone;
  if (auto checked = PrepareItemWrite(*state); !checked) return call.Fail(checked.error());
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.Write(state, reply_to,
               [state, options, attributes = std::move(attributes),
                call = std::move(call)](Result<void> done) mutable {
                 WriteOutcome& outcome = state->outcome;
                 if (done) return Answer(call, options, outcome, attributes);
                 bool shows = done.error().code == ErrorCode::kConditionFailed &&
                              options.returns_item_on_failure;
                 call.Fail(done.error(), shows ? outcome.old_item : std::nullopt);
               });
}

}  // namespace gatehouse::table
