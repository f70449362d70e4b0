#include "function/process/runtime_api.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "function/process/error_json.h"

namespace gatehouse::function {
namespace {

constexpr std::string_view kRuntimePrefix = "/2018-06-01/runtime/";
constexpr std::string_view kInvocation = "invocation/";
constexpr std::size_t kSocketsOfADoorMax = 64;
// Also after a stranger of our own user: to know it as one can take a walk through /proc.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::size_t kHeldBytesMax = 1024u * 1024 * 1024;    // of all answers on their way
constexpr std::size_t kDiscardBytesMax = 256u * 1024 * 1024;  // of an answer that is too large

net::HttpServerOptions ServerOptions() {
  net::HttpServerOptions options;
  options.head.head_bytes_max = 64 * 1024;  // the X-Ray cause of an error is a header
  options.head_seconds = 0;  // a process owes nobody haste; its environment has time limits
  options.body_seconds = 900;
  options.keep_alive_seconds = 0;
  options.discard_bytes_max = kDiscardBytesMax;
  options.held_bytes_max = kHeldBytesMax;
  return options;
}

// No runtime sends these, and no page can leave them away.
bool CouldBeOfABrowser(const wire::HttpHead& head) {
  static constexpr std::array kNames{"Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest",
                                     "Sec-Fetch-User"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](const char* name) { return head.Find(name).has_value(); });
}

}  // namespace

RuntimeApi::RuntimeApi(net::Sockets& sockets)
    : sockets_(sockets),
      http_(sockets, *this, ServerOptions()),
      source_(sockets.loop().AddSource(*this)) {}

RuntimeApi::~RuntimeApi() {
  for (DoorId door = 0; door < doors_.size(); ++door) Close(door);
}

RuntimeApi::DoorId RuntimeApi::Add(RuntimeObserver& observer) {
  auto free = std::find_if(doors_.begin(), doors_.end(),
                           [](const auto& entry) { return !entry->observer; });
  if (free == doors_.end()) free = doors_.insert(doors_.end(), std::make_unique<Entry>());
  **free = Entry{};
  (*free)->observer = &observer;
  return static_cast<DoorId>(free - doors_.begin());
}

Result<RuntimeApi::Door> RuntimeApi::OpenChannel(RuntimeObserver& observer) {
  net::Network& network = sockets_.loop().network();
  Result<net::Channel> channel = network.OpenChannel();
  if (!channel) return channel.error();
  DoorId id = Add(observer);
  if (!Join(id, channel->ours, {})) {
    network.Close(channel->theirs, false);
    doors_[id]->observer = nullptr;
    return Error{ErrorCode::kIo, "no more processes of functions: all sockets are in use"};
  }
  return Door{id, 0, channel->theirs};
}

Result<RuntimeApi::Door> RuntimeApi::OpenPort(RuntimeObserver& observer) {
  net::Network& network = sockets_.loop().network();
  Result<int> listener = network.Listen({"127.0.0.1", 0}, false);
  if (!listener) return listener.error();
  DoorId id = Add(observer);
  net::Address address = network.LocalAddress(*listener);
  doors_[id]->listener = *listener;
  doors_[id]->host = fmt::format("127.0.0.1:{}", address.port);
  return Door{id, address.port, -1};
}

void RuntimeApi::Admit(DoorId door, pid_t process) {
  Entry& entry = *doors_.at(door);
  CHECK(entry.observer);
  entry.process = process;
  if (entry.listener >= 0) sockets_.loop().Watch(source_, door, entry.listener, net::kReadable);
}

void RuntimeApi::Close(DoorId door) {
  Entry& entry = *doors_.at(door);
  if (!entry.observer) return;
  entry.observer = nullptr;
  if (entry.pause) sockets_.loop().Cancel(*entry.pause);
  if (entry.listener >= 0) {
    sockets_.loop().network().Close(std::exchange(entry.listener, -1), false);
  }
  for (net::SocketRef socket : entry.sockets) {
    if (sockets_.IsOpen(socket)) sockets_.Abort(socket.slot);
  }
  entry.sockets.clear();
}

