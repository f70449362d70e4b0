#include "server/node/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

constexpr std::uint64_t kLimitMin = 128;
constexpr std::uint64_t kLimitMax = 1'000'000;  // more is of no use: a loop has that many slots
constexpr std::uint64_t kLimitLow = 1024;       // told at start
constexpr std::uint32_t kKept = 256;
constexpr std::uint32_t kOfProcess = 3;  // its output, its door, and what wakes it

}  // namespace

Result<DescriptorShares> ShareDescriptors(std::uint64_t limit, std::size_t processes) {
  if (limit < kLimitMin) {
    return Error{ErrorCode::kLimitExceeded,
                 fmt::format("this process may open {} files and sockets; gatehouse needs {} at "
                             "least (ulimit -n)",
                             limit, kLimitMin)};
  }
  DescriptorShares shares;
  shares.limit = static_cast<std::uint32_t>(std::min(limit, kLimitMax));
  std::uint32_t base = std::min(kKept, shares.limit / 2);
  auto further = static_cast<std::uint32_t>(
      std::min<std::size_t>(processes - std::min(processes, kUsualProcesses), kLimitMax));
  std::uint32_t kept = std::min(base + kOfProcess * further, shares.limit / 2);
  shares.sockets_max = shares.limit - kept;
  shares.crowd_max = base / 4;
  shares.own_max = base / 4 + (kept - base) / kOfProcess;
  return shares;
}

std::string DescriptorNotice(const DescriptorShares& shares) {
  if (shares.limit >= kLimitLow) return {};
  return fmt::format(
      "this process may open {} files and sockets (ulimit -n): {} clients at a time, "
      "further ones are answered 503",
      shares.limit, shares.sockets_max);
}

Result<DescriptorShares> RaiseDescriptors(std::size_t processes) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return ShareDescriptors(limit.rlim_cur, processes);
}

}  // namespace gatehouse::server
