// Properties of AWS::ApiGatewayV2::Integration and IntegrationResponse.
#include "api/define/resource_schema.h"

namespace gatehouse::api {
namespace {

using enum PropertyType;

constexpr std::int64_t kTemplateMax = 300 * 1024;  // characters (AWS: 300 KB)

constexpr PropertyRow kIntegration[] = {
    {"integrationType", kString, 1, 16, "AWS|HTTP|MOCK|HTTP_PROXY|AWS_PROXY", {}, kRequired},
    {"integrationUri", kString, 0, 2048},
    {"integrationMethod", kString, 1, 64},
    {"connectionType", kString, 1, 16, "INTERNET|VPC_LINK", R"("INTERNET")"},
    {"connectionId", kString, 1, 1024},
    {"contentHandlingStrategy", kString, 1, 32, "CONVERT_TO_BINARY|CONVERT_TO_TEXT"},
    {"credentialsArn", kString, 1, 2048},
    {"description", kString, 0, 1024},
    {"passthroughBehavior", kString, 1, 32, "WHEN_NO_MATCH|NEVER|WHEN_NO_TEMPLATES",
     R"("WHEN_NO_MATCH")"},
    {"payloadFormatVersion", kString, 1, 64, "1.0", R"("1.0")"},
    {"requestParameters", kStringMap, 1, 512, {}, {}, kMerged},
    {"requestTemplates", kStringMap, 0, kTemplateMax},
    {"templateSelectionExpression", kString, 1, 1024},
    {"timeoutInMillis", kInteger, 50, 29000, {}, "29000"},
    {"integrationSubtype", kString, 0, 128, {}, {}, kHttpOnly},
    {"responseParameters", kObjectMap, 0, 0, {}, {}, kHttpOnly},
    {"tlsConfig", kObject, 0, 0, {}, {}, kHttpOnly},
};

constexpr PropertyRow kIntegrationResponse[] = {
    {"integrationResponseKey", kString, 1, 1024, {}, {}, kRequired},
    {"contentHandlingStrategy", kString, 1, 32, "CONVERT_TO_BINARY|CONVERT_TO_TEXT"},
    {"responseParameters", kStringMap, 1, 512, {}, {}, kMerged},
    {"responseTemplates", kStringMap, 0, kTemplateMax},
    {"templateSelectionExpression", kString, 1, 1024},
};

}  // namespace

std::span<const PropertyRow> IntegrationRows() { return kIntegration; }
std::span<const PropertyRow> IntegrationResponseRows() { return kIntegrationResponse; }

}  // namespace gatehouse::api