void RuntimeApi::OnReady(std::uint32_t index, std::uint32_t /*readiness*/) {
  Entry& entry = *doors_.at(index);
  net::Network& network = sockets_.loop().network();
  // It may close within: in an earlier event of this turn, or when it hears of a stranger.
  while (entry.observer && !entry.pause) {
    net::Accepted accepted = network.Accept(entry.listener);
    if (accepted.error != 0) return PauseDoor(index);
    if (accepted.socket < 0) return;
    std::erase_if(entry.sockets, [&](net::SocketRef s) { return !sockets_.IsOpen(s); });
    net::PeerProcess peer = network.LookAtPeer(accepted.socket, entry.process);
    if (peer == net::PeerProcess::kOwn && entry.sockets.size() < kSocketsOfADoorMax) {
      if (!Join(index, accepted.socket, accepted.peer)) return;
      continue;
    }
    network.Close(accepted.socket, true);
    if (peer == net::PeerProcess::kStranger) PauseDoor(index);
    if (peer != net::PeerProcess::kOwn) entry.observer->OnStranger();
  }
}

// False: there is no room, and the socket is closed.
bool RuntimeApi::Join(DoorId door, int socket, const net::Address& peer) {
  auto ref = sockets_.Adopt(socket, peer, http_);
  if (!ref) return false;
  doors_[door]->sockets.push_back(*ref);
  if (door_of_slot_.size() <= ref->slot) door_of_slot_.resize(ref->slot + 1);
  door_of_slot_[ref->slot] = door;
  http_.OnAccepted(ref->slot);
  return true;
}

// Out of descriptors a listener stays readable: without a pause the loop would spin.
void RuntimeApi::PauseDoor(DoorId door) {
  net::Loop& loop = sockets_.loop();
  Entry& entry = *doors_[door];
  loop.Watch(source_, door, entry.listener, 0);
  entry.pause = loop.After(kAcceptPause, [this, door] {
    Entry& paused = *doors_[door];
    paused.pause.reset();
    sockets_.loop().Watch(source_, door, paused.listener, net::kReadable);
  });
}

RuntimeApi::Entry* RuntimeApi::FindBySocket(net::SocketRef socket) {
  Entry* entry = doors_.at(door_of_slot_.at(socket.slot)).get();
  return entry->observer ? entry : nullptr;
}

std::size_t RuntimeApi::BodyBytesMax(const wire::HttpHead& /*head*/) { return kResponseBytesMax; }

void RuntimeApi::OnGone(net::SocketRef socket) {
  Entry* entry = FindBySocket(socket);
  if (entry && entry->waiting == socket) entry->waiting.reset();
}

void RuntimeApi::OnHead(const net::HttpRequest& request) {
  const Entry* entry = FindBySocket(request.socket);
  if (!entry || entry->listener < 0) return;
  if (request.head.Find("Host") != entry->host) {
    return Refuse(request.socket, 403, "Forbidden", "the Host must be " + entry->host);
  }
  if (CouldBeOfABrowser(request.head)) {
    Refuse(request.socket, 403, "Forbidden", "requests with Origin or Sec-Fetch-… are refused");
  }
}

void RuntimeApi::OnRequest(const net::HttpRequest& request) {
  Entry* entry = FindBySocket(request.socket);
  if (!entry) return http_.Respond(request.socket, {503, {}, {}, true});
  std::string_view path = request.head.target;
  std::string_view method = request.head.method;
  if (path == "/ping" && method == "GET") return Respond(request.socket, 200, "pong");
  if (!path.starts_with(kRuntimePrefix))
    return Refuse(request.socket, 404, "NotFound", "no such path");
  path.remove_prefix(kRuntimePrefix.size());
  if (path == "invocation/next" && method == "GET") return Next(*entry, request);
  if (path == "init/error" && method == "POST") {
    if (entry->state != State::kStarted) {
      return Refuse(request.socket, 403, "InvalidStateTransition", "the function has started");
    }
    entry->state = State::kAnswered;
    std::string type(request.head.Find("Lambda-Runtime-Function-Error-Type").value_or(""));
    std::string body(request.body);
    std::string hint(request.head.Find("Gatehouse-Hint").value_or(""));
    Respond(request.socket, 202, R"({"status":"OK"})");
    if (!hint.empty()) entry->observer->OnInitHint(hint);
    return entry->observer->OnInitError(type, body);
  }
  if (path.starts_with(kInvocation) && method == "POST") {
    path.remove_prefix(kInvocation.size());
    std::size_t slash = path.find('/');
    std::string_view verb = slash == std::string_view::npos ? "" : path.substr(slash + 1);
    if (verb == "response" || verb == "error") {
      return Finish(*entry, request, path.substr(0, slash), verb == "error");
    }
  }
  Refuse(request.socket, 404, "NotFound", "no such path");
}

