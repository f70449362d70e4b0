#include "server/access/iam.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "aws/arn.h"
#include "function/define/identifiers.h"
#include "function/wire/lambda_api.h"
#include "gatehouse/json.h"

namespace gatehouse::server {
namespace {

constexpr std::string_view kManageConnections = "execute-api:ManageConnections";
constexpr std::string_view kInvokeFunction = "lambda:InvokeFunction";
constexpr std::size_t kShownMax = 1024;  // bytes of a resource in a line

// AWS has these keys for a role's requests, and nobody here knows their values.
constexpr std::string_view kUnknowable[] = {
    "aws:PrincipalTag/*", "aws:ResourceTag/*",     "aws:RequestTag/*",  "aws:TagKeys",
    "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceOrgID", "aws:ResourceOrgPaths",
    "aws:TokenIssueTime", "aws:AssumedRoot",       "iam:ResourceTag/*",
};

std::string Shown(std::string_view text) {
  return base::EscapeForTerminal(text.substr(0, kShownMax));
}

// arn:aws:execute-api:R:123456789012:API/STAGE/POST/@connections/ID as API Gateway shows it.
std::string MaskedConnection(const std::string& resource) {
  std::size_t account = 0;
  for (int colon = 0; colon < 4; ++colon) account = resource.find(':', account) + 1;
  std::size_t end = resource.find(':', account);
  std::string masked = resource.substr(0, account) + "********";
  masked += resource.substr(end < account + 4 ? account : end - 4,
                            resource.rfind('/') + 1 - (end < account + 4 ? account : end - 4));
  return masked + "{connectionId}";
}

}  // namespace

std::string DenialSentence(std::string_view principal_arn, const Access& access,
                           auth::Effect effect) {
  const bool is_connection = access.action == kManageConnections;
  std::string sentence = fmt::format(
      "User: {} is not authorized to perform: {} on resource: {}", principal_arn, access.action,
      is_connection ? MaskedConnection(access.resource) : access.resource);
  if (effect == auth::Effect::kExplicitDeny) {
    return sentence + " with an explicit deny in an identity-based policy";
  }
  if (is_connection) return sentence;
  return sentence +
         fmt::format(" because no identity-based policy allows the {} action", access.action);
}

std::string StatementFor(const Access& access) {
  const std::string& resource =
      access.statement_resource.empty() ? access.resource : access.statement_resource;
  return fmt::format(R"({{"Effect":"Allow","Action":{},"Resource":{}}})",
                     json::Quoted(access.action), json::Quoted(resource));
}

std::string Iam::FunctionArnOf(std::string_view name) const {
  return aws::FunctionArn(options_.region, options_.account_id, name);
}

std::shared_ptr<const auth::RolePolicies> Iam::RoleOf(std::string_view arn) const {
  std::shared_ptr<const auth::RoleSnapshot> roles = roles_.snapshot();
  auto found = roles->find(arn);
  return found == roles->end() ? nullptr : found->second;
}

auth::RequestContext Iam::ContextOf(const auth::Principal& principal,
                                    const auth::RolePolicies& role, const AskedHow& how) const {
  auth::RequestContext context;
  const base::Millis now = clock_.WallNow();
  context.Set("aws:PrincipalArn", role.arn);
  context.Set("aws:PrincipalAccount", options_.account_id);
  context.Set("aws:PrincipalType", std::string("AssumedRole"));
  context.Set("aws:PrincipalIsAWSService", std::string("false"));
  context.Set("aws:userid", role.role_id + ":" + principal.session);
  context.Set("aws:SourceIp", std::string(how.source_ip));
  context.Set("aws:SecureTransport", std::string(how.is_tls ? "true" : "false"));
  context.Set("aws:CurrentTime", base::FormatIso8601(now));
  context.Set("aws:EpochTime",
              std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count()));
  if (!how.user_agent.empty()) context.Set("aws:UserAgent", std::string(how.user_agent));
  context.Set("aws:RequestedRegion", options_.region);
  context.Set("aws:ResourceAccount", options_.account_id);
  context.Set("aws:ViaAWSService", std::string("false"));
  context.Set("aws:MultiFactorAuthPresent", std::string("false"));
  context.Set("lambda:SourceFunctionArn", FunctionArnOf(principal.session));
  for (std::string_view key : kUnknowable) context.SetUnknowable(key);
  return context;
}

