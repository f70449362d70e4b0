// Who sent this request? The decision of `--auth local` and `--auth strict` (design §6 "auth").
// A pure function over values; what a principal may do is not decided here.
#pragma once

#include <optional>
#include <string>

#include "auth/signature/credentials.h"
#include "auth/signature/refusal.h"
#include "auth/signature/sigv4.h"
#include "base/clock.h"

namespace gatehouse::auth {

enum class AuthMode {
  kLocal,   // unsigned requests are anonymous, unknown keys count as the owner's
  kStrict,  // both are refused, as AWS does
};

struct Authentication {
  enum Outcome { kAnonymous, kPrincipal, kRefused };
  Outcome outcome = kAnonymous;  // kAnonymous: what AWS had said is AnswerFor({kMissingToken}, …)
  Principal principal;           // kPrincipal
  bool verified = false;         // kPrincipal: false for an unknown key, whose secret nobody knows
  Refusal refusal;               // kRefused
  std::optional<Signature> signature;  // as read; for logs and notices
};

// Either way a signature is refused that cannot be read, is for another region or service (scope),
// or, of a known key, is wrong, out of time, or without the token issued with the key.
Authentication Authenticate(const Request& request, const Scope& scope, AuthMode mode,
                            const Credentials& credentials, base::Millis now, SigningKeys& keys);

}  // namespace gatehouse::auth
