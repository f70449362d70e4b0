// TransactWriteItems: one closure of the writer, all or nothing.
#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "gatehouse/json.h"
#include "table/operation/item_change.h"
#include "table/operation/transaction_tokens.h"
#include "table/value/item_check.h"
#include "table/value/item_size.h"
#include "table/wire/dynamodb_api_batch.h"
#include "table/wire/dynamodb_api_expressions.h"
#include "table/wire/dynamodb_api_transact.h"

namespace gatehouse::table {
namespace {

using Action = ItemWrite::Action;

constexpr std::int64_t kTokenCharactersMax = 36;

struct ActionRow {
  std::string_view member;
  Action action;
};
constexpr ActionRow kTransactActions[] = {{"ConditionCheck", Action::kCheck},
                                          {"Put", Action::kPut},
                                          {"Delete", Action::kDelete},
                                          {"Update", Action::kUpdate}};

struct TransactWrite {
  std::vector<std::string> asked;  // the table of each write: name or ARN
  std::vector<bool> returns_item;  // ReturnValuesOnConditionCheckFailure
  std::vector<ItemWrite> writes;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
  std::string token;
  std::string text;  // what the token stands for
  base::Millis now = {};

  // What the closure found.
  CancellationReasons reasons;  // empty: not cancelled
  bool is_other_request = false;
};

// The same for every order of members: some SDKs write maps in no order.
void AppendCanonical(std::string& out, const boost::json::value& json) {
  if (const auto* object = json.if_object()) {
    std::map<std::string_view, const boost::json::value*> members;
    for (const auto& member : *object) members[member.key()] = &member.value();
    out += '{';
    for (const auto& [name, value] : members) {
      json::AppendQuoted(out, name);
      out += ':';
      AppendCanonical(out, *value);
      out += ',';
    }
    out += '}';
  } else if (const auto* array = json.if_array()) {
    out += '[';
    for (const boost::json::value& element : *array) {
      AppendCanonical(out, element);
      out += ',';
    }
    out += ']';
  } else {
    out += boost::json::serialize(json);
  }
}

// Expressions, once the members are known to be right.
Result<void> ParseAction(RequestExpressions& expressions, ItemWrite& write) {
  if (write.action == Action::kUpdate) {
    auto update = expressions.ParseUpdateOf();
    if (!update) return update.error();
    write.update = std::move(*update).value_or(Update());
  }
  auto condition = expressions.ParseConditionOf("ConditionExpression");
  if (!condition) return condition.error();
  write.condition = *std::move(condition);
  return expressions.CheckAllUsed();
}

RequestExpressions ExpressionsOf(RequestReader& reader, Action action) {
  if (action == Action::kUpdate) return {reader, {"UpdateExpression", "ConditionExpression"}};
  return {reader, {"ConditionExpression"}};
}

void ReadAction(RequestReader& reader, const ActionRow& row, TransactWrite& transact) {
  transact.asked.push_back(reader.String("TableName").value_or(""));
  reader.TableName();
  ItemWrite& write = transact.writes.emplace_back();
  write.action = row.action;
  write.item = reader.RequiredAttributes(row.action == Action::kPut ? "Item" : "Key");
  transact.returns_item.push_back(reader.OneOf("ReturnValuesOnConditionCheckFailure", "NONE",
                                               {"ALL_OLD", "NONE"}) == "ALL_OLD");
  RequestExpressions expressions = ExpressionsOf(reader, row.action);
  if (row.action == Action::kCheck && !reader.Has("ConditionExpression")) {
    reader.Constraint(std::nullopt, "conditionExpression", "Member must not be null");
  }
  if (row.action == Action::kUpdate && !reader.Has("UpdateExpression")) {
    reader.Constraint(std::nullopt, "updateExpression", "Member must not be null");
  }
  if (reader.problems().any()) return;
  auto checked = CheckValues(write.item);
  if (checked && row.action == Action::kPut) checked = CheckItemSize(write.item);
  if (checked) checked = ParseAction(expressions, write);
  if (!checked) reader.problems().Validation(checked.error().message);
}

void ReadTransactItem(RequestReader& reader, TransactWrite& transact) {
  const ActionRow* found = nullptr;
  bool several = false;
  for (const ActionRow& row : kTransactActions) {
    if (!reader.Object(row.member)) continue;
    several |= found != nullptr;
    found = &row;
  }
  if (!found || several) {
    return reader.problems().Validation(
        "TransactItems can only contain one of Check, Put, Update or Delete");
  }
  RequestReader inner(*reader.Object(found->member), reader.PathOf(found->member));
  ReadAction(inner, *found, transact);
  reader.Absorb(inner);
}

void ReadToken(RequestReader& request, TransactWrite& transact) {
  std::optional<std::string> token = request.String("ClientRequestToken");
  if (!token) return;
  if (token->empty()) {
    request.Constraint(token, "clientRequestToken",
                       "Member must have length greater than or equal to 1");
  } else if (token->size() > kTokenCharactersMax) {
    request.Constraint(token, "clientRequestToken",
                       "Member must have length less than or equal to 36");
  }
  transact.token = *std::move(token);
  if (const auto* items = request.body().if_contains("TransactItems")) {
    AppendCanonical(transact.text, *items);
  }
}

void ReadTransactWrite(RequestReader& request, TransactWrite& transact) {
  transact.capacity = ReadReturnConsumedCapacity(request);
  request.OneOf("ReturnItemCollectionMetrics", "NONE", {"SIZE", "NONE"});
  ReadTransactItems(request, [&](RequestReader& reader) { ReadTransactItem(reader, transact); });
  ReadToken(request, transact);
  if (request.problems().any()) return;
  std::size_t bytes = 0;
  for (const ItemWrite& write : transact.writes) bytes += ItemSize(write.item);
  if (bytes > kTransactBytesMax) {
    request.problems().Validation(
        "The items of a transaction are too large: their aggregated size cannot exceed 4 MB");
  }
}

// Notes in reasons what is wrong with keys.
Result<void> PrepareTransactWrite(Tables& tables, TransactWrite& transact) {
  for (std::size_t i = 0; i < transact.writes.size(); ++i) {
    transact.writes[i].table = tables.Find(TableNameOf(transact.asked[i]));
    if (!transact.writes[i].table) return TableNotFound();
  }
  SeenItems seen;
  for (std::size_t i = 0; i < transact.writes.size(); ++i) {
    ItemWrite& write = transact.writes[i];
    write.wants_capacity = transact.capacity != ReturnConsumedCapacity::kNone;
    if (auto prepared = PrepareItemWrite(write); !prepared) {
      if (!transact.reasons.empty()) continue;
      transact.reasons = OneInvalid(transact.writes.size(), i, prepared.error().message);
    } else if (!seen.Add(write.table->definition.name, write.row_key)) {
      return MultipleOperationsOnOneItem();
    }
  }
  return {};
}

// All conditions are looked at, so that all that fail are told; what is invalid is told alone.
Result<void> ApplyAll(store::Transaction& transaction, TransactWrite& transact) {
  CancellationReasons reasons(transact.writes.size());
  Result<void> outcome;
  for (std::size_t i = 0; i < transact.writes.size(); ++i) {
    ItemWrite& write = transact.writes[i];
    auto applied = ApplyItemWrite(transaction, write);
    if (applied) continue;
    outcome = applied;
    if (applied.error().code == ErrorCode::kInvalidArgument) {
      transact.reasons = OneInvalid(transact.writes.size(), i, applied.error().message);
      return outcome;
    }
    if (applied.error().code != ErrorCode::kConditionFailed) return outcome;
    reasons[i] = {.code = "ConditionalCheckFailed", .message = applied.error().message};
    if (transact.returns_item[i]) reasons[i].item = std::move(write.outcome.old_item);
  }
  if (!outcome) transact.reasons = std::move(reasons);
  return outcome;
}

// Twice what the writes alone would cost; what is only read again because its token is known
// counts as read.
std::string AnswerTransactWrite(const TransactWrite& transact, bool is_repeated) {
  CapacityByTable half_units;
  for (std::size_t i = 0; i < transact.writes.size(); ++i) {
    const WriteOutcome& outcome = transact.writes[i].outcome;
    std::size_t bytes = std::max(outcome.old_bytes, outcome.new_bytes);
    half_units[transact.asked[i]] +=
        2 * (is_repeated ? ReadHalfUnits(bytes, true) : WriteHalfUnits(bytes));
  }
  BodyWriter body;
  AppendCapacities(body, transact.capacity, half_units,
                   is_repeated ? "ReadCapacityUnits" : "WriteCapacityUnits");
  return body.Finish();
}

Result<std::string> RunTransactWrite(store::Transaction& transaction, TransactWrite& transact) {
  if (!transact.token.empty()) {
    auto state = NoteTransactionToken(transaction, transact.token, transact.text, transact.now);
    if (!state) return state.error();
    if (*state == TokenState::kSeen) return AnswerTransactWrite(transact, true);
    if (*state == TokenState::kOtherRequest) {
      transact.is_other_request = true;
      return Error{ErrorCode::kConflict,
                   "The ClientRequestToken was used within the last 10 minutes for a request with "
                   "other parameters"};
    }
  }
  if (auto applied = ApplyAll(transaction, transact); !applied) return applied.error();
  return AnswerTransactWrite(transact, false);
}

void Finish(ApiCall& call, const TransactWrite& transact, Result<std::string> body) {
  if (body) return call.Reply(*std::move(body));
  if (transact.is_other_request) {
    return call.Fail(ApiError::kIdempotentParameterMismatch, body.error().message);
  }
  if (!transact.reasons.empty()) return FailCanceled(call, transact.reasons);
  call.Fail(body.error());
}

}  // namespace

void TransactWriteItems(ApiCall call) {
  // Filled by the closure, read once that has answered: the store orders them.
  auto transact = std::make_shared<TransactWrite>();
  ReadTransactWrite(call.request(), *transact);
  if (!call.Proceeds()) return;
  if (auto prepared = PrepareTransactWrite(call.tables(), *transact); !prepared) {
    return call.Fail(prepared.error());
  }
  if (!transact->reasons.empty()) return FailCanceled(call, transact->reasons);
  transact->now = call.clock().WallNow();
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.WriteTogether(
      [transact](store::Transaction& transaction) {
        return RunTransactWrite(transaction, *transact);
      },
      reply_to,
      [transact, call = std::move(call)](Result<std::string> body) mutable {
        Finish(call, *transact, std::move(body));
      });
}

}  // namespace gatehouse::table
