// CONNECT answered with a tunnel: bytes pass both ways, untouched, between a client of the HTTP
// server and a host elsewhere, directly or through a further proxy. Loop thread only.
//
// What one side sends and the other does not take is bounded: beyond queued_bytes_max the sender is
// not read. Either side's end of stream is passed on; the other direction stays open.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/shared_bound.h"
#include "net/dial/dialer.h"
#include "net/dial/proxy.h"
#include "net/http/http_server.h"
#include "net/socket/sockets.h"

namespace gatehouse::net {

struct TunnelOptions {
  double connect_seconds = 10;  // name, TCP and the further proxy
  double idle_seconds = 3600;   // without a byte either way
  std::size_t queued_bytes_max = 256 * 1024;
  std::size_t tunnels_max = 1024;  // open or being made; further ones get 503
  // That bound, for the tunnels of several loops that share it; null: one of its own.
  std::shared_ptr<base::SharedBound> tunnels = {};
  // Who we are in Via: no other server's name, and the same for all loops of this one.
  std::string name = "gatehouse";
  std::size_t hops_max = 32;  // servers that a CONNECT may have come by; then 508
};
std::shared_ptr<base::SharedBound> NewTunnelBound(const TunnelOptions& options);

class Tunnels final : private Protocol {
 public:
  // The server and the resolver must outlive it.
  Tunnels(Sockets& sockets, HttpServer& http, Resolver& resolver, TunnelOptions options = {});
  ~Tunnels() override;

  // Answers the CONNECT that awaits its answer: 200 and the tunnel, or 502, 503, 504 with a
  // sentence, or 508 if it came by us before. upstream: the proxy to go through, if any
  // (ProxySettings::For).
  void Open(const HttpRequest& request, const std::string& host, std::uint16_t port,
            const Proxy* upstream);
  std::size_t open_count() const { return pairs_; }

  // An address at which our own server listens: whoever asks for it is there already, so that a
  // chain of such requests holds no tunnel.
  void AddOwn(const Address& address) { own_.push_back(address); }

 private:
  struct Pair;
  void OnDialed(SocketRef client, Result<SocketRef> far, base::Share place);
  void Join(SocketRef near, SocketRef far, base::Share place);
  std::string Via(const wire::HttpHead& head) const;
  bool IsCircle(const wire::HttpHead& head) const;
  void Refuse(SocketRef client, int status, std::string_view why);

  std::size_t OnBytes(std::uint32_t slot, std::span<char> bytes) override;
  void OnEnd(std::uint32_t slot) override;
  void OnDeadline(std::uint32_t slot) override;
  void OnDrained(std::uint32_t slot) override;
  void OnClosed(std::uint32_t slot, CloseCause cause) override;

  bool IsOwn(const Address& address) const;
  Pair* Find(std::uint32_t slot) const;
  void Release(std::uint32_t slot);

  Sockets& sockets_;
  HttpServer& http_;
  const TunnelOptions options_;
  Dialer dialer_;
  std::vector<Address> own_;
  std::size_t pairs_ = 0;
};

// "host:port" as CONNECT's target has it; nothing if it is malformed.
struct ConnectTarget {
  std::string host;  // in lower case, IPv6 without its brackets
  std::uint16_t port = 0;
};
std::optional<ConnectTarget> ParseConnectTarget(std::string_view target);

}  // namespace gatehouse::net
