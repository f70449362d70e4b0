#include "lambda/aws_client.h"

#include <algorithm>
#include <vector>

#include "auth/signature/sigv4.h"
#include "lambda/retry.h"
#include "lambda/waiting.h"

namespace gatehouse::lambda {
namespace {

constexpr double kSecondsMax = 900;  // AWS: no invocation is longer

Error NoTimeLeft() { return {ErrorCode::kTimeout, "the invocation's time is over"}; }

}  // namespace

Result<net::HttpCall> AwsClient::Signed(const AwsCall& call) {
  if (identity_.key.access_key_id.empty() || identity_.key.secret.empty()) {
    return Error{
        ErrorCode::kForbidden,
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: no request can be signed"};
  }
  double left =
      std::chrono::duration<double>(
          std::min<base::Millis>(Left(), std::chrono::seconds(static_cast<int>(kSecondsMax))))
          .count();
  if (left <= 0) return NoTimeLeft();
  net::HttpCall http;
  http.method = call.method;
  http.host = call.endpoint.host;
  http.port = call.endpoint.port;
  http.tls = call.endpoint.tls;
  http.target = call.endpoint.path + call.target;
  http.body = call.body;
  http.seconds = call.seconds > 0 ? std::min(call.seconds, left) : left;
  http.repeatable = true;
  if (const net::Proxy* proxy = identity_.proxies.For(http.host, http.port)) http.proxy = *proxy;
  http.fields = call.fields;
  http.fields.emplace_back("Host", call.endpoint.Authority());
  std::vector<wire::HttpField> fields;
  for (const auto& [name, value] : http.fields) fields.push_back({name, value});
  auth::Request request{http.method, http.target, fields, std::string_view(http.body)};
  auth::Scope scope{identity_.region, call.service};
  for (auth::NewField& field : auth::Sign(request, identity_.key, scope, loop_.WallNow(), keys_)) {
    http.fields.emplace_back(std::move(field.name), std::move(field.value));
  }
  return http;
}

Task<Result<net::HttpReply>> AwsClient::Call(AwsCall call) {
  for (int attempt = 1;; ++attempt) {
    Result<net::HttpCall> http = Signed(call);  // anew: it bears the time
    if (!http) co_return http.error();
    Await<Result<net::HttpReply>> send([&](Await<Result<net::HttpReply>>::Done done) {
      http_.Send(*std::move(http), std::move(done));
    });
    Result<net::HttpReply> reply = co_await send;
    if (attempt == kAttemptsMax || !IsWorthRetrying(reply)) co_return reply;
    base::Millis pause = RetryPause(attempt + 1, random_);
    if (pause >= Left()) co_return reply;
    Task<void> wait = Pause(loop_, pause);
    co_await wait;
  }
}

}  // namespace gatehouse::lambda
