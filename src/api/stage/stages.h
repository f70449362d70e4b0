// The stages that one loop serves, and which of them a URL means (design §7.10). Loop thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/stage/departure.h"
#include "api/stage/invoke_target.h"
#include "api/stage/stage.h"
#include "api/stage/stage_metrics.h"

namespace gatehouse::api {

// What a loop keeps of a route of the stage that is in its place now.
struct RouteState {
  RouteMetrics* metrics = nullptr;  // inside the place's; null: nobody took the route yet
  InvokeTarget target = {};         // of its integration, if that is a function
};

// A stage by its place: the place stays when the stage is deployed anew, so connections hold it.
struct StagePlace {
  std::shared_ptr<const Stage> current;
  std::size_t running = 0;  // invocations of it; Invocations counts
  bool closing = false;     // it is about to go: upgrades are refused
  StageMetrics metrics = {};
  std::vector<RouteState> routes = {};  // by Route::index
  const Route* recent_route = nullptr;  // the one that the last message took; null: none yet
  Departures departures = {};

  void Become(std::shared_ptr<const Stage> stage);
  // Nothing of it runs, nor waits to.
  bool IsAtRest() const { return running == 0 && departures.waiting.empty(); }
};

// Where a request path leads.
struct StagePath {
  StagePlace* place = nullptr;  // null: no such stage
  std::string_view rest;        // after the stage: "", "/" or "/@connections/…"
  // Several APIs have a stage of that name and place is just one of them: if there is such a
  // connection, the loop on which it lives knows whose it is.
  bool any_api = false;
};

// A stage as every loop knows it: the places of one loop mean nothing on another.
struct StageName {
  std::shared_ptr<const Stage> stage;
  bool any_api = false;  // that name, in whatever API

  bool Names(const Stage& other) const {
    return other.name() == stage->name() && (any_api || other.api_id() == stage->api_id());
  }
};

// Whether a first segment is Lambda's, all of whose paths begin with a date ("2015-03-31").
bool IsDateSegment(std::string_view segment);
// Whether a first segment never is a stage's on a host that does not name the API: dates, "v2"
// (API Gateway's own), "_gatehouse". A stage of such a name is reached by its API's id.
bool IsReservedSegment(std::string_view segment);

class Stages {
 public:
  // Puts a stage in its place, or a new one in the place of its predecessor of that API and name.
  void Deploy(std::shared_ptr<const Stage> stage);
  // Takes a stage away: no URL leads there any more. Its place is kept, without routes, so that
  // nothing that still holds it dangles, and serves again when the stage comes back.
  void Remove(StagePlace& place);

  // Leads "/{stage}…" while one API has that stage, "/{apiId}/{stage}…" always; the stage's segment
  // is percent-decoded ("/%24default"). host_api_id: the API that the host names (…execute-api…),
  // or empty; then its path is "/{stage}…".
  StagePath Resolve(std::string_view path, std::string_view host_api_id) const;

  StagePlace* Find(std::string_view api_id, std::string_view stage_name) const;
  const std::vector<std::unique_ptr<StagePlace>>& places() const { return places_; }
  // "/production", or "/{apiId}/production" where that is not unique or leads elsewhere.
  std::string PathOf(const Stage& stage) const;
  // "/production, /abcde12345/dev": the first few.
  std::string PathsForPeople() const;

 private:
  StagePlace* FindUnique(std::string_view stage_name) const;

  std::vector<std::unique_ptr<StagePlace>> places_;
  std::vector<std::unique_ptr<StagePlace>> removed_;
};

}  // namespace gatehouse::api
