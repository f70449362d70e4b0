#include "api/define/api_deployments.h"

#include <algorithm>

#include <fmt/format.h>

namespace gatehouse::api {
namespace {

using enum ResourceKind;

// A deployment of what is there now.
Result<void> Deploy(ApiState& state, const Resource& deployment) {
  if (state.Of(kRoute).empty()) {
    return Error{ErrorCode::kInvalidArgument,
                 "At least one route is required before deploying the Api."};
  }
  state.snapshots[deployment.id] = state.Snapshot();
  return {};
}

// CreateDeployment may name the stage that shall stand on it.
Result<void> MoveStage(ApiState& state, std::string_view stage_name, const Resource& deployment,
                       const ChangeContext& context) {
  for (Resource& stage : state.Of(kStage)) {
    if (stage.id != stage_name) continue;
    stage.properties["deploymentId"] = deployment.id;
    SetComputed(stage, kStage, context);
    return {};
  }
  ResourcePlace place{kStage, {}, {}, std::string(stage_name)};
  return NoSuchResource(place, context.options);
}

// Deployments made by themselves go when no stage stands on them any more.
void DropUnusedAutoDeployed(ApiState& state) {
  std::erase_if(state.Of(kDeployment), [&](const Resource& deployment) {
    if (!IsTrue(deployment.properties, "autoDeployed")) return false;
    for (const Resource& stage : state.Of(kStage)) {
      if (TextOf(stage.properties, "deploymentId") == deployment.id) return false;
    }
    state.snapshots.erase(deployment.id);
    return true;
  });
}

}  // namespace

Result<void> AfterDeployment(ApiState& state, const Resource& deployment,
                             std::string_view stage_name, const ChangeContext& context) {
  if (Result<void> deployed = Deploy(state, deployment); !deployed) return deployed;
  if (stage_name.empty()) return {};
  return MoveStage(state, stage_name, deployment, context);
}

void RefreshAutoDeployed(ApiState& state, const ChangeContext& context) {
  std::string id;
  for (Resource& stage : state.Of(kStage)) {
    if (state.Of(kRoute).empty() || !IsTrue(stage.properties, "autoDeploy")) continue;
    if (id.empty()) {
      Resource deployment{FreeId(state, kDeployment, context.random), {}, {}};
      id = deployment.id;
      deployment.properties["autoDeployed"] = true;
      deployment.properties["deploymentStatus"] = "DEPLOYED";
      deployment.properties["description"] =
          "Automatic deployment triggered by changes to the Api configuration";
      SetComputed(deployment, kDeployment, context);
      state.snapshots[id] = state.Snapshot();
      state.Of(kDeployment).push_back(std::move(deployment));
    }
    stage.properties["deploymentId"] = id;
    stage.properties["lastDeploymentStatusMessage"] =
        fmt::format("Successfully deployed stage with deployment ID '{}'", id);
    SetComputed(stage, kStage, context);
  }
  DropUnusedAutoDeployed(state);
}

void RedeployStages(ApiState& state) {
  if (state.Of(kRoute).empty()) return;
  std::shared_ptr<const ApiState> snapshot = state.Snapshot();
  for (const Resource& stage : state.Of(kStage)) {
    std::string_view deployment = TextOf(stage.properties, "deploymentId");
    if (!deployment.empty()) state.snapshots[std::string(deployment)] = snapshot;
  }
}

std::vector<Served> ServedStages(const ApiState& state) {
  std::vector<Served> served;
  for (const Resource& stage : state.Of(ResourceKind::kStage)) {
    auto it = state.snapshots.find(TextOf(stage.properties, "deploymentId"));
    if (it != state.snapshots.end()) served.push_back({&stage, it->second});
  }
  return served;
}

bool IsServedAlike(const ApiState* before, const Served& now) {
  if (!before) return false;
  for (const Served& then : ServedStages(*before)) {
    if (then.stage->id != now.stage->id) continue;
    return then.snapshot == now.snapshot && then.stage->properties == now.stage->properties;
  }
  return false;
}

}  // namespace gatehouse::api