std::optional<auth::Policy> Iam::PolicyOfFunction(std::string_view function_arn) const {
  const std::string prefix = FunctionArnOf("");
  if (!function_arn.starts_with(prefix)) return std::nullopt;
  std::string_view name = function_arn.substr(prefix.size());
  name = name.substr(0, name.find(':'));
  std::shared_ptr<const function::Catalogue::Snapshot> functions = functions_.snapshot();
  auto found = functions->find(name);
  if (found == functions->end() || found->second->permissions.empty()) return std::nullopt;
  std::string text =
      function::LambdaApi::PolicyJson(FunctionArnOf(name), found->second->permissions);
  Result<auth::Policy> policy = auth::Policy::Parse(text, auth::PolicyKind::kResource);
  if (!policy) return std::nullopt;  // what cannot be read allows nothing
  return *std::move(policy);
}

// Most policies look at no keys, so the context is made only when one does. A function's own policy
// can but allow.
Iam::Ruling Iam::Rule(const auth::Principal& principal, const Access& access, const AskedHow& how) {
  Ruling ruling;
  ruling.role = RoleOf(principal.role_arn);
  if (!ruling.role || ruling.role->is_unknown()) {
    ruling.decision.effect = auth::Effect::kAllowed;
    NoticeUnknown(principal, ruling.role.get());
    return ruling;
  }
  const auth::RolePolicies& role = *ruling.role;
  const std::string arn = auth::ArnOf(principal, options_.account_id);
  auth::AccessRequest request{access.action, access.resource, arn, nullptr};
  std::optional<auth::Policy> of_function = PolicyOfFunction(access.resource);
  std::vector<const auth::Policy*> resource;
  if (of_function) resource.push_back(&*of_function);
  ruling.decision = auth::Decide(request, role.policies, resource);
  if (!ruling.decision.depends_on_context) return ruling;
  auth::RequestContext context = ContextOf(principal, role, how);
  if (access.fill) access.fill(context);
  request.context = &context;
  ruling.decision = auth::Decide(request, role.policies, resource);
  return ruling;
}

std::optional<Denial> Iam::Check(const auth::Principal& principal, const Access& access,
                                 const AskedHow& how) {
  if (!IsChecked(principal)) return std::nullopt;
  Ruling ruling = Rule(principal, access, how);
  const auth::Effect effect = ruling.decision.effect;
  NoticeUnknowable(ruling, principal);
  if (effect == auth::Effect::kAllowed) return std::nullopt;
  const bool only_warns = options_.mode == IamMode::kWarn || ruling.role->is_lenient;
  const std::string statement = StatementFor(access);
  std::string reason = effect == auth::Effect::kExplicitDeny
                           ? fmt::format("its policies deny it ({})", ruling.decision.statement)
                           : "add to its policies: " + statement;
  if (IsFirst(principal.role_arn + "\n" + statement)) {
    std::string sentence =
        fmt::format("{}: role {} may not {} on {}; {}", only_warns ? "AWS would deny" : "denied",
                    principal.role, access.action, Shown(access.resource), Shown(reason));
    for (const std::string& policy : ruling.role->unknown_policies) {
      sentence += fmt::format("; gatehouse does not know {}, which may allow it", Shown(policy));
    }
    log_.Warning(sentence, {{"function", principal.session}});
  }
  if (only_warns) return std::nullopt;
  return Denial{DenialSentence(auth::ArnOf(principal, options_.account_id), access, effect),
                fmt::format("role {} may not {}; {}", principal.role, access.action, reason)};
}

bool Iam::IsFree(const auth::Principal& principal, std::string_view action,
                 std::string_view resource_prefix, bool exact) {
  if (!IsChecked(principal)) return true;
  std::shared_ptr<const auth::RolePolicies> role = RoleOf(principal.role_arn);
  if (!role || role->is_unknown()) {
    NoticeUnknown(principal, role.get());
    return true;
  }
  if (!exact) return auth::AllowsAll(action, resource_prefix, role->policies);
  auth::Decision decision =
      auth::Decide({action, resource_prefix, {}, nullptr}, role->policies, {});
  return decision.effect == auth::Effect::kAllowed && !decision.depends_on_context;
}

