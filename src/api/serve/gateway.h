// The WebSocket connections of one loop: upgrade and $connect, messages and their routes, posts,
// close and $disconnect. Loop thread only.
// Source: docs/aws/websocket-api.md §1.2–1.3, §4, §5, §10, §11.
//
// Its functions stand by job in gateway_connect.cc, gateway_message.cc, gateway_close.cc,
// gateway_departures.cc ($disconnect), gateway_post.cc, gateway_across.cc (other loops); what
// invocations share in gateway.cc.
//
// A connection exists for others from the 101 on, which is sent only after $connect succeeded,
// until its close begins. Messages of a connection start in arrival order and do not wait for each
// other.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/serve/close_notice.h"
#include "api/serve/connection.h"
#include "api/serve/connection_id.h"
#include "api/serve/connection_journal.h"
#include "api/serve/gateway_group.h"
#include "api/serve/id_source.h"
#include "api/serve/invocation.h"
#include "api/serve/invoker.h"
#include "api/stage/quotas.h"
#include "api/stage/stages.h"
#include "base/log.h"
#include "base/random.h"
#include "base/shared_bound.h"
#include "gatehouse/handler.h"
#include "gatehouse/result.h"
#include "net/http/http_server.h"
#include "net/websocket/websocket.h"
#include "wire/routing_reader.h"

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
  // Connections, with those that are gone and whose $disconnect waits; then upgrades get 503.
  std::size_t connections_max = 1'000'000;
  // Whose pages may open connections, beside what a stage says; empty: any, as on AWS. Who sends no
  // Origin is no page.
  std::vector<std::string> origins = {};
};

inline constexpr std::size_t kWaitingBytesMax = 256 * 1024 * 1024;
// A quarter of it is kept for messages no longer than this.
inline constexpr std::size_t kSmallMessageBytes = 4 * 1024;
std::shared_ptr<base::SharedBound> NewWaitingBytes();

class Gateway final : private net::WebSocketHandler, private net::Loop::TurnEnd {
 public:
  // Everything given must outlive the gateway. It may go while functions run: what they answer is
  // then dropped.
  Gateway(net::Sockets& sockets, net::HttpServer& http, Invoker& invoker, base::Log& log,
          base::Random& random, const GatewayOptions& options);
  ~Gateway() override;

  Stages& stages() { return stages_; }
  // Where a path leads: as Stages::Resolve; but where several APIs have a stage of that name,
  // "/{stage}/@connections/{id}" leads to the one whose connection it is (design §7.10).
  StagePath Resolve(std::string_view path, std::string_view host_api_id);
  base::Log& log() { return log_; }
  const Quotas& quotas() const { return options_.quotas; }

  // Whether the account's rate lets a request of @connections pass; if not, it answers 429.
  bool TakeCallback();
  // From now on connections that have a $disconnect are written down before their $connect runs.
  // The journal outlives the gateway.
  void UseJournal(ConnectionJournal& journal) { journal_ = &journal; }
  // A connection of a former run whose $disconnect is still to be run.
  void TakeLeftOver(StagePlace& place, Departure departure);

  // A request for a WebSocket upgrade on a stage's URL; it will be answered.
  void OnUpgrade(const net::HttpRequest& request, StagePlace& place, const Arrival& arrival);
  // The client went away while its $connect was running.
  void OnGone(net::SocketRef socket);

  // Called by the group of the gateways of all loops. The id's loop index is its place there.
  void Join(GatewayGroup& group) { group_ = &group; }

  // The operations of @connections on this loop's connections; ids of another stage than `place`
  // are gone there. Errors: as gatehouse::Connections says (handler.h).
  Result<void> Post(const StagePlace& place, std::string_view connection_id, std::string_view data);
  std::vector<Result<void>> PostAll(const StagePlace& place,
                                    std::span<const std::string> connection_ids,
                                    std::string_view data);
  Result<BroadcastResult> Broadcast(const StagePlace& place, std::string_view data,
                                    std::span<const std::string> exclude);
  Result<ConnectionInfo> Get(const StagePlace& place, std::string_view connection_id);
  Result<void> Delete(const StagePlace& place, std::string_view connection_id,
                      const CloseNotice& notice = {});

