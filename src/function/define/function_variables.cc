#include "function/define/function_variables.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "function/define/definition_check.h"

namespace gatehouse::function {
namespace {

// What leads AWS's names to us (proxies, authorities) wins: without it a function would reach AWS
// itself. These do not: they only keep out what comes from this machine.
constexpr std::array kWeak{"AWS_CONFIG_FILE", "AWS_EC2_METADATA_DISABLED"};

void AddServer(Variables& variables, const FunctionDefinition& function, const Variables& server) {
  for (const auto& [name, value] : server) {
    bool weak = std::find(kWeak.begin(), kWeak.end(), name) != kWeak.end();
    if (weak && function.environment.contains(name)) continue;
    std::string& present = variables[name];
    bool joined = name == "NODE_OPTIONS" || name == "NO_PROXY" || name == "no_proxy";
    if (joined && !present.empty()) {
      present = value + (name == "NODE_OPTIONS" ? " " : ",") + present;
    } else {
      present = value;
    }
  }
}

}  // namespace

std::vector<std::string> ProcessEnvironment(const FunctionDefinition& function,
                                            const Variables& base, const Variables& server,
                                            const PlatformFacts& facts) {
  Variables variables = base;
  variables["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR";
  variables["AWS_EC2_METADATA_DISABLED"] = "true";
  for (const auto& [name, value] : function.environment) variables[name] = value;
  AddServer(variables, function, server);
  variables["_HANDLER"] = function.handler;
  variables["AWS_REGION"] = variables["AWS_DEFAULT_REGION"] = facts.region;
  variables["AWS_LAMBDA_FUNCTION_NAME"] = function.name;
  variables["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST";
  variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = std::to_string(function.memory_mb);
  variables["AWS_LAMBDA_RUNTIME_API"] = facts.runtime_api;
  variables["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/" + function.name;
  variables["AWS_LAMBDA_LOG_STREAM_NAME"] = facts.log_stream;
  variables["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
  if (FamilyOf(function.runtime) != RuntimeFamily::kCustom) {
    variables["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + function.runtime;
  }
  variables["AWS_ACCESS_KEY_ID"] = facts.key.access_key_id;
  variables["AWS_SECRET_ACCESS_KEY"] = facts.key.secret;
  variables["AWS_SESSION_TOKEN"] = facts.key.security_token;
  variables["LAMBDA_TASK_ROOT"] = facts.task_root;
  variables["LAMBDA_RUNTIME_DIR"] = facts.runtime_directory;
  variables["TZ"] = ":UTC";
  std::vector<std::string> lines;
  for (const auto& [name, value] : variables) lines.push_back(name + "=" + value);
  return lines;
}

Variables BaseVariables() {
  Variables variables{{"LANG", "en_US.UTF-8"}, {"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  for (const char* name : {"PATH", "HOME", "USER", "TMPDIR"}) {
    const char* value = std::getenv(name);
    if (value && *value) variables[name] = value;
  }
  return variables;
}

}  // namespace gatehouse::function
