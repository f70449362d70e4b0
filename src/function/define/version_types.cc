#include "function/define/version_types.h"

namespace gatehouse::function {
namespace {

using aws::Json;
using aws::Property;
using aws::Text;
using aws::TextList;

constexpr std::string_view kVersionSource = "docs/aws/cloudformation.md §9";

constexpr Property kVersion[] = {
    Text("FunctionName").Required().Replaces(),  Text("Description").Replaces(),
    Text("CodeSha256").Kept().Replaces(),        Json("FunctionScalingConfig").Kept(),
    Json("ProvisionedConcurrencyConfig").Kept(), Json("RuntimePolicy").Kept(),
};

constexpr Property kAlias[] = {
    Text("FunctionName").Required().Replaces(),  Text("FunctionVersion").Required(),
    Text("Name").Required().Replaces(),          Text("Description"),
    Json("ProvisionedConcurrencyConfig").Kept(), Json("RoutingConfig").Inert(),
};

// Every change of one makes another version of it.
constexpr Property kLayerVersion[] = {
    Text("LayerName").Replaces(),
    Json("Content").Required().Replaces(),
    TextList("CompatibleArchitectures").Replaces(),
    TextList("CompatibleRuntimes").Replaces(),
    Text("Description").Replaces(),
    Text("LicenseInfo").Replaces(),
};

}  // namespace

const aws::ResourceType& VersionType() {
  static constexpr aws::ResourceType kType{.name = "AWS::Lambda::Version",
                                           .properties = kVersion,
                                           .id = aws::ResourceType::kNumber,
                                           .attributes = "Version FunctionArn",
                                           .source = kVersionSource};
  return kType;
}

const aws::ResourceType& AliasType() {
  static constexpr aws::ResourceType kType{.name = "AWS::Lambda::Alias",
                                           .properties = kAlias,
                                           .name_property = "Name",
                                           .attributes = "AliasArn",
                                           .source = kVersionSource};
  return kType;
}

const aws::ResourceType& LayerVersionType() {
  static constexpr aws::ResourceType kType{.name = "AWS::Lambda::LayerVersion",
                                           .properties = kLayerVersion,
                                           .id_size = 140,
                                           .attributes = "LayerVersionArn",
                                           .inert = true,
                                           .source = kVersionSource};
  return kType;
}

}  // namespace gatehouse::function
