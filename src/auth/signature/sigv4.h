// Signature Version 4: whether a request was signed with a secret, and signing requests of our own.
// Header and query (presigned) form. Pure functions over values; the clock is passed in.
// Source: IAM User Guide, "Create a signed request"; what clients really do: docs/aws/lambda.md
// §13.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/signature/digest.h"
#include "auth/signature/key_pair.h"
#include "auth/signature/refusal.h"
#include "auth/signature/signature.h"
#include "auth/signature/signing_keys.h"
#include "base/clock.h"
#include "wire/http_parser.h"

namespace gatehouse::auth {

// Views only; what they see must outlive the call.
struct Request {
  std::string_view method;
  std::string_view target;  // as on the wire: a decoded or normalised one fails
  std::span<const wire::HttpField> fields;
  std::variant<std::string_view, Digest> body;  // its bytes, or their SHA-256 if known already
};
Request RequestOf(const wire::HttpHead& head, std::string_view body);

// What the credential scope of a signature must say.
struct Scope {
  std::string_view region;   // empty: any
  std::string_view service;  // signing name: "execute-api", "dynamodb" …; empty: any
  std::chrono::minutes skew_max{
      5};  // how far the signer's clock may be off; some services allow 15
};

// Nothing if signature (ParseSignature's of this request) was made with secret, for scope, and
// counts at now. Otherwise kInvalidSignature with AWS's text.
// "host" must be among the signed headers, and all of those must be there. A header
// X-Amz-Content-Sha256 must be the body's; for s3 alone it may be UNSIGNED-PAYLOAD or STREAMING-…,
// and then the body is not looked at (signatures of chunks are not verified). Equal requests in
// the same second have equal signatures, so repeats are not refused.
// The security token is compared by Authenticate.
[[nodiscard]] std::optional<Refusal> Verify(const Request& request, const Signature& signature,
                                            const Scope& scope, std::string_view secret,
                                            base::Millis now, SigningKeys& keys);

// The part of Verify that holds for keys whose secret nobody knows: region and service.
[[nodiscard]] std::optional<Refusal> CheckScope(const Signature& signature, const Scope& scope);

struct NewField {
  std::string name;
  std::string value;
};

// The fields to add to a request so that it is signed: X-Amz-Date, for a key with a token
// X-Amz-Security-Token, for s3 X-Amz-Content-Sha256, and Authorization. Signs all fields of the
// request but those that proxies change; Host must be among them.
std::vector<NewField> Sign(const Request& request, const KeyPair& key, const Scope& scope,
                           base::Millis now, SigningKeys& keys);

// The target of the request with a signature in its query, good for `expires` from now. Only Host
// is signed; s3: for any body.
std::string Presign(const Request& request, const KeyPair& key, const Scope& scope,
                    base::Millis now, std::chrono::seconds expires, SigningKeys& keys);

}  // namespace gatehouse::auth
