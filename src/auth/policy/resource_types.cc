#include "auth/policy/resource_types.h"

namespace gatehouse::auth {
namespace {

using aws::Integer;
using aws::Json;
using aws::ObjectList;
using aws::Property;
using aws::Text;
using aws::TextList;

constexpr std::string_view kSource = "docs/aws/cloudformation.md §9";

constexpr Property kTag[] = {Text("Key").Required(), Text("Value").Required()};
constexpr Property kNamedPolicy[] = {
    Text("PolicyName").Required(),
    Json("PolicyDocument").Required(),
};

constexpr Property kRole[] = {
    Text("RoleName").Replaces(),
    Json("AssumeRolePolicyDocument").Required(),
    ObjectList("Policies", kNamedPolicy),
    TextList("ManagedPolicyArns"),
    Text("Path").Replaces(),
    Text("Description"),
    Integer("MaxSessionDuration"),
    Text("PermissionsBoundary").Inert(),
    ObjectList("Tags", kTag).Kept(),
};

constexpr Property kPolicy[] = {
    Text("PolicyName").Required(), Json("PolicyDocument").Required(), TextList("Roles"),
    TextList("Users").Refused(),   TextList("Groups").Refused(),
};

constexpr Property kManagedPolicy[] = {
    Text("ManagedPolicyName").Replaces(),
    Json("PolicyDocument").Required(),
    Text("Path").Replaces(),
    Text("Description"),
    TextList("Roles"),
    TextList("Users"),
    TextList("Groups"),
};

}  // namespace

const aws::ResourceType& RoleType() {
  static constexpr aws::ResourceType kType{.name = "AWS::IAM::Role",
                                           .properties = kRole,
                                           .name_property = "RoleName",
                                           .attributes = "Arn RoleId",
                                           .iam = true,
                                           .source = kSource};
  return kType;
}

const aws::ResourceType& PolicyType() {
  static constexpr aws::ResourceType kType{.name = "AWS::IAM::Policy",
                                           .properties = kPolicy,
                                           .id_size = 128,
                                           .attributes = "Id",
                                           .iam = true,
                                           .source = kSource};
  return kType;
}

const aws::ResourceType& ManagedPolicyType() {
  static constexpr aws::ResourceType kType{.name = "AWS::IAM::ManagedPolicy",
                                           .properties = kManagedPolicy,
                                           .name_property = "ManagedPolicyName",
                                           .id_size = 128,
                                           .attributes = "PolicyArn PolicyId",
                                           .iam = true,
                                           .source = kSource};
  return kType;
}

}  // namespace gatehouse::auth
