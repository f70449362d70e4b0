// A connection that has gone and whose $disconnect has not run yet: its cold record, as small as
// that of an open one, so that connections bound what waits. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "net/socket/sockets.h"

namespace gatehouse::api {

struct Departure {
  net::SocketRef socket;  // which it had; names it for good
  std::int64_t connected_at = 0;
  std::uint16_t code = 0;
  bool is_journaled = false;
  std::string id;
  std::string domain_name;
  std::string source_ip;
  std::string user_agent;
  std::string reason;
};

// Those of one stage, on one loop.
struct Departures {
  std::deque<Departure> waiting;  // first come, first served
  std::size_t running = 0;        // whose $disconnect is with a process, or on the way there
};

}  // namespace gatehouse::api
