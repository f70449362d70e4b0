// Other functions through Lambda's Invoke, as handlers know them. Loop thread only.
// Source: Lambda API 2015-03-31, Invoke.
#pragma once

#include <string>
#include <string_view>

#include "gatehouse/handler.h"
#include "lambda/aws_client.h"

namespace gatehouse::lambda {

class FunctionsClient final : public Functions {
 public:
  // client outlives it. endpoint may be why there is none, which every call then answers.
  FunctionsClient(AwsClient& client, Result<Endpoint> endpoint)
      : client_(client), endpoint_(std::move(endpoint)) {}

  // A function that is waited for may run as long as this invocation.
  Task<Result<InvokeResult>> Invoke(std::string_view function_name, std::string payload,
                                    InvocationType type) override;

 private:
  AwsClient& client_;
  const Result<Endpoint> endpoint_;
};

}  // namespace gatehouse::lambda
