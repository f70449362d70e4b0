// How the descriptors that a process may open are shared out: clients' sockets, and what is kept
// back. Source: design §7.14 (503 above limit − 256).
#pragma once

#include <cstdint>
#include <string>

#include "gatehouse/result.h"

namespace gatehouse::server {

struct DescriptorShares {
  std::uint32_t limit = 0;        // of the process
  std::uint32_t sockets_max = 0;  // clients'
  std::uint32_t crowd_max = 0;    // accepted beyond these, to be told 503
  std::uint32_t own_max = 0;      // beyond these still: sockets of functions' processes
};

// Of a limit of 512 and more 256 are kept back for the crowd, functions, files and listeners; of a
// lower one half. Errors: kLimitExceeded below 128.
Result<DescriptorShares> ShareDescriptors(std::uint64_t limit);

// What a person should know of a low limit; empty from 1,024 on.
std::string DescriptorNotice(const DescriptorShares& shares);

// Raises the soft limit to the hard one, and shares that out.
Result<DescriptorShares> RaiseDescriptors();

}  // namespace gatehouse::server
