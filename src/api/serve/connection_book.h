// The book of connections of one loop: which there are, whose they are, how their ids are made and
// read. Everybody who serves connections looks here; where a connection's life goes on is written
// here alone. Loop thread only.
//
// A connection exists for others from Open, which comes with the 101, until Close.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/serve/connection.h"
#include "api/serve/connection_id.h"
#include "api/stage/stages.h"
#include "base/siphash.h"
#include "gatehouse/result.h"
#include "net/socket/sockets.h"

namespace gatehouse::api {

class ConnectionBook {
 public:
  // incarnation: a legal one of ConnectionIdCodec. loop: the index of this loop in its node.
  ConnectionBook(const base::SipKey& key, std::uint32_t incarnation, std::uint32_t loop)
      : ids_(key), incarnation_(incarnation), loop_(loop) {}

  std::uint32_t loop() const { return loop_; }
  std::size_t open_count() const { return open_count_; }  // any thread

  // A slot's record, one of state kNone if there is no connection.
  Connection& At(std::uint32_t slot) {
    if (slot >= records_.size()) records_.resize(slot + 1);
    return records_[slot];
  }

  // The id that a connection on that socket has or would have.
  std::string IdOf(net::SocketRef socket) const {
    return ids_.Encode({incarnation_, loop_, socket.slot, socket.generation});
  }
  std::optional<ConnectionPlace> PlaceOf(std::string_view connection_id) const {
    return ids_.Decode(connection_id);
  }
  std::vector<ConnectionPlace> PlacesOf(std::span<const std::string> connection_ids) const;
  // Of this run of the node, which has so many loops, but another's than ours.
  bool IsElsewhere(const ConnectionPlace& where, std::size_t loops) const {
    return where.incarnation == incarnation_ && where.loop != loop_ && where.loop < loops;
  }

  // Whose open connection is there; null: none.
  StagePlace* OwnerOf(const ConnectionPlace& where) const;
  // The slot of an open connection. Errors: kInvalidArgument (no id), kGone (none, or none of that
  // stage).
  Result<std::uint32_t> FindOpen(const StagePlace& stage, std::string_view connection_id) const;
  Result<std::uint32_t> FindOpen(const StageName& stage, const ConnectionPlace& where) const;
  bool IsOpenOn(std::uint32_t slot, const StagePlace& stage) const {
    const Connection& record = records_[slot];
    return record.state == Connection::State::kOpen && record.place == &stage;
  }

  // Its $connect begins.
  Connection& Begin(net::SocketRef socket, StagePlace& stage, std::int64_t now_ms);
  void Open(std::uint32_t slot);
  const Connection& Close(std::uint32_t slot);
  // The slot is about to serve others, or is refused.
  void Erase(std::uint32_t slot) { At(slot) = Connection{}; }
  void Erase(net::SocketRef socket);  // unless the slot is another's since

 private:
  const ConnectionIdCodec ids_;
  const std::uint32_t incarnation_;
  const std::uint32_t loop_;
  ConnectionRecords records_;  // by slot
  std::atomic<std::size_t> open_count_ = 0;
};

}  // namespace gatehouse::api
