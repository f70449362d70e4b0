#include "lambda/dynamodb_table.h"

#include <boost/json.hpp>

#include "gatehouse/json.h"
#include "lambda/retry.h"
#include "table/value/attribute_json.h"

namespace gatehouse::lambda {
namespace {

constexpr std::size_t kReplyDepthMax = 128;  // 32 levels of attribute values are 64 of JSON

std::string Member(std::string_view name, const Item& item) {
  std::string text = "," + json::Quoted(name) + ":";
  table::AppendJson(text, item);
  return text;
}

std::string TextMember(std::string_view name, std::string_view text) {
  return text.empty() ? "" : "," + json::Quoted(name) + ":" + json::Quoted(text);
}

// Of all expressions of a request.
std::string ExpressionMembers(const ExpressionNames& names, const Item& values) {
  std::string members;
  for (const auto& [ref, name] : names) {
    members += members.empty() ? R"(,"ExpressionAttributeNames":{)" : ",";
    members += json::Quoted(ref) + ":" + json::Quoted(name);
  }
  if (!members.empty()) members += '}';
  if (!values.empty()) members += Member("ExpressionAttributeValues", values);
  return members;
}

std::string QueryMembers(const QueryOptions& options) {
  // As gatehouse's own table, but of an index: a global one knows no consistent reads.
  std::string members = TextMember("IndexName", options.index_name);
  if (members.empty()) members = R"(,"ConsistentRead":true)";
  members += TextMember("KeyConditionExpression", options.key_condition) +
             TextMember("FilterExpression", options.filter) +
             TextMember("ProjectionExpression", options.projection) +
             ExpressionMembers(options.names, options.values);
  if (options.limit > 0) members += R"(,"Limit":)" + std::to_string(options.limit);
  if (!options.scan_index_forward) members += R"(,"ScanIndexForward":false)";
  if (options.exclusive_start_key) {
    members += Member("ExclusiveStartKey", *options.exclusive_start_key);
  }
  return members;
}

Error NotUnderstood() { return {ErrorCode::kIo, "DynamoDB's answer is not understood"}; }

Result<boost::json::object> ReadReply(const std::string& body) {
  boost::json::error_code error;
  boost::json::parse_options options;
  options.max_depth = kReplyDepthMax;
  boost::json::value value = boost::json::parse(body, error, {}, options);
  if (error || !value.is_object()) return NotUnderstood();
  return std::move(value.get_object());
}

// The item that a member is; nothing if there is no such member.
Result<std::optional<Item>> ReadMember(const boost::json::object& object, std::string_view name) {
  const boost::json::value* member = object.if_contains(name);
  if (!member || member->is_null()) return std::optional<Item>();
  table::RequestProblems problems;
  Item item = table::ReadItem(*member, problems);
  if (problems.any()) return NotUnderstood();
  return std::optional<Item>(std::move(item));
}

Result<ScanPage> ReadPage(const std::string& body) {
  Result<boost::json::object> reply = ReadReply(body);
  if (!reply) return reply.error();
  ScanPage page;
  const boost::json::value* items = reply->if_contains("Items");
  if (!items || !items->is_array()) return NotUnderstood();
  for (const boost::json::value& value : items->get_array()) {
    table::RequestProblems problems;
    page.items.push_back(table::ReadItem(value, problems));
    if (problems.any()) return NotUnderstood();
  }
  Result<std::optional<Item>> last = ReadMember(*reply, "LastEvaluatedKey");
  if (!last) return last.error();
  page.last_evaluated_key = *std::move(last);
  return page;
}

}  // namespace

Task<Result<std::string>> DynamodbTable::Call(std::string operation, std::string members) {
  if (!endpoint_) co_return endpoint_.error();
  AwsCall call;
  call.endpoint = *endpoint_;
  call.service = "dynamodb";
  call.target = "/";
  call.fields = {{"Content-Type", "application/x-amz-json-1.0"},
                 {"X-Amz-Target", "DynamoDB_20120810." + operation}};
  call.body = R"({"TableName":)" + json::Quoted(name_) + members + "}";
  Task<Result<net::HttpReply>> sent = client_.Call(std::move(call));
  Result<net::HttpReply> reply = co_await sent;
  if (!reply) co_return reply.error();
  if (reply->status != 200) co_return ErrorOf(*reply);
  co_return std::move(reply->body);
}

Task<Result<void>> DynamodbTable::Put(Item item) {
  Task<Result<std::string>> call = Call("PutItem", Member("Item", item));
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  co_return Result<void>();
}

Task<Result<std::optional<Item>>> DynamodbTable::Get(Item key) {
  // As gatehouse's own table: a handler reads what was written before.
  Task<Result<std::string>> call =
      Call("GetItem", Member("Key", key) + R"(,"ConsistentRead":true)");
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  Result<boost::json::object> reply = ReadReply(*body);
  if (!reply) co_return reply.error();
  co_return ReadMember(*reply, "Item");
}

Task<Result<void>> DynamodbTable::Delete(Item key) {
  Task<Result<std::string>> call = Call("DeleteItem", Member("Key", key));
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  co_return Result<void>();
}

Task<Result<ScanPage>> DynamodbTable::Scan(ScanOptions options) {
  std::string members = R"(,"ConsistentRead":true)";
  if (options.limit > 0) members += R"(,"Limit":)" + std::to_string(options.limit);
  if (options.exclusive_start_key) {
    members += Member("ExclusiveStartKey", *options.exclusive_start_key);
  }
  Task<Result<std::string>> call = Call("Scan", std::move(members));
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  co_return ReadPage(*body);
}

Task<Result<ScanPage>> DynamodbTable::Query(QueryOptions options) {
  Task<Result<std::string>> call = Call("Query", QueryMembers(options));
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  co_return ReadPage(*body);
}

Task<Result<Item>> DynamodbTable::Update(Item key, UpdateOptions options) {
  Task<Result<std::string>> call =
      Call("UpdateItem", Member("Key", key) + TextMember("UpdateExpression", options.update) +
                             TextMember("ConditionExpression", options.condition) +
                             ExpressionMembers(options.names, options.values) +
                             R"(,"ReturnValues":"ALL_NEW")");
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  Result<boost::json::object> reply = ReadReply(*body);
  if (!reply) co_return reply.error();
  Result<std::optional<Item>> item = ReadMember(*reply, "Attributes");
  if (!item) co_return item.error();
  co_return (*std::move(item)).value_or(Item());
}

Task<Result<void>> DynamodbTable::PutIf(Item item, ConditionOptions options) {
  Task<Result<std::string>> call =
      Call("PutItem", Member("Item", item) + TextMember("ConditionExpression", options.condition) +
                          ExpressionMembers(options.names, options.values));
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  co_return Result<void>();
}

Task<Result<void>> DynamodbTable::DeleteIf(Item key, ConditionOptions options) {
  Task<Result<std::string>> call =
      Call("DeleteItem", Member("Key", key) + TextMember("ConditionExpression", options.condition) +
                             ExpressionMembers(options.names, options.values));
  Result<std::string> body = co_await call;
  if (!body) co_return body.error();
  co_return Result<void>();
}

}  // namespace gatehouse::lambda
