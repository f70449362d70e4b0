// AWS::ApiGatewayV2::*: what a WebSocket API is made of.
#include "stack/resource_apigateway.h"

#include <array>
#include <charconv>

#include "stack/resource_type.h"

namespace gatehouse::stack {
namespace {

using api::ResourceKind;
using api::ResourcePlace;

constexpr std::string_view kApi =
    "Name:s! ProtocolType:s! RouteSelectionExpression:s Description:s ApiKeySelectionExpression:s "
    "DisableSchemaValidation:b DisableExecuteApiEndpoint:b Version:s Tags:<s> CorsConfiguration^:j "
    "Target^:s Body^:j BodyS3Location^:j CredentialsArn^:s RouteKey^:s FailOnWarnings^:b "
    "IpAddressType:s BasePath^:s";
constexpr std::string_view kRoute =
    "ApiId:s! RouteKey:s! Target:s AuthorizationType:s AuthorizerId:s AuthorizationScopes^:[s] "
    "OperationName:s RouteResponseSelectionExpression:s ApiKeyRequired:b "
    "ModelSelectionExpression:s RequestModels:<s> RequestParameters:<{Required:b}>";
constexpr std::string_view kIntegration =
    "ApiId:s! IntegrationType:s! IntegrationUri:s IntegrationMethod:s Description:s "
    "CredentialsArn:s RequestTemplates:<s> RequestParameters:<s> TemplateSelectionExpression:s "
    "PassthroughBehavior:s TimeoutInMillis:i ConnectionType:s ConnectionId^:s "
    "ContentHandlingStrategy:s PayloadFormatVersion:s IntegrationSubtype^:s TlsConfig^:j "
    "ResponseParameters^:j";
constexpr std::string_view kStage =
    "ApiId:s! StageName:s! DeploymentId:s AutoDeploy:b Description:s "
    "DefaultRouteSettings:{DataTraceEnabled:b DetailedMetricsEnabled:b LoggingLevel:s "
    "ThrottlingBurstLimit:i ThrottlingRateLimit:n} "
    "RouteSettings:<{DataTraceEnabled:b DetailedMetricsEnabled:b LoggingLevel:s "
    "ThrottlingBurstLimit:i ThrottlingRateLimit:n}> "
    "StageVariables:<s> AccessLogSettings:{DestinationArn:s Format:s} ClientCertificateId:s "
    "Tags:<s> AccessPolicyId-:s";
constexpr std::string_view kAuthorizer =
    "ApiId:s! Name:s! AuthorizerType:s! AuthorizerUri:s AuthorizerCredentialsArn:s "
    "IdentitySource:[s] IdentityValidationExpression:s AuthorizerResultTtlInSeconds:i "
    "AuthorizerPayloadFormatVersion^:s EnableSimpleResponses^:b JwtConfiguration^:j";

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

template <const char* kAttribute>
ResourceValues IdValues(const Resource& resource, const Surroundings&) {
  return {resource.physical_id, {{kAttribute, resource.physical_id}}};
}

constexpr char kRouteId[] = "RouteId";
constexpr char kIntegrationId[] = "IntegrationId";
constexpr char kDeploymentId[] = "DeploymentId";
constexpr char kRouteResponseId[] = "RouteResponseId";
constexpr char kIntegrationResponseId[] = "IntegrationResponseId";
constexpr char kModelId[] = "ModelId";
constexpr char kAuthorizerId[] = "AuthorizerId";

constexpr auto kShort = ResourceType::kShort;
constexpr ResourceType kTypes[] = {
    {.name = "AWS::ApiGatewayV2::Api",
     .schema = kApi,
     .replacing = "ProtocolType",
     .id = kShort,
     .id_size = 10,
     .attributes = "ApiId ApiEndpoint",
     .check = CheckApi,
     .checked = "ProtocolType",
     .values = ApiValues},
    {.name = "AWS::ApiGatewayV2::Route",
     .schema = kRoute,
     .replacing = "ApiId",
     .id = kShort,
     .id_size = 7,
     .attributes = kRouteId,
     .values = IdValues<kRouteId>},
    {.name = "AWS::ApiGatewayV2::Integration",
     .schema = kIntegration,
     .replacing = "ApiId",
     .id = kShort,
     .id_size = 7,
     .attributes = kIntegrationId,
     .values = IdValues<kIntegrationId>},
    {.name = "AWS::ApiGatewayV2::Deployment",
     .schema = "ApiId:s! Description:s StageName:s",
     .replacing = "ApiId",
     .id = kShort,
     .id_size = 6,
     .attributes = kDeploymentId,
     .values = IdValues<kDeploymentId>},
    {.name = "AWS::ApiGatewayV2::Stage",
     .schema = kStage,
     .replacing = "ApiId StageName",
     .name_property = "StageName"},
    {.name = "AWS::ApiGatewayV2::RouteResponse",
     .schema = "ApiId:s! RouteId:s! RouteResponseKey:s! ModelSelectionExpression:s "
               "ResponseModels:<s> ResponseParameters:<{Required:b}>",
     .replacing = "ApiId RouteId",
     .id = kShort,
     .id_size = 7,
     .attributes = kRouteResponseId,
     .values = IdValues<kRouteResponseId>},
    {.name = "AWS::ApiGatewayV2::IntegrationResponse",
     .schema = "ApiId:s! IntegrationId:s! IntegrationResponseKey:s! ContentHandlingStrategy:s "
               "ResponseParameters:<s> ResponseTemplates:<s> TemplateSelectionExpression:s",
     .replacing = "ApiId IntegrationId",
     .id = kShort,
     .id_size = 7,
     .attributes = kIntegrationResponseId,
     .values = IdValues<kIntegrationResponseId>},
    {.name = "AWS::ApiGatewayV2::Model",
     .schema = "ApiId:s! Name:s! Schema:j! ContentType:s Description:s",
     .replacing = "ApiId",
     .id = kShort,
     .id_size = 6,
     .attributes = kModelId,
     .values = IdValues<kModelId>},
    {.name = "AWS::ApiGatewayV2::Authorizer",
     .schema = kAuthorizer,
     .replacing = "ApiId",
     .id = kShort,
     .id_size = 6,
     .attributes = kAuthorizerId,
     .values = IdValues<kAuthorizerId>},
};

struct KindRow {
  std::string_view type;
  ResourceKind kind;
  std::string_view parent;  // the property that has the parent's id
};
constexpr std::array kKinds = {
    KindRow{"AWS::ApiGatewayV2::Api", ResourceKind::kApi, ""},
    KindRow{"AWS::ApiGatewayV2::Route", ResourceKind::kRoute, ""},
    KindRow{"AWS::ApiGatewayV2::Integration", ResourceKind::kIntegration, ""},
    KindRow{"AWS::ApiGatewayV2::Deployment", ResourceKind::kDeployment, ""},
    KindRow{"AWS::ApiGatewayV2::Stage", ResourceKind::kStage, ""},
    KindRow{"AWS::ApiGatewayV2::RouteResponse", ResourceKind::kRouteResponse, "RouteId"},
    KindRow{"AWS::ApiGatewayV2::IntegrationResponse", ResourceKind::kIntegrationResponse,
            "IntegrationId"},
    KindRow{"AWS::ApiGatewayV2::Model", ResourceKind::kModel, ""},
    KindRow{"AWS::ApiGatewayV2::Authorizer", ResourceKind::kAuthorizer, ""},
};

// "RouteKey" → "routeKey"
std::string ApiName(std::string name) {
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] + 32);
  return name;
}

