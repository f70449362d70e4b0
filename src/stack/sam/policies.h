// What functions and state machines may do: the property Policies, and the role that SAM makes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stack/sam/expansion.h"

namespace gatehouse::stack::sam {

// SAM's policy templates in the property Policies become the documents that they stand for.
// What is wrong is told; the list comes back as far as it goes.
Value ExpandPolicies(const Source& source, Expansion& expansion);

struct RoleParts {
  Value assume;                  // AssumeRolePolicyDocument
  std::vector<Value> managed;    // ManagedPolicyArns that come first
  std::vector<Value> documents;  // Policies that come first
  Value tags;
};

// FRole, of the source's Policies (expanded), RolePath and PermissionsBoundary.
Made MakeRole(const Source& source, const Value& policies, RoleParts parts, Expansion& expansion);

// Once in the role's ManagedPolicyArns.
void AddManagedPolicy(Made& role, const std::string& arn);

// Who may take a role: the service "lambda", "scheduler", "states", …
Value AssumeBy(std::string_view service);

// {"PolicyName": …, "PolicyDocument": {"Statement": […]}}, without a version, as SAM makes them.
Value RolePolicy(std::string_view name, std::initializer_list<Value> statements);
Value Allow(Value action, Value resource);

// The ARN of an AWS managed policy by its name; what is none stays as it is.
std::string ManagedPolicyArn(std::string_view name, const Expansion& expansion);

}  // namespace gatehouse::stack::sam
