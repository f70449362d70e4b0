#include "auth/signature/signing_keys.h"

#include "auth/signature/signature.h"

namespace gatehouse::auth {

Digest DeriveSigningKey(std::string_view secret, std::string_view date, std::string_view region,
                        std::string_view service) {
  const Digest day = HmacSha256(std::string("AWS4").append(secret), date);
  const Digest place = HmacSha256(BytesOf(day), region);
  const Digest use = HmacSha256(BytesOf(place), service);
  return HmacSha256(BytesOf(use), kScopeEnd);
}

Digest SigningKeys::Get(std::string_view secret, std::string_view date, std::string_view region,
                        std::string_view service) {
  // Scopes have no "/" inside their parts (ParseSignature), so no two names are the same.
  name_.assign(date).append("/").append(region).append("/").append(service).append("/");
  name_.append(secret);
  if (const auto found = keys_.find(name_); found != keys_.end()) return found->second;
  if (keys_.size() >= keys_max_) keys_.clear();
  const Digest key = DeriveSigningKey(secret, date, region, service);
  keys_.emplace(name_, key);
  return key;
}

}  // namespace gatehouse::auth
