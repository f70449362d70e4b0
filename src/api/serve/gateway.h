// The WebSocket connections of one loop. Its parts have a job and a state each, over one book of
// connections: upgrades and $connect, messages and their routes, posts, $disconnect, stages that
// go; this joins them. Loop thread only.
// Source: docs/aws/websocket-api.md §1.2–1.3, §4, §5, §10, §11.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/serve/connection_book.h"
#include "api/serve/connection_journal.h"
#include "api/serve/connections.h"
#include "api/serve/disconnects.h"
#include "api/serve/id_source.h"
#include "api/serve/invocations.h"
#include "api/serve/invoker.h"
#include "api/serve/messages.h"
#include "api/serve/posts.h"
#include "api/serve/stage_closings.h"
#include "api/serve/upgrades.h"
#include "api/stage/quotas.h"
#include "api/stage/stages.h"
#include "base/log.h"
#include "base/random.h"
#include "base/shared_bound.h"
#include "net/http/http_server.h"
#include "net/websocket/websocket.h"

namespace gatehouse::api {

struct GatewayOptions {
  Quotas quotas;
  std::uint32_t loop_index = 0;
  std::uint32_t incarnation = 0;  // 26 bits, random per start
  base::SipKey id_key{};
  std::shared_ptr<base::SharedBound> partial_bytes;  // net::WebSocketOptions has it
  // Bodies of messages that wait for their functions, for gateways that share the bound; null: one
  // of its own. Beyond it messages are refused as throttled ones are.
  std::shared_ptr<base::SharedBound> waiting_bytes;
  // $disconnect events of a stage that are handed to a function's processes at once; the others
  // wait as records (departure.h). As many as it has processes.
  std::size_t departures_running_max = 10;
  UpgradeOptions upgrades = {};
};

class Gateway final : private net::WebSocketHandler, private net::Loop::TurnEnd {
 public:
  // Everything given must outlive the gateway. It may go while functions run: what they answer is
  // then dropped.
  Gateway(net::Sockets& sockets, net::HttpServer& http, Invoker& invoker, base::Log& log,
          base::Random& random, const GatewayOptions& options);
  ~Gateway() override;

  base::Log& log() { return log_; }
  const Quotas& quotas() const { return options_.quotas; }
  Stages& stages() { return stages_; }
  Upgrades& upgrades() { return upgrades_; }
  Posts& posts() { return posts_; }                    // connections of this loop
  Connections& connections() { return connections_; }  // of all loops
  Disconnects& disconnects() { return disconnects_; }
  const Disconnects& disconnects() const { return disconnects_; }
  StageClosings& closings() { return closings_; }

  // Where a path leads: as Stages::Resolve; but where several APIs have a stage of that name,
  // "/{stage}/@connections/{id}" leads to the one whose connection it is (design §7.10).
  StagePath Resolve(std::string_view path, std::string_view host_api_id);
  // From now on connections that have a $disconnect are written down before their $connect runs.
  // The journal outlives the gateway.
  void UseJournal(ConnectionJournal& journal);

  std::size_t open_count() const { return book_.open_count(); }  // any thread
  GatewayFacts Facts();                                          // a walk over all connections

  // Closes every connection with 1001 and runs $disconnect; refuses upgrades with 503.
  void Stop();
  // Nothing runs or waits and no connection is open.
  bool IsQuiet() const {
    return invocations_.running() == 0 && open_count() == 0 && disconnects_.waiting() == 0;
  }

 private:
  // net::WebSocketHandler
  void OnMessage(std::uint32_t slot, wire::Opcode type, std::string_view data) override;
  void OnClose(std::uint32_t slot, std::uint16_t code, std::string_view reason) override;
  void OnReleased(std::uint32_t slot) override;
  // net::Loop::TurnEnd
  bool OnTurnEnd() override;

  net::Sockets& sockets_;
  base::Log& log_;
  const GatewayOptions options_;
  IdSource ids_;  // of requests and messages
  Stages stages_;
  ConnectionBook book_;
  net::WebSockets websockets_;
  Posts posts_;
  Invocations invocations_;
  Disconnects disconnects_;
  Messages messages_;
  Upgrades upgrades_;
  StageClosings closings_;
  Connections connections_;
};

}  // namespace gatehouse::api
