// A policy document, read once. Immutable afterwards; any thread.
// Source: IAM user guide, "Grammar of the IAM JSON policy language".
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy_document.h"
#include "auth/policy_pattern.h"
#include "gatehouse/result.h"

namespace gatehouse::auth {

struct PolicyStatement {
  std::string name;  // its Sid, else "statement 0"
  bool is_deny = false;

  bool is_not_action = false;  // NotAction: all but these
  std::vector<PolicyPattern> actions;

  bool is_not_resource = false;
  std::vector<PolicyPattern> resources;  // none: a trust policy's, about the role itself

  bool is_not_principal = false;
  bool is_any_principal = false;        // "*"
  std::vector<std::string> principals;  // ARNs, account ids, names of services; identity: none

  bool has_condition = false;
};

class Policy {
 public:
  // Error: kInvalidArgument; the message says which statement and what.
  static Result<Policy> Parse(std::string_view json, PolicyKind kind);

  const std::vector<PolicyStatement>& statements() const { return statements_; }

 private:
  std::vector<PolicyStatement> statements_;
};

}  // namespace gatehouse::auth
