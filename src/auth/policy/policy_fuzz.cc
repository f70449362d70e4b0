// Input: up to five parts, cut at NUL: a policy, an action, a resource, a key, its value. Whatever
// they are, nothing breaks, what is no policy decides nothing, and a decision is what it says.
#include <algorithm>
#include <array>

#include "auth/policy/decision.h"
#include "base/check.h"
#include "base/fuzz.h"

namespace gatehouse::auth {
namespace {

constexpr std::size_t kDocumentMax = 20'480;  // bytes; AWS: a function's policy

RequestContext ContextOf(std::string_view key, std::string_view value, bool is_known) {
  RequestContext context;
  context.Set("aws:username", std::string(value));
  context.Set("aws:PrincipalArn", "arn:aws:iam::123456789012:role/team/r");
  if (is_known) {
    context.Set(key, std::vector<std::string>{std::string(value), std::string(key)});
  } else {
    context.SetUnknowable(key);
  }
  return context;
}

bool IsDenied(const Decision& decision) { return decision.effect == Effect::kExplicitDeny; }

void Try(const Policy& policy, AccessRequest request) {
  const Policy* const once[] = {&policy};
  const Policy* const twice[] = {&policy, &policy};
  const Decision decision = Decide(request, once, {});
  const Decision again = Decide(request, twice, {});
  CHECK(decision.effect == again.effect && decision.statement == again.statement);
  CHECK(decision.statement.empty() == (decision.effect == Effect::kImplicitDeny));
  CHECK(!decision.by_resource_policy);
  // Who may do everything may do what no statement denies.
  static const Policy everything = *Policy::Parse(
      R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", PolicyKind::kIdentity);
  const Policy* const more[] = {&everything, &policy};
  const Decision wide = Decide(request, more, {});
  CHECK(IsDenied(wide) == IsDenied(decision));
  CHECK(IsDenied(wide) || wide.effect == Effect::kAllowed);
  if (decision.depends_on_context) return;
  request.context = nullptr;
  CHECK(Decide(request, once, {}).effect == decision.effect);
}

}  // namespace
}  // namespace gatehouse::auth

void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse::auth;
  std::string_view rest(reinterpret_cast<const char*>(input.data()), input.size());
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    part = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  const auto [document, action, resource, key, value] = parts;
  if (document.size() > kDocumentMax) return;
  for (const bool is_known : {true, false}) {
    const RequestContext context = ContextOf(key, value, is_known);
    const AccessRequest request{
        .action = action, .resource = resource, .principal_arn = value, .context = &context};
    if (const auto policy = Policy::Parse(document, PolicyKind::kIdentity)) Try(*policy, request);
    if (const auto policy = Policy::Parse(document, PolicyKind::kResource)) {
      const Policy* const policies[] = {&*policy};
      const Decision decision = Decide(request, {}, policies);
      CHECK(decision.by_resource_policy == (decision.effect != Effect::kImplicitDeny));
      AccessRequest bare = request;
      bare.context = nullptr;
      CHECK(decision.depends_on_context || Decide(bare, {}, policies).effect == decision.effect);
    }
    (void)Policy::Parse(document, PolicyKind::kTrust);
  }
}