void Iam::NoticeUnknown(const auth::Principal& principal, const auth::RolePolicies* role) {
  if (!IsFirst("unknown\n" + principal.role_arn)) return;
  std::string why = role ? "gatehouse does not know its policies (" +
                               Shown(fmt::format("{}", fmt::join(role->unknown_policies, ", "))) +
                               ")"
                         : "is no role of a stack here";
  log_.Info(fmt::format("nothing is denied to {}: it {}", Shown(principal.role_arn),
                        role ? "has policies that nobody here knows: " + why : why),
            {{"function", principal.session}});
}

void Iam::NoticeUnknowable(const Ruling& ruling, const auth::Principal& principal) {
  for (const std::string& key : ruling.decision.unknowable_keys) {
    if (!IsFirst("key\n" + principal.role_arn + "\n" + key)) continue;
    log_.Warning(fmt::format("a policy of role {} asks for {}, which gatehouse cannot know: no "
                             "Allow matches by it, a Deny does",
                             principal.role, Shown(key)),
                 {{"function", principal.session}});
  }
}

bool Iam::IsFirst(std::string what) {
  what.resize(std::min(what.size(), kToldBytesMax));
  std::lock_guard lock(mutex_);
  if (told_.contains(what)) return false;
  if (told_.size() < kToldMax) return told_.insert(std::move(what)).second;
  if (!std::exchange(is_told_full_, true)) {
    log_.Warning(fmt::format("{} different things were told of policies; no more are", kToldMax));
  }
  return false;
}

bool Iam::IsLenient(const function::Catalogue::Function& function) const {
  if (!function.is_from_before) return false;
  const std::string& stack = function.definition->stack;
  if (stack.empty()) return true;
  std::lock_guard lock(mutex_);
  return lenient_stacks_.contains(stack);
}

void Iam::SetStackLenient(const std::string& stack, bool lenient) {
  {
    std::lock_guard lock(mutex_);
    if (lenient) {
      lenient_stacks_.insert(stack);
    } else {
      lenient_stacks_.erase(stack);
    }
  }
  roles_.Touch();
}

Result<void> Iam::MayInvoke(std::string_view service, std::string_view source_arn,
                            std::string_view role_arn, std::string_view function_name) {
  if (options_.mode == IamMode::kOff) return {};
  std::shared_ptr<const function::Catalogue::Snapshot> functions = functions_.snapshot();
  auto found = functions->find(function_name);
  if (found == functions->end()) return {};  // whoever invokes it says so
  const std::string arn = FunctionArnOf(function_name);
  if (!role_arn.empty()) {
    auth::Principal principal{auth::Principal::kRole, function::RoleName(role_arn),
                              std::string(service.substr(0, service.find('.'))),
                              std::string(role_arn)};
    std::optional<Denial> denial = Check(principal, {std::string(kInvokeFunction), arn}, {});
    if (!denial) return {};
    return Error{ErrorCode::kForbidden, std::move(denial->reason)};
  }
  auth::RequestContext context;
  context.Set("aws:SourceArn", std::string(source_arn));
  context.Set("aws:SourceAccount", options_.account_id);
  context.Set("aws:PrincipalIsAWSService", std::string("true"));
  context.Set("aws:PrincipalServiceName", std::string(service));
  std::optional<auth::Policy> policy = PolicyOfFunction(arn);
  std::vector<const auth::Policy*> resource;
  if (policy) resource.push_back(&*policy);
  auth::Decision decision = auth::Decide({kInvokeFunction, arn, service, &context}, {}, resource);
  if (decision.effect == auth::Effect::kAllowed) return {};
  const bool only_warns = options_.mode == IamMode::kWarn || IsLenient(*found->second);
  std::string why = fmt::format(
      "{0} may not invoke function {1} for {2}; allow it: aws lambda add-permission "
      "--function-name {1} --statement-id {3} --action {4} --principal {0} --source-arn '{2}'",
      service, function_name, Shown(source_arn), service.substr(0, service.find('.')),
      kInvokeFunction);
  if (IsFirst(fmt::format("{}\n{}\n{}", service, function_name, source_arn))) {
    log_.Warning(fmt::format("{}: {}", only_warns ? "AWS would deny" : "denied", why));
  }
  if (only_warns) return {};
  return Error{ErrorCode::kForbidden, std::move(why)};
}

}  // namespace gatehouse::server
