// Tells requests on the one port apart: upgrades and plain requests on a stage's URL, @connections,
// DynamoDB's, and what leads nowhere. Loop thread only. Source: design §2, §6 (auth), §7.10, §7.11.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/gateway.h"
#include "api/management_api.h"
#include "base/log.h"
#include "net/http_server.h"
#include "server/host_policy.h"
#include "table/api.h"

namespace gatehouse::server {

struct FrontDoorOptions {
  std::vector<std::string> domains;       // further hosts that are ours
  std::vector<std::string> cors_origins;  // further origins that may call @connections
  std::uint16_t port = 0;                 // as events tell it (X-Forwarded-Port)
};

class FrontDoor final : public net::HttpHandler {
 public:
  // The gateway, server and log must outlive it. Introduce before the first request.
  FrontDoor(base::Log& log, base::Random& random, FrontDoorOptions options);
  void Introduce(net::HttpServer& http, api::Gateway& gateway, table::Api& tables,
                 base::Executor& loop);

  const HostPolicy& hosts() const { return hosts_; }
  void set_port(std::uint16_t port) { options_.port = port; }

  std::size_t BodyBytesMax(const wire::HttpHead& head) override;
  void OnRequest(const net::HttpRequest& request) override;
  void OnGone(net::SocketRef socket) override;

 private:
  void OnStageRequest(const net::HttpRequest& request, api::StagePlace& place);
  void OnManagementRequest(const net::HttpRequest& request, api::StagePlace& place,
                           std::string_view rest);
  void OnDynamoDbRequest(const net::HttpRequest& request, std::string_view target);
  void NoticeUnsigned(const wire::HttpHead& head, std::string_view service);
  bool IsForeignPage(const wire::HttpHead& head, std::string_view host) const;
  void RespondForbidden(const net::HttpRequest& request, std::string_view why);

  base::Log& log_;
  base::Random& random_;
  FrontDoorOptions options_;
  HostPolicy hosts_;
  net::HttpServer* http_ = nullptr;
  api::Gateway* gateway_ = nullptr;
  table::Api* tables_ = nullptr;
  base::Executor* loop_ = nullptr;
  bool noticed_unsigned_ = false;
};

}  // namespace gatehouse::server
