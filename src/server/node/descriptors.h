// How the descriptors that a process may open are shared out: clients' sockets, and what is kept
// back. Source: design §7.14 (503 above limit − 256).
#pragma once

#include <cstddef>
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

inline constexpr std::size_t kUsualProcesses = 10;

// Of a limit of 512 and more 256 are kept back for the crowd, functions, files and listeners, and
// more where a function may have more than the usual processes; of a lower one half at most.
// Errors: kLimitExceeded below 128.
Result<DescriptorShares> ShareDescriptors(std::uint64_t limit,
                                          std::size_t processes = kUsualProcesses);

// What a person should know of a low limit; empty from 1,024 on.
std::string DescriptorNotice(const DescriptorShares& shares);

// Raises the soft limit to the hard one, and shares that out.
Result<DescriptorShares> RaiseDescriptors(std::size_t processes = kUsualProcesses);

}  // namespace gatehouse::server
