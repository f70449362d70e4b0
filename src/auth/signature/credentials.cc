#include "auth/signature/credentials.h"

#include <mutex>
#include <utility>

#include "aws/arn.h"

namespace gatehouse::auth {

std::string ArnOf(const Principal& principal, std::string_view account_id) {
  if (principal.kind == Principal::kOwner) return aws::IamArn(account_id, "root");
  return aws::Arn(aws::kSts, {}, account_id,
                  "assumed-role/" + principal.role + "/" + principal.session);
}

void Credentials::Put(Credential credential) {
  auto shared = std::make_shared<const Credential>(std::move(credential));
  std::unique_lock lock(mutex_);
  by_id_.insert_or_assign(shared->key.access_key_id, shared);
}

void Credentials::Remove(std::string_view access_key_id) {
  std::unique_lock lock(mutex_);
  if (const auto found = by_id_.find(access_key_id); found != by_id_.end()) by_id_.erase(found);
}

std::shared_ptr<const Credential> Credentials::Find(std::string_view access_key_id) const {
  std::shared_lock lock(mutex_);
  const auto found = by_id_.find(access_key_id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::size_t Credentials::size() const {
  std::shared_lock lock(mutex_);
  return by_id_.size();
}

}  // namespace gatehouse::auth
