// A policy document, read once. Immutable afterwards; any thread.
// Source: IAM user guide, "Grammar of the IAM JSON policy language".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/policy/condition.h"
#include "auth/policy/policy_document.h"
#include "auth/policy/policy_pattern.h"
#include "gatehouse/result.h"

namespace gatehouse::auth {

struct PolicyStatement {
  std::string name;  // its Sid, else "statement 0"
  bool is_deny = false;

  bool is_not_action = false;  // NotAction: all but these
  std::vector<PolicyPattern> actions;

  bool is_not_resource = false;
  std::vector<PolicyPattern> resources;
  bool is_about_itself = false;  // a trust policy's: no Resource, it is the role's own

  bool is_not_principal = false;
  bool is_any_principal = false;        // "*"
  std::vector<std::string> principals;  // ARNs, account ids, names of services; identity: none

  std::vector<Condition> conditions;  // all must hold
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
