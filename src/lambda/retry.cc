#include "lambda/retry.h"

#include <algorithm>
#include <array>

#include "gatehouse/json.h"

namespace gatehouse::lambda {
namespace {

constexpr std::size_t kShownBytesMax = 512;  // of what a service says

// 400s that tell of too much.
constexpr std::array<std::string_view, 8> kThrottling{
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
};

std::string TextMember(std::string_view object, std::string_view name) {
  std::optional<std::string_view> value = json::Member(object, name);
  std::optional<std::string> text = value ? json::String(*value) : std::nullopt;
  return text.value_or("");
}

}  // namespace

std::string ErrorTypeOf(const net::HttpReply& reply) {
  std::string type(reply.Find("x-amzn-ErrorType").value_or(""));
  if (type.empty()) type = TextMember(reply.body, "__type");
  // "com.amazonaws.dynamodb.v20120810#Name" and "Name:http://…" are in use.
  type = type.substr(0, type.find(':'));
  return type.substr(type.find('#') + 1);  // without one: from 0
}

std::string ErrorTextOf(const net::HttpReply& reply) {
  std::string text = TextMember(reply.body, "message");
  if (text.empty()) text = TextMember(reply.body, "Message");
  if (text.empty()) text = ErrorTypeOf(reply);
  if (text.empty()) return "HTTP status " + std::to_string(reply.status);
  return text.substr(0, kShownBytesMax);
}

bool IsThrottling(const net::HttpReply& reply) {
  if (reply.status == 429) return true;
  if (reply.status != 400) return false;
  return std::find(kThrottling.begin(), kThrottling.end(), ErrorTypeOf(reply)) != kThrottling.end();
}

Error ErrorOf(const net::HttpReply& reply) {
  std::string text = ErrorTextOf(reply);
  if (IsThrottling(reply)) return {ErrorCode::kLimitExceeded, std::move(text)};
  std::string type = ErrorTypeOf(reply);
  if (type == "ResourceNotFoundException") return {ErrorCode::kNotFound, std::move(text)};
  if (type == "ConditionalCheckFailedException") {
    return {ErrorCode::kConditionFailed, std::move(text)};
  }
  bool is_key_wrong = type == "UnrecognizedClientException" ||
                      type == "InvalidSignatureException" || type == "ExpiredTokenException" ||
                      type == "AccessDeniedException" ||
                      type == "MissingAuthenticationTokenException";
  if (is_key_wrong || reply.status == 401 || reply.status == 403) {
    return {ErrorCode::kForbidden, std::move(text)};
  }
  switch (reply.status) {
    case 404:
      return {ErrorCode::kNotFound, std::move(text)};
    case 410:
      return {ErrorCode::kGone, std::move(text)};
    case 413:
      return {ErrorCode::kPayloadTooLarge, std::move(text)};
    default:
      return {reply.status / 100 == 4 ? ErrorCode::kInvalidArgument : ErrorCode::kIo,
              std::move(text)};
  }
}

bool IsWorthRetrying(const Result<net::HttpReply>& reply) {
  if (!reply) {
    ErrorCode code = reply.error().code;
    return code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout;
  }
  return reply->status >= 500 || IsThrottling(*reply);
}

base::Millis RetryPause(int next, base::Random& random) {
  base::Millis bound = kRetryPauseFirst;
  for (int attempt = 2; attempt < next && bound < kRetryPauseMax; ++attempt) bound *= 2;
  bound = std::min(bound, kRetryPauseMax);
  return base::Millis(random.Next() % static_cast<std::uint64_t>(bound.count() + 1));
}

}  // namespace gatehouse::lambda
