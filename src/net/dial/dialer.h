// Makes outgoing streams: resolves the name, connects to one address after the other, through a
// proxy if told, with TLS if told, within one time limit. Loop thread only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/function.h"
#include "net/dial/proxy.h"
#include "net/dial/resolver.h"
#include "net/socket/sockets.h"
#include "net/tls/tls.h"

namespace gatehouse::net {

struct DialRequest {
  std::string host;
  std::uint16_t port = 0;
  std::optional<Proxy> proxy;
  TlsClient* tls = nullptr;  // null: the plain stream
  double seconds = 10;       // for all of it
};

// "Connection refused" and such for Sockets::connect_error.
std::string ConnectFailure(int error);

class Dialer final : private Protocol {
 public:
  using Id = std::uint64_t;
  using Done = base::UniqueFunction<void(Result<SocketRef>)>;

  // The resolver must not answer after its own end; the dialer may end before.
  Dialer(Sockets& sockets, Resolver& resolver);
  ~Dialer() override;

  // `next` speaks on the socket from the call of done on. Errors: kTimeout; kUnavailable with a
  // sentence (name, address, proxy or certificate); kConflict, as ProxyHandshake's.
  Id Dial(DialRequest request, Protocol& next, Done done);
  void Cancel(Id id);  // done is not called; of one that is over: nothing happens
  std::size_t busy_count() const { return attempts_.size(); }

 private:
  struct Attempt;
  void OnConnected(std::uint32_t slot) override;
  void OnSecured(std::uint32_t slot) override;
  std::size_t OnBytes(std::uint32_t slot, std::span<char> bytes) override;
  void OnEnd(std::uint32_t slot) override;
  void OnDeadline(std::uint32_t slot) override;
  void OnClosed(std::uint32_t slot, CloseCause cause) override;

  Attempt* Find(std::uint32_t slot) const;
  void OnResolved(Id id, Result<std::vector<Address>> addresses);
  void ConnectNext(Attempt& attempt);
  void Secure(Attempt& attempt);
  void Succeed(Attempt& attempt);
  void Fail(Attempt& attempt, ErrorCode code, std::string why);
  std::unique_ptr<Attempt> Take(Id id);

  Sockets& sockets_;
  Resolver& resolver_;
  std::map<Id, std::unique_ptr<Attempt>> attempts_;
  Id last_id_ = 0;
  std::shared_ptr<Dialer*> self_;  // what answers of the resolver hold weakly
};

}  // namespace gatehouse::net
