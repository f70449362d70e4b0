// AWS::Lambda::Version, Alias, LayerVersion. A version here is a number and an alias a name under
// which the function can be called: as it is now, for nothing keeps what it was.
#include "aws/arn.h"
#include "function/define/version_types.h"
#include "stack/resource/resource_lambda.h"
#include "stack/resource/resource_type.h"

namespace gatehouse::stack {
namespace {

std::string QualifiedArn(const Resource& resource, const Surroundings& around) {
  return aws::FunctionArn(around.region, around.account_id,
                          FunctionNameOf(resource.Text("FunctionName")), resource.physical_id);
}

ResourceValues VersionValues(const Resource& resource, const Surroundings& around) {
  const std::string arn = QualifiedArn(resource, around);
  return {arn, {{"Version", resource.physical_id}, {"FunctionArn", arn}}};
}

ResourceValues AliasValues(const Resource& resource, const Surroundings& around) {
  const std::string arn = QualifiedArn(resource, around);
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
  const std::string layer = "layer:" + (name.empty() ? resource.physical_id : name) + ":1";
  const std::string arn = aws::Arn(aws::kLambda, around.region, around.account_id, layer);
  return {arn, {{"LayerVersionArn", arn}}};
}

}  // namespace

std::vector<ResourceType> LambdaVersionTypes() {
  return {{function::VersionType(), nullptr, {}, VersionValues},
          {function::AliasType(), CheckAlias, "Name", AliasValues},
          {function::LayerVersionType(), nullptr, {}, LayerValues}};
}

}  // namespace gatehouse::stack
