// What the gateway knows of a connection beside its socket: the cold record of a slot. Loop thread.
#pragma once

#include <cstdint>
#include <string>

#include "api/stages.h"
#include "net/sockets.h"

namespace gatehouse::api {

struct Connection {
  enum class State : std::uint8_t {
    kNone,        // the slot is no WebSocket connection
    kConnecting,  // $connect runs; for everybody else it does not exist yet
    kOpen,
    kClosed,  // $disconnect was started; the socket finishes its close handshake
  };
  State state = State::kNone;
  std::uint32_t generation = 0;  // of the socket
  StagePlace* place = nullptr;
  std::uint32_t in_flight = 0;      // messages whose integration has not answered
  std::uint32_t throttled = 0;      // messages refused for their rate since one was not
  std::int64_t connected_at = 0;    // milliseconds since 1970
  std::int64_t last_active_at = 0;  // likewise; messages in both directions
  std::string id;
  std::string domain_name;
  std::string source_ip;
  std::string user_agent;

  bool IsOpen(std::uint32_t of_generation) const {
    return state == State::kOpen && generation == of_generation;
  }
};

}  // namespace gatehouse::api
