// `gatehouse env`: prints what makes a shell's AWS CLI, SDKs and clients reach a running gatehouse.
#pragma once

#include "server/environment.h"
#include "server/options.h"

namespace gatehouse::server {

// The exit code: 0; 1 none runs; 2 several run, or the one asked for does not.
int RunEnv(const EnvOptions& options);

// The live instance that options mean, for env and `exec --attach`. Errors: kNotFound (none runs),
// kInvalidArgument (several run: the message lists them; or the one asked for does not).
Result<InstanceFacts> FindInstance(const EnvOptions& options);

// This process's environment.
Variables CurrentVariables();

}  // namespace gatehouse::server