boost::json::value ToJsonValue(const Schema& schema, const Value& value);

boost::json::object ToJsonObject(const Schema& schema, const Value& value) {
  boost::json::object object;
  for (const Member& member : value.members) {
    if (schema.kind == Schema::kMap) {
      object[member.name] = ToJsonValue(*schema.inner, member.value);
    } else if (const Schema::Field* field = schema.Find(member.name);
               field && field->support == Schema::kFull) {
      object[ApiName(member.name)] = ToJsonValue(field->schema, member.value);
    }
  }
  return object;
}

boost::json::value ToJsonValue(const Schema& schema, const Value& value) {
  const char* begin = value.text.data();
  const char* end = begin + value.text.size();
  switch (schema.kind) {
    case Schema::kText:
      return boost::json::value(value.text);
    case Schema::kInteger: {
      std::int64_t number = 0;
      std::from_chars(begin, end, number);
      return number;
    }
    case Schema::kNumber: {
      double number = 0;
      std::from_chars(begin, end, number);
      return number;
    }
    case Schema::kBool:
      return value.text == "true";
    case Schema::kList: {
      boost::json::array array;
      for (const Value& item : value.items) array.push_back(ToJsonValue(*schema.inner, item));
      return array;
    }
    case Schema::kAny:  // a model's schema, which the API wants as text
      return boost::json::value(value.is_string() ? value.text : ToJson(value));
    default:
      return ToJsonObject(schema, value);
  }
}

}  // namespace

std::span<const ResourceType> ApiGatewayTypes() { return kTypes; }

std::optional<ResourcePlace> ApiPlaceOf(const Resource& resource) {
  for (const KindRow& row : kKinds) {
    if (row.type != resource.type) continue;
    ResourcePlace place;
    place.kind = row.kind;
    place.id = resource.physical_id;
    if (row.kind != ResourceKind::kApi) place.api_id = resource.Text("ApiId");
    if (!row.parent.empty()) place.parent_id = resource.Text(row.parent);
    return place;
  }
  return std::nullopt;
}

api::Properties ApiPropertiesOf(const Resource& resource) {
  auto properties = ToJsonObject(SchemaOf(*FindResourceType(resource.type)), resource.properties);
  if (resource.origins.empty()) return properties;
  boost::json::array& origins = properties["origins"].emplace_array();
  for (const std::string& origin : resource.origins) origins.emplace_back(origin);
  return properties;
}

}  // namespace gatehouse::stack
