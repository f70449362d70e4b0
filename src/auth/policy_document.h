// The shape of an IAM policy document; what it allows is decided elsewhere. Pure.
// Source: IAM user guide, policy grammar.
#pragma once

#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::auth {

enum class PolicyKind {
  kIdentity,  // of a role: Resource, no Principal
  kTrust,     // who may take a role: Principal, no Resource
  kResource,  // of a resource (a function): Principal and Resource
};

// Error: kInvalidArgument; the message says which statement and what.
Result<void> CheckPolicyDocument(std::string_view json, PolicyKind kind);

// StringEquals, ArnLikeIfExists, ForAnyValue:StringLike, …
bool IsConditionOperator(std::string_view name);

}  // namespace gatehouse::auth
