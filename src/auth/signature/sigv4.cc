#include "auth/signature/sigv4.h"

#include <algorithm>
#include <array>
#include <utility>

#include "auth/signature/canonical.h"
#include "base/check.h"

namespace gatehouse::auth {
namespace {

constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
constexpr std::string_view kPayloadHeader = "x-amz-content-sha256";

// What clients of AWS leave unsigned since proxies change it.
constexpr std::array<std::string_view, 8> kNotSigned = {
    "authorization",     "connection", "expect",         "keep-alive", "te",
    "transfer-encoding", "user-agent", "x-amzn-trace-id"};

Refusal InvalidSignature(std::string message) {
  return {RefusalKind::kInvalidSignature, std::move(message), {}, {}};
}

Refusal WrongSignature() {
  return InvalidSignature(
      "The request signature we calculated does not match the signature you provided. Check your "
      "AWS Secret Access Key and signing method. Consult the service documentation for details.");
}

std::string BodyHash(const Request& request) {
  if (const Digest* digest = std::get_if<Digest>(&request.body)) return HexOf(*digest);
  return HexOf(Sha256(std::get<std::string_view>(request.body)));
}

// The last line of a canonical request; nothing if the request contradicts itself.
std::optional<std::string> PayloadHash(const Request& request, const Signature& signature) {
  const wire::HttpField* stated = nullptr;
  for (const wire::HttpField& field : request.fields) {
    if (!HasName(field, kPayloadHeader)) continue;
    if (stated != nullptr) return std::nullopt;
    stated = &field;
  }
  if (signature.service == "s3") {
    if (stated == nullptr && signature.presigned) return std::string(kUnsignedPayload);
    if (stated != nullptr &&
        (stated->value == kUnsignedPayload || stated->value.starts_with("STREAMING-"))) {
      return std::string(stated->value);
    }
  }
  std::string hash = BodyHash(request);
  if (stated != nullptr && stated->value != hash) return std::nullopt;
  return hash;
}

// What is the same for both readings of a "+" in the query.
struct Canonical {
  std::string path;
  std::string headers;
  std::string payload_hash;
};

std::string CanonicalRequest(const Request& request, const Canonical& canonical,
                             const Signature& signature, PlusSign plus) {
  std::string out;
  out.reserve(canonical.path.size() + canonical.headers.size() + request.target.size() + 200);
  out.append(request.method).append("\n").append(canonical.path).append("\n");
  out.append(CanonicalQuery(SplitTarget(request.target).query, signature.presigned, plus));
  out.append("\n").append(canonical.headers).append("\n");
  for (const std::string& name : signature.signed_headers) {
    out.append(name).append(&name == &signature.signed_headers.back() ? "" : ";");
  }
  return out.append("\n").append(canonical.payload_hash);
}

std::string ScopeText(const Signature& signature) {
  std::string out = signature.date;
  out.append("/").append(signature.region).append("/").append(signature.service);
  return out.append("/").append(kScopeEnd);
}

std::string StringToSign(const Signature& signature, std::string_view canonical_request) {
  std::string out(kAlgorithm);
  out.append("\n").append(signature.timestamp).append("\n").append(ScopeText(signature));
  return out.append("\n").append(HexOf(Sha256(canonical_request)));
}

// "20180101T001000Z - 5 min."
std::string Away(base::Millis now, std::string_view sign, std::chrono::minutes skew) {
  return "(" + FormatTimestamp(now) + " " + std::string(sign) + " " + std::to_string(skew.count()) +
         " min.)";
}

std::optional<Refusal> CheckTime(const Signature& signature, std::chrono::minutes skew,
                                 base::Millis now) {
  if (const auto date = signature.timestamp.substr(0, 8); signature.date != date) {
    return InvalidSignature(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
        "HTTP: '" +
        signature.date + "' != '" + date + "', from '" + signature.timestamp + "'.");
  }
  if (signature.time > now + skew) {
    return InvalidSignature("Signature not yet current: " + signature.timestamp +
                            " is still later than " + FormatTimestamp(now + skew) + " " +
                            Away(now, "+", skew));
  }
  if (signature.presigned) {
    const base::Millis end = signature.time + signature.expires;
    if (now <= end) return std::nullopt;
    return InvalidSignature("Signature expired: " + FormatTimestamp(end) + " is now earlier than " +
                            FormatTimestamp(now));
  }
  if (signature.time >= now - skew) return std::nullopt;
  return InvalidSignature("Signature expired: " + signature.timestamp + " is now earlier than " +
                          FormatTimestamp(now - skew) + " " + Away(now, "-", skew));
}

bool IsSigned(std::string_view lower_name) {
  return std::find(kNotSigned.begin(), kNotSigned.end(), lower_name) == kNotSigned.end();
}

Signature NewSignature(const KeyPair& key, const Scope& scope, base::Millis now) {
  Signature signature;
  signature.access_key = key.access_key_id;
  signature.timestamp = FormatTimestamp(now);
  signature.date = signature.timestamp.substr(0, 8);
  signature.region = scope.region;
  signature.service = scope.service;
  return signature;
}

// signature: all but hex. A "+" in the query is signed as itself.
std::string Compute(const Request& request, const Signature& signature, std::string_view secret,
                    std::string payload_hash, SigningKeys& keys) {
  std::optional<std::string> headers = CanonicalHeaders(request.fields, signature.signed_headers);
  CHECK(headers);  // the names are the request's
  const Canonical canonical{CanonicalPath(SplitTarget(request.target).path, signature.service),
                            *std::move(headers), std::move(payload_hash)};
  const Digest key = keys.Get(secret, signature.date, signature.region, signature.service);
  const std::string text = CanonicalRequest(request, canonical, signature, PlusSign::kPlus);
  return HexOf(HmacSha256(BytesOf(key), StringToSign(signature, text)));
}

std::string Joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out.append(out.empty() ? "" : ";").append(name);
  return out;
}

}  // namespace

