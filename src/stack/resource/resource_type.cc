#include "stack/resource/resource_type.h"

#include <algorithm>

#include "base/check.h"
#include "stack/resource/inert_types.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kLowerBase36 = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpperBase36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t kRandomPart = 12;

}  // namespace

bool ResourceType::HasAttribute(std::string_view attribute) const {
  return attributes == kAnyAttribute || aws::Lists(attributes, attribute);
}

bool ResourceType::IsUnserved(std::string_view attribute) const {
  return aws::Lists(unserved, attribute);
}

bool ResourceType::Replaces(std::string_view property) const {
  if (properties.empty()) return aws::Lists(replacing, property);
  const aws::Property* row = aws::FindProperty(properties, property);
  return row && row->Is(aws::Property::kReplaces);
}

bool ResourceType::Checks(std::string_view property) const { return aws::Lists(checked, property); }

// Made when they are first asked for; never changed.
const std::vector<ResourceType>& ResourceTypes() {
  static const auto* const kAll = [] {
    auto* all = new std::vector<ResourceType>;
    for (auto types : {ApiGatewayTypes(), LambdaTypes(), LambdaVersionTypes(), DynamoDbTypes(),
                       IamTypes(), EventTypes(), SsmTypes(), InertTypes()}) {
      all->insert(all->end(), types.begin(), types.end());
    }
    return all;
  }();
  return *kAll;
}

const ResourceType* FindResourceType(std::string_view name) {
  for (const ResourceType& type : ResourceTypes()) {
    if (type.name == name) return &type;
  }
  return FindInertType(name);
}

std::string CutName(std::string_view stack, std::string_view logical_id, std::string_view random,
                    std::size_t size_max) {
  CHECK(size_max > random.size() + 4);
  const std::size_t room = size_max - random.size() - 2;  // for both parts
  if (stack.size() + logical_id.size() > room) {
    const std::size_t stack_keeps = logical_id.size() + 1 > room ? 1 : room - logical_id.size();
    stack = stack.substr(0, std::min(stack.size(), stack_keeps));
    logical_id = logical_id.substr(0, room - stack.size());
  }
  std::string name(stack);
  name.append("-").append(logical_id).append("-").append(random);
  return name;
}

std::string PhysicalId(const ResourceType& type, const Resource& resource,
                       const Surroundings& around, int attempt) {
  if (!type.name_property.empty() && !resource.Text(type.name_property).empty()) {
    return resource.Text(type.name_property);
  }
  if (type.id == ResourceType::kNumber) return std::to_string(attempt + 1);
  std::string logical_id = resource.logical_id;
  if (attempt > 0) logical_id.append("#").append(std::to_string(attempt));
  if (type.id == ResourceType::kShort) {
    const std::string_view what = type.name == "AWS::ApiGatewayV2::Api" ? "api" : "id";
    return around.names->Derive(what, around.stack_name, logical_id, kLowerBase36, type.id_size);
  }
  const std::string random =
      around.names->Derive("name", around.stack_name, logical_id, kUpperBase36, kRandomPart);
  std::string name = CutName(around.stack_name, resource.logical_id, random, type.id_size);
  if (type.id == ResourceType::kLowerName) {
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return name;
}

ResourceValues ValuesOf(const ResourceType& type, const Resource& resource,
                        const Surroundings& around) {
  if (type.values) return type.values(resource, around);
  return {resource.physical_id, {}};
}

}  // namespace gatehouse::stack
