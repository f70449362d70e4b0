// Upgrades: $connect, and the 101 or the refusal that comes of it. Loop thread only.
// Source: docs/aws/websocket-api.md §1.2–1.3, §10.
#pragma once

#include <string>
#include <string_view>

#include "api/serve/connection_book.h"
#include "api/serve/connection_journal.h"
#include "api/serve/disconnects.h"
#include "api/serve/id_source.h"
#include "api/serve/invocations.h"
#include "api/serve/messages.h"
#include "api/stage/quotas.h"
#include "base/log.h"
#include "base/random.h"
#include "net/http/http_server.h"
#include "net/websocket/websocket.h"

namespace gatehouse::api {

struct UpgradeOptions {
  // Connections, with those that are gone and whose $disconnect waits; then upgrades get 503.
  std::size_t connections_max = 1'000'000;
  // Whose pages may open connections, beside what a stage says; empty: any, as on AWS. Who sends no
  // Origin is no page.
  std::vector<std::string> origins = {};
};

class Upgrades {
 public:
  // What an upgrade reaches; all outlive this.
  struct Parts {
    net::HttpServer& http;
    net::WebSockets& websockets;
    ConnectionBook& book;
    Invocations& invocations;
    Messages& messages;
    Disconnects& disconnects;
    IdSource& ids;
    base::Log& log;
    base::Random& random;
  };
  // quotas outlives this.
  Upgrades(net::Loop& loop, const Parts& parts, const Quotas& quotas, UpgradeOptions options)
      : loop_(loop), parts_(parts), quotas_(quotas), options_(std::move(options)) {}

  // Connections that have a $disconnect are written down before their $connect runs.
  void UseJournal(ConnectionJournal& journal) { journal_ = &journal; }

  // A request for a WebSocket upgrade on a stage's URL; it will be answered.
  void OnUpgrade(const net::HttpRequest& request, StagePlace& place, const Arrival& arrival);
  // The client went away while its $connect was running.
  void OnGone(net::SocketRef socket) { parts_.book.Erase(socket); }
  // Called by Invocations.
  void Finish(Invocation& invocation, const InvokeOutcome& outcome);

  // From now on they are refused with 503; what $connect has begun to let in is closed at once.
  void Stop() { stopping_ = true; }
  std::size_t pending() const { return pending_; }  // wait for $connect

 private:
  void JournalThenRun(Invocation* invocation);
  bool IsForeignPage(const net::HttpRequest& request, const Stage& stage) const;
  int RefusalOf(const net::HttpRequest& request, const StagePlace& place) const;
  void RefuseRequest(const net::HttpRequest& request, int status);
  void Accept(Invocation& invocation, const Answer& answer);
  void Refuse(Invocation& invocation, int status, std::string_view why);
  void RespondRefusal(net::SocketRef socket, int status, std::string_view body,
                      std::string_view peer_ip, std::string_view why);
  std::string NewTraceId();

  net::Loop& loop_;
  const Parts parts_;
  const Quotas& quotas_;
  const UpgradeOptions options_;
  ConnectionJournal* journal_ = nullptr;
  std::size_t pending_ = 0;
  bool stopping_ = false;
};

}  // namespace gatehouse::api
