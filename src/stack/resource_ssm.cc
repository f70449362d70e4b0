// AWS::SSM::Parameter.
#include "stack/resource_ssm.h"

#include "parameter/parameters.h"
#include "stack/resource_type.h"

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

constexpr ResourceType kSsmTypes[] = {
    {.name = "AWS::SSM::Parameter",
     .schema = "Name:s Type:s! Value:s! Description:s AllowedPattern~:s DataType-:s Tier-:s "
               "Policies~:s Tags-:j",
     .replacing = "Name",
     .name_property = "Name",
     .id_size = 1011,
     .attributes = "Type Value",
     .check = CheckSsm,
     .checked = "Name Type Value",
     .values = SsmValues},
};

}  // namespace

parameter::Parameter ToSsmParameter(const Resource& resource) {
  parameter::Parameter parameter;
  parameter.name = resource.physical_id.empty() ? resource.Text("Name") : resource.physical_id;
  parameter.type = resource.Text("Type");
  parameter.value = resource.Text("Value");
  parameter.description = resource.Text("Description");
  return parameter;
}

std::span<const ResourceType> SsmTypes() { return kSsmTypes; }

}  // namespace gatehouse::stack
