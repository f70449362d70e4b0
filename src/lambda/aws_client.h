// Signed calls of AWS's services over one HTTP client: connections are kept, what may pass is tried
// again, all within the invocation's deadline. Loop thread only.
#pragma once

#include <string>

#include "auth/signature/key_pair.h"
#include "auth/signature/signing_keys.h"
#include "base/clock.h"
#include "base/random.h"
#include "gatehouse/task.h"
#include "lambda/endpoint.h"
#include "net/dial/proxy.h"
#include "net/http/http_client.h"
#include "net/loop/loop.h"

namespace gatehouse::lambda {

inline constexpr double kAttemptSeconds = 10;  // of one attempt, unless a call says otherwise

struct AwsCall {
  Endpoint endpoint;
  std::string service;  // signing name: "dynamodb"
  std::string method = "POST";
  std::string target;      // behind the endpoint's path, already encoded
  net::HttpFields fields;  // without Host
  std::string body;
  // How long one attempt may take; 0: as long as the invocation, and no second one after that.
  double seconds = kAttemptSeconds;
};

// Who calls, and how the network is reached; read from the environment once.
struct AwsIdentity {
  auth::KeyPair key;
  std::string region;
  net::ProxySettings proxies;
};

class AwsClient {
 public:
  AwsClient(net::Loop& loop, net::HttpClient& http, base::Random& random, AwsIdentity identity)
      : loop_(loop), http_(http), random_(random), identity_(std::move(identity)) {}

  const std::string& region() const { return identity_.region; }
  net::Loop& loop() { return loop_; }

  // Until when calls may take; from the event that runs.
  void SetDeadline(base::Millis wall) { deadline_ = wall; }

  // The service's last word, of any status, or why there is none (kTimeout, kUnavailable, …).
  Task<Result<net::HttpReply>> Call(AwsCall call);

 private:
  Result<net::HttpCall> Signed(const AwsCall& call);
  base::Millis Left() { return deadline_ - loop_.WallNow(); }

  net::Loop& loop_;
  net::HttpClient& http_;
  base::Random& random_;
  const AwsIdentity identity_;
  auth::SigningKeys keys_;
  base::Millis deadline_ = base::Millis::max();
};

}  // namespace gatehouse::lambda
