// The roles of this node and the policies attached to them, in memory, filled by whoever keeps them
// (stacks). Changes come from one thread; snapshots are for any.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy/policy.h"

namespace gatehouse::auth {

// Documents are JSON that CheckPolicyDocument has accepted.
struct NamedPolicy {
  std::string name;
  std::string document;

  bool operator==(const NamedPolicy&) const = default;
};

struct Role {
  std::string name;
  std::string arn;
  std::string role_id;  // "AROA…", 21 characters
  std::string trust_policy;
  std::vector<NamedPolicy> inline_policies;
  std::vector<std::string> managed_policy_arns;

  bool operator==(const Role&) const = default;
};

// A role as decisions see it: its policies, read. Immutable.
struct RolePolicies {
  std::string name;
  std::string arn;
  std::string role_id;
  std::vector<std::shared_ptr<const Policy>> kept;  // what `policies` points to
  std::vector<const Policy*> policies;
  std::vector<std::string> unknown_policies;  // ARNs of managed policies that nobody here knows
  bool is_lenient = false;                    // of data of an older gatehouse: only warned of

  // Nothing of what it may do is known here.
  bool is_unknown() const { return policies.empty() && !unknown_policies.empty(); }
};
using RoleSnapshot = std::map<std::string, std::shared_ptr<const RolePolicies>, std::less<>>;

class Roles {
 public:
  void Put(Role role);  // replaces one of that name
  void Remove(std::string_view name);
  // Null: none. Until the next change.
  const Role* Find(std::string_view name) const;
  const Role* FindByArn(std::string_view arn) const;

  // A policy of its own that is attached to roles, which need not exist yet. id: any, unique. arn:
  // by which roles name it (a managed policy); empty: none do.
  void PutPolicy(std::string_view id, NamedPolicy policy, std::vector<std::string> role_names,
                 std::string arn = {});
  void RemovePolicy(std::string_view id);
  bool HasPolicy(std::string_view id) const { return attached_.contains(id); }

  // Whether what the role may not do is only warned of; false at first.
  void SetLenient(std::string_view name, bool lenient);

  // Inline policies and attached ones.
  std::vector<NamedPolicy> PoliciesOf(std::string_view role_name) const;

  // Something else changed by which roles are judged.
  void Touch() { ++version_; }

  // All roles by ARN, as they are now; any thread. The version grows with every change, before a
  // snapshot has it: who keeps a snapshot asks for the version first.
  std::shared_ptr<const RoleSnapshot> snapshot() const;
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

 private:
  struct Attached {
    NamedPolicy policy;
    std::vector<std::string> role_names;
    std::string arn;
  };
  bool IsAttached(const Attached& attached, const Role& role) const;
  std::shared_ptr<const RolePolicies> Compile(const Role& role) const;

  mutable std::mutex mutex_;  // guards what follows against snapshot()
  std::map<std::string, Role, std::less<>> roles_;
  std::map<std::string, Attached, std::less<>> attached_;
  std::map<std::string, bool, std::less<>> lenient_;
  mutable std::shared_ptr<const RoleSnapshot> snapshot_ = std::make_shared<RoleSnapshot>();
  mutable std::uint64_t snapshot_version_ = 0;
  std::atomic<std::uint64_t> version_ = 0;
};

}  // namespace gatehouse::auth
