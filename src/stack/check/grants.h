// What the roles and permissions of a plan allow, by the policy decision (auth/policy/decision.h).
// Plain values; one thread. What the plan does not say, or says with values nobody knows, is not
// judged.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "auth/policy/policy.h"
#include "function/define/definition.h"
#include "stack/engine/plan.h"

namespace gatehouse::stack {

class Grants {
 public:
  Grants(const Plan& plan, const Surroundings& around);

  // Whether a service may invoke a function of the plan for that source. Nothing: not to be said.
  std::optional<bool> ServiceMayInvoke(std::string_view service, std::string_view source_arn,
                                       const std::string& function_name) const;

  // Whether a role of the plan may do that. Nothing: not to be said.
  std::optional<bool> RoleMay(std::string_view role_arn, std::string_view action,
                              std::string_view resource) const;

  std::string FunctionArnOf(std::string_view function_name) const;
  const Surroundings& around() const { return around_; }

 private:
  using Policies = std::vector<std::unique_ptr<auth::Policy>>;

  struct FunctionGrants {
    std::vector<function::Permission> permissions;
    bool has_unknown = false;
  };
  struct RoleGrants {
    std::string name;
    Policies policies;
    bool has_unknown = false;
  };

  void TakePermission(const Step& step);
  void TakeRole(const Step& step);
  void TakePolicy(const Step& step);
  void Attach(const Step& step, RoleGrants& role);
  void AttachManaged(const Plan& plan, const Step& step, RoleGrants& role);

  const Surroundings around_;
  std::map<std::string, FunctionGrants, std::less<>> functions_;  // by name
  std::map<std::string, RoleGrants, std::less<>> roles_;          // by ARN
  bool has_unknown_function_ = false;  // a permission for nobody knows which function
  bool has_unknown_role_ = false;      // a policy for nobody knows which role
};

}  // namespace gatehouse::stack
