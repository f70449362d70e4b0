// BatchGetItem: one snapshot, read and made into JSON on the store's reader thread.
#include <utility>
#include <vector>

#include "table/expression/item_path.h"
#include "table/operation/item_change.h"
#include "table/value/item_check.h"
#include "table/value/item_size.h"
#include "table/value/key_codec.h"
#include "table/wire/dynamodb_api_batch.h"
#include "table/wire/dynamodb_api_call.h"
#include "table/wire/dynamodb_api_expressions.h"

namespace gatehouse::table {
namespace {

constexpr std::size_t kBatchGetKeysMax = 100;
// Item sizes; the keys beyond are UnprocessedKeys. Source: BatchGetItem, API reference.
constexpr std::size_t kBatchGetBytesMax = 16 << 20;

struct TableKeys {
  std::string asked;         // name or ARN
  boost::json::object rest;  // its members but the keys, for UnprocessedKeys
  std::vector<Item> keys;
  std::optional<Projection> projection;
  bool consistent = false;
  std::shared_ptr<const TableEntry> table;
  std::vector<std::string> row_keys;
};

struct BatchGet {
  std::vector<TableKeys> tables;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};

void ReadBatchKeys(RequestReader& reader, TableKeys& asked, RequestReader& request) {
  const boost::json::array* keys = reader.Array("Keys");
  if (!keys) {
    if (!reader.Has("Keys")) reader.Constraint(std::nullopt, "keys", "Member must not be null");
    return;
  }
  if (keys->empty()) {
    reader.Constraint("[]", "keys", "Member must have length greater than or equal to 1");
  }
  if (keys->size() > kBatchGetKeysMax) {
    request.problems().constraints.push_back(
        "Value at 'RequestItems." + asked.asked +
        ".member.Keys' failed to satisfy constraint: Member must have length less than or equal "
        "to 100");
    return;
  }
  for (const boost::json::value& key : *keys) {
    asked.keys.push_back(ReadItem(key, reader.problems()));
  }
}

// The keys' values and that none is there twice; before tables are looked up.
void CheckBatchKeys(TableKeys& asked, RequestProblems& problems) {
  SeenItems seen;
  for (Item& key : asked.keys) {
    if (auto checked = CheckValues(key); !checked) problems.Validation(checked.error().message);
    std::string text;
    AppendJson(text, key);
    if (!seen.Add(asked.asked, text)) {
      problems.Validation("Provided list of item keys contains duplicates");
    }
  }
}

void ReadTableKeys(RequestReader& request, BatchGet& batch, const std::string& name,
                   const boost::json::value& value, const std::string& path) {
  const auto* object = value.if_object();
  if (!object) return request.problems().Serialization(CannotConvert(value, "KeysAndAttributes"));
  RequestReader reader(*object, path + ".member");
  TableKeys& asked = batch.tables.emplace_back();
  asked.asked = name;
  asked.rest = *object;
  asked.rest.erase("Keys");
  ReadBatchKeys(reader, asked, request);
  asked.consistent = reader.Boolean("ConsistentRead").value_or(false);
  RequestExpressions expressions(reader, {"ProjectionExpression"});
  if (!reader.problems().any()) {
    auto projection = expressions.ParseProjectionOf();
    auto used = expressions.CheckAllUsed();
    if (!projection) {
      reader.problems().Validation(projection.error().message);
    } else {
      asked.projection = *std::move(projection);
    }
    if (!used) reader.problems().Validation(used.error().message);
    CheckBatchKeys(asked, reader.problems());
  }
  request.Absorb(reader);
}

BatchGet ReadBatchGet(RequestReader& request) {
  BatchGet batch;
  batch.capacity = ReadReturnConsumedCapacity(request);
  ReadRequestItems(
      request, "BatchGetItem",
      [&](const std::string& name, const boost::json::value& value, const std::string& path) {
        ReadTableKeys(request, batch, name, value, path);
      });
  std::size_t keys = 0;
  for (const TableKeys& asked : batch.tables) keys += asked.keys.size();
  if (keys > kBatchGetKeysMax) {
    request.problems().Validation("Too many items requested for the BatchGetItem call");
  }
  return batch;
}

Result<void> PrepareTableKeys(Tables& tables, TableKeys& asked) {
  asked.table = tables.Find(TableNameOf(asked.asked));
  if (!asked.table) return TableNotFound();
  const PrimaryKey& primary_key = asked.table->primary_key;
  for (const Item& key : asked.keys) {
    if (auto checked = CheckKey(primary_key, key); !checked) return checked;
    asked.row_keys.push_back(RowKeyOf(primary_key, key));
  }
  if (!asked.projection) return {};
  return CheckKeysAreScalars(*asked.projection, primary_key);
}

// {"Keys":[…], and what else was asked}
std::string UnprocessedKeys(const TableKeys& asked, std::size_t from) {
  BodyWriter body;
  for (const auto& member : asked.rest) {
    body.Member(member.key()) += boost::json::serialize(member.value());
  }
  std::string& keys = body.Member("Keys");
  keys += '[';
  for (std::size_t i = from; i < asked.keys.size(); ++i) {
    if (i > from) keys += ',';
    AppendJson(keys, asked.keys[i]);
  }
  keys += ']';
  return body.Finish();
}

struct BatchGetAnswer {
  BodyWriter responses;
  BodyWriter unprocessed;
  CapacityByTable half_units;
  std::size_t bytes = 0;
};

Result<void> ReadTable(store::View& view, const TableKeys& asked, BatchGetAnswer& answer) {
  std::string items;
  std::size_t units = 0;
  std::size_t i = 0;
  for (; i < asked.row_keys.size() && answer.bytes < kBatchGetBytesMax; ++i) {
    auto item = ReadItemOf(view, *asked.table, asked.row_keys[i]);
    if (!item) return item.error();
    std::size_t bytes = *item ? ItemSize(**item) : 0;
    if (answer.bytes + bytes > kBatchGetBytesMax) break;
    answer.bytes += bytes;
    units += ReadHalfUnits(bytes, asked.consistent);
    if (!*item) continue;
    if (!items.empty()) items += ',';
    AppendJson(items, asked.projection ? Project(**item, *asked.projection) : **item);
  }
  answer.half_units[asked.asked] += units;
  answer.responses.Member(asked.asked) += "[" + items + "]";
  if (i < asked.row_keys.size()) {
    answer.unprocessed.Member(asked.asked) += UnprocessedKeys(asked, i);
  }
  return {};
}

Result<std::string> AnswerBatchGet(store::View& view, const BatchGet& batch) {
  BatchGetAnswer answer;
  for (const TableKeys& asked : batch.tables) {
    if (auto read = ReadTable(view, asked, answer); !read) return read.error();
  }
  BodyWriter body;
  AppendCapacities(body, batch.capacity, answer.half_units);
  body.Member("Responses") += answer.responses.Finish();
  body.Member("UnprocessedKeys") += answer.unprocessed.Finish();
  return body.Finish();
}

}  // namespace

void BatchGetItem(ApiCall call) {
  BatchGet batch = ReadBatchGet(call.request());
  if (!call.Proceeds()) return;
  for (TableKeys& asked : batch.tables) {
    if (auto checked = PrepareTableKeys(call.tables(), asked); !checked) {
      return call.Fail(checked.error());
    }
  }
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.ReadTogether(
      [batch = std::move(batch)](store::View& view) { return AnswerBatchGet(view, batch); },
      reply_to,
      [call = std::move(call)](Result<std::string> body) mutable {
        if (!body) return call.Fail(body.error());
        call.Reply(*std::move(body));
      });
}

}  // namespace gatehouse::table
