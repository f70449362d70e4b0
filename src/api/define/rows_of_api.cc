// Properties of AWS::ApiGatewayV2::Api, Deployment and Stage.
#include <limits>

#include "api/define/resource_schema.h"

namespace gatehouse::api {
namespace {

using aws::Boolean;
using aws::Integer;
using aws::Json;
using aws::Number;
using aws::Object;
using aws::ObjectMap;
using aws::Property;
using aws::Text;
using aws::TextList;
using aws::TextMap;

constexpr std::int64_t kIntegerMax = std::numeric_limits<std::int32_t>::max();

constexpr Property kApi[] = {
    Text("Name", 1, 128).Required(),
    Text("ProtocolType", 1, 16).OneOf("WEBSOCKET|HTTP").Required().Immutable().Replaces(),
    Text("RouteSelectionExpression", 1, 1024),
    Text("ApiKeySelectionExpression", 1, 128)
        .OneOf("$request.header.x-api-key|$context.authorizer.usageIdentifierKey")
        .Default(R"("$request.header.x-api-key")"),
    Text("Description", 0, 1024),
    Boolean("DisableExecuteApiEndpoint").Default("false"),
    Boolean("DisableSchemaValidation"),
    Text("IpAddressType", 1, 16).OneOf("ipv4|dualstack").Default(R"("ipv4")"),
    Text("Version", 1, 64),
    TextMap("Tags", 0, 256).Default("{}"),
    OfHttpApis(Json("CorsConfiguration")),
    OfHttpApis(Text("CredentialsArn")),
    OfHttpApis(Text("RouteKey")),
    OfHttpApis(Text("Target")),
    OfHttpApis(Json("Body")),
    OfHttpApis(Json("BodyS3Location")),
    OfHttpApis(Text("BasePath")),
    OfHttpApis(Boolean("FailOnWarnings")),
};

constexpr Property kDeployment[] = {
    ApiIdRow(),
    Text("Description", 0, 1024),
    Text("StageName").InTemplates(),
};

constexpr Property kRouteSettings[] = {
    Boolean("DataTraceEnabled"),
    Boolean("DetailedMetricsEnabled"),
    Text("LoggingLevel", 1, 16).OneOf("ERROR|INFO|OFF"),
    Integer("ThrottlingBurstLimit", 0, kIntegerMax),
    Number("ThrottlingRateLimit"),
};

constexpr Property kAccessLogSettings[] = {
    Text("DestinationArn", 1, 2048),
    Text("Format", 1, 3072),
};

constexpr Property kStage[] = {
    ApiIdRow(),
    Text("StageName", 1, 128).Required().Immutable().Replaces(),
    Text("DeploymentId", 1, 128),
    Boolean("AutoDeploy").Default("false"),
    Text("Description", 0, 1024),
    TextMap("StageVariables", 1, 2048).Default("{}").Merged(),
    Object("DefaultRouteSettings", kRouteSettings)
        .Default(R"({"detailedMetricsEnabled":false})")
        .Merged(),
    ObjectMap("RouteSettings", kRouteSettings).Default("{}").Merged(),
    Object("AccessLogSettings", kAccessLogSettings).Merged(),
    Text("ClientCertificateId", 1, 128),
    TextMap("Tags", 0, 256).Default("{}"),
    TextList("Origins", 1, 255).InCalls(),  // ours: a template's Metadata gives it
    Text("AccessPolicyId").Kept().InTemplates(),
};

}  // namespace

std::span<const Property> ApiRows() { return kApi; }
std::span<const Property> DeploymentRows() { return kDeployment; }
std::span<const Property> StageRows() { return kStage; }

}  // namespace gatehouse::api
