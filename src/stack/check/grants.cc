#include "stack/check/grants.h"

#include <algorithm>
#include <utility>

#include "auth/policy/decision.h"
#include "auth/policy/managed_policies.h"
#include "aws/arn.h"
#include "function/define/identifiers.h"
#include "function/wire/lambda_api.h"
#include "stack/resource/resource_lambda.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kGrantedType = "AWS::Lambda::Function";
constexpr std::string_view kPermissionType = "AWS::Lambda::Permission";
constexpr std::string_view kRoleType = "AWS::IAM::Role";
constexpr std::string_view kPolicyType = "AWS::IAM::Policy";
constexpr std::string_view kManagedPolicyType = "AWS::IAM::ManagedPolicy";

std::string ArnOf(const Resource& resource) {
  const auto found = resource.values.attributes.find("Arn");
  return found == resource.values.attributes.end() ? std::string() : found->second;
}

bool ListHas(const Value* list, std::string_view text) {
  return list && std::any_of(list->items.begin(), list->items.end(),
                             [&](const Value& item) { return item.text == text; });
}

template <class List>
std::vector<const auth::Policy*> Pointers(const List& list) {
  std::vector<const auth::Policy*> pointers;
  for (const auto& policy : list) pointers.push_back(policy.get());
  return pointers;
}

// Nothing: a key that only a request has decides.
std::optional<bool> GrantsJudge(const auth::Decision& decision, bool has_unknown) {
  if (decision.effect == auth::Effect::kAllowed) return true;
  if (!decision.unknowable_keys.empty()) return std::nullopt;
  if (decision.effect == auth::Effect::kImplicitDeny && has_unknown) return std::nullopt;
  return false;
}

// Whatever is not set here, a request might have.
auth::RequestContext AnyRequest() {
  auth::RequestContext context;
  context.SetUnknowable("*");
  return context;
}

}  // namespace

Grants::Grants(const Plan& plan, const Surroundings& around) : around_(around) {
  for (const Step& step : plan.steps) {
    if (step.next.type == kGrantedType) functions_.try_emplace(step.next.physical_id);
    if (step.next.type == kRoleType) TakeRole(step);
  }
  for (const Step& step : plan.steps) {
    if (step.next.type == kPermissionType) TakePermission(step);
    if (step.next.type == kPolicyType || step.next.type == kManagedPolicyType) TakePolicy(step);
    if (step.next.type == kRoleType) {
      AttachManaged(plan, step, roles_.find(ArnOf(step.next))->second);
    }
  }
}

void Grants::TakePermission(const Step& step) {
  if (step.unjudged.contains("FunctionName")) {
    has_unknown_function_ = true;
    return;
  }
  auto found = functions_.find(FunctionNameOf(step.next.Text("FunctionName")));
  if (found == functions_.end()) return;
  if (!step.unjudged.empty()) {
    found->second.has_unknown = true;
  } else {
    found->second.permissions.push_back(ToPermission(step.next));
  }
}

void Grants::TakeRole(const Step& step) {
  RoleGrants& role = roles_[ArnOf(step.next)];
  role.name = step.next.physical_id;
  role.has_unknown =
      step.unjudged.contains("Policies") || step.unjudged.contains("ManagedPolicyArns");
  const Value* policies = step.next.properties.Find("Policies");
  if (!policies || step.unjudged.contains("Policies")) return;
  for (const Value& policy : policies->items) {
    const Value* document = policy.Find("PolicyDocument");
    if (!document) continue;
    auto parsed = auth::Policy::Parse(ToJson(*document), auth::PolicyKind::kIdentity);
    if (parsed) role.policies.push_back(std::make_unique<auth::Policy>(*std::move(parsed)));
  }
}

void Grants::TakePolicy(const Step& step) {
  if (step.unjudged.contains("Roles")) {
    has_unknown_role_ = true;
    return;
  }
  for (auto& [arn, role] : roles_) {
    if (ListHas(step.next.properties.Find("Roles"), role.name)) Attach(step, role);
  }
}

void Grants::Attach(const Step& step, RoleGrants& role) {
  const Value* document = step.next.properties.Find("PolicyDocument");
  if (!document || step.unjudged.contains("PolicyDocument")) {
    role.has_unknown = true;
    return;
  }
  auto parsed = auth::Policy::Parse(ToJson(*document), auth::PolicyKind::kIdentity);
  if (parsed) role.policies.push_back(std::make_unique<auth::Policy>(*std::move(parsed)));
}

// AWS's own and the template's; others are somebody else's.
void Grants::AttachManaged(const Plan& plan, const Step& step, RoleGrants& role) {
  const Value* arns = step.next.properties.Find("ManagedPolicyArns");
  if (!arns || step.unjudged.contains("ManagedPolicyArns")) return;
  for (const Value& arn : arns->items) {
    const auto own = std::find_if(plan.steps.begin(), plan.steps.end(), [&](const Step& other) {
      return other.next.type == kManagedPolicyType && other.next.physical_id == arn.text;
    });
    if (own != plan.steps.end()) {
      Attach(*own, role);
    } else if (auto json = auth::ManagedPolicyDocument(arn.text)) {
      auto parsed = auth::Policy::Parse(*json, auth::PolicyKind::kIdentity);
      if (parsed) role.policies.push_back(std::make_unique<auth::Policy>(*std::move(parsed)));
    } else {
      role.has_unknown = true;
    }
  }
}

std::string Grants::FunctionArnOf(std::string_view function_name) const {
  return aws::FunctionArn(around_.region, around_.account_id, function_name);
}

std::optional<bool> Grants::ServiceMayInvoke(std::string_view service, std::string_view source_arn,
                                             const std::string& function_name) const {
  const auto found = functions_.find(function_name);
  if (found == functions_.end()) return std::nullopt;
  const std::string arn = FunctionArnOf(function_name);
  const std::string json = function::LambdaApi::PolicyJson(arn, found->second.permissions);
  Policies policies;
  if (!json.empty()) {
    auto parsed = auth::Policy::Parse(json, auth::PolicyKind::kResource);
    if (!parsed) return std::nullopt;
    policies.push_back(std::make_unique<auth::Policy>(*std::move(parsed)));
  }
  auth::RequestContext context = AnyRequest();
  context.Set("aws:SourceArn", std::string(source_arn));
  context.Set("aws:SourceAccount", around_.account_id);
  const auth::AccessRequest request{.action = "lambda:InvokeFunction",
                                    .resource = arn,
                                    .principal_arn = service,
                                    .context = &context};
  return GrantsJudge(auth::Decide(request, {}, Pointers(policies)),
                     found->second.has_unknown || has_unknown_function_);
}

std::optional<bool> Grants::RoleMay(std::string_view role_arn, std::string_view action,
                                    std::string_view resource) const {
  const auto found = roles_.find(role_arn);
  if (found == roles_.end()) return std::nullopt;
  const auth::RequestContext context = AnyRequest();
  const auth::AccessRequest request{
      .action = action, .resource = resource, .principal_arn = {}, .context = &context};
  return GrantsJudge(auth::Decide(request, Pointers(found->second.policies), {}),
                     found->second.has_unknown || has_unknown_role_);
}

}  // namespace gatehouse::stack
