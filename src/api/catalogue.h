// The WebSocket APIs of this node as API Gateway's control plane knows them: apis with their
// routes, integrations, responses, authorizers, models, deployments and stages, durable in the
// store, and the stages that are served from them. Both a template's resources and the HTTP
// control plane write here. Loop thread only.
// Source: API Gateway V2 API 2018-11-29; spec/cloudformation.md §9.
//
// A resource is a JSON object with AWS's property names ("apiId", "routeKey", "integrationUri").
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "api/gateway.h"
#include "base/executor.h"
#include "base/function.h"
#include "base/random.h"
#include "gatehouse/result.h"
#include "store/documents.h"

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

// Where a resource is. Examples: {kApi, "", "", "abc123defg"}, {kRoute, "abc123defg", "",
// "r1s2t3u"}, {kRouteResponse, "abc123defg", "r1s2t3u", "v4w5x6"}; a stage's id is its name.
struct ResourcePlace {
  ResourceKind kind = ResourceKind::kApi;
  std::string api_id;     // of what belongs to an api
  std::string parent_id;  // the route's or integration's of a response
  std::string id;         // for Create: the id it shall get; empty: a new one
};

struct CatalogueOptions {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
};

class Catalogue {
 public:
  using Properties = boost::json::object;
  template <class T>
  using Done = base::UniqueFunction<void(Result<T>)>;

  // Reads what the store has and serves its stages. Blocks; for start-up. Everything given must
  // outlive the catalogue.
  static Result<std::unique_ptr<Catalogue>> Open(store::Store& store, Gateway& gateway,
                                                 base::Executor& loop, base::Clock& clock,
                                                 base::Random& random, CatalogueOptions options);

  // Changes. done comes once the change is durable, and served if it concerns a served stage.
  // Errors: kNotFound (NotFoundException), kInvalidArgument (BadRequestException: unknown
  // property, wrong type or bound, what it refers to is missing), kConflict (ConflictException).
  void Create(ResourcePlace place, Properties properties, Done<Properties> done);
  // Only the properties given change.
  void Update(ResourcePlace place, Properties properties, Done<Properties> done);
  // As CloudFormation updates: what is not given returns to its default.
  void Replace(ResourcePlace place, Properties properties, Done<Properties> done);
  // An api goes with all it has. A stage that goes first closes its connections with 1001 and runs
  // their $disconnect while its functions still exist.
  void Delete(ResourcePlace place, Done<void> done);
  // Takes the api's routes and integrations as they are now into every stage of it.
  void Redeploy(std::string_view api_id, Done<void> done);

  Result<Properties> Get(const ResourcePlace& place) const;
  // All of that kind there (place.id is not looked at), in order of creation.
  Result<std::vector<Properties>> List(const ResourcePlace& place) const;
};

}  // namespace gatehouse::api
