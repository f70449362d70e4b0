// Deployments: snapshots of an API that its stages stand on. Pure; any thread.
// Source: spec/websocket-api.md §12; design §6 (stages refresh on every stack update).
#pragma once

#include <string_view>

#include "api/computed_properties.h"

namespace gatehouse::api {

// Takes the snapshot of a deployment just created; the stage of that name, if one is named, then
// stands on it. Errors: kInvalidArgument (no routes), kNotFound (no such stage).
Result<void> AfterDeployment(ApiState& state, const Resource& deployment,
                             std::string_view stage_name, const ChangeContext& context);

// Puts stages with autoDeploy on a deployment of what is there now. Call after each change.
void RefreshAutoDeployed(ApiState& state, const ChangeContext& context);

// Gives the deployments that stages stand on the routes and integrations of now.
void RedeployStages(ApiState& state);

}  // namespace gatehouse::api
