// Why a request is refused for its credentials, and how each family of services says so
// (docs/aws/lambda.md §14). Plain values.
#pragma once

#include <string>
#include <string_view>

#include "aws/service.h"

namespace gatehouse::auth {

enum class RefusalKind {
  kMissingToken,      // no signature where AWS demands one
  kIncomplete,        // a signature that cannot be read
  kUnknownKey,        // no such access key id, or not with this security token
  kInvalidSignature,  // wrong signature, scope or clock
  kExpiredToken,      // credentials that counted once
  kAccessDenied,      // known, but not allowed; the sentence comes from the policy decision
};

struct Refusal {
  RefusalKind kind = RefusalKind::kMissingToken;
  std::string message;  // AWS's text
  // Of a wrong signature only: what ours was made of; AWS's message ends with it. No secrets but
  // what the request itself brought.
  std::string canonical_request;
  std::string string_to_sign;
};

using aws::ServiceFamily;

struct RefusalAnswer {
  int status = 0;
  std::string_view name;  // "InvalidSignatureException"; a literal
  std::string message;
};

// The body's form is the edge's affair (§14's first table).
RefusalAnswer AnswerFor(const Refusal& refusal, ServiceFamily family);

}  // namespace gatehouse::auth