  // The same wherever connections live: ours are served inside the call, others by their loop's
  // queue; done comes on this loop. Error besides: kLimitExceeded (that queue is full; nothing
  // was posted there). Needed only if the id is elsewhere, or for many when we are not alone.
  template <class T>
  using Done = base::UniqueFunction<void(T)>;
  bool IsElsewhere(std::string_view connection_id) const;
  bool IsAlone() const { return !group_ || group_->size() == 1; }
  void PostAcross(StageName stage, std::string_view connection_id, std::string_view data,
                  Done<Result<void>> done);
  void PostAllAcross(const StagePlace& place, std::span<const std::string> connection_ids,
                     std::string_view data, Done<std::vector<Result<void>>> done);
  void BroadcastAcross(const StagePlace& place, std::string_view data,
                       std::span<const std::string> exclude, Done<Result<BroadcastResult>> done);
  void GetAcross(StageName stage, std::string_view connection_id,
                 Done<Result<ConnectionInfo>> done);
  void DeleteAcross(StageName stage, std::string_view connection_id, CloseNotice notice,
                    Done<Result<void>> done);

  // Before a stage goes: refuses upgrades to it (403), closes its connections with 1001 and runs
  // their $disconnect. done comes later, once nothing of it runs, or after kCloseStageMax.
  void CloseStage(StagePlace& place, base::UniqueFunction<void()> done);
  static constexpr base::Millis kCloseStageMax{8000};

  std::size_t open_count() const { return open_count_; }  // any thread
  GatewayFacts Facts();                                   // a walk over all connections

  // Closes every connection with 1001 and runs $disconnect; refuses upgrades with 503.
  void Stop();
  // Nothing runs or waits and no connection is open.
  bool IsQuiet() const { return running_.empty() && open_count_ == 0 && departures_waiting_ == 0; }
  // After Stop: its time is over, no further $disconnect is begun.
  void EndDepartures();
  // How many $disconnect have not run, or not to their end, when all is over.
  std::size_t undone() const;
  std::size_t departures_waiting() const { return departures_waiting_; }  // any thread

 private:
  struct Closing {
    StagePlace* place;
    net::Loop::TimerId timer;
    base::UniqueFunction<void()> done;
  };

  // net::WebSocketHandler
  void OnMessage(std::uint32_t slot, wire::Opcode type, std::string_view data) override;
  void OnClose(std::uint32_t slot, std::uint16_t code, std::string_view reason) override;
  void OnReleased(std::uint32_t slot) override;

  friend class InvokeDone;  // OnOutcome

  // net::Loop::TurnEnd
  bool OnTurnEnd() override;
  void FlushDurations();

  Connection& RecordOf(std::uint32_t slot) {
    if (slot >= records_.size()) records_.resize(slot + 1);
    return records_[slot];
  }
  StagePlace* OpenPlace(const ConnectionPlace& where);  // null: no open connection is there
  Result<std::uint32_t> FindOpen(const StagePlace& place, std::string_view connection_id);
  Result<std::uint32_t> FindOpen(const StageName& stage, const ConnectionPlace& where);
  // Of an id that IsElsewhere.
  template <class T, class Question>
  void AskThere(std::string_view connection_id, std::size_t bytes, Question question,
                Done<Result<T>> done);
  // Its size. What is no UTF-8 in it becomes U+FFFD when it is sent (wire::Utf8Text), as on AWS.
  Result<void> CheckPayload(std::string_view data) const;
  Result<void> ToResult(net::WebSockets::SendResult sent, std::uint32_t slot);
  bool IsElsewhere(const ConnectionPlace& where) const;
  bool ReserveEverywhere(std::size_t bytes);
  std::vector<Result<void>> PostPrepared(const StageName& stage,
                                         std::span<const ConnectionPlace> places,
                                         const base::SharedBytes& frames);
  BroadcastResult BroadcastPrepared(const StagePlace& place, const base::SharedBytes& frames,
                                    std::span<const ConnectionPlace> exclude);
  std::vector<ConnectionPlace> PlacesOf(std::span<const std::string> connection_ids) const;
  ConnectionInfo InfoOf(std::uint32_t slot);
  void NotePost(std::string_view connection_id, std::size_t bytes, const Result<void>& result);
  void NotePosts(std::size_t bytes, std::span<const Result<void>> results);
  void NoteBroadcast(std::size_t bytes, const BroadcastResult& result);

  Invocation* NewInvocation(Invocation::Kind kind, net::SocketRef socket, StagePlace& place,
                            const Connection& connection);
  void Run(Invocation* invocation);
  RequestView ViewOf(const Invocation& invocation) const;
  void OnOutcome(Invocation* invocation, const InvokeOutcome& outcome);
  void OnTimeout(Invocation* invocation);
  void Finish(Invocation& invocation, const InvokeOutcome& outcome);
  void Release(Invocation* invocation);
  void BeginWaiting(Invocation& invocation);
  void EndWaiting(Invocation& invocation);
  static bool IsAtRest(const StagePlace& place) {
    return place.running == 0 && place.departures.waiting.empty();
  }
  std::size_t DisconnectsRunning(const StagePlace& place) const;
  void OnClosingTime(StagePlace& place);
  void EndClosing(StagePlace& place);

