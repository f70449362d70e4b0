#include "auth/policy/managed_policies.h"

#include "base/check.h"
#include "wire/json_cursor.h"

namespace gatehouse::auth {

extern const std::string_view kManagedPolicies;  // managed_policies.json

bool IsAwsManagedPolicy(std::string_view arn) {
  if (!arn.starts_with("arn:aws")) return false;
  const std::size_t partition_end = arn.find(':', 4);
  return partition_end != arn.npos && arn.substr(partition_end).starts_with(":iam::aws:policy/");
}

std::optional<std::string> ManagedPolicyDocument(std::string_view arn) {
  if (!IsAwsManagedPolicy(arn)) return std::nullopt;
  const std::optional<wire::JsonValue> all = wire::ReadJson(kManagedPolicies);
  CHECK(all);
  const auto policy = wire::FindMember(*all, arn.substr(arn.rfind('/') + 1));
  if (!policy) return std::nullopt;
  const auto document = wire::FindMember(*policy, "document");
  CHECK(document);
  return std::string(document->text);
}

}  // namespace gatehouse::auth
