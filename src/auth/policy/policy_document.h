// The shape of an IAM policy document; what it allows is decided elsewhere. Pure.
// Source: IAM user guide, policy grammar.
#pragma once

#include <cstddef>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::auth {

enum class PolicyKind {
  kIdentity,  // of a role: Resource, no Principal
  kTrust,     // who may take a role: Principal, no Resource
  kResource,  // of a resource (a function): Principal and Resource
};

// Bytes without blanks. Source: IAM user guide, IAM and AWS STS quotas.
inline constexpr std::size_t kRolePolicyBytesMax = 10'240;  // all inline policies of a role
inline constexpr std::size_t kManagedPolicyBytesMax = 6'144;

// Error: kInvalidArgument; the message says which statement and what.
Result<void> CheckPolicyDocument(std::string_view json, PolicyKind kind);

// StringEquals, ArnLikeIfExists, ForAnyValue:StringLike, …
bool IsConditionOperator(std::string_view name);

}  // namespace gatehouse::auth
