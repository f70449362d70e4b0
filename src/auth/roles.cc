#include "auth/roles.h"

#include <algorithm>
#include <utility>

namespace gatehouse::auth {

void Roles::Put(Role role) {
  std::string name = role.name;
  roles_.insert_or_assign(std::move(name), std::move(role));
}

void Roles::Remove(std::string_view name) {
  if (auto found = roles_.find(name); found != roles_.end()) roles_.erase(found);
}

const Role* Roles::Find(std::string_view name) const {
  auto found = roles_.find(name);
  return found == roles_.end() ? nullptr : &found->second;
}

const Role* Roles::FindByArn(std::string_view arn) const {
  const std::size_t slash = arn.rfind('/');
  const Role* role = slash == arn.npos ? nullptr : Find(arn.substr(slash + 1));
  return role && role->arn == arn ? role : nullptr;
}

void Roles::PutPolicy(std::string_view id, NamedPolicy policy,
                      std::vector<std::string> role_names) {
  attached_.insert_or_assign(std::string(id), Attached{std::move(policy), std::move(role_names)});
}

void Roles::RemovePolicy(std::string_view id) {
  if (auto found = attached_.find(id); found != attached_.end()) attached_.erase(found);
}

std::vector<NamedPolicy> Roles::PoliciesOf(std::string_view role_name) const {
  std::vector<NamedPolicy> policies;
  if (const Role* role = Find(role_name)) policies = role->inline_policies;
  for (const auto& [id, attached] : attached_) {
    const auto& names = attached.role_names;
    if (std::find(names.begin(), names.end(), role_name) != names.end()) {
      policies.push_back(attached.policy);
    }
  }
  return policies;
}

}  // namespace gatehouse::auth
