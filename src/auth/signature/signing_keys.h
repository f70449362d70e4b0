// Derived signing keys: AWS4+secret → date → region → service → aws4_request, four HMACs that are
// the same for a whole day. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/signature/digest.h"

namespace gatehouse::auth {

inline constexpr std::size_t kSigningKeysMax = 1024;

Digest DeriveSigningKey(std::string_view secret, std::string_view date, std::string_view region,
                        std::string_view service);

class SigningKeys {
 public:
  // When keys_max of them are there all are forgotten; they cost four HMACs to make again, and an
  // order of use would cost more than that to keep.
  explicit SigningKeys(std::size_t keys_max = kSigningKeysMax) : keys_max_(keys_max) {}

  Digest Get(std::string_view secret, std::string_view date, std::string_view region,
             std::string_view service);
  std::size_t size() const { return keys_.size(); }

 private:
  std::size_t keys_max_;
  std::string name_;  // of the last one asked for; kept for its memory
  // By secret rather than access key id, so that a key with a new secret cannot meet its old one.
  std::unordered_map<std::string, Digest> keys_;
};

}  // namespace gatehouse::auth