  void FinishConnect(Invocation& invocation, const InvokeOutcome& outcome);
  void Accept(Invocation& invocation, const Answer& answer);
  void Refuse(Invocation& invocation, int status, std::string_view why);
  bool IsForeignPage(const net::HttpRequest& request, const Stage& stage) const;
  int RefusalOfUpgrade(const net::HttpRequest& request, const StagePlace& place);
  void RefuseUpgrade(const net::HttpRequest& request, int status);
  void RespondRefusal(net::SocketRef socket, int status, std::string_view body,
                      std::string_view peer_ip, std::string_view why);
  void FinishMessage(Invocation& invocation, const InvokeOutcome& outcome);
  void SendAnswer(const Invocation& invocation, const Answer& answer);
  void SendErrorFrame(const Invocation& invocation, std::string_view message);
  const Route* SelectRoute(StagePlace& place, std::string_view data, std::string& value);
  bool ParseMessage(std::string_view data);
  void OnNoRoute(std::uint32_t slot, const Stage& stage, std::string_view data,
                 const std::string& value);
  void OnThrottled(std::uint32_t slot, std::string_view data);
  void Explain(std::uint32_t slot, std::string_view why);
  void RefuseMessage(std::uint32_t slot, std::string_view message, std::size_t bytes);
  void EndMessage(net::SocketRef socket);
  void StartDisconnect(net::SocketRef socket, const Connection& connection, std::uint16_t code,
                       std::string_view reason);
  void RunDisconnect(net::SocketRef socket, const Connection& connection, std::uint16_t code,
                     std::string_view reason, bool is_departure);
  bool WaitsForProcess(StagePlace& place);
  void StartDeparture(StagePlace& place);
  bool StartDepartures();
  void FinishDisconnect(Invocation& invocation, const InvokeOutcome& outcome);
  std::size_t DropDepartures(StagePlace& place, bool forget);
  void AddDeparture(StagePlace& place, Departure departure);
  void JournalThenRun(Invocation* invocation);
  void Forget(const Connection& connection);
  // Of a route of the stage that is in the place now.
  RouteState& StateOf(StagePlace& place, const Route& route) {
    RouteState& state = place.routes[route.index];
    if (!state.metrics) FillState(state, place, route);
    return state;
  }
  void FillState(RouteState& state, StagePlace& place, const Route& route);

  std::string NewId() { return new_ids_.New(); }
  std::string NewTraceId();
  std::int64_t NowMs() { return sockets_.loop().WallNow().count(); }
  void LogInvocation(const Invocation& invocation, std::string_view status);
  void CountInvocation(const Invocation& invocation, const InvokeOutcome& outcome);
  void CountDuration(const Invocation& invocation);
  void CountPost(const Result<void>& result);

  net::Sockets& sockets_;
  net::HttpServer& http_;
  Invoker& invoker_;
  base::Log& log_;
  base::Random& random_;
  const GatewayOptions options_;
  ConnectionIdCodec ids_;
  IdSource new_ids_;
  Stages stages_;
  GatewayGroup* group_ = nullptr;
  ConnectionJournal* journal_ = nullptr;
  net::WebSockets websockets_;
  wire::RoutingReader reader_;
  const wire::RoutingReader* parsed_message_ =
      nullptr;  // reader_ while OnMessage runs, if it could

  ConnectionRecords records_;  // by slot
  std::atomic<std::size_t> open_count_ = 0;
  std::size_t pending_handshakes_ = 0;
  bool stopping_ = false;
  PostCounts posts_{};
  std::vector<std::unique_ptr<Invocation>> running_;
  std::vector<std::unique_ptr<Invocation>> spare_;
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t refused_from_ = kNone;  // messages this long would be too much while others wait
  std::vector<Closing> closings_;     // stages about to go
  std::atomic<std::size_t> departures_waiting_ = 0;  // of all places; read by any thread
  bool wants_departures_ = false;                    // a look at them at the turn's end
  bool ends_departures_ = false;
  std::size_t undone_ = 0;
  std::uint32_t left_over_ = 0;  // taken so far
  // Integrations that began and ended in this turn, by route: the clock is read once for all.
  struct EndedAtOnce {
    RouteMetrics* metrics;
    std::uint64_t count;
  };
  std::vector<EndedAtOnce> ended_at_once_;
};

}  // namespace gatehouse::api
