#include "auth/credentials.h"

#include <utility>

namespace gatehouse::auth {

std::string ArnOf(const Principal& principal, std::string_view account_id) {
  const std::string account(account_id);
  if (principal.kind == Principal::kOwner) return "arn:aws:iam::" + account + ":root";
  return "arn:aws:sts::" + account + ":assumed-role/" + principal.role + "/" + principal.session;
}

void Credentials::Put(Credential credential) {
  std::string id = credential.key.access_key_id;
  by_id_.insert_or_assign(std::move(id), std::move(credential));
}

void Credentials::Remove(std::string_view access_key_id) {
  if (const auto found = by_id_.find(access_key_id); found != by_id_.end()) by_id_.erase(found);
}

const Credential* Credentials::Find(std::string_view access_key_id) const {
  const auto found = by_id_.find(access_key_id);
  return found == by_id_.end() ? nullptr : &found->second;
}

}  // namespace gatehouse::auth
