// Starting one child and reading its group's memory: the system calls behind ChildProcesses, used
// by its thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <map>

#include "process/child_processes.h"

namespace gatehouse::process {

// Starts a child as child_processes.h promises; output is the pipe's end that it writes to. The
// calling thread must live as long as the child shall. The child's pid, or -errno.
pid_t StartChild(const ChildSpec& spec, int output);

// Adds up the memory of the processes in the groups that are keys of the map.
void SampleGroups(std::map<pid_t, std::size_t>& bytes_by_group);

}  // namespace gatehouse::process
