#include "auth/signature/authenticate.h"

#include <utility>

namespace gatehouse::auth {
namespace {

Refusal UnknownKey() {
  return {
      RefusalKind::kUnknownKey, "The security token included in the request is invalid.", {}, {}};
}

// Nothing if the signature was made with that credential and counts.
std::optional<Refusal> CheckKnown(const Request& request, const Signature& signature,
                                  const Scope& scope, const Credential& known, base::Millis now,
                                  SigningKeys& keys) {
  if (!SameSecret(known.key.security_token, signature.security_token)) return UnknownKey();
  if (known.expires && now >= *known.expires) {
    return Refusal{RefusalKind::kExpiredToken,
                   "The security token included in the request is expired",
                   {},
                   {}};
  }
  return Verify(request, signature, scope, known.key.secret, now, keys);
}

// signature is read already.
Authentication DecideSigned(const Request& request, const Signature& signature, const Scope& scope,
                            AuthMode mode, const Credentials& credentials, base::Millis now,
                            SigningKeys& keys) {
  Authentication decision;
  std::optional<Refusal> wrong;
  if (std::shared_ptr<const Credential> known = credentials.Find(signature.access_key)) {
    wrong = CheckKnown(request, signature, scope, *known, now, keys);
    decision.principal = known->principal;
    decision.verified = !wrong;
  } else if (mode == AuthMode::kStrict) {
    wrong = UnknownKey();
  } else {
    wrong = CheckScope(signature, scope);
    decision.principal = {Principal::kOwner, {}, {}};
  }
  decision.outcome = wrong ? Authentication::kRefused : Authentication::kPrincipal;
  if (wrong) {
    decision.principal = {};
    decision.refusal = *std::move(wrong);
  }
  return decision;
}

}  // namespace

Authentication Authenticate(const Request& request, const Scope& scope, AuthMode mode,
                            const Credentials& credentials, base::Millis now, SigningKeys& keys) {
  Authentication decision;
  Result<std::optional<Signature>> signature = ParseSignature(request.target, request.fields);
  if (!signature) {
    decision.outcome = Authentication::kRefused;
    decision.refusal = {RefusalKind::kIncomplete, std::move(signature).error().message, {}, {}};
  } else if (!*signature) {
    // The text is the family's (AnswerFor).
    if (mode == AuthMode::kStrict) decision.outcome = Authentication::kRefused;
  } else {
    decision = DecideSigned(request, **signature, scope, mode, credentials, now, keys);
    decision.signature = **std::move(signature);
  }
  return decision;
}

}  // namespace gatehouse::auth
