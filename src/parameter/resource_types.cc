#include "parameter/resource_types.h"

#include "parameter/parameters.h"

namespace gatehouse::parameter {
namespace {

using aws::Json;
using aws::Property;
using aws::Text;

constexpr Property kParameter[] = {
    Text("Name").Replaces(), Text("Type").Required(),        Text("Value").Required(),
    Text("Description"),     Text("AllowedPattern").Inert(), Text("DataType").Kept(),
    Text("Tier").Kept(),     Text("Policies").Inert(),       Json("Tags").Kept(),
};

}  // namespace

const aws::ResourceType& ParameterType() {
  static constexpr aws::ResourceType kType{.name = "AWS::SSM::Parameter",
                                           .properties = kParameter,
                                           .name_property = "Name",
                                           .id_size = kParameterNameMax,
                                           .attributes = "Type Value",
                                           .source = "docs/aws/cloudformation.md §9"};
  return kType;
}

}  // namespace gatehouse::parameter
