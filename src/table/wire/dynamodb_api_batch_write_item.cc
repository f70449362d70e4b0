// BatchWriteItem. AWS may apply some of it; here all of it is one transaction, so that nothing is
// ever unprocessed.
#include <algorithm>
#include <utility>
#include <vector>

#include "table/operation/item_change.h"
#include "table/value/item_check.h"
#include "table/value/java_text.h"
#include "table/wire/dynamodb_api_batch.h"
#include "table/wire/dynamodb_api_call.h"

namespace gatehouse::table {
namespace {

constexpr std::size_t kBatchWritesMax = 25;
constexpr std::string_view kNeitherPutNorDelete =
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
    "supported datatypes";

struct BatchWrite {
  std::vector<std::string> asked;  // the table of each write: name or ARN
  std::vector<ItemWrite> writes;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};

void ReadWriteRequest(RequestReader& reader, ItemWrite& write) {
  const boost::json::object* put = reader.Object("PutRequest");
  const boost::json::object* remove = reader.Object("DeleteRequest");
  if (!put == !remove) return reader.problems().Validation(std::string(kNeitherPutNorDelete));
  write.action = put ? ItemWrite::Action::kPut : ItemWrite::Action::kDelete;
  RequestReader inner(put ? *put : *remove, reader.PathOf(put ? "PutRequest" : "DeleteRequest"));
  write.item = inner.RequiredAttributes(put ? "Item" : "Key");
  if (!inner.problems().any()) {
    auto checked = CheckValues(write.item);
    if (checked && put) checked = CheckItemSize(write.item);
    if (!checked) inner.problems().Validation(checked.error().message);
  }
  reader.Absorb(inner);
}

void ReadTableWrites(RequestReader& request, BatchWrite& batch, const std::string& name,
                     const boost::json::value& value, const std::string& path) {
  const auto* list = value.if_array();
  if (!list) return request.problems().Serialization(CannotConvert(value, "List"));
  if (list->empty() || list->size() > kBatchWritesMax) {
    return request.Constraint(JavaText(boost::json::object{{name, *list}}), "requestItems",
                              "Map value must satisfy constraint: [Member must have length less "
                              "than or equal to 25, Member must have length greater than or equal "
                              "to 1]");
  }
  std::size_t position = 0;
  for (const boost::json::value& element : *list) {
    ++position;
    const auto* object = element.if_object();
    if (!object) {
      request.problems().Serialization(CannotConvert(element, "WriteRequest"));
      continue;
    }
    RequestReader reader(*object, path + "." + std::to_string(position) + ".member");
    batch.asked.push_back(name);
    ReadWriteRequest(reader, batch.writes.emplace_back());
    request.Absorb(reader);
  }
}

BatchWrite ReadBatchWrite(RequestReader& request) {
  BatchWrite batch;
  batch.capacity = ReadReturnConsumedCapacity(request);
  request.OneOf("ReturnItemCollectionMetrics", "NONE", {"SIZE", "NONE"});
  ReadRequestItems(
      request, "BatchWriteItem",
      [&](const std::string& name, const boost::json::value& value, const std::string& path) {
        ReadTableWrites(request, batch, name, value, path);
      });
  if (batch.writes.size() > kBatchWritesMax) {
    request.problems().Validation("Too many items requested for the BatchWriteItem call");
  }
  return batch;
}

// Of a wrong key AWS says the same whether it is put or deleted.
Error KeyError(Error error) {
  constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";
  std::string_view message = error.message;
  if (message.starts_with(kInvalid)) message.remove_prefix(kInvalid.size());
  if (message.starts_with("Missing the key ") || message.starts_with("Type mismatch for key ")) {
    error.message = "The provided key element does not match the schema";
  }
  return error;
}

Result<void> PrepareBatchWrite(Tables& tables, BatchWrite& batch) {
  SeenItems seen;
  bool twice = false;
  for (std::size_t i = 0; i < batch.writes.size(); ++i) {
    ItemWrite& write = batch.writes[i];
    write.table = tables.Find(TableNameOf(batch.asked[i]));
    if (!write.table) return TableNotFound();
    write.wants_capacity = batch.capacity != ReturnConsumedCapacity::kNone;
    if (auto checked = PrepareItemWrite(write); !checked) return KeyError(checked.error());
    twice |= !seen.Add(write.table->definition.name, write.row_key);
  }
  if (!twice) return {};
  return Error{ErrorCode::kInvalidArgument, "Provided list of item keys contains duplicates"};
}

Result<std::string> ApplyBatchWrite(store::Transaction& transaction, BatchWrite& batch) {
  CapacityByTable half_units;
  for (std::size_t i = 0; i < batch.writes.size(); ++i) {
    ItemWrite& write = batch.writes[i];
    if (auto applied = ApplyItemWrite(transaction, write); !applied) return applied.error();
    std::size_t bytes = std::max(write.outcome.old_bytes, write.outcome.new_bytes);
    half_units[batch.asked[i]] += WriteHalfUnits(bytes);
  }
  BodyWriter body;
  AppendCapacities(body, batch.capacity, half_units);
  body.Member("UnprocessedItems") += "{}";
  return body.Finish();
}

}  // namespace

void BatchWriteItem(ApiCall call) {
  BatchWrite batch = ReadBatchWrite(call.request());
  if (!call.Proceeds()) return;
  if (auto prepared = PrepareBatchWrite(call.tables(), batch); !prepared) {
    return call.Fail(prepared.error());
  }
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  tables.WriteTogether(
      [batch = std::move(batch)](store::Transaction& transaction) mutable {
        return ApplyBatchWrite(transaction, batch);
      },
      reply_to,
      [call = std::move(call)](Result<std::string> body) mutable {
        if (!body) return call.Fail(body.error());
        call.Reply(*std::move(body));
      });
}

}  // namespace gatehouse::table
