// How `gatehouse env` fails: closed. A shell that evaluates nothing goes on, and its next `aws`
// would reach the user's real account; so what it evaluates then leads nowhere, and ends in false.
#pragma once

namespace gatehouse::server {

// Prints NowhereChanges and "false", for a shell to evaluate, and says on stderr how to come back
// from it. On a terminal, where nobody evaluates, nothing.
void LeadNowhere();

// While this is on the stack, whatever ends the process (a fault, abort, SIGTERM) prints the same
// on its way out; after SIGKILL a child does, which waits for our end. One at a time, and before
// there are threads.
class NowhereUnlessDone {
 public:
  NowhereUnlessDone();
  ~NowhereUnlessDone();
  NowhereUnlessDone(const NowhereUnlessDone&) = delete;
  NowhereUnlessDone& operator=(const NowhereUnlessDone&) = delete;
};

}  // namespace gatehouse::server
