// The environment of a function's process. Pure but for what it is given. Source:
// docs/aws/lambda.md §3.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "auth/signature/key_pair.h"
#include "function/define/definition.h"

namespace gatehouse::function {

using Variables = std::map<std::string, std::string, std::less<>>;

struct PlatformFacts {
  std::string region;
  // "127.0.0.1:40001". Of our own bootstraps, which have no port, 127.0.0.1:0: it is there, as on
  // AWS, for those who look whether it is, and nobody listens.
  std::string runtime_api;
  std::string task_root;
  std::string runtime_directory;
  std::string log_stream;
  auth::KeyPair key;
};

// Weakest first: `base` (PATH, HOME), the function's own variables, `server` (how to reach
// gatehouse), the platform's. NODE_OPTIONS and NO_PROXY of the function are added to the server's;
// its own AWS_CONFIG_FILE and AWS_EC2_METADATA_DISABLED replace them.
std::vector<std::string> ProcessEnvironment(const FunctionDefinition& function,
                                            const Variables& base, const Variables& server,
                                            const PlatformFacts& facts);

// PATH, HOME, USER, TMPDIR of this process and AWS's LANG: all that functions get from us.
Variables BaseVariables();

}  // namespace gatehouse::function
