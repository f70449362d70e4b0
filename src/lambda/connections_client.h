// The open connections of a stage through @connections, as handlers know them. Loop thread only.
// Source: API Gateway Management API 2018-11-29.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gatehouse/handler.h"
#include "lambda/aws_client.h"

namespace gatehouse::lambda {

inline constexpr std::size_t kMessageBytesMax = 128 * 1024;  // AWS
inline constexpr std::size_t kPostsAtOnceMax = 32;           // ours: of one PostAll

class ConnectionsClient final : public Connections {
 public:
  // client outlives it. endpoint: https://{domainName}/{stage}, or why there is none, which every
  // call then answers.
  ConnectionsClient(AwsClient& client, Result<Endpoint> endpoint)
      : client_(client), endpoint_(std::move(endpoint)) {}

  Task<Result<void>> Post(std::string_view connection_id, std::string_view data) override;
  // kPostsAtOnceMax at a time.
  Task<std::vector<Result<void>>> PostAll(std::span<const std::string> connection_ids,
                                          std::string_view data) override;
  Task<Result<BroadcastResult>> Broadcast(std::string_view data,
                                          std::span<const std::string> exclude) override;
  Task<Result<ConnectionInfo>> Get(std::string_view connection_id) override;
  Task<Result<void>> Close(std::string_view connection_id) override;

 private:
  // The body of a 2xx.
  Task<Result<std::string>> Call(std::string method, std::string connection_id, std::string data);

  AwsClient& client_;
  const Result<Endpoint> endpoint_;
};

// "2026-01-31T10:10:10.417Z" or with fewer digits of a second → milliseconds since 1970; nothing if
// text is no such time.
std::optional<std::int64_t> ParseIso8601(std::string_view text);

}  // namespace gatehouse::lambda
