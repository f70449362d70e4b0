// `gatehouse check TEMPLATE…`: what is wrong in templates or not supported, with lines.
#pragma once

#include <string>
#include <vector>

namespace gatehouse::server {

// Exit code: 0 all can be deployed, 1 something is wrong, 2 a file cannot be read.
int RunCheck(const std::vector<std::string>& paths);

}  // namespace gatehouse::server
