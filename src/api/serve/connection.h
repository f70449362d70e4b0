// What the gateway knows of a connection beside its socket: the cold record of a slot. Loop thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/stage/stages.h"
#include "net/socket/sockets.h"

namespace gatehouse::api {

struct Connection {
  enum class State : std::uint8_t {
    kNone,        // the slot is no WebSocket connection
    kConnecting,  // $connect runs; for everybody else it does not exist yet
    kOpen,
    kClosed,  // $disconnect was started; the socket finishes its close handshake
  };
  State state = State::kNone;
  bool is_journaled = false;     // a next start would run its $disconnect
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

// Connections by slot, in pages that stay where they are: a slot's record is found by a shift, and
// memory grows by what a page takes.
class ConnectionRecords {
 public:
  Connection& operator[](std::uint32_t slot) { return pages_[slot / kPage][slot % kPage]; }
  const Connection& operator[](std::uint32_t slot) const {
    return pages_[slot / kPage][slot % kPage];
  }
  std::size_t size() const { return pages_.size() * kPage; }
  void resize(std::size_t slots) {  // grows only
    while (size() < slots) pages_.push_back(std::make_unique<Connection[]>(kPage));
  }

 private:
  static constexpr std::uint32_t kPage = 256;
  std::vector<std::unique_ptr<Connection[]>> pages_;
};

}  // namespace gatehouse::api
