// From the control plane's resources to a stage that serves. Pure; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/define/api_state.h"
#include "api/stage/stage.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

struct CompiledStage {
  std::shared_ptr<const Stage> stage;
  std::vector<std::string> warnings;  // what of it will not behave as the reader may think
};

// Why an integration of this type, or a route with these properties, does not run in gatehouse yet;
// empty: it does.
std::string IntegrationRefusal(std::string_view integration_type);
std::string RouteRefusal(std::string_view route_key, std::string_view authorization_type,
                         bool api_key_required);

// snapshot: what the stage's deployment took; stage: the stage's properties.
// Errors: those of Stage::Compile.
Result<CompiledStage> CompileStage(const ApiState& snapshot, const Properties& stage);

}  // namespace gatehouse::api
