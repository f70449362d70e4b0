// Properties of AWS::ApiGatewayV2::Api, Deployment and Stage.
#include <limits>

#include "api/define/resource_schema.h"

namespace gatehouse::api {
namespace {

using enum PropertyType;

constexpr std::int64_t kIntegerMax = std::numeric_limits<std::int32_t>::max();

constexpr PropertyRow kApi[] = {
    {"name", kString, 1, 128, {}, {}, kRequired},
    {"protocolType", kString, 1, 16, "WEBSOCKET|HTTP", {}, kRequired | kImmutable},
    {"routeSelectionExpression", kString, 1, 1024},
    {"apiKeySelectionExpression", kString, 1, 128,
     "$request.header.x-api-key|$context.authorizer.usageIdentifierKey",
     R"("$request.header.x-api-key")"},
    {"description", kString, 0, 1024},
    {"disableExecuteApiEndpoint", kBoolean, 0, 0, {}, "false"},
    {"disableSchemaValidation", kBoolean},
    {"ipAddressType", kString, 1, 16, "ipv4|dualstack", R"("ipv4")"},
    {"version", kString, 1, 64},
    {"tags", kStringMap, 0, 256, {}, "{}"},
    {"corsConfiguration", kObject, 0, 0, {}, {}, kHttpOnly},
    {"credentialsArn", kString, 0, 2048, {}, {}, kHttpOnly},
    {"routeKey", kString, 0, 1024, {}, {}, kHttpOnly},
    {"target", kString, 0, 2048, {}, {}, kHttpOnly},
    {"body", kObject, 0, 0, {}, {}, kHttpOnly},
    {"bodyS3Location", kObject, 0, 0, {}, {}, kHttpOnly},
    {"basePath", kString, 0, 1024, {}, {}, kHttpOnly},
    {"failOnWarnings", kBoolean, 0, 0, {}, {}, kHttpOnly},
};

constexpr PropertyRow kDeployment[] = {
    {"description", kString, 0, 1024},
};

constexpr PropertyRow kRouteSettings[] = {
    {"dataTraceEnabled", kBoolean},
    {"detailedMetricsEnabled", kBoolean},
    {"loggingLevel", kString, 1, 16, "ERROR|INFO|OFF"},
    {"throttlingBurstLimit", kInteger, 0, kIntegerMax},
    {"throttlingRateLimit", kNumber},
};

constexpr PropertyRow kAccessLogSettings[] = {
    {"destinationArn", kString, 1, 2048},
    {"format", kString, 1, 3072},
};

constexpr PropertyRow kStage[] = {
    {"stageName", kString, 1, 128, {}, {}, kRequired | kImmutable},
    {"deploymentId", kString, 1, 128},
    {"autoDeploy", kBoolean, 0, 0, {}, "false"},
    {"description", kString, 0, 1024},
    {"stageVariables", kStringMap, 1, 2048, {}, "{}", kMerged},
    {"defaultRouteSettings",
     kObject,
     0,
     0,
     {},
     R"({"detailedMetricsEnabled":false})",
     kMerged,
     kRouteSettings},
    {"routeSettings", kObjectMap, 0, 0, {}, "{}", kMerged, kRouteSettings},
    {"accessLogSettings", kObject, 0, 0, {}, {}, kMerged, kAccessLogSettings},
    {"clientCertificateId", kString, 1, 128},
    {"tags", kStringMap, 0, 256, {}, "{}"},
    {"origins", kStrings, 1, 255},  // ours: a template's Metadata gives it
};

}  // namespace

std::span<const PropertyRow> ApiRows() { return kApi; }
std::span<const PropertyRow> DeploymentRows() { return kDeployment; }
std::span<const PropertyRow> StageRows() { return kStage; }

}  // namespace gatehouse::api
