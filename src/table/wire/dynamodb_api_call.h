// One call of an operation on its way: what it asks, where its answer goes. Inside the room.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gatehouse/item.h"
#include "gatehouse/result.h"
#include "table/wire/dynamodb_api.h"
#include "table/wire/dynamodb_api_request.h"

namespace gatehouse::table {

// One row each in dynamodb_api_call.cc: the name with its namespace, the status, the message's
// member.
enum class ApiError {
  kValidation,
  kSerialization,
  kUnknownOperation,
  kResourceNotFound,
  kResourceInUse,
  kConditionalCheckFailed,
  kThrottling,
  kTransactionCanceled,
  kIdempotentParameterMismatch,
  kTableNotFound,
  kInternal,
};

// Handed from function to function, answered exactly once.
class ApiCall {
 public:
  ApiCall(Tables& tables, const ApiOptions& options, base::Clock& clock, base::Random& random,
          base::Executor& reply_to, Api::Done done);

  Tables& tables() { return tables_; }
  const ApiOptions& options() const { return options_; }
  base::Clock& clock() { return clock_; }
  base::Random& random() { return random_; }
  base::Executor& reply_to() { return reply_to_; }
  RequestReader& request() { return request_; }
  void set_request(RequestReader request) { request_ = std::move(request); }

  void Reply(std::string body);
  // more: further members of the body, as text.
  void Fail(ApiError error, std::string_view message, std::string_view more = {});
  // Of the tables; item goes with a failed condition.
  void Fail(const Error& error, const std::optional<Item>& item = {});
  // Answers the problems that the request has; true if it has none.
  [[nodiscard]] bool Proceeds();
  void Send(int status, std::string content_type, std::string body);

 private:
  Tables& tables_;
  const ApiOptions& options_;
  base::Clock& clock_;
  base::Random& random_;
  base::Executor& reply_to_;
  Api::Done done_;
  std::string request_id_;
  RequestReader request_;
};

// The operations, one file each or a few together: dynamodb_api_put_item.cc, …
void BatchGetItem(ApiCall call);
void BatchWriteItem(ApiCall call);
void CreateTable(ApiCall call);
void DeleteItem(ApiCall call);
void DeleteTable(ApiCall call);
void DescribeContinuousBackups(ApiCall call);
void DescribeLimits(ApiCall call);
void DescribeTimeToLive(ApiCall call);
void ListTagsOfResource(ApiCall call);
void TagResource(ApiCall call);
void UntagResource(ApiCall call);
void UpdateTimeToLive(ApiCall call);
void DescribeTable(ApiCall call);
void GetItem(ApiCall call);
void ListTables(ApiCall call);
void PutItem(ApiCall call);
void Query(ApiCall call);
void Scan(ApiCall call);
void TransactGetItems(ApiCall call);
void TransactWriteItems(ApiCall call);
void UpdateItem(ApiCall call);
void UpdateTable(ApiCall call);

}  // namespace gatehouse::table
