// Outgoing HTTP/1.1 on the loop: keep-alive, one time limit per call, TLS with verification, a
// proxy's CONNECT. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/function.h"
#include "net/dial/dialer.h"
#include "net/socket/sockets.h"
#include "wire/http_parser.h"

namespace gatehouse::net {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpCall {
  std::string method = "GET";
  std::string host;
  std::uint16_t port = 443;
  bool tls = true;
  std::optional<Proxy> proxy;  // with tls only
  std::string target = "/";
  HttpFields fields;  // Host (unless given), Content-Length and User-Agent are added
  std::string body;
  double seconds = 30;                            // from the call to the end of the answer
  std::size_t body_bytes_max = 16 * 1024 * 1024;  // of the answer
  bool repeatable = false;  // asking again does no harm, although the method does not say so
};

struct HttpReply {
  int status = 0;
  HttpFields fields;
  std::string body;

  std::optional<std::string_view> Find(std::string_view name) const;  // without case
};

struct HttpClientOptions {
  double connect_seconds = 10;
  double idle_seconds = 20;      // then a connection without a call is closed
  std::size_t idle_max = 64;     // connections without a call
  std::size_t calls_max = 1024;  // under way
};

class HttpClient final : private Protocol {
 public:
  using Id = std::uint64_t;
  using Done = base::UniqueFunction<void(Result<HttpReply>)>;

  // tls may be null if no call wants it.
  HttpClient(Sockets& sockets, Resolver& resolver, TlsClient* tls, HttpClientOptions options = {});
  ~HttpClient() override;

  // done is called later, once. Errors: kTimeout; kUnavailable (no connection, or it broke);
  // kPayloadTooLarge; kLimitExceeded (calls_max); kInvalidArgument.
  Id Send(HttpCall call, Done done);
  void Cancel(Id id);  // done is not called
  std::size_t busy_count() const { return calls_.size(); }
  std::size_t idle_count() const { return idle_.size(); }

 private:
  struct Call;
  std::size_t OnBytes(std::uint32_t slot, std::span<char> bytes) override;
  void OnEnd(std::uint32_t slot) override;
  void OnDeadline(std::uint32_t slot) override;
  void OnClosed(std::uint32_t slot, CloseCause cause) override;

  Call* Find(std::uint32_t slot) const;
  void Start(Call& call);
  void Dial(Call& call);
  void OnDialed(Id id, Result<SocketRef> socket);
  void Ask(Call& call, SocketRef socket, bool reused);
  std::optional<SocketRef> TakeIdle(const std::string& key);
  void KeepIdle(std::uint32_t slot, const std::string& key);
  bool OnStep(Call& call, const wire::HttpStep& step, bool more);
  void TakeHead(Call& call);
  void Finish(Call& call, bool keep_alive);
  void Broken(Call& call, std::string why);
  void Fail(Call& call, ErrorCode code, std::string why);
  std::unique_ptr<Call> Take(Id id);

  Sockets& sockets_;
  TlsClient* const tls_;
  const HttpClientOptions options_;
  Dialer dialer_;
  std::map<Id, std::unique_ptr<Call>> calls_;
  std::unordered_map<std::uint32_t, std::string> idle_;  // slot → whom it is connected to
  Id last_id_ = 0;
};

}  // namespace gatehouse::net
