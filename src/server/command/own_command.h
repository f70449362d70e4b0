// How a person starts this very gatehouse in another shell: lines to paste must run as they are.
#pragma once

#include <string>

namespace gatehouse::server {

// What a shell takes for the binary at an absolute path: "gatehouse" where every shell finds it,
// else the path, quoted if it must be. Another terminal has not the PATH of this one.
std::string CommandFor(const std::string& executable);

// The same for the binary that runs; "gatehouse" if the system does not tell which that is.
std::string OwnCommand();

}  // namespace gatehouse::server
