#include "net/http/http_client.h"

#include <algorithm>

#include <fmt/format.h>

#include "wire/ascii.h"
#include "wire/http_writer.h"

namespace gatehouse::net {
namespace {

// Asking again does no harm (RFC 9110 §9.2.2).
bool IsIdempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" ||
         method == "OPTIONS";
}

std::string KeyOf(const HttpCall& call) {
  std::string key = (call.tls ? "tls " : "plain ") + ToAuthority(call.host, call.port);
  if (call.proxy) key += " " + ToAuthority(call.proxy->host, call.proxy->port);
  return key;
}

std::string RequestOf(const HttpCall& call) {
  std::vector<wire::HttpField> fields;
  bool has_host = false;
  for (const auto& [name, value] : call.fields) {
    fields.push_back({name, value});
    has_host = has_host || wire::EqualsIgnoreCase(name, "Host");
  }
  bool own_port = call.port == (call.tls ? 443 : 80);
  std::string authority = ToAuthority(call.host, call.port);
  if (own_port) authority.resize(authority.rfind(':'));
  if (!has_host) fields.insert(fields.begin(), {"Host", authority});
  fields.push_back({"User-Agent", "gatehouse"});
  std::string length = std::to_string(call.body.size());
  bool has_body = !call.body.empty() || call.method == "POST" || call.method == "PUT";
  if (has_body) fields.push_back({"Content-Length", length});
  std::string text;
  wire::AppendRequestHead(text, call.method, call.target, fields);
  return text + call.body;
}

}  // namespace

std::optional<std::string_view> HttpReply::Find(std::string_view name) const {
  for (const auto& [own, value] : fields) {
    if (wire::EqualsIgnoreCase(own, name)) return value;
  }
  return std::nullopt;
}

struct HttpClient::Call {
  Id id = 0;
  HttpCall call;
  std::string key;
  Done done;
  Loop::TimerId timer{};
  std::optional<Dialer::Id> dial;
  std::optional<SocketRef> socket;
  bool reused = false;  // the socket served another call before
  bool heard = false;   // something of the answer
  wire::HttpParser parser{wire::HttpParser::kResponses};
  HttpReply reply;
};

HttpClient::HttpClient(Sockets& sockets, Resolver& resolver, TlsClient* tls,
                       HttpClientOptions options)
    : sockets_(sockets), tls_(tls), options_(options), dialer_(sockets, resolver) {}

HttpClient::~HttpClient() {
  for (auto& [id, call] : calls_) sockets_.loop().Cancel(call->timer);
  sockets_.Abandon(*this, [](std::uint32_t /*slot*/) {});
}

HttpClient::Call* HttpClient::Find(std::uint32_t slot) const {
  return static_cast<Call*>(sockets_.state(slot));
}

HttpClient::Id HttpClient::Send(HttpCall call, Done done) {
  auto begun = std::make_unique<Call>();
  Id id = begun->id = ++last_id_;
  begun->call = std::move(call);
  begun->key = KeyOf(begun->call);
  begun->done = std::move(done);
  bool full = calls_.size() >= options_.calls_max;
  auto limit = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(full ? 0 : begun->call.seconds));
  begun->timer = sockets_.loop().After(limit, [this, id, full] {
    Call& late = *calls_.at(id);
    if (full) return Fail(late, ErrorCode::kLimitExceeded, "too many calls are under way");
    Fail(late, ErrorCode::kTimeout,
         fmt::format("{} did not answer within {:g} s", late.call.host, late.call.seconds));
  });
  Call& started = *begun;
  calls_.emplace(id, std::move(begun));
  if (!full) Start(started);
  return id;
}

void HttpClient::Start(Call& call) {
  if (std::optional<SocketRef> idle = TakeIdle(call.key)) return Ask(call, *idle, true);
  Dial(call);
}

void HttpClient::Dial(Call& call) {
  DialRequest request;
  request.host = call.call.host;
  request.port = call.call.port;
  request.seconds = options_.connect_seconds;
  request.tls = call.call.tls ? tls_ : nullptr;
  if (call.call.tls) request.proxy = call.call.proxy;
  call.dial = dialer_.Dial(
      std::move(request), *this,
      [this, id = call.id](Result<SocketRef> socket) { OnDialed(id, std::move(socket)); });
}

void HttpClient::OnDialed(Id id, Result<SocketRef> socket) {
  Call& call = *calls_.at(id);  // a cancelled one cancelled its dialing
  call.dial.reset();
  if (!socket) return Fail(call, socket.error().code, socket.error().message);
  Ask(call, *socket, false);
}

void HttpClient::Ask(Call& call, SocketRef socket, bool reused) {
  call.socket = socket;
  call.reused = reused;
  call.heard = false;
  call.parser = wire::HttpParser(wire::HttpParser::kResponses);
  call.reply = {};
  sockets_.set_state(socket.slot, &call);
  sockets_.SetDeadline(socket.slot, 0);
  sockets_.Send(socket.slot, RequestOf(call.call));
}

// ---- Connections that wait for a call ----

std::optional<SocketRef> HttpClient::TakeIdle(const std::string& key) {
  for (auto it = idle_.begin(); it != idle_.end(); ++it) {
    SocketRef socket = sockets_.Ref(it->first);
    if (it->second != key || !sockets_.IsOpen(socket)) continue;
    idle_.erase(it);
    return socket;
  }
  return std::nullopt;
}

