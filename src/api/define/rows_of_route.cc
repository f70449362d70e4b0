// Properties of AWS::ApiGatewayV2::Route, RouteResponse, Authorizer and Model.
#include "api/define/resource_schema.h"

namespace gatehouse::api {
namespace {

using aws::Boolean;
using aws::Integer;
using aws::Json;
using aws::ObjectMap;
using aws::Property;
using aws::Text;
using aws::TextList;
using aws::TextMap;

constexpr Property kConstraints[] = {
    Boolean("Required"),
};

constexpr Property kRoute[] = {
    ApiIdRow(),
    Text("RouteKey", 1, 1024).Required(),
    Text("Target", 1, 128),
    Text("AuthorizationType", 1, 16).OneOf("NONE|AWS_IAM|CUSTOM").Default(R"("NONE")"),
    Text("AuthorizerId", 1, 128),
    Boolean("ApiKeyRequired").Default("false"),
    Text("ModelSelectionExpression", 1, 1024),
    Text("OperationName", 1, 64),
    TextMap("RequestModels", 1, 128),
    ObjectMap("RequestParameters", kConstraints).Merged(),
    Text("RouteResponseSelectionExpression", 1, 128).OneOf("$default"),
    OfHttpApis(TextList("AuthorizationScopes")),
};

constexpr Property kRouteResponse[] = {
    ApiIdRow(),
    Text("RouteId").Required().Replaces().InTemplates(),
    Text("RouteResponseKey", 1, 128).OneOf("$default").Required(),
    Text("ModelSelectionExpression", 1, 1024),
    TextMap("ResponseModels", 1, 128),
    ObjectMap("ResponseParameters", kConstraints).Merged(),
};

constexpr Property kAuthorizer[] = {
    ApiIdRow(),
    Text("Name", 1, 128).Required(),
    Text("AuthorizerType", 1, 16).OneOf("REQUEST").Required(),
    Text("AuthorizerUri", 1, 2048).RequiredByCalls(),
    Text("AuthorizerCredentialsArn", 1, 2048),
    TextList("IdentitySource", 1, 512).Default("[]"),
    Text("IdentityValidationExpression", 0, 1024),
    // A template is told what calls are: that WebSocket APIs do not have it.
    Integer("AuthorizerResultTtlInSeconds", 0, 3600).RefusedByCalls(kOfHttpApisOnly),
    OfHttpApis(Text("AuthorizerPayloadFormatVersion")),
    OfHttpApis(Boolean("EnableSimpleResponses")),
    OfHttpApis(Json("JwtConfiguration")),
};

constexpr Property kModel[] = {
    ApiIdRow(),
    Text("Name", 1, 128).Required(),
    Text("Schema", 1, 32768).OrJson().Required(),
    Text("ContentType", 1, 256).Default(R"("application/json")"),
    Text("Description", 0, 1024),
};

}  // namespace

std::span<const Property> RouteRows() { return kRoute; }
std::span<const Property> RouteResponseRows() { return kRouteResponse; }
std::span<const Property> AuthorizerRows() { return kAuthorizer; }
std::span<const Property> ModelRows() { return kModel; }

}  // namespace gatehouse::api
