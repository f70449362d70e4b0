// Roles and policies in auth's registry, which is memory alone: it is filled again at start.
#include <array>

#include "stack/provide/rooms_provider.h"

namespace gatehouse::stack {
namespace {

std::vector<std::string> TextsOf(const Resource& resource, std::string_view property) {
  std::vector<std::string> texts;
  if (const Value* list = resource.properties.Find(property)) {
    for (const Value& item : list->items) texts.push_back(item.text);
  }
  return texts;
}

std::string JsonOf(const Value* document) { return document ? ToJson(*document) : "{}"; }

// A managed policy and an inline one may have one name.
std::string IdOfManaged(const Resource& resource) { return "managed/" + resource.physical_id; }

bool RoleExists(const Rooms& rooms, const Resource& resource) {
  return rooms.roles.Find(resource.physical_id) != nullptr;
}

Task<Result<void>> PutRole(Rooms& rooms, const Resource& resource) {
  auth::Role role;
  role.name = resource.physical_id;
  auto attribute = [&](std::string_view name) {
    auto found = resource.values.attributes.find(name);
    return found == resource.values.attributes.end() ? std::string() : found->second;
  };
  role.arn = attribute("Arn");
  role.role_id = attribute("RoleId");
  role.trust_policy = JsonOf(resource.properties.Find("AssumeRolePolicyDocument"));
  if (const Value* policies = resource.properties.Find("Policies")) {
    for (const Value& policy : policies->items) {
      role.inline_policies.push_back(
          {policy.Text("PolicyName"), JsonOf(policy.Find("PolicyDocument"))});
    }
  }
  role.managed_policy_arns = TextsOf(resource, "ManagedPolicyArns");
  rooms.roles.Put(std::move(role));
  co_return Result<void>();
}

Task<Result<void>> RemoveRole(Rooms& rooms, const Resource& resource) {
  rooms.roles.Remove(resource.physical_id);
  co_return Result<void>();
}

bool PolicyExists(const Rooms& rooms, const Resource& resource) {
  return rooms.roles.HasPolicy(resource.physical_id);
}

Task<Result<void>> PutPolicy(Rooms& rooms, const Resource& resource) {
  auth::NamedPolicy policy{resource.Text("PolicyName"),
                           JsonOf(resource.properties.Find("PolicyDocument"))};
  rooms.roles.PutPolicy(resource.physical_id, std::move(policy), TextsOf(resource, "Roles"));
  co_return Result<void>();
}

Task<Result<void>> RemovePolicy(Rooms& rooms, const Resource& resource) {
  rooms.roles.RemovePolicy(resource.physical_id);
  co_return Result<void>();
}

// What roles name by its ARN, besides those that it names itself.
Task<Result<void>> PutManagedPolicy(Rooms& rooms, const Resource& resource) {
  auth::NamedPolicy policy{resource.physical_id,
                           JsonOf(resource.properties.Find("PolicyDocument"))};
  rooms.roles.PutPolicy(IdOfManaged(resource), std::move(policy), TextsOf(resource, "Roles"),
                        resource.values.ref);
  co_return Result<void>();
}

bool ManagedPolicyExists(const Rooms& rooms, const Resource& resource) {
  return rooms.roles.HasPolicy(IdOfManaged(resource));
}

Task<Result<void>> RemoveManagedPolicy(Rooms& rooms, const Resource& resource) {
  rooms.roles.RemovePolicy(IdOfManaged(resource));
  co_return Result<void>();
}

constexpr std::array kRoleRows = {
    ProvidedType{"AWS::IAM::Role", RoleExists, PutRole, PutRole, RemoveRole},
    ProvidedType{"AWS::IAM::Policy", PolicyExists, PutPolicy, PutPolicy, RemovePolicy},
    ProvidedType{"AWS::IAM::ManagedPolicy", ManagedPolicyExists, PutManagedPolicy, PutManagedPolicy,
                 RemoveManagedPolicy},
};

}  // namespace

std::span<const ProvidedType> ProvidedByIam() { return kRoleRows; }

}  // namespace gatehouse::stack