void RuntimeApi::Next(Entry& entry, const net::HttpRequest& request) {
  if (entry.undelivered) {  // it was meant for a request that has gone
    RuntimeEvent event = std::move(*std::exchange(entry.undelivered, std::nullopt));
    return Send(request.socket, event);
  }
  if (entry.state == State::kBusy || entry.waiting) {
    return Refuse(request.socket, 403, "InvalidStateTransition",
                  entry.waiting ? "another request waits for the event"
                                : "the last event was not answered yet");
  }
  bool again = entry.state == State::kReady;  // its first request has gone
  entry.state = State::kReady;
  entry.waiting = request.socket;
  if (!again) entry.observer->OnNext();
}

void RuntimeApi::Deliver(DoorId door, RuntimeEvent event) {
  Entry& entry = *doors_.at(door);
  CHECK(entry.observer && entry.state == State::kReady);
  entry.state = State::kBusy;
  entry.request_id = event.request_id;
  if (entry.waiting) return Send(*std::exchange(entry.waiting, std::nullopt), event);
  entry.undelivered = std::move(event);
}

void RuntimeApi::Send(net::SocketRef socket, const RuntimeEvent& event) {
  std::string deadline = std::to_string(event.deadline_ms);
  std::vector<wire::HttpField> fields{
      {"Content-Type", "application/json"},
      {"Lambda-Runtime-Aws-Request-Id", event.request_id},
      {"Lambda-Runtime-Deadline-Ms", deadline},
      {"Lambda-Runtime-Invoked-Function-Arn", event.function_arn},
      {"Lambda-Runtime-Trace-Id", event.trace_id},
  };
  if (!event.client_context.empty()) {
    fields.push_back({"Lambda-Runtime-Client-Context", event.client_context});
  }
  http_.Respond(socket, {200, fields, event.payload, false});
}

void RuntimeApi::Finish(Entry& entry, const net::HttpRequest& request, std::string_view id,
                        bool error) {
  if (entry.state != State::kBusy || entry.undelivered || id != entry.request_id) {
    return Refuse(request.socket, 400, "InvalidRequestID", "Invalid request ID");
  }
  entry.state = State::kAnswered;
  if (request.body_too_large) {
    std::size_t bytes = request.head.content_length.value_or(kResponseBytesMax + 1);
    Refuse(request.socket, 413, "RequestEntityTooLarge",
           fmt::format("Exceeded maximum allowed payload size ({} bytes).", kResponseBytesMax));
    return entry.observer->OnResponseTooLarge(bytes);
  }
  // The process goes on while we work: what it said lives until its next request is read.
  std::string type(request.head.Find("Lambda-Runtime-Function-Error-Type").value_or(""));
  std::string body(request.body);
  Respond(request.socket, 202, R"({"status":"OK"})");
  if (error) {
    entry.observer->OnError(type, body);
  } else {
    entry.observer->OnResponse(std::move(body));
  }
}

void RuntimeApi::Respond(net::SocketRef socket, int status, std::string_view body) {
  std::array<wire::HttpField, 1> fields{{{"Content-Type", "application/json"}}};
  http_.Respond(socket, {status, fields, body, false});
}

void RuntimeApi::Refuse(net::SocketRef socket, int status, std::string_view type,
                        std::string_view message) {
  Respond(socket, status, ErrorJson(type, message));
}

}  // namespace gatehouse::function
