// What API Gateway's control plane has: kinds of resources and where one is. Plain values.
#pragma once

#include <cstddef>
#include <string>

#include <boost/json/object.hpp>

namespace gatehouse::api {

enum class ResourceKind {
  kApi,
  kRoute,
  kRouteResponse,
  kIntegration,
  kIntegrationResponse,
  kAuthorizer,
  kModel,
  kDeployment,
  kStage,
};
inline constexpr std::size_t kResourceKinds = 9;

// Where a resource is. Examples: {kApi, "", "", "abc123defg"}, {kRoute, "abc123defg", "",
// "r1s2t3u"}, {kRouteResponse, "abc123defg", "r1s2t3u", "v4w5x6"}; a stage's id is its name.
struct ResourcePlace {
  ResourceKind kind = ResourceKind::kApi;
  std::string api_id = {};     // of what belongs to an api
  std::string parent_id = {};  // the route's or integration's of a response
  std::string id = {};         // for Create: the id it shall get; empty: a new one
};

// A resource as a JSON object with AWS's property names ("routeKey", "integrationUri").
using Properties = boost::json::object;

}  // namespace gatehouse::api
