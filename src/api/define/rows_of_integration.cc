// Properties of AWS::ApiGatewayV2::Integration and IntegrationResponse.
#include "api/define/resource_schema.h"

namespace gatehouse::api {
namespace {

using aws::Integer;
using aws::Json;
using aws::Property;
using aws::Text;
using aws::TextMap;

constexpr std::int64_t kTemplateMax = 300 * 1024;  // characters (AWS: 300 KB)

constexpr Property kIntegration[] = {
    ApiIdRow(),
    Text("IntegrationType", 1, 16).OneOf("AWS|HTTP|MOCK|HTTP_PROXY|AWS_PROXY").Required(),
    Text("IntegrationUri", 0, 2048),
    Text("IntegrationMethod", 1, 64),
    Text("ConnectionType", 1, 16).OneOf("INTERNET|VPC_LINK").Default(R"("INTERNET")"),
    Text("ConnectionId", 1, 1024).Refused(),
    Text("ContentHandlingStrategy", 1, 32).OneOf("CONVERT_TO_BINARY|CONVERT_TO_TEXT"),
    Text("CredentialsArn", 1, 2048),
    Text("Description", 0, 1024),
    Text("PassthroughBehavior", 1, 32)
        .OneOf("WHEN_NO_MATCH|NEVER|WHEN_NO_TEMPLATES")
        .Default(R"("WHEN_NO_MATCH")"),
    Text("PayloadFormatVersion", 1, 64).OneOf("1.0").Default(R"("1.0")"),
    TextMap("RequestParameters", 1, 512).Merged(),
    TextMap("RequestTemplates", 0, kTemplateMax),
    Text("TemplateSelectionExpression", 1, 1024),
    Integer("TimeoutInMillis", 50, 29000).Default("29000"),
    OfHttpApis(Text("IntegrationSubtype")),
    OfHttpApis(Json("ResponseParameters")),
    OfHttpApis(Json("TlsConfig")),
};

constexpr Property kIntegrationResponse[] = {
    ApiIdRow(),
    Text("IntegrationId").Required().Replaces().InTemplates(),
    Text("IntegrationResponseKey", 1, 1024).Required(),
    Text("ContentHandlingStrategy", 1, 32).OneOf("CONVERT_TO_BINARY|CONVERT_TO_TEXT"),
    TextMap("ResponseParameters", 1, 512).Merged(),
    TextMap("ResponseTemplates", 0, kTemplateMax),
    Text("TemplateSelectionExpression", 1, 1024),
};

}  // namespace

std::span<const Property> IntegrationRows() { return kIntegration; }
std::span<const Property> IntegrationResponseRows() { return kIntegrationResponse; }

}  // namespace gatehouse::api