Request RequestOf(const wire::HttpHead& head, std::string_view body) {
  return {head.method, head.target, head.fields, body};
}

std::optional<Refusal> CheckScope(const Signature& signature, const Scope& scope) {
  if (!scope.region.empty() && signature.region != scope.region) {
    return InvalidSignature("Credential should be scoped to a valid region, not '" +
                            signature.region + "'; this gatehouse runs " +
                            std::string(scope.region) + " (gatehouse up --region " +
                            signature.region + " runs the other).");
  }
  if (!scope.service.empty() && signature.service != scope.service) {
    return InvalidSignature("Credential should be scoped to correct service: '" +
                            std::string(scope.service) + "'.");
  }
  return std::nullopt;
}

std::optional<Refusal> Verify(const Request& request, const Signature& signature,
                              const Scope& scope, std::string_view secret, base::Millis now,
                              SigningKeys& keys) {
  if (std::optional<Refusal> wrong = CheckScope(signature, scope)) return wrong;
  if (std::optional<Refusal> wrong = CheckTime(signature, scope.skew_max, now)) return wrong;
  const auto& names = signature.signed_headers;
  if (std::find(names.begin(), names.end(), "host") == names.end()) {
    return InvalidSignature(
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  std::optional<std::string> headers = CanonicalHeaders(request.fields, names);
  std::optional<std::string> payload_hash = PayloadHash(request, signature);
  if (!headers || !payload_hash) return WrongSignature();
  const auto [path, query] = SplitTarget(request.target);
  const Canonical canonical{CanonicalPath(path, signature.service), *std::move(headers),
                            *std::move(payload_hash)};
  const Digest key = keys.Get(secret, signature.date, signature.region, signature.service);
  Refusal refusal = WrongSignature();
  for (const PlusSign plus : {PlusSign::kSpace, PlusSign::kPlus}) {
    refusal.canonical_request = CanonicalRequest(request, canonical, signature, plus);
    refusal.string_to_sign = StringToSign(signature, refusal.canonical_request);
    const Digest right = HmacSha256(BytesOf(key), refusal.string_to_sign);
    if (SameSecret(HexOf(right), signature.hex)) return std::nullopt;
    if (query.find('+') == query.npos) break;  // the second reading is the same
  }
  return refusal;
}

std::vector<NewField> Sign(const Request& request, const KeyPair& key, const Scope& scope,
                           base::Millis now, SigningKeys& keys) {
  Signature signature = NewSignature(key, scope, now);
  std::string payload_hash = BodyHash(request);
  std::vector<NewField> added = {{"X-Amz-Date", signature.timestamp}};
  if (!key.security_token.empty()) added.push_back({"X-Amz-Security-Token", key.security_token});
  if (scope.service == "s3") added.push_back({"X-Amz-Content-Sha256", payload_hash});

  std::vector<wire::HttpField> fields(request.fields.begin(), request.fields.end());
  for (const NewField& field : added) fields.push_back({field.name, field.value});
  auto& names = signature.signed_headers;
  for (const wire::HttpField& field : fields) {
    if (std::string name = LowerCase(field.name); IsSigned(name)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  CHECK(std::find(names.begin(), names.end(), "host") != names.end());

  const Request whole{request.method, request.target, fields, request.body};
  std::string value(kAlgorithm);
  value.append(" Credential=").append(key.access_key_id).append("/").append(ScopeText(signature));
  value.append(", SignedHeaders=").append(Joined(names)).append(", Signature=");
  value.append(Compute(whole, signature, key.secret, std::move(payload_hash), keys));
  added.push_back({"Authorization", std::move(value)});
  return added;
}

std::string Presign(const Request& request, const KeyPair& key, const Scope& scope,
                    base::Millis now, std::chrono::seconds expires, SigningKeys& keys) {
  Signature signature = NewSignature(key, scope, now);
  signature.presigned = true;
  signature.signed_headers = {"host"};
  std::string target(request.target);
  target += target.find('?') == target.npos ? '?' : '&';
  target.append("X-Amz-Algorithm=").append(kAlgorithm).append("&X-Amz-Credential=");
  target.append(EncodeUri(key.access_key_id + "/" + ScopeText(signature)));
  target.append("&X-Amz-Date=").append(signature.timestamp);
  target.append("&X-Amz-Expires=").append(std::to_string(expires.count()));
  target.append("&X-Amz-SignedHeaders=host");
  if (!key.security_token.empty()) {
    target.append("&X-Amz-Security-Token=").append(EncodeUri(key.security_token));
  }
  const Request whole{request.method, target, request.fields, request.body};
  std::string payload_hash =
      scope.service == "s3" ? std::string(kUnsignedPayload) : BodyHash(request);
  const std::string hex = Compute(whole, signature, key.secret, std::move(payload_hash), keys);
  return target + "&X-Amz-Signature=" + hex;
}

}  // namespace gatehouse::auth
