#include "auth/policy/decision.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"

namespace gatehouse::auth {
namespace {

// Who asks, as policies may name them.
struct Asker {
  std::string_view arn;
  std::string role_arn;      // of a session
  std::string_view account;  // empty: a service, or anonymous
  bool is_root = false;

  explicit Asker(const AccessRequest& request, const RequestContext& context) {
    arn = request.principal_arn;
    if (!aws::IsArn(arn)) return;
    std::string_view rest = arn;
    for (int part = 0; part < 4; ++part)
      rest.remove_prefix(std::min(rest.find(':'), rest.size() - 1) + 1);
    account = rest.substr(0, rest.find(':'));
    is_root = rest.ends_with(":root");
    if (rest.find(":assumed-role/") == rest.npos) return;
    if (const auto* key = context.Find("aws:principalarn"); key && key->values.size() == 1) {
      role_arn = key->values.front();
      return;
    }
    std::string_view role = rest.substr(account.size() + std::string_view(":assumed-role/").size());
    role_arn = aws::IamArn(account, "role/" + std::string(role.substr(0, role.find('/'))));
  }
};

// A session's role is known by a key, if it has a path.
bool AsksForRole(const PolicyStatement& statement, const Asker& asker) {
  return !asker.role_arn.empty() &&
         std::any_of(statement.principals.begin(), statement.principals.end(),
                     [](const std::string& name) { return name.find(":role/") != name.npos; });
}

bool NamesAccount(std::string_view principal, std::string_view account) {
  if (account.empty()) return false;
  if (principal == account) return true;
  return aws::IsArn(principal) && principal.ends_with(":root") &&
         principal.find(std::string("::") + std::string(account) + ":") != principal.npos;
}

// NotPrincipal spares whom it names with all that they are: session, role and account.
bool NamesAll(const PolicyStatement& statement, const Asker& asker) {
  const auto& names = statement.principals;
  auto has = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (statement.is_any_principal) return true;
  if (asker.account.empty()) return !asker.arn.empty() && has(asker.arn);
  const bool has_account = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return NamesAccount(name, asker.account);
  });
  if (asker.is_root) return has_account;
  return has_account && has(asker.arn) && (asker.role_arn.empty() || has(asker.role_arn));
}

// An account named by an Allow hands the choice to the account's identity policies; by a Deny it
// means everybody in it.
bool NamesAsker(const PolicyStatement& statement, const Asker& asker) {
  if (statement.is_any_principal) return true;
  if (asker.arn.empty()) return false;
  return std::any_of(
      statement.principals.begin(), statement.principals.end(), [&](const std::string& name) {
        if (name == asker.arn || (!asker.role_arn.empty() && name == asker.role_arn)) return true;
        return (statement.is_deny || asker.is_root) && NamesAccount(name, asker.account);
      });
}

Match MatchAny(const std::vector<PolicyPattern>& patterns, std::string_view text,
               const RequestContext& context, MatchTrace& trace) {
  Match best = Match::kNo;
  for (const PolicyPattern& pattern : patterns) {
    const Match match = pattern.Matches(text, context, trace);
    if (match == Match::kYes) return match;
    if (match == Match::kUnknown) best = match;
  }
  return best;
}

Match Neither(Match match) {
  if (match == Match::kUnknown) return match;
  return match == Match::kYes ? Match::kNo : Match::kYes;
}

Match MatchStatement(const PolicyStatement& statement, const AccessRequest& request,
                     const RequestContext& context, MatchTrace& trace) {
  const Match action = MatchAny(statement.actions, request.action, context, trace);
  if ((statement.is_not_action ? Neither(action) : action) == Match::kNo) return Match::kNo;
  Match resource = statement.is_about_itself
                       ? Match::kYes
                       : MatchAny(statement.resources, request.resource, context, trace);
  if (statement.is_not_resource) resource = Neither(resource);
  if (resource == Match::kNo) return Match::kNo;
  Match all = resource;
  for (const Condition& condition : statement.conditions) {
    const Match match = condition.Evaluate(context, trace);
    if (match == Match::kNo) return match;
    if (match == Match::kUnknown) all = match;
  }
  return all;
}

bool MayMatch(const PolicyStatement& statement, std::string_view action) {
  const RequestContext none;
  MatchTrace trace;
  const Match match = MatchAny(statement.actions, action, none, trace);
  return trace.looked_at_context ||
         (statement.is_not_action ? Neither(match) : match) != Match::kNo;
}

bool Covers(const PolicyStatement& statement, std::string_view action, std::string_view prefix) {
  if (statement.is_not_action || statement.is_not_resource || !statement.conditions.empty()) {
    return false;
  }
  const RequestContext none;
  MatchTrace trace;
  if (MatchAny(statement.actions, action, none, trace) != Match::kYes) return false;
  return std::any_of(statement.resources.begin(), statement.resources.end(),
                     [&](const PolicyPattern& pattern) { return pattern.CoversAll(prefix); });
}

class Decider {
 public:
  explicit Decider(const AccessRequest& request)
      : request_(request), context_(request.context ? *request.context : empty_) {}

  Decision Run(std::span<const Policy* const> identity, std::span<const Policy* const> resource) {
    for (const Policy* policy : identity) Look(*policy, nullptr);
    if (!resource.empty()) {
      const Asker asker(request_, context_);
      for (const Policy* policy : resource) Look(*policy, &asker);
    }
    // What an unknowable key kept from allowing, something else allowed.
    if (decision_.effect == Effect::kAllowed) decision_.unknowable_keys.clear();
    return std::move(decision_);
  }

 private:
  void Look(const Policy& policy, const Asker* asker) {
    for (const PolicyStatement& statement : policy.statements()) {
      if (decision_.effect == Effect::kExplicitDeny) return;
      if (decision_.effect == Effect::kAllowed && !statement.is_deny) continue;
      if (asker && AsksForRole(statement, *asker)) decision_.depends_on_context = true;
      if (asker && (statement.is_not_principal ? NamesAll(statement, *asker)
                                               : !NamesAsker(statement, *asker))) {
        continue;
      }
      MatchTrace trace;
      const Match match = MatchStatement(statement, request_, context_, trace);
      if (trace.looked_at_context) decision_.depends_on_context = true;
      Take(statement, match, asker != nullptr, trace);
    }
  }

  void Take(const PolicyStatement& statement, Match match, bool is_resource_policy,
            MatchTrace& trace) {
    if (match == Match::kNo) return;
    if (match == Match::kUnknown) {
      for (std::string& key : trace.unknowable_keys) {
        decision_.unknowable_keys.push_back(std::move(key));
      }
      if (!statement.is_deny) return;
    }
    decision_.effect = statement.is_deny ? Effect::kExplicitDeny : Effect::kAllowed;
    decision_.by_resource_policy = is_resource_policy;
    decision_.statement = statement.name;
  }

  const RequestContext empty_;
  const AccessRequest& request_;
  const RequestContext& context_;
  Decision decision_;
};

}  // namespace

bool AllowsAll(std::string_view action, std::string_view prefix,
               std::span<const Policy* const> identity) {
  bool allows = false;
  for (const Policy* policy : identity) {
    for (const PolicyStatement& statement : policy->statements()) {
      if (statement.is_deny && MayMatch(statement, action)) return false;
      if (!statement.is_deny && Covers(statement, action, prefix)) allows = true;
    }
  }
  return allows;
}

Decision Decide(const AccessRequest& request, std::span<const Policy* const> identity,
                std::span<const Policy* const> resource) {
  return Decider(request).Run(identity, resource);
}

}  // namespace gatehouse::auth
