// Whether a request is allowed, as AWS evaluates policies within one account. Pure; any thread.
// Source: IAM user guide, "Policy evaluation logic".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy/policy.h"
#include "auth/policy/request_context.h"

namespace gatehouse::auth {

// The texts live as long as the call.
struct AccessRequest {
  std::string_view action;    // "dynamodb:PutItem"
  std::string_view resource;  // an ARN; "*" for actions that have none
  // Of a role's session "arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION" (the role's own ARN is
  // the key aws:PrincipalArn, if it has a path), of a user "arn:aws:iam::…", of a service its
  // name ("apigateway.amazonaws.com"); empty: anonymous. Looked at by resource policies alone.
  std::string_view principal_arn;
  const RequestContext* context = nullptr;  // null: no keys
};

enum class Effect { kAllowed, kExplicitDeny, kImplicitDeny };

struct Decision {
  Effect effect = Effect::kImplicitDeny;
  bool by_resource_policy = false;
  std::string statement;  // the deciding one's Sid or "statement 0"; implicit deny: none
  // Keys which AWS would have had and which kept an Allow from matching or made a Deny match:
  // to be told once. Lower case.
  std::vector<std::string> unknowable_keys;
  bool depends_on_context = false;  // with other keys it could have been another one
};

// A Deny anywhere wins, then an Allow in either. Null policies are not allowed.
Decision Decide(const AccessRequest& request, std::span<const Policy* const> identity,
                std::span<const Policy* const> resource);

// Whether these identity policies allow the action on every resource that begins with prefix,
// whatever the keys. False says nothing: decide about each. Null policies are not allowed.
bool AllowsAll(std::string_view action, std::string_view prefix,
               std::span<const Policy* const> identity);

}  // namespace gatehouse::auth
