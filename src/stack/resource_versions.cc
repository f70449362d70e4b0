// AWS::Lambda::Version, Alias, LayerVersion. A version here is a number and an alias a name under
// which the function can be called: as it is now, for nothing keeps what it was.
#include "stack/resource_lambda.h"
#include "stack/resource_type.h"

namespace gatehouse::stack {
namespace {

std::string ArnOf(const Resource& resource, const Surroundings& around) {
  return "arn:aws:lambda:" + around.region + ":" + around.account_id +
         ":function:" + FunctionNameOf(resource.Text("FunctionName")) + ":" + resource.physical_id;
}

ResourceValues VersionValues(const Resource& resource, const Surroundings& around) {
  const std::string arn = ArnOf(resource, around);
  return {arn, {{"Version", resource.physical_id}, {"FunctionArn", arn}}};
}

ResourceValues AliasValues(const Resource& resource, const Surroundings& around) {
  const std::string arn = ArnOf(resource, around);
  return {arn, {{"AliasArn", arn}}};
}

void CheckAlias(Resource& resource, const Surroundings&, int line, Problems& problems) {
  const std::string name = resource.Text("Name");
  if (name.find_first_not_of("0123456789") != name.npos) return;
  problems.push_back({line, "Properties validation failed for resource " + resource.logical_id +
                                " with message: #/Name: an alias is no number: " + name});
}

ResourceValues LayerValues(const Resource& resource, const Surroundings& around) {
  const std::string name = resource.Text("LayerName");
  const std::string arn = "arn:aws:lambda:" + around.region + ":" + around.account_id +
                          ":layer:" + (name.empty() ? resource.physical_id : name) + ":1";
  return {arn, {{"LayerVersionArn", arn}}};
}

constexpr ResourceType kVersionTypes[] = {
    {.name = "AWS::Lambda::Version",
     .schema = "FunctionName:s! Description:s CodeSha256-:s FunctionScalingConfig-:j "
               "ProvisionedConcurrencyConfig-:j RuntimePolicy-:j",
     .replacing = "FunctionName Description CodeSha256",
     .id = ResourceType::kNumber,
     .attributes = "Version FunctionArn",
     .values = VersionValues},
    {.name = "AWS::Lambda::Alias",
     .schema = "FunctionName:s! FunctionVersion:s! Name:s! Description:s "
               "ProvisionedConcurrencyConfig-:j RoutingConfig~:j",
     .replacing = "FunctionName Name",
     .name_property = "Name",
     .attributes = "AliasArn",
     .check = CheckAlias,
     .checked = "Name",
     .values = AliasValues},
    {.name = "AWS::Lambda::LayerVersion",
     .schema = "LayerName:s Content:j! CompatibleArchitectures:[s] CompatibleRuntimes:[s] "
               "Description:s LicenseInfo:s",
     .replacing = "*",
     .id_size = 140,
     .attributes = "LayerVersionArn",
     .inert = true,
     .values = LayerValues},
};

}  // namespace

std::span<const ResourceType> LambdaVersionTypes() { return kVersionTypes; }

}  // namespace gatehouse::stack
