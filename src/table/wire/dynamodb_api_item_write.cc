#include "table/wire/dynamodb_api_item_write.h"

#include <algorithm>
#include <utility>

namespace gatehouse::table {
namespace {

std::string CapacityOf(const WriteOptions& options, const ItemWrite& write) {
  const WriteOutcome& outcome = write.outcome;
  std::vector<IndexCapacity> indexes;
  for (std::size_t i = 0; i < outcome.index_half_units.size(); ++i) {
    const IndexDefinition& index = write.table->indexes[i].definition;
    indexes.push_back({index.name, index.global, outcome.index_half_units[i]});
  }
  std::size_t half_units = WriteHalfUnits(std::max(outcome.old_bytes, outcome.new_bytes));
  return CapacityAsJson(options.capacity, options.table_name, half_units, indexes);
}

// Only tables with local indexes have item collections; ours are never large.
void AppendCollectionMetrics(BodyWriter& body, const WriteOptions& options,
                             const ItemWrite& write) {
  const auto& indexes = write.table->indexes;
  if (!options.collection_metrics || indexes.empty() || indexes[0].definition.global) return;
  BodyWriter metrics;
  metrics.Member("ItemCollectionKey", Item{*write.item.find(write.table->key.partition[0].name)});
  metrics.Member("SizeEstimateRangeGB") += "[0.0,1.0]";
  body.Member("ItemCollectionMetrics") += metrics.Finish();
}

void Answer(ApiCall& call, const WriteOptions& options, ItemWrite& write,
            WriteAttributes& attributes) {
  WriteOutcome& outcome = write.outcome;
  BodyWriter body;
  if (auto shown = attributes(outcome)) body.Member("Attributes", *shown);
  if (options.capacity != ReturnConsumedCapacity::kNone) {
    body.Member("ConsumedCapacity") += CapacityOf(options, write);
  }
  AppendCollectionMetrics(body, options, write);
  call.Reply(body.Finish());
}

}  // namespace

WriteOptions ReadWriteOptions(RequestReader& request) {
  WriteOptions options;
  options.capacity = ReadReturnConsumedCapacity(request);
  options.table_name = request.TableName();
  options.collection_metrics =
      request.OneOf("ReturnItemCollectionMetrics", "NONE", {"SIZE", "NONE"}) == "SIZE";
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
  state->wants_old_item = options.return_values != "NONE";
  state->wants_capacity = options.capacity != ReturnConsumedCapacity::kNone;
  if (auto checked = PrepareItemWrite(*state); !checked) return call.Fail(checked.error());
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.Write(state, reply_to,
               [state, options, attributes = std::move(attributes),
                call = std::move(call)](Result<void> done) mutable {
                 WriteOutcome& outcome = state->outcome;
                 if (done) return Answer(call, options, *state, attributes);
                 bool shows = done.error().code == ErrorCode::kConditionFailed &&
                              options.returns_item_on_failure;
                 call.Fail(done.error(), shows ? outcome.old_item : std::nullopt);
               });
}

}  // namespace gatehouse::table
