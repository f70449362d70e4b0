// What an app's template says of its WebSocket APIs, as plain values: the structs that `stack`
// fills. Names are CloudFormation's (AWS::ApiGatewayV2::*).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"

namespace gatehouse::api {

struct IntegrationDefinition {
  std::string integration_id;
  // AWS_PROXY is what exists so far; the function's name is what its IntegrationUri points to.
  std::string function_name;
  base::Millis timeout{29000};  // TimeoutInMillis, 50 to 29,000
  std::string refusal = {};     // why it cannot run here, a sentence; empty: it can
};

struct RouteDefinition {
  std::string route_key;
  std::string integration_id;   // of Target; empty: none
  bool route_response = false;  // two-way: the integration's answer goes to the client
  std::string refusal = {};     // why it must not run, a sentence; empty: it may
};

struct ApiDefinition {
  std::string api_id;  // ten characters of a-z0-9
  std::string name;
  std::string route_selection_expression;
  std::vector<RouteDefinition> routes;
  std::vector<IntegrationDefinition> integrations;
};

struct StageDefinition {
  std::string stage_name;  // letters, digits, - and _, at most 128
  std::map<std::string, std::string> stage_variables;
};

}  // namespace gatehouse::api
