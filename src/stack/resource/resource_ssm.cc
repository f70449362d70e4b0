// AWS::SSM::Parameter.
#include "stack/resource/resource_ssm.h"

#include "parameter/parameters.h"
#include "parameter/resource_types.h"
#include "stack/resource/resource_type.h"

namespace gatehouse::stack {
namespace {

void CheckSsm(Resource& resource, const Surroundings&, int line, Problems& problems) {
  parameter::Parameter parameter = ToSsmParameter(resource);
  if (parameter.name.empty()) parameter.name = resource.logical_id;  // it gets one
  if (Result<void> fine = parameter::CheckParameter(parameter); !fine) {
    problems.push_back({line, resource.logical_id + ": " + fine.error().message});
  } else if (parameter.type == "SecureString") {
    problems.push_back(
        {line, resource.logical_id + ": a template cannot make parameters of type SecureString"});
  }
}

ResourceValues SsmValues(const Resource& resource, const Surroundings&) {
  return {resource.physical_id,
          {{"Type", resource.Text("Type")}, {"Value", resource.Text("Value")}}};
}

}  // namespace

parameter::Parameter ToSsmParameter(const Resource& resource) {
  parameter::Parameter parameter;
  parameter.name = resource.physical_id.empty() ? resource.Text("Name") : resource.physical_id;
  parameter.type = resource.Text("Type");
  parameter.value = resource.Text("Value");
  parameter.description = resource.Text("Description");
  return parameter;
}

std::vector<ResourceType> SsmTypes() {
  return {{parameter::ParameterType(), CheckSsm, "Name Type Value", SsmValues}};
}

}  // namespace gatehouse::stack
