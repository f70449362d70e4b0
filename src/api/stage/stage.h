// A deployed stage: an API's definition compiled into what messages need. Immutable, so that it is
// swapped whole when a stage is deployed anew; any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/language/request_models.h"
#include "api/language/selection_expression.h"
#include "api/stage/definition.h"
#include "api/stage/mock_integration.h"
#include "api/stage/throttle.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

// What is said of a route and what was compiled of it. Its refusal may be its integration's.
struct Route : RouteDefinition {
  std::size_t index = 0;                               // among the stage's routes
  const IntegrationDefinition* integration = nullptr;  // null: none; inside the same stage
  std::shared_ptr<const MockIntegration> mock = {};    // of an integration of that type
  std::shared_ptr<const RequestModels> models = {};    // null: messages are not validated
  bool reads_body = false;  // beside the route's choice, the message must have been parsed
  std::shared_ptr<TokenBucket> throttle = {};  // shared by all loops; null: none

  bool InvokesFunction() const { return integration && !mock && refusal.empty(); }
};

// 1 to 128 letters, digits, hyphens and underscores, or exactly "$default".
bool IsStageName(std::string_view name);

class Stage {
 public:
  // Errors: kInvalidArgument (expression, stage name, a route given twice or without its
  // integration).
  static Result<std::shared_ptr<const Stage>> Compile(ApiDefinition api, StageDefinition stage);

  // The same stage without routes: what is left in the place of one that was deleted.
  std::shared_ptr<const Stage> WithoutRoutes() const;

  const std::string& api_id() const { return api_.api_id; }
  const std::string& api_name() const { return api_.name; }
  const std::string& name() const { return stage_.stage_name; }
  const std::map<std::string, std::string>& variables() const { return stage_.stage_variables; }
  const SelectionExpression& expression() const { return *expression_; }

  const std::vector<std::string>& origins() const { return stage_.origins; }
  bool is_execute_api_disabled() const { return api_.disable_execute_api_endpoint; }

  // Whether the stage's throttle lets something pass that takes this route, or none.
  bool TakeToken(const Route* route, std::chrono::nanoseconds now) const {
    TokenBucket* bucket = route ? route->throttle.get() : throttle_.get();
    return !bucket || bucket->Take(now);
  }

  const Route* connect_route() const { return Find("$connect"); }
  const Route* disconnect_route() const { return Find("$disconnect"); }

  // The route of a message whose selection value is `value`: the route of that key, never the
  // lifecycle routes, else $default, else null. Source: docs/aws/websocket-api.md §4.2.
  const Route* SelectRoute(std::string_view value) const;
  const Route* default_route() const { return Find("$default"); }
  const Route* FindRoute(std::string_view route_key) const { return Find(route_key); }
  // By index: as they were given.
  const std::vector<const Route*>& routes() const { return routes_by_index_; }

  // "sendMessage, sendDirect": the keys that messages can take.
  std::string RouteKeysForPeople() const;

 private:
  Stage() = default;
  const Route* Find(std::string_view key) const;

  ApiDefinition api_;  // its routes are in routes_
  StageDefinition stage_;
  std::unique_ptr<const SelectionExpression> expression_;
  std::shared_ptr<TokenBucket> throttle_;  // of the routes without one of their own
  std::map<std::string, Route, std::less<>> routes_;
  std::vector<const Route*> routes_by_index_;
};

}  // namespace gatehouse::api
