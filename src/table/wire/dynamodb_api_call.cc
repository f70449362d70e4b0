#include "table/wire/dynamodb_api_call.h"

#include <array>
#include <cstddef>
#include <utility>

#include <zlib.h>

#include "aws/error.h"
#include "aws/id.h"
#include "base/check.h"
#include "gatehouse/json.h"

namespace gatehouse::table {
namespace {

struct ErrorRow {
  std::string_view type;
  int status;
  std::string_view message_member;
};

// In the order of the enum.
constexpr std::array<ErrorRow, 11> kErrors = {{
    {"com.amazon.coral.validate#ValidationException", 400, "message"},
    {"com.amazon.coral.service#SerializationException", 400, "Message"},
    {"com.amazon.coral.service#UnknownOperationException", 400, "message"},
    {"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", 400, "message"},
    {"com.amazonaws.dynamodb.v20120810#ResourceInUseException", 400, "message"},
    {"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", 400, "message"},
    {"com.amazon.coral.availability#ThrottlingException", 400, "message"},
    {"com.amazonaws.dynamodb.v20120810#TransactionCanceledException", 400, "Message"},
    {"com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException", 400, "Message"},
    {"com.amazonaws.dynamodb.v20120810#TableNotFoundException", 400, "message"},
    {"com.amazonaws.dynamodb.v20120810#InternalServerError", 500, "message"},
}};
static_assert(kErrors.size() == static_cast<std::size_t>(ApiError::kInternal) + 1);

ApiError KindOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return ApiError::kValidation;
    case ErrorCode::kNotFound:
      return ApiError::kResourceNotFound;
    case ErrorCode::kConflict:
      return ApiError::kResourceInUse;
    case ErrorCode::kConditionFailed:
      return ApiError::kConditionalCheckFailed;
    case ErrorCode::kLimitExceeded:
      return ApiError::kThrottling;
    default:
      return ApiError::kInternal;
  }
}

std::string ErrorBody(const ErrorRow& row, std::string_view message,
                      const std::optional<Item>& item, std::string_view before = {}) {
  std::string more;
  if (item) {
    more = R"("Item":)";
    AppendJson(more, *item);
  }
  if (before.empty()) return aws::JsonErrorBody(row.type, message, row.message_member, more);
  // As DynamoDB has it: CancellationReasons stand before the message.
  std::string members = std::string(before) + ",\"" + std::string(row.message_member) + "\":";
  json::AppendQuoted(members, message);
  return aws::JsonErrorBody(row.type, {}, {}, members);
}

}  // namespace

ApiCall::ApiCall(Tables& tables, const ApiOptions& options, base::Clock& clock,
                 base::Random& random, base::Executor& reply_to, Api::Done done)
    : tables_(tables),
      options_(options),
      clock_(clock),
      random_(random),
      reply_to_(reply_to),
      done_(std::move(done)),
      request_id_(aws::NewDynamoDbRequestId(random)) {}

void ApiCall::Send(int status, std::string content_type, std::string body) {
  auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
  Api::Done done = std::exchange(done_, nullptr);
  CHECK(done);
  done({.status = status,
        .content_type = std::move(content_type),
        .body = std::move(body),
        .crc32 = std::to_string(crc),
        .request_id = std::move(request_id_)});
}

void ApiCall::Reply(std::string body) { Send(200, std::string(aws::kJson10Type), std::move(body)); }

void ApiCall::Fail(ApiError error, std::string_view message, std::string_view more) {
  const ErrorRow& row = kErrors[static_cast<std::size_t>(error)];
  Send(row.status, std::string(aws::kJson10Type), ErrorBody(row, message, {}, more));
}

void ApiCall::Fail(const Error& error, const std::optional<Item>& item) {
  const ErrorRow& row = kErrors[static_cast<std::size_t>(KindOf(error.code))];
  Send(row.status, std::string(aws::kJson10Type), ErrorBody(row, error.message, item));
}

bool ApiCall::Proceeds() {
  RequestProblems& problems = request_.problems();
  if (!problems.any()) return true;
  if (!problems.serialization.empty()) {
    Fail(ApiError::kSerialization, problems.serialization);
  } else {
    Fail(ApiError::kValidation, problems.ValidationMessage());
  }
  return false;
}

}  // namespace gatehouse::table
