// Who listens on a port of this machine, for the sentence that it is taken. Reads /proc; blocks.
#pragma once

#include <cstdint>
#include <string>

namespace gatehouse::server {

// "python3 (process 4711)"; empty when it cannot be told: another user's, or gone meanwhile.
std::string PortOwner(std::uint16_t port, const std::string& proc = "/proc");

}  // namespace gatehouse::server
