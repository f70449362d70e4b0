// The access keys this node knows, and whose they are. Any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "auth/signature/key_pair.h"
#include "base/clock.h"

namespace gatehouse::auth {

// Who signed.
struct Principal {
  enum Kind { kOwner, kRole };
  Kind kind = kOwner;
  std::string role;     // kRole: the role's name
  std::string session;  // kRole: the function's name
  std::string role_arn = {};

  bool operator==(const Principal&) const = default;
};

// "arn:aws:iam::ACC:root", "arn:aws:sts::ACC:assumed-role/ROLE/SESSION".
std::string ArnOf(const Principal& principal, std::string_view account_id);

struct Credential {
  KeyPair key;
  Principal principal;
  std::optional<base::Millis> expires;  // wall time from which on it is refused as expired
};

class Credentials {
 public:
  void Put(Credential credential);  // replaces one of the same access key id
  void Remove(std::string_view access_key_id);
  // As it is now, whatever becomes of it meanwhile; null if there is none.
  std::shared_ptr<const Credential> Find(std::string_view access_key_id) const;
  std::size_t size() const;

 private:
  mutable std::shared_mutex mutex_;  // guards the map; what is in it never changes
  std::map<std::string, std::shared_ptr<const Credential>, std::less<>> by_id_;
};

}  // namespace gatehouse::auth
