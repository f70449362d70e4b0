#include "net/http/tunnels.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace gatehouse::net {
namespace {

constexpr std::size_t kTargetBytesMax = 255 + 6;  // a name of DNS's and a port

TunnelOptions WithTunnelBound(TunnelOptions options) {
  if (!options.tunnels) options.tunnels = NewTunnelBound(options);
  return options;
}

}  // namespace

std::shared_ptr<base::SharedBound> NewTunnelBound(const TunnelOptions& options) {
  return std::make_shared<base::SharedBound>(options.tunnels_max);
}

// The two sockets of a tunnel; each slot's state points here until it is closed.
struct Tunnels::Pair {
  std::array<SocketRef, 2> ends;
  base::Share place;  // of options_.tunnels
  int alive = 2;
  int ended = 0;  // sides that send no more

  SocketRef Other(std::uint32_t slot) const { return ends[ends[0].slot == slot ? 1 : 0]; }
};

Tunnels::Tunnels(Sockets& sockets, HttpServer& http, Resolver& resolver, TunnelOptions options)
    : sockets_(sockets),
      http_(http),
      options_(WithTunnelBound(std::move(options))),
      dialer_(sockets, resolver) {}

Tunnels::~Tunnels() {
  sockets_.Abandon(*this, [this](std::uint32_t slot) { Release(slot); });
}

Tunnels::Pair* Tunnels::Find(std::uint32_t slot) const {
  return static_cast<Pair*>(sockets_.state(slot));
}

void Tunnels::Release(std::uint32_t slot) {
  Pair* pair = Find(slot);
  if (!pair) return;
  sockets_.set_state(slot, nullptr);
  if (--pair->alive > 0) return;
  delete pair;
  --pairs_;
}

void Tunnels::Refuse(SocketRef client, int status, std::string_view why) {
  const std::array<wire::HttpField, 1> fields{{{"Content-Type", "text/plain; charset=utf-8"}}};
  std::string body = "gatehouse: " + std::string(why) + "\n";
  http_.Respond(client, {status, fields, body, true});
}

// By whom the request has come, and us.
std::string Tunnels::Via(const wire::HttpHead& head) const {
  std::string via = head.List("Via");
  if (!via.empty()) via += ", ";
  return via + "1.1 " + options_.name;
}

// Two servers that are each other's proxy would pass a request on until neither has tunnels left.
bool Tunnels::IsCircle(const wire::HttpHead& head) const {
  if (head.Count("Via") == 0) return false;
  const std::string via = Via(head);
  const auto commas = static_cast<std::size_t>(std::count(via.begin(), via.end(), ','));
  return commas > options_.hops_max || head.HasToken("Via", "1.1 " + options_.name);
}

void Tunnels::Open(const HttpRequest& request, const std::string& host, std::uint16_t port,
                   const Proxy* upstream) {
  const SocketRef client = request.socket;
  if (IsCircle(request.head)) {
    return Refuse(client, 508,
                  "this request has come by here before: the proxies of HTTPS_PROXY lead to each "
                  "other; start one of them without HTTPS_PROXY");
  }
  base::Share place;
  if (!place.Hold(*options_.tunnels, 1)) {
    return Refuse(client, 503, "too many tunnels are open");
  }
  DialRequest far;
  far.host = host;
  far.port = port;
  far.seconds = options_.connect_seconds;
  if (upstream) {
    far.proxy = *upstream;
    far.proxy->via = Via(request.head);
  }
  dialer_.Dial(std::move(far), *this,
               [this, client, place = std::move(place)](Result<SocketRef> dialed) mutable {
                 OnDialed(client, std::move(dialed), std::move(place));
               });
}

void Tunnels::OnDialed(SocketRef client, Result<SocketRef> far, base::Share place) {
  if (!far) {
    int status = far.error().code == ErrorCode::kTimeout ? 504 : 502;
    if (far.error().code == ErrorCode::kConflict) status = 508;
    return Refuse(client, status, far.error().message);
  }
  bool is_own = IsOwn(sockets_.peer(far->slot));
  if (is_own || !http_.IsWaiting(client)) sockets_.Abort(far->slot);
  if (is_own) return http_.AcceptConnect(client);
  if (!http_.IsWaiting(client)) return;  // it has gone meanwhile
  Join(client, *far, std::move(place));
}

