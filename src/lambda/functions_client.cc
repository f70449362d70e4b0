#include "lambda/functions_client.h"

#include "lambda/retry.h"

namespace gatehouse::lambda {

Task<Result<InvokeResult>> FunctionsClient::Invoke(std::string_view function_name,
                                                   std::string payload, InvocationType type) {
  if (!endpoint_) co_return endpoint_.error();
  bool is_event = type == InvocationType::kEvent;
  AwsCall call;
  call.endpoint = *endpoint_;
  call.service = "lambda";
  call.target = "/2015-03-31/functions/" + EncodeSegment(function_name) + "/invocations";
  call.fields = {{"X-Amz-Invocation-Type", is_event ? "Event" : "RequestResponse"}};
  call.body = std::move(payload);
  if (!is_event) call.seconds = 0;
  Task<Result<net::HttpReply>> sent = client_.Call(std::move(call));
  Result<net::HttpReply> reply = co_await sent;
  if (!reply) co_return reply.error();
  if (reply->status / 100 != 2) co_return ErrorOf(*reply);
  std::string failure(reply->Find("X-Amz-Function-Error").value_or(""));
  co_return InvokeResult{reply->status, std::move(reply->body), std::move(failure)};
}

}  // namespace gatehouse::lambda
