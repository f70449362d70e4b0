// What an app's template says of its WebSocket APIs, as plain values: the structs that `stack`
// fills. Names are CloudFormation's (AWS::ApiGatewayV2::*).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace gatehouse::api {

struct IntegrationResponseDefinition {
  std::string key;                               // IntegrationResponseKey: $default or /regex/
  std::map<std::string, std::string> templates;  // ResponseTemplates
  std::string template_selection_expression = {};
};

// An integration of type MOCK.
struct MockDefinition {
  std::map<std::string, std::string> request_templates;
  std::string template_selection_expression = {};
  std::string passthrough_behavior = "WHEN_NO_MATCH";  // WHEN_NO_TEMPLATES, NEVER
  std::vector<IntegrationResponseDefinition> responses = {};
};

struct IntegrationDefinition {
  std::string integration_id;
  // Of type AWS_PROXY: the name of the function that its IntegrationUri points to.
  std::string function_name;
  base::Millis timeout{29000};  // TimeoutInMillis, 50 to 29,000
  std::string refusal = {};     // why it cannot run here, a sentence; empty: it can
  std::optional<MockDefinition> mock = {};
  std::string credentials_arn = {};  // CredentialsArn; empty: the function's own policy decides
  std::string qualifier = {};        // the version or alias of the URI; empty: none, or $LATEST
};

// What is said of a route; what is compiled of it stands beside it in stage.h's Route.
struct RouteDefinition {
  std::string key;              // RouteKey
  std::string integration_id;   // of Target; empty: none
  bool route_response = false;  // two-way: the integration's answer goes to the client
  std::string refusal = {};     // why it must not run, a sentence; empty: it may
  // Models that validate messages: ModelSelectionExpression (empty: none does), and RequestModels
  // with the schemas in the place of their names.
  std::string model_selection_expression = {};
  std::map<std::string, std::string> request_models = {};
};

struct ApiDefinition {
  std::string api_id;  // ten characters of a-z0-9
  std::string name;
  std::string route_selection_expression;
  std::vector<RouteDefinition> routes;
  std::vector<IntegrationDefinition> integrations;
  bool disable_execute_api_endpoint = false;
};

// What routes take at most: ThrottlingRateLimit a second and ThrottlingBurstLimit at once.
struct ThrottleDefinition {
  double rate = 0;
  double burst = 0;
};

struct StageDefinition {
  std::string stage_name;  // IsStageName (stage.h)
  std::map<std::string, std::string> stage_variables;
  std::optional<ThrottleDefinition> throttle = {};  // DefaultRouteSettings: all routes together
  // RouteSettings, by route key: that route alone, in place of the stage's.
  std::map<std::string, ThrottleDefinition> route_throttles = {};
  // Ours (Metadata of a template): whose pages may open connections; empty: any, as on AWS.
  std::vector<std::string> origins = {};
};

}  // namespace gatehouse::api
