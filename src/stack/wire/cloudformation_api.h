// CloudFormation's HTTP API: the query protocol of version 2010-05-15, without sockets. Loop thread
// only. Source: CloudFormation API reference; docs/aws/cloudformation.md §1-§5.
#pragma once

#include <string_view>
#include <vector>

#include "base/random.h"
#include "stack/engine/stacks.h"
#include "wire/service.h"

namespace gatehouse::stack {

class CloudFormationApi {
 public:
  // Both must outlive the api, which must outlive its last answer.
  CloudFormationApi(Stacks& stacks, base::Random& random) : stacks_(stacks), random_(random) {}

  // Every action that Handle knows.
  static std::vector<std::string_view> Operations();

  // Answers once, when what was asked for is done: a deployment runs inside its request.
  void Handle(const wire::ServiceRequest& request, wire::ServiceDone done);

 private:
  Stacks& stacks_;
  base::Random& random_;
};

}  // namespace gatehouse::stack
