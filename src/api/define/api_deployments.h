// Deployments: snapshots of an API that its stages stand on. Pure; any thread.
// Source: docs/aws/websocket-api.md §12; design §6 (stages refresh on every stack update).
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "api/define/computed_properties.h"

namespace gatehouse::api {

// Takes the snapshot of a deployment just created; the stage of that name, if one is named, then
// stands on it. Errors: kInvalidArgument (no routes), kNotFound (no such stage).
Result<void> AfterDeployment(ApiState& state, const Resource& deployment,
                             std::string_view stage_name, const ChangeContext& context);

// Puts stages with autoDeploy on a deployment of what is there now. Call after each change.
void RefreshAutoDeployed(ApiState& state, const ChangeContext& context);

// Gives the deployments that stages stand on the routes and integrations of now.
void RedeployStages(ApiState& state);

// A stage that is served, and what of.
struct Served {
  const Resource* stage;
  std::shared_ptr<const ApiState> snapshot;
};

// The stages that stand on a deployment; pointers into state.
std::vector<Served> ServedStages(const ApiState& state);
// Whether `before` (null: it was not there) served that stage just so.
bool IsServedAlike(const ApiState* before, const Served& now);

}  // namespace gatehouse::api
