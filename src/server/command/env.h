// `gatehouse env`: prints what makes a shell's AWS CLI, SDKs and clients reach a running gatehouse.
#pragma once

#include "server/command/client_environment.h"
#include "server/command/options.h"

namespace gatehouse::server {

// The exit code: 0; 1 none runs; 2 several run, or the one asked for does not. What it prints then
// leads a shell that evaluates it nowhere (nowhere.h).
int RunEnv(const EnvOptions& options);

// The live instance that options mean, for env and `exec --attach`: the one asked for, the only
// one, the one of this folder's .gatehouse. Errors: kNotFound (none runs), kInvalidArgument (in
// doubt: the message lists them; or the one asked for does not run).
Result<InstanceFacts> FindInstance(const EnvOptions& options);

// The same among those that live, for a folder. wanted: a port; 0: any.
Result<InstanceFacts> ChooseInstance(const std::vector<InstanceFacts>& live, std::uint16_t wanted,
                                     const std::string& folder);

// This process's environment.
Variables CurrentVariables();

}  // namespace gatehouse::server
