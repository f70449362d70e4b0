// The reaper: a small process of our own that outlives gatehouse by a moment and kills what came
// from its children. It hears of their process groups through a pipe; the pipe's end is its signal,
// so it works after a SIGKILL too. Beside the groups it looks for processes that carry the mark in
// their environment: those that left their group.
#pragma once

#include <sys/types.h>

#include <string>

#include "gatehouse/result.h"

namespace gatehouse::process {

inline constexpr std::size_t kReapedGroupsMax = 4096;  // more are found by their mark only

struct Reaper {
  pid_t pid = -1;
  int pipe = -1;  // write a group's id when it begins, its negative when it has ended: pid_t each
};

// Forks it. mark: "NAME=value", at most 255 bytes.
Result<Reaper> StartReaper(const std::string& mark);

}  // namespace gatehouse::process
