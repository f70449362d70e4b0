// TransactGetItems: one snapshot.
#include <memory>
#include <utility>
#include <vector>

#include "table/expression/item_path.h"
#include "table/operation/item_change.h"
#include "table/value/item_check.h"
#include "table/value/item_size.h"
#include "table/value/key_codec.h"
#include "table/wire/dynamodb_api_batch.h"
#include "table/wire/dynamodb_api_expressions.h"
#include "table/wire/dynamodb_api_transact.h"

namespace gatehouse::table {
namespace {

struct TransactGet {
  std::string asked;  // the table: name or ARN
  Item key;
  std::optional<Projection> projection;
  std::shared_ptr<const TableEntry> table;
  std::string row_key;
};

struct TransactGets {
  std::vector<TransactGet> gets;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
  CancellationReasons reasons;  // empty: not cancelled
};

void ReadGet(RequestReader& reader, TransactGet& get) {
  get.asked = reader.String("TableName").value_or("");
  reader.TableName();
  get.key = reader.RequiredAttributes("Key");
  RequestExpressions expressions(reader, {"ProjectionExpression"});
  if (reader.problems().any()) return;
  Result<void> checked = CheckValues(get.key);
  auto projection = expressions.ParseProjectionOf();
  if (checked && !projection) checked = projection.error();
  if (checked) checked = expressions.CheckAllUsed();
  if (!checked) return reader.problems().Validation(checked.error().message);
  get.projection = *std::move(projection);
}

void ReadTransactGet(RequestReader& request, TransactGets& transact) {
  transact.capacity = ReadReturnConsumedCapacity(request);
  ReadTransactItems(request, [&](RequestReader& reader) {
    const boost::json::object* object = reader.Object("Get");
    if (!object) {
      if (!reader.Has("Get")) reader.Constraint(std::nullopt, "get", "Member must not be null");
      return;
    }
    RequestReader inner(*object, reader.PathOf("Get"));
    ReadGet(inner, transact.gets.emplace_back());
    reader.Absorb(inner);
  });
}

Result<void> PrepareTransactGet(Tables& tables, TransactGets& transact) {
  for (TransactGet& get : transact.gets) {
    get.table = tables.Find(TableNameOf(get.asked));
    if (!get.table) return TableNotFound();
  }
  SeenItems seen;
  for (std::size_t i = 0; i < transact.gets.size(); ++i) {
    TransactGet& get = transact.gets[i];
    Result<void> checked = CheckKey(get.table->primary_key, get.key);
    if (checked && get.projection) {
      checked = CheckKeysAreScalars(*get.projection, get.table->primary_key);
    }
    if (!checked) {
      if (!transact.reasons.empty()) continue;
      transact.reasons = OneInvalid(transact.gets.size(), i, checked.error().message);
      continue;
    }
    get.row_key = RowKeyOf(get.table->primary_key, get.key);
    if (!seen.Add(get.table->definition.name, get.row_key)) return MultipleOperationsOnOneItem();
  }
  return {};
}

Result<std::string> AnswerTransactGet(store::View& view, TransactGets& transact) {
  std::string responses;
  CapacityByTable half_units;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < transact.gets.size(); ++i) {
    const TransactGet& get = transact.gets[i];
    auto item = ReadItemOf(view, *get.table, get.row_key);
    if (!item) return item.error();
    std::size_t own = *item ? ItemSize(**item) : 0;
    bytes += own;
    if (bytes > kTransactBytesMax) {
      Error error{ErrorCode::kInvalidArgument,
                  "The items of a transaction are too large: their aggregated size cannot exceed "
                  "4 MB"};
      transact.reasons = OneInvalid(transact.gets.size(), i, error.message);
      return error;
    }
    half_units[get.asked] += 2 * ReadHalfUnits(own, true);
    BodyWriter response;
    if (*item) {
      response.Member("Item", get.projection ? Project(**item, *get.projection) : **item);
    }
    if (i > 0) responses += ',';
    responses += response.Finish();
  }
  BodyWriter body;
  AppendCapacities(body, transact.capacity, half_units, "ReadCapacityUnits");
  body.Member("Responses") += "[" + responses + "]";
  return body.Finish();
}

}  // namespace

void TransactGetItems(ApiCall call) {
  auto transact = std::make_shared<TransactGets>();
  ReadTransactGet(call.request(), *transact);
  if (!call.Proceeds()) return;
  if (auto prepared = PrepareTransactGet(call.tables(), *transact); !prepared) {
    return call.Fail(prepared.error());
  }
  if (!transact->reasons.empty()) return FailCanceled(call, transact->reasons);
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.ReadTogether([transact](store::View& view) { return AnswerTransactGet(view, *transact); },
                      reply_to,
                      [transact, call = std::move(call)](Result<std::string> body) mutable {
                        if (body) return call.Reply(*std::move(body));
                        if (!transact->reasons.empty())
                          return FailCanceled(call, transact->reasons);
                        call.Fail(body.error());
                      });
}

}  // namespace gatehouse::table
