// The Runtime API's other side: asks for events, runs the handler, gives back what it answers. Loop
// thread only. Source: AWS Lambda Runtime API 2018-06-01; docs/aws/lambda.md §2, §6.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gatehouse/handler.h"
#include "gatehouse/task.h"
#include "lambda/context.h"
#include "lambda/endpoint.h"
#include "net/http/http_client.h"

namespace gatehouse::lambda {

// The handler that _HANDLER names: "chat/connect" by its whole name, or "connect" if no other
// handler's name ends with it behind a slash. Errors: kNotFound, listing what there is.
Result<const HandlerEntry*> FindHandler(std::span<const HandlerEntry> handlers,
                                        std::string_view name);

class Runtime {
 public:
  // api: what AWS_LAMBDA_RUNTIME_API says, host:port. All outlive it.
  Runtime(net::HttpClient& http, Endpoint api, const ContextParts& parts)
      : http_(http), api_(std::move(api)), parts_(parts) {}

  // Serves event after event. Ends only when the Runtime API cannot be asked any more; says why.
  Task<Error> Serve(Handler handler);
  // Tells that the function cannot start; false if nobody took it.
  Task<bool> FailInit(std::string type, std::string message);

 private:
  Task<Result<net::HttpReply>> Ask(std::string method, std::string target, std::string body,
                                   net::HttpFields fields);
  // Runs the handler for one event and tells what came of it.
  Task<Result<void>> RunOne(Handler handler, net::HttpReply next);

  net::HttpClient& http_;
  const Endpoint api_;
  const ContextParts& parts_;
};

}  // namespace gatehouse::lambda
