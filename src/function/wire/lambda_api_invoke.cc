// Invoke.
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "function/define/identifiers.h"
#include "function/wire/lambda_call.h"
#include "gatehouse/json.h"

namespace gatehouse::function {
namespace {

constexpr std::size_t kClientContextBytesMax = 3583;  // AWS

// Decoded; nothing: it is no base64 of JSON, or too long.
std::optional<std::string> ReadClientContext(std::string_view field) {
  if (field.empty()) return std::string();
  std::optional<std::string> text = base::DecodeBase64(field);
  if (field.size() > kClientContextBytesMax || !text || !json::IsObject(*text)) {
    return std::nullopt;
  }
  // It becomes a header of the Runtime API: no line may end in it.
  std::erase_if(*text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

// Errors of Functions::Call in this API's words.
void RefuseInvocation(LambdaApi::Call& call, const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return call.Refuse(400, "InvalidRequestContentException",
                         "Could not parse request body into json: " + error.message);
    case ErrorCode::kPayloadTooLarge:
      return call.Refuse(
          413, "RequestTooLargeException",
          "Request must be smaller than the limit for the InvokeFunction operation: " +
              error.message);
    default:
      return call.Refuse(error);
  }
}

void AnswerInvocation(LambdaApi::Call& call, Functions::Answer answer) {
  LambdaApi::Call::Fields fields;
  if (answer.result.status_code == 200) fields.emplace_back("X-Amz-Executed-Version", "$LATEST");
  if (!answer.result.function_error.empty()) {
    fields.emplace_back("X-Amz-Function-Error", answer.result.function_error);
  }
  if (!answer.log_tail.empty()) {
    fields.emplace_back("X-Amz-Log-Result", base::EncodeBase64(answer.log_tail));
  }
  call.Answer(answer.result.status_code, std::move(answer.result.payload), std::move(fields));
}

}  // namespace

void LambdaApi::Invoke(CallPtr call) {
  const Catalogue::Function* function = FindFunction(*call);
  if (!function) return;
  std::string_view type = call->Field("x-amz-invocation-type");
  if (type.empty()) type = "RequestResponse";
  if (type != "RequestResponse" && type != "Event" && type != "DryRun") {
    return call->Refuse(400, "ValidationException",
                        fmt::format("1 validation error detected: Value '{}' at 'invocationType' "
                                    "failed to satisfy constraint: Member must satisfy enum value "
                                    "set: [Event, RequestResponse, DryRun]",
                                    type));
  }
  std::optional<std::string> context = ReadClientContext(call->Field("x-amz-client-context"));
  if (!context) {
    return call->Refuse(400, "InvalidRequestContentException",
                        "Client context must be a valid Base64-encoded JSON object.");
  }
  if (type == "DryRun") return call->Answer(204, {});
  if (function->definition->reserved_concurrency == 0) {
    return call->Answer(429,
                        R"({"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded",)"
                        R"("Type":"User","message":"Rate Exceeded."})",
                        {{"x-amzn-ErrorType", "TooManyRequestsException"}, {"Retry-After", "1"}});
  }
  CallDetails details;
  details.request_id = call->request_id;
  details.client_context = std::move(*context);
  details.qualifier = call->function.qualifier;
  details.log_tail = call->Field("x-amz-log-type") == "Tail";
  std::string payload = call->body.empty() ? "{}" : std::move(call->body);
  functions_.Call(call->function.name, std::move(payload),
                  type == "Event" ? InvocationType::kEvent : InvocationType::kRequestResponse,
                  std::move(details), [call](Result<Functions::Answer> answer) {
                    if (!answer) return RefuseInvocation(*call, answer.error());
                    AnswerInvocation(*call, std::move(*answer));
                  });
}

}  // namespace gatehouse::function
