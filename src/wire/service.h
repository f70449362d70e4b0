// One request to a control plane (CloudFormation, Lambda, API Gateway) and its answer, without
// sockets: what the front door gives to a room's HTTP API. Plain values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/function.h"
#include "wire/http_parser.h"

namespace gatehouse::wire {

// Views live until the call that got them returns. What was checked before: the size of the body,
// origin and host, the signature.
struct ServiceRequest {
  const HttpHead& head;  // head.target as on the wire
  std::string_view body;
  std::string_view caller = {};  // the ARN of who signed it, or of the account's root
};

struct ServiceResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;  // Content-Type among them
  std::string body;
};

// Called exactly once, on the loop's thread, inside the call or later.
using ServiceDone = base::UniqueFunction<void(ServiceResponse)>;

}  // namespace gatehouse::wire
