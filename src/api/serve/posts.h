// What is sent to this loop's connections, and told of them: the operations of @connections on
// connections that live here (connections.h: wherever they live), and the texts that answer
// messages. Loop thread only. Errors: as gatehouse::Connections says (handler.h).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/serve/close_notice.h"
#include "api/serve/connection_book.h"
#include "api/stage/stage_metrics.h"
#include "base/log.h"
#include "base/shared_bytes.h"
#include "gatehouse/handler.h"
#include "gatehouse/result.h"
#include "net/socket/sockets.h"
#include "net/websocket/websocket.h"

namespace gatehouse::api {

class Posts {
 public:
  // Everything given outlives this. message_bytes_max: of what is posted or answered.
  Posts(net::Sockets& sockets, net::WebSockets& websockets, ConnectionBook& book, base::Log& log,
        std::size_t message_bytes_max)
      : sockets_(sockets),
        websockets_(websockets),
        book_(book),
        log_(log),
        message_bytes_max_(message_bytes_max) {}

  // Ids of another stage than `stage` are gone there.
  Result<void> Post(const StagePlace& stage, std::string_view connection_id, std::string_view data);
  std::vector<Result<void>> PostAll(const StagePlace& stage,
                                    std::span<const std::string> connection_ids,
                                    std::string_view data);
  Result<BroadcastResult> Broadcast(const StagePlace& stage, std::string_view data,
                                    std::span<const std::string> exclude);
  Result<ConnectionInfo> Get(const StagePlace& stage, std::string_view connection_id);
  Result<void> Close(const StagePlace& stage, std::string_view connection_id,
                     const CloseNotice& notice);

  // Parts of the above, for those that are asked for by another loop, which counts and logs them.
  // Text that is no UTF-8 becomes U+FFFD when it is made frames, as on AWS.
  base::SharedBytes Frames(std::string_view data) const;
  Result<void> PostFrames(const StagePlace& stage, std::string_view connection_id,
                          const base::SharedBytes& frames);
  Result<void> PostFrames(const StageName& stage, const ConnectionPlace& where,
                          const base::SharedBytes& frames);
  BroadcastResult BroadcastFrames(const StagePlace& stage, const base::SharedBytes& frames,
                                  std::span<const ConnectionPlace> exclude);
  Result<std::uint32_t> Find(const StageName& stage, const ConnectionPlace& where) const {
    return book_.FindOpen(stage, where);
  }
  Result<ConnectionInfo> Get(const StageName& stage, const ConnectionPlace& where);
  Result<void> Close(const StageName& stage, const ConnectionPlace& where,
                     const CloseNotice& notice);

  std::size_t message_bytes_max() const { return message_bytes_max_; }
  // Only its size matters.
  Result<void> CheckPayload(std::string_view data) const;
  // A text to a connection whose slot the caller knows; neither counted nor logged.
  Result<void> SendText(std::uint32_t slot, std::string_view text) {
    return Queued(websockets_.SendText(slot, text), slot);
  }

  // Counts and logs what came of the posts of one call.
  void Note(std::string_view connection_id, std::size_t bytes, const Result<void>& result);
  void Note(std::size_t bytes, std::span<const Result<void>> results);
  void Note(std::size_t bytes, const BroadcastResult& result);
  const PostCounts& counts() const { return counts_; }

 private:
  Result<void> Queued(net::WebSockets::SendResult sent, std::uint32_t slot);
  ConnectionInfo InfoOf(std::uint32_t slot) const;
  void Count(const Result<void>& result);

  net::Sockets& sockets_;
  net::WebSockets& websockets_;
  ConnectionBook& book_;
  base::Log& log_;
  const std::size_t message_bytes_max_;
  PostCounts counts_{};
};

}  // namespace gatehouse::api
