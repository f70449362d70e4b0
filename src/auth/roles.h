// The roles of this node and the policies attached to them: plain values in memory, filled by
// whoever keeps them (stacks). What they allow is decided elsewhere. One thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

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

class Roles {
 public:
  void Put(Role role);  // replaces one of that name
  void Remove(std::string_view name);
  // Null: none. Until the next change.
  const Role* Find(std::string_view name) const;
  const Role* FindByArn(std::string_view arn) const;

  // A policy of its own that is attached to roles, which need not exist yet. id: any, unique.
  void PutPolicy(std::string_view id, NamedPolicy policy, std::vector<std::string> role_names);
  void RemovePolicy(std::string_view id);
  bool HasPolicy(std::string_view id) const { return attached_.contains(id); }

  // Inline policies and attached ones.
  std::vector<NamedPolicy> PoliciesOf(std::string_view role_name) const;

 private:
  struct Attached {
    NamedPolicy policy;
    std::vector<std::string> role_names;
  };
  std::map<std::string, Role, std::less<>> roles_;
  std::map<std::string, Attached, std::less<>> attached_;
};

}  // namespace gatehouse::auth
