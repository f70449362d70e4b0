// Messages of clients: their route, its answer, error frames. They start in arrival order and do
// not wait for each other. Loop thread only. Source: docs/aws/websocket-api.md §4, §5.
#pragma once

#include <string>
#include <string_view>

#include "api/serve/connection_book.h"
#include "api/serve/id_source.h"
#include "api/serve/invocations.h"
#include "api/serve/posts.h"
#include "api/stage/quotas.h"
#include "base/log.h"
#include "net/socket/sockets.h"
#include "net/websocket/websocket.h"
#include "wire/routing_reader.h"

namespace gatehouse::api {

class Messages {
 public:
  // Everything given outlives this.
  Messages(net::Sockets& sockets, net::WebSockets& websockets, ConnectionBook& book, Posts& posts,
           Invocations& invocations, IdSource& ids, base::Log& log, const Quotas& quotas)
      : sockets_(sockets),
        websockets_(websockets),
        book_(book),
        posts_(posts),
        invocations_(invocations),
        ids_(ids),
        log_(log),
        quotas_(quotas) {}

  // Of an open connection. As of WebSocketHandler::OnMessage, for data.
  void OnMessage(std::uint32_t slot, std::string_view data);
  // Called by Invocations.
  void Finish(Invocation& invocation, const InvokeOutcome& outcome);
  // What a function answers, to its connection if that is open.
  void SendAnswer(const Invocation& invocation, const Answer& answer);

 private:
  // A message's JSON; null: it was not read, or is no JSON object.
  using Parsed = const wire::RoutingReader*;
  Parsed Parse(std::string_view data) { return reader_.Parse(data) ? &reader_ : nullptr; }
  const Route* SelectRoute(StagePlace& place, std::string_view data, Parsed& parsed,
                           std::string& value);
  void OnNoRoute(std::uint32_t slot, const Stage& stage, std::string_view data, Parsed parsed,
                 const std::string& value);
  void OnThrottled(std::uint32_t slot, std::string_view data);
  void Explain(std::uint32_t slot, std::string_view why);
  void Refuse(std::uint32_t slot, std::string_view message, std::size_t bytes);
  void SendErrorFrame(const Invocation& invocation, std::string_view message);
  void EndMessage(net::SocketRef socket);

  net::Sockets& sockets_;
  net::WebSockets& websockets_;
  ConnectionBook& book_;
  Posts& posts_;
  Invocations& invocations_;
  IdSource& ids_;
  base::Log& log_;
  const Quotas& quotas_;
  wire::RoutingReader reader_;
};

}  // namespace gatehouse::api
