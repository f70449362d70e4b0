#include "auth/policy/roles.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "auth/policy/managed_policies.h"

namespace gatehouse::auth {

void Roles::Put(Role role) {
  std::lock_guard lock(mutex_);
  std::string name = role.name;
  roles_.insert_or_assign(std::move(name), std::move(role));
  ++version_;
}

void Roles::Remove(std::string_view name) {
  std::lock_guard lock(mutex_);
  if (auto found = roles_.find(name); found != roles_.end()) roles_.erase(found);
  if (auto found = lenient_.find(name); found != lenient_.end()) lenient_.erase(found);
  ++version_;
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

void Roles::PutPolicy(std::string_view id, NamedPolicy policy, std::vector<std::string> role_names,
                      std::string arn) {
  std::lock_guard lock(mutex_);
  attached_.insert_or_assign(std::string(id),
                             Attached{std::move(policy), std::move(role_names), std::move(arn)});
  ++version_;
}

void Roles::RemovePolicy(std::string_view id) {
  std::lock_guard lock(mutex_);
  if (auto found = attached_.find(id); found != attached_.end()) attached_.erase(found);
  ++version_;
}

void Roles::SetLenient(std::string_view name, bool lenient) {
  std::lock_guard lock(mutex_);
  lenient_.insert_or_assign(std::string(name), lenient);
  ++version_;
}

bool Roles::IsAttached(const Attached& attached, const Role& role) const {
  const auto& names = attached.role_names;
  if (std::find(names.begin(), names.end(), role.name) != names.end()) return true;
  const auto& arns = role.managed_policy_arns;
  return !attached.arn.empty() && std::find(arns.begin(), arns.end(), attached.arn) != arns.end();
}

std::vector<NamedPolicy> Roles::PoliciesOf(std::string_view role_name) const {
  Role unmade;
  unmade.name = role_name;
  const Role* found = Find(role_name);
  const Role& role = found ? *found : unmade;
  std::vector<NamedPolicy> policies = role.inline_policies;
  for (const auto& [id, attached] : attached_) {
    if (IsAttached(attached, role)) policies.push_back(attached.policy);
  }
  return policies;
}

std::shared_ptr<const RolePolicies> Roles::Compile(const Role& role) const {
  auto compiled = std::make_shared<RolePolicies>();
  compiled->name = role.name;
  compiled->arn = role.arn;
  compiled->role_id = role.role_id;
  if (auto found = lenient_.find(role.name); found != lenient_.end()) {
    compiled->is_lenient = found->second;
  }
  std::vector<std::string> unknown = role.managed_policy_arns;
  auto add = [&](const std::string& document) {
    // CheckPolicyDocument has accepted it; what cannot be read all the same allows nothing.
    Result<Policy> read = Policy::Parse(document, PolicyKind::kIdentity);
    if (read) compiled->kept.push_back(std::make_shared<const Policy>(*std::move(read)));
  };
  for (const NamedPolicy& named : role.inline_policies) add(named.document);
  for (const auto& [id, attached] : attached_) {
    if (!IsAttached(attached, role)) continue;
    add(attached.policy.document);
    std::erase(unknown, attached.arn);
  }
  std::erase_if(unknown, [&](const std::string& arn) {
    std::optional<std::string> document = ManagedPolicyDocument(arn);
    if (document) add(*document);
    return document.has_value();
  });
  for (const auto& policy : compiled->kept) compiled->policies.push_back(policy.get());
  compiled->unknown_policies = std::move(unknown);
  return compiled;
}

std::shared_ptr<const RoleSnapshot> Roles::snapshot() const {
  std::lock_guard lock(mutex_);
  if (std::uint64_t version = version_; version != snapshot_version_) {
    auto next = std::make_shared<RoleSnapshot>();
    for (const auto& [name, role] : roles_) next->insert_or_assign(role.arn, Compile(role));
    snapshot_ = std::move(next);
    snapshot_version_ = version;
  }
  return snapshot_;
}

}  // namespace gatehouse::auth
