#include "server/command/limits.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

// A rate of 0 switches that rate off.
constexpr double kUnlimited = 1e9;

// Null when neither rate is limited.
std::shared_ptr<api::AccountThrottle> MakeAccount(const UpOptions& options) {
  bool is_aws = options.limits == Limits::kAws;
  auto chosen = [&](const std::optional<double>& given, double aws) {
    double value = given.value_or(is_aws ? aws : 0);
    return value > 0 ? value : kUnlimited;
  };
  double connects = chosen(options.connects_per_second, api::kAccountConnectsPerSecond);
  double requests = chosen(options.requests_per_second, api::kAccountRequestsPerSecond);
  if (connects == kUnlimited && requests == kUnlimited) return nullptr;
  // AWS names no burst for connects: a second's worth. Nor for a rate of one's own: half of one,
  // which is what AWS's are to each other.
  double burst = options.requests_burst.value_or(
      std::max(1.0, requests * api::kAccountRequestsBurst / api::kAccountRequestsPerSecond));
  return std::make_shared<api::AccountThrottle>(connects, std::max(1.0, connects), requests,
                                                requests == kUnlimited ? kUnlimited : burst);
}

}  // namespace

Result<api::Quotas> MakeQuotas(const UpOptions& options) {
  api::Quotas quotas = options.quotas;
  if (options.limits == Limits::kServer) quotas.age_seconds = 0;
  if (options.age_seconds) quotas.age_seconds = *options.age_seconds;
  if (quotas.send_queue_bytes_max < quotas.message_bytes_max) {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("--send-queue-bytes {}: a message of --message-bytes {} must fit in",
                             quotas.send_queue_bytes_max, quotas.message_bytes_max)};
  }
  if (options.requests_burst && !options.requests_per_second && options.limits != Limits::kAws) {
    return Error{ErrorCode::kInvalidArgument,
                 "--requests-burst: there is no rate to it; give --requests-per-second, too"};
  }
  quotas.account = MakeAccount(options);
  return quotas;
}

}  // namespace gatehouse::server