void HttpClient::KeepIdle(std::uint32_t slot, const std::string& key) {
  sockets_.set_state(slot, nullptr);
  if (idle_.size() >= options_.idle_max) return sockets_.Close(slot);
  idle_[slot] = key;
  sockets_.SetDeadline(slot, options_.idle_seconds);
}

// ---- The answer ----

std::size_t HttpClient::OnBytes(std::uint32_t slot, std::span<char> bytes) {
  Call* call = Find(slot);
  if (!call) {  // nobody asked: what speaks there is not to be trusted with a call
    sockets_.Abort(slot);
    return bytes.size();
  }
  call->heard = true;
  std::string_view input(bytes.data(), bytes.size());
  std::size_t consumed = 0;
  for (;;) {
    wire::HttpStep step = call->parser.Parse(input.substr(consumed));
    consumed += step.consumed;
    if (step.kind == wire::HttpStep::kNeedMore) return consumed;
    if (!OnStep(*call, step, consumed < input.size())) return bytes.size();
  }
}

// False: the call is over. more: something lies behind the step; behind an answer it is nobody's.
bool HttpClient::OnStep(Call& call, const wire::HttpStep& step, bool more) {
  switch (step.kind) {
    case wire::HttpStep::kError:
      Fail(call, ErrorCode::kUnavailable,
           fmt::format("the answer of {} is no HTTP: {}", call.call.host, step.reason));
      return false;
    case wire::HttpStep::kHead:
      TakeHead(call);
      return true;
    case wire::HttpStep::kBody:
      if (call.reply.body.size() + step.body.size() > call.call.body_bytes_max) {
        Fail(call, ErrorCode::kPayloadTooLarge,
             fmt::format("the answer of {} is larger than {} bytes", call.call.host,
                         call.call.body_bytes_max));
        return false;
      }
      call.reply.body += step.body;
      return true;
    case wire::HttpStep::kComplete:
      if (call.reply.status / 100 == 1 && call.reply.status != 101) {  // the answer follows
        call.reply = {};
        call.parser.Next();
        return true;
      }
      Finish(call, call.parser.head().keep_alive && call.reply.status != 101 && !more);
      return false;
    case wire::HttpStep::kNeedMore:
      break;
  }
  return true;
}

void HttpClient::TakeHead(Call& call) {
  const wire::HttpHead& head = call.parser.head();
  call.reply.status = head.status;
  for (const wire::HttpField& field : head.fields) {
    call.reply.fields.emplace_back(field.name, field.value);
  }
  if (call.call.method == "HEAD") call.parser.SkipBody();
}

// A body without a length ends with the connection; behind TLS only if the peer says so, for
// anybody can end the TCP stream.
void HttpClient::OnEnd(std::uint32_t slot) {
  Call* call = Find(slot);
  if (!call) return sockets_.Close(slot);
  bool whole = sockets_.EndedCleanly(slot) && call->reply.status != 0 &&
               call->parser.End().kind == wire::HttpStep::kComplete;
  if (whole) return Finish(*call, false);
  Broken(*call, call->call.host + " closed the connection before its answer was whole");
}

void HttpClient::OnDeadline(std::uint32_t slot) { sockets_.Close(slot); }

void HttpClient::OnClosed(std::uint32_t slot, CloseCause cause) {
  idle_.erase(slot);
  Call* call = Find(slot);
  if (!call) return;
  call->socket.reset();
  std::string why = cause == CloseCause::kFilter
                        ? sockets_.filter_error(slot)
                        : "the connection to " + call->call.host + " broke";
  Broken(*call, std::move(why));
}

// ---- Ends ----

// A kept connection may have ended just when we asked; then a new one is tried, once.
void HttpClient::Broken(Call& call, std::string why) {
  bool again =
      call.reused && !call.heard && (call.call.repeatable || IsIdempotent(call.call.method));
  if (!again) return Fail(call, ErrorCode::kUnavailable, std::move(why));
  if (call.socket) {
    sockets_.set_state(call.socket->slot, nullptr);
    sockets_.Close(call.socket->slot);
    call.socket.reset();
  }
  call.reused = false;
  Dial(call);
}

std::unique_ptr<HttpClient::Call> HttpClient::Take(Id id) {
  auto found = calls_.find(id);
  std::unique_ptr<Call> call = std::move(found->second);
  calls_.erase(found);
  sockets_.loop().Cancel(call->timer);
  return call;
}

void HttpClient::Finish(Call& call, bool keep_alive) {
  std::unique_ptr<Call> over = Take(call.id);
  std::uint32_t slot = over->socket->slot;
  if (keep_alive) {
    KeepIdle(slot, over->key);
  } else {
    sockets_.set_state(slot, nullptr);
    sockets_.Close(slot);
  }
  over->done(std::move(over->reply));
}

void HttpClient::Cancel(Id id) {
  if (!calls_.contains(id)) return;
  std::unique_ptr<Call> over = Take(id);
  if (over->dial) dialer_.Cancel(*over->dial);
  if (!over->socket) return;
  sockets_.set_state(over->socket->slot, nullptr);
  sockets_.Abort(over->socket->slot);
}

void HttpClient::Fail(Call& call, ErrorCode code, std::string why) {
  Done done = std::move(call.done);
  Cancel(call.id);
  done(Error{code, std::move(why)});
}

}  // namespace gatehouse::net
