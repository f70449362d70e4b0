// From the control plane's resources to a stage that serves. Pure; any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/api_state.h"
#include "api/stage.h"
#include "gatehouse/result.h"

namespace gatehouse::api {

struct CompiledStage {
  std::shared_ptr<const Stage> stage;
  std::vector<std::string> warnings;  // what of it will not behave as the reader may think
};

// snapshot: what the stage's deployment took; stage: the stage's properties.
// Errors: those of Stage::Compile.
Result<CompiledStage> CompileStage(const ApiState& snapshot, const Properties& stage);

}  // namespace gatehouse::api
