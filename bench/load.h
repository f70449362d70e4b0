// One run of the load generator: against which server, how, and for how long. Each mode is a
// function in a file of its own; it answers the members of one JSON object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/window.h"
#include "gatehouse/result.h"

namespace gatehouse::bench {

struct LoadOptions {
  std::string mode;
  std::uint16_t port = 0;
  std::string path = "/";
  int pid = 0;   // the server's
  int core = 0;  // and the core it is pinned to
  double warmup = 0.2, seconds = 1.0;
  std::size_t connections = 1000;
  std::size_t bytes = 128;      // of a message
  std::size_t depth = 1;        // messages on their way at once
  std::size_t churn = 0;        // how often half of the connections are replaced beforehand
  std::size_t senders = 64;     // HTTP connections of posts
  std::size_t stalled = 0;      // connections that never read
  std::size_t messages = 1000;  // broadcasts to stalled and good readers
  std::size_t more = 15000;     // connections at the end of the memory's growth
  std::string action = "broadcast";
  std::string lender;  // posts: a function that answers its credentials; empty: they are unsigned
};

inline Window WindowOf(const LoadOptions& options) {
  return Window(options.pid, options.core, options.warmup, options.seconds);
}

// {"action":"…","message":"xxx…"} of so many bytes; "message" is as the chat wants it.
std::string ActionMessage(const std::string& action, std::size_t bytes);

// Deliveries: one client's message reaches all of them, depth messages at a time.
Result<std::string> LoadBroadcast(const LoadOptions& options);
// Messages that come back, depth of each connection on their way.
Result<std::string> LoadEcho(const LoadOptions& options);
// Connections opened and reset, depth at a time.
Result<std::string> LoadConnect(const LoadOptions& options);
// HTTP posts to connections in turn, by `senders` HTTP connections that wait for each answer.
Result<std::string> LoadPost(const LoadOptions& options);
// The server's anonymous memory with `connections` and with `more`; its CPU while nobody speaks.
Result<std::string> LoadIdle(const LoadOptions& options);
// How long 64 KB take to all good readers beside `stalled` that do not read.
Result<std::string> LoadStalled(const LoadOptions& options);

}  // namespace gatehouse::bench