// The kernel takes "any" addresses, and IPv4 in the clothes of IPv6, for loopback ones.
bool Tunnels::IsOwn(const Address& address) const {
  constexpr std::string_view kMapped = "::ffff:";
  std::string ip = address.ip.starts_with(kMapped) ? address.ip.substr(kMapped.size()) : address.ip;
  if (ip == "0.0.0.0") ip = "127.0.0.1";
  if (ip == "::") ip = "::1";
  return std::find(own_.begin(), own_.end(), Address{ip, address.port}) != own_.end();
}

void Tunnels::Join(SocketRef near, SocketRef far, base::Share place) {
  http_.Upgrade(near, "HTTP/1.1 200 Connection established\r\n\r\n", *this);
  auto* pair = new Pair{{near, far}, std::move(place)};
  ++pairs_;
  for (SocketRef end : pair->ends) {
    sockets_.set_state(end.slot, pair);
    sockets_.SetDeadline(end.slot, options_.idle_seconds);
  }
}

std::size_t Tunnels::OnBytes(std::uint32_t slot, std::span<char> bytes) {
  Pair* pair = Find(slot);
  if (!pair) return 0;
  SocketRef other = pair->Other(slot);
  sockets_.SetDeadline(slot, options_.idle_seconds);
  if (!sockets_.IsOpen(other)) return bytes.size();  // nobody takes it any more
  sockets_.SetDeadline(other.slot, options_.idle_seconds);
  sockets_.Send(other.slot, {bytes.data(), bytes.size()});
  if (sockets_.queued_bytes(other.slot) > options_.queued_bytes_max) {
    sockets_.PauseReading(slot);
    sockets_.NotifyDrained(other.slot);
  }
  return bytes.size();
}

void Tunnels::OnDrained(std::uint32_t slot) {
  Pair* pair = Find(slot);
  if (pair && sockets_.IsOpen(pair->Other(slot))) sockets_.ResumeReading(pair->Other(slot).slot);
}

void Tunnels::OnEnd(std::uint32_t slot) {
  Pair* pair = Find(slot);
  if (!pair) return sockets_.Close(slot);
  SocketRef other = pair->Other(slot);
  if (++pair->ended < 2) {
    if (sockets_.IsOpen(other)) sockets_.EndOutput(other.slot);
    return;
  }
  for (SocketRef end : pair->ends) {
    if (sockets_.IsOpen(end)) sockets_.Close(end.slot);
  }
}

void Tunnels::OnDeadline(std::uint32_t slot) { sockets_.Close(slot); }

// One side's reset becomes the other's; after a regular end what is queued still leaves.
void Tunnels::OnClosed(std::uint32_t slot, CloseCause cause) {
  Pair* pair = Find(slot);
  if (!pair) return;
  SocketRef other = pair->Other(slot);
  bool regular = cause == CloseCause::kRequested;
  Release(slot);
  if (!sockets_.IsOpen(other)) return;
  if (regular) {
    sockets_.Close(other.slot);
  } else {
    sockets_.Abort(other.slot);
  }
}

std::optional<ConnectTarget> ParseConnectTarget(std::string_view target) {
  if (target.size() > kTargetBytesMax) return std::nullopt;
  Result<Proxy> parsed = ParseProxy(target);  // the same grammar: host:port
  std::size_t colon = target.rfind(':');
  bool plain = target.find_first_of("/@?#") == std::string_view::npos;
  bool bracket = target.starts_with('[');
  bool has_port = colon != std::string_view::npos && !target.ends_with(']') &&
                  (bracket || target.find(':') == colon);
  if (!parsed || !plain || !has_port) return std::nullopt;
  return ConnectTarget{parsed->host, parsed->port};
}

}  // namespace gatehouse::net
