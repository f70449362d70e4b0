// The access keys this node knows, and whose they are. A plain value: belongs to one thread, or is
// shared as a snapshot that never changes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "auth/key_pair.h"
#include "base/clock.h"

namespace gatehouse::auth {

// Who signed.
struct Principal {
  enum Kind { kOwner, kRole };
  Kind kind = kOwner;
  std::string role;     // kRole: the role's name
  std::string session;  // kRole: the function's name

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
  // Until the next Put or Remove; nullptr if there is none.
  const Credential* Find(std::string_view access_key_id) const;
  std::size_t size() const { return by_id_.size(); }

 private:
  std::map<std::string, Credential, std::less<>> by_id_;
};

}  // namespace gatehouse::auth
