// Query and the writes with expressions, for callers in the process.
#include <utility>

#include "table/expression/expression_parser.h"
#include "table/operation/page_plan.h"
#include "table/operation/tables.h"
#include "table/value/item_check.h"

namespace gatehouse::table {
namespace {

// Names and values as an expression sees them. Error: kInvalidArgument.
Result<ExpressionScope> ScopeOf(ExpressionNames names, Item values) {
  ExpressionScope scope;
  for (auto& [ref, name] : names) scope.AddName(ref, std::move(name));
  for (auto& [ref, value] : values) {
    Item held{{ref, std::move(value)}};
    if (auto checked = CheckValues(held); !checked) {
      return Error{checked.error().code, "ExpressionAttributeValues contains invalid value: " +
                                             checked.error().message + " for key " + ref};
    }
    scope.AddValue(ref, std::move(held.begin()->second));
  }
  return scope;
}

struct QueryPlan {
  PageRead read;
  PageExpressions expressions;
};

Result<void> ParsePageExpressions(const QueryOptions& options, ExpressionScope& scope,
                                  PageExpressions& expressions) {
  if (!options.filter.empty()) {
    auto filter = ParseCondition("FilterExpression", options.filter, scope);
    if (!filter) return filter.error();
    expressions.filter = *std::move(filter);
  }
  if (!options.projection.empty()) {
    auto projection = ParseProjection(options.projection, scope);
    if (!projection) return projection.error();
    expressions.projection = *std::move(projection);
  }
  return scope.CheckAllUsed();
}

Result<QueryPlan> PlanOf(std::shared_ptr<const TableEntry> table, QueryOptions options) {
  auto scope = ScopeOf(std::move(options.names), std::move(options.values));
  if (!scope) return scope.error();
  auto condition = ParseCondition("KeyConditionExpression", options.key_condition, *scope);
  if (!condition) return condition.error();
  auto keys = KeyConditionsOf(*condition);
  if (!keys) return keys.error();
  PageExpressions expressions;
  auto parsed = ParsePageExpressions(options, *scope, expressions);
  if (!parsed) return parsed.error();
  std::optional<std::string> index_name;
  if (!options.index_name.empty()) index_name = options.index_name;
  auto index = FindIndexToRead(*table, index_name, false);
  if (!index) return index.error();
  auto read = PlanQuery(std::move(table), *index, *keys, options.scan_index_forward,
                        std::move(options.exclusive_start_key));
  if (!read) return read.error();
  read->limit = options.limit;
  auto filter = CheckFilterNamesNoKey(*read, expressions.filter);
  if (!filter) return filter.error();
  auto checked = CheckPageExpressions(*read, expressions);
  if (!checked) return checked.error();
  return QueryPlan{*std::move(read), std::move(expressions)};
}

// Condition and update of a write, after which every name and value must have been used.
Result<void> ParseWrite(std::string_view update, ConditionOptions options, ItemWrite& write) {
  auto scope = ScopeOf(std::move(options.names), std::move(options.values));
  if (!scope) return scope.error();
  if (!update.empty()) {
    auto parsed = ParseUpdate(update, *scope);
    if (!parsed) return parsed.error();
    write.update = *std::move(parsed);
  }
  if (!options.condition.empty()) {
    auto parsed = ParseCondition("ConditionExpression", options.condition, *scope);
    if (!parsed) return parsed.error();
    write.condition = *std::move(parsed);
  }
  return scope->CheckAllUsed();
}

// What is left to check once the expressions are read.
Result<void> CheckWrite(ItemWrite& write, std::shared_ptr<const TableEntry> table) {
  if (auto checked = CheckValues(write.item); !checked) return checked;
  if (write.action == ItemWrite::Action::kPut) {
    if (auto checked = CheckItemSize(write.item); !checked) return checked;
  }
  write.table = std::move(table);
  if (!write.table) return TableNotFound();
  return PrepareItemWrite(write);
}

}  // namespace

Result<KeyConditions> ParseKeyConditions(std::string_view text, ExpressionNames names,
                                         Item values) {
  auto scope = ScopeOf(std::move(names), std::move(values));
  if (!scope) return scope.error();
  auto condition = ParseCondition("KeyConditionExpression", text, *scope);
  if (!condition) return condition.error();
  return KeyConditionsOf(*condition);
}

void Tables::Query(std::string_view table, QueryOptions options, base::Executor& reply_to,
                   Done<ScanPage> done) {
  std::shared_ptr<const TableEntry> entry = catalogue_->Find(table);
  if (!entry) return done(TableNotFound());
  auto plan = PlanOf(std::move(entry), std::move(options));
  if (!plan) return done(plan.error());
  ReadItems(std::move(plan->read), std::move(plan->expressions.filter),
            std::move(plan->expressions.projection), reply_to, std::move(done));
}

void Tables::UpdateItem(std::string_view table, Item key, UpdateOptions options,
                        base::Executor& reply_to, Done<Item> done) {
  auto write = std::make_shared<ItemWrite>();
  write->action = ItemWrite::Action::kUpdate;
  write->item = std::move(key);
  write->wants_new_item = true;
  ConditionOptions conditions{std::move(options.condition), std::move(options.names),
                              std::move(options.values)};
  auto parsed = ParseWrite(options.update, std::move(conditions), *write);
  if (!parsed) return done(parsed.error());
  if (auto checked = CheckWrite(*write, catalogue_->Find(table)); !checked) {
    return done(checked.error());
  }
  Write(write, reply_to, [write, done = std::move(done)](Result<void> written) mutable {
    if (!written) return done(written.error());
    // Nothing was made where there was nothing to take away from.
    done(std::move(write->outcome.new_item).value_or(Item()));
  });
}

void Tables::PutItemIf(std::string_view table, Item item, ConditionOptions options,
                       base::Executor& reply_to, Done<void> done) {
  auto write = std::make_shared<ItemWrite>();
  write->item = std::move(item);
  if (auto parsed = ParseWrite("", std::move(options), *write); !parsed) return done(parsed);
  if (auto checked = CheckWrite(*write, catalogue_->Find(table)); !checked) return done(checked);
  Write(std::move(write), reply_to, std::move(done));
}

void Tables::DeleteItemIf(std::string_view table, Item key, ConditionOptions options,
                          base::Executor& reply_to, Done<void> done) {
  auto write = std::make_shared<ItemWrite>();
  write->action = ItemWrite::Action::kDelete;
  write->item = std::move(key);
  if (auto parsed = ParseWrite("", std::move(options), *write); !parsed) return done(parsed);
  if (auto checked = CheckWrite(*write, catalogue_->Find(table)); !checked) return done(checked);
  Write(std::move(write), reply_to, std::move(done));
}

}  // namespace gatehouse::table
