// The Runtime API: what a function's process calls to get events and give back results. Loop thread
// only. Source: AWS Lambda Runtime API 2018-06-01; docs/aws/lambda.md §2.
//
// Each environment has a door of its own, which is its identity. Our bootstraps get a channel, an
// inherited descriptor that nobody else can reach. Other programs want a port: a listener on
// 127.0.0.1, which takes connections of the environment's processes only (net::LookAtPeer) and
// refuses what a browser could have been made to send: another Host, Origin, Sec-Fetch-….
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"
#include "net/http/http_server.h"

namespace gatehouse::function {

// What a process does at its door. None may close the door's server; closing the door is fine.
class RuntimeObserver {
 public:
  virtual ~RuntimeObserver() = default;
  virtual void OnNext() = 0;  // it waits for an event
  virtual void OnResponse(std::string body) = 0;
  virtual void OnResponseTooLarge(std::size_t bytes) = 0;
  virtual void OnError(std::string_view type, std::string_view body) = 0;
  virtual void OnInitError(std::string_view type, std::string_view body) = 0;
  // Before it, perhaps: lines for a person, which AWS's texts do not have.
  virtual void OnInitHint(std::string_view /*lines*/) {}
  // Another process, or one of another user, came to the port and was turned away.
  virtual void OnStranger() = 0;
};

struct RuntimeEvent {
  std::string request_id;
  std::int64_t deadline_ms = 0;  // since 1970
  std::string function_arn;
  std::string trace_id;
  std::string client_context;  // JSON; empty: none
  std::string payload;
};

class RuntimeApi final : public net::Loop::Source, public net::HttpHandler {
 public:
  explicit RuntimeApi(net::Sockets& sockets);
  ~RuntimeApi() override;

  using DoorId = std::uint32_t;
  struct Door {
    DoorId id = 0;
    std::uint16_t port = 0;  // of OpenPort
    int descriptor = -1;     // of OpenChannel: for the process, the caller's from now on
  };
  // The observer lives until Close. Errors: kIo, no more sockets.
  Result<Door> OpenChannel(RuntimeObserver& observer);
  // Nobody is let in before Admit.
  Result<Door> OpenPort(RuntimeObserver& observer);
  // The environment's process runs: it and what comes from it may use the port.
  void Admit(DoorId door, pid_t process);
  // After OnNext, once for each: the process gets the event.
  void Deliver(DoorId door, RuntimeEvent event);
  void Close(DoorId door);

  void OnReady(std::uint32_t index, std::uint32_t readiness) override;
  void OnHead(const net::HttpRequest& request) override;
  std::size_t BodyBytesMax(const wire::HttpHead& head) override;
  void OnRequest(const net::HttpRequest& request) override;
  void OnGone(net::SocketRef socket) override;

 private:
  enum class State {
    kStarted,  // no event was asked for yet
    kReady,    // asked: an event may be delivered
    kBusy,     // an event was delivered
    kAnswered,
  };
  struct Entry {
    RuntimeObserver* observer = nullptr;  // null: closed
    int listener = -1;                    // -1: a channel
    std::string host;                     // "127.0.0.1:40001", of a port
    pid_t process = 0;
    State state = State::kStarted;
    std::optional<net::SocketRef> waiting;    // the socket of the request for an event
    std::optional<RuntimeEvent> undelivered;  // its event, when that socket has gone meanwhile
    std::string request_id;                   // kBusy
    std::vector<net::SocketRef> sockets;
    std::optional<net::Loop::TimerId> pause;  // of accepting
  };
  DoorId Add(RuntimeObserver& observer);
  bool Join(DoorId door, int socket, const net::Address& peer);
  void PauseDoor(DoorId door);
  Entry* FindBySocket(net::SocketRef socket);
  void Send(net::SocketRef socket, const RuntimeEvent& event);
  void Next(Entry& entry, const net::HttpRequest& request);
  void Finish(Entry& entry, const net::HttpRequest& request, std::string_view id, bool error);
  void Respond(net::SocketRef socket, int status, std::string_view body);
  void Refuse(net::SocketRef socket, int status, std::string_view type, std::string_view message);

  net::Sockets& sockets_;
  net::HttpServer http_;
  const std::uint8_t source_;
  std::vector<std::unique_ptr<Entry>> doors_;  // closed ones are used again
  std::vector<std::uint32_t> door_of_slot_;    // by socket slot
};

}  // namespace gatehouse::function
