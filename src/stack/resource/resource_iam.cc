// AWS::IAM::Role, Policy, ManagedPolicy.
#include "auth/policy/policy.h"
#include "auth/policy/resource_types.h"
#include "aws/arn.h"
#include "stack/resource/resource_type.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kUpperBase36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// How many bytes the document has.
std::size_t CheckDocument(const Value* document, auth::PolicyKind kind, const Resource& resource,
                          const std::string& path, Problems& problems) {
  if (!document) return 0;  // the schema has said so
  const std::string json = ToJson(*document);
  Result<auth::Policy> parsed = auth::Policy::Parse(json, kind);
  if (parsed) return json.size();
  problems.push_back({document->line, "Properties validation failed for resource " +
                                          resource.logical_id + " with message: #/" + path + ": " +
                                          parsed.error().message});
  return json.size();
}

void CheckSize(std::size_t bytes, std::size_t bytes_max, int line, const Resource& resource,
               Problems& problems) {
  if (bytes <= bytes_max) return;
  problems.push_back({line, resource.logical_id + ": Maximum policy size of " +
                                std::to_string(bytes_max) + " bytes exceeded"});
}

void CheckRole(Resource& resource, const Surroundings&, int line, Problems& problems) {
  CheckDocument(resource.properties.Find("AssumeRolePolicyDocument"), auth::PolicyKind::kTrust,
                resource, "AssumeRolePolicyDocument", problems);
  const Value* policies = resource.properties.Find("Policies");
  if (!policies) return;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < policies->items.size(); ++i) {
    bytes += CheckDocument(policies->items[i].Find("PolicyDocument"), auth::PolicyKind::kIdentity,
                           resource, "Policies/" + std::to_string(i) + "/PolicyDocument", problems);
  }
  CheckSize(bytes, auth::kRolePolicyBytesMax, line, resource, problems);
}

void CheckPolicy(Resource& resource, const Surroundings&, int line, Problems& problems) {
  const std::size_t bytes =
      CheckDocument(resource.properties.Find("PolicyDocument"), auth::PolicyKind::kIdentity,
                    resource, "PolicyDocument", problems);
  const bool is_managed = resource.type == "AWS::IAM::ManagedPolicy";
  CheckSize(bytes, is_managed ? auth::kManagedPolicyBytesMax : auth::kRolePolicyBytesMax, line,
            resource, problems);
}

std::string PathOf(const Resource& resource) {
  std::string path = resource.Text("Path");
  return path.empty() ? "/" : path;
}

ResourceValues RoleValues(const Resource& resource, const Surroundings& around) {
  const std::string& name = resource.physical_id;
  return {name,
          {{"Arn", aws::IamArn(around.account_id, "role" + PathOf(resource) + name)},
           {"RoleId",
            "AROA" + around.names->Derive("role", around.stack_name, name, kUpperBase36, 17)}}};
}

ResourceValues PolicyValues(const Resource& resource, const Surroundings&) {
  return {resource.physical_id, {{"Id", resource.physical_id}}};
}

ResourceValues ManagedPolicyValues(const Resource& resource, const Surroundings& around) {
  const std::string& name = resource.physical_id;
  const std::string arn = aws::IamArn(around.account_id, "policy" + PathOf(resource) + name);
  return {arn,
          {{"PolicyArn", arn},
           {"PolicyId",
            "ANPA" + around.names->Derive("policy", around.stack_name, name, kUpperBase36, 17)}}};
}

}  // namespace

std::vector<ResourceType> IamTypes() {
  return {
      {auth::RoleType(), CheckRole, "AssumeRolePolicyDocument Policies", RoleValues},
      {auth::PolicyType(), CheckPolicy, "PolicyDocument", PolicyValues},
      {auth::ManagedPolicyType(), CheckPolicy, "PolicyDocument", ManagedPolicyValues},
  };
}

}  // namespace gatehouse::stack
