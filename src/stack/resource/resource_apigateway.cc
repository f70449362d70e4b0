// AWS::ApiGatewayV2::*: what a WebSocket API is made of.
#include "stack/resource/resource_apigateway.h"

#include "api/define/resource_schema.h"
#include "stack/resource/conform.h"
#include "stack/resource/resource_type.h"

namespace gatehouse::stack {
namespace {

using api::ResourceKind;
using api::ResourcePlace;

void CheckApi(Resource& resource, const Surroundings&, int line, Problems& problems) {
  if (resource.Text("ProtocolType") == "WEBSOCKET") return;
  problems.push_back({line, "Properties validation failed for resource " + resource.logical_id +
                                " with message: #/ProtocolType: ProtocolType is "
                                "WEBSOCKET or HTTP, not " +
                                resource.Text("ProtocolType")});
}

ResourceValues ApiValues(const Resource& resource, const Surroundings& around) {
  const std::string& id = resource.physical_id;
  return {id,
          {{"ApiId", id},
           {"ApiEndpoint", "wss://" + id + ".execute-api." + around.region + ".amazonaws.com"}}};
}

// "routeId" → "RouteId"
std::string OfTemplates(std::string_view name) {
  std::string capital(name);
  capital[0] = static_cast<char>(capital[0] - 32);
  return capital;
}

// Ref and the attribute of its kind are its id.
ResourceValues IdValues(const Resource& resource, const Surroundings&) {
  const api::KindRow& row = api::RowOf(*api::KindOf(resource.type));
  return {resource.physical_id, {{OfTemplates(row.id_member), resource.physical_id}}};
}

ResourceType TypeOf(ResourceKind kind) {
  ResourceType type{api::RowOf(kind).type, nullptr, {}, IdValues};
  if (kind == ResourceKind::kStage) type.values = nullptr;
  if (kind != ResourceKind::kApi) return type;
  type.check = CheckApi;
  type.checked = "ProtocolType";
  type.values = ApiValues;
  return type;
}

}  // namespace

std::vector<ResourceType> ApiGatewayTypes() {
  std::vector<ResourceType> types;
  for (std::size_t i = 0; i < api::kResourceKinds; ++i) {
    types.push_back(TypeOf(static_cast<ResourceKind>(i)));
  }
  return types;
}

std::optional<ResourcePlace> ApiPlaceOf(const Resource& resource) {
  std::optional<ResourceKind> kind = api::KindOf(resource.type);
  if (!kind) return std::nullopt;
  ResourcePlace place;
  place.kind = *kind;
  place.id = resource.physical_id;
  if (*kind != ResourceKind::kApi) place.api_id = resource.Text("ApiId");
  if (api::HasParent(*kind)) {
    place.parent_id = resource.Text(OfTemplates(api::RowOf(api::ParentOf(*kind)).id_member));
  }
  return place;
}

api::Properties ApiPropertiesOf(const Resource& resource) {
  api::Properties properties =
      ToRoom(FindResourceType(resource.type)->properties, resource.properties, Naming::kOfCalls);
  if (resource.origins.empty()) return properties;
  boost::json::array& origins = properties["origins"].emplace_array();
  for (const std::string& origin : resource.origins) origins.emplace_back(origin);
  return properties;
}

}  // namespace gatehouse::stack
