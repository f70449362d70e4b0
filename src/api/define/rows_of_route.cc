// Properties of AWS::ApiGatewayV2::Route, RouteResponse, Authorizer and Model.
#include "api/define/resource_schema.h"

namespace gatehouse::api {
namespace {

using enum PropertyType;

constexpr PropertyRow kConstraints[] = {
    {"required", kBoolean},
};

constexpr PropertyRow kRoute[] = {
    {"routeKey", kString, 1, 1024, {}, {}, kRequired},
    {"target", kString, 1, 128},
    {"authorizationType", kString, 1, 16, "NONE|AWS_IAM|CUSTOM", R"("NONE")"},
    {"authorizerId", kString, 1, 128},
    {"apiKeyRequired", kBoolean, 0, 0, {}, "false"},
    {"modelSelectionExpression", kString, 1, 1024},
    {"operationName", kString, 1, 64},
    {"requestModels", kStringMap, 1, 128},
    {"requestParameters", kObjectMap, 0, 0, {}, {}, kMerged, kConstraints},
    {"routeResponseSelectionExpression", kString, 1, 128, "$default"},
    {"authorizationScopes", kStrings, 0, 64, {}, {}, kHttpOnly},
};

constexpr PropertyRow kRouteResponse[] = {
    {"routeResponseKey", kString, 1, 128, "$default", {}, kRequired},
    {"modelSelectionExpression", kString, 1, 1024},
    {"responseModels", kStringMap, 1, 128},
    {"responseParameters", kObjectMap, 0, 0, {}, {}, kMerged, kConstraints},
};

constexpr PropertyRow kAuthorizer[] = {
    {"name", kString, 1, 128, {}, {}, kRequired},
    {"authorizerType", kString, 1, 16, "REQUEST", {}, kRequired},
    {"authorizerUri", kString, 1, 2048, {}, {}, kRequired},
    {"authorizerCredentialsArn", kString, 1, 2048},
    {"identitySource", kStrings, 1, 512, {}, "[]"},
    {"identityValidationExpression", kString, 0, 1024},
    {"authorizerResultTtlInSeconds", kInteger, 0, 3600, {}, {}, kHttpOnly},
    {"authorizerPayloadFormatVersion", kString, 0, 64, {}, {}, kHttpOnly},
    {"enableSimpleResponses", kBoolean, 0, 0, {}, {}, kHttpOnly},
    {"jwtConfiguration", kObject, 0, 0, {}, {}, kHttpOnly},
};

constexpr PropertyRow kModel[] = {
    {"name", kString, 1, 128, {}, {}, kRequired},
    {"schema", kString, 1, 32768, {}, {}, kRequired},
    {"contentType", kString, 1, 256, {}, R"("application/json")"},
    {"description", kString, 0, 1024},
};

}  // namespace

std::span<const PropertyRow> RouteRows() { return kRoute; }
std::span<const PropertyRow> RouteResponseRows() { return kRouteResponse; }
std::span<const PropertyRow> AuthorizerRows() { return kAuthorizer; }
std::span<const PropertyRow> ModelRows() { return kModel; }

}  // namespace gatehouse::api
