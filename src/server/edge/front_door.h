// Tells requests on the one port apart: upgrades and plain requests on a stage's URL, @connections,
// AWS's services, and what leads nowhere. Loop thread only.
// Source: design §2, §6 (auth), §7.10, §7.11.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/serve/gateway.h"
#include "api/serve/management_api.h"
#include "base/log.h"
#include "net/dial/proxy.h"
#include "net/http/http_server.h"
#include "net/http/tunnels.h"
#include "server/access/access_table.h"
#include "server/access/iam.h"
#include "server/access/service.h"
#include "server/edge/admission_check.h"
#include "server/edge/host_policy.h"
#include "wire/service.h"

namespace gatehouse::server {

struct FrontDoorOptions {
  std::vector<std::string> domains;      // further hosts that are ours
  std::uint16_t port = 0;                // as events tell it (X-Forwarded-Port)
  std::vector<std::string> passthrough;  // AWS services that CONNECT reaches for real
};

// Answers the requests of one service, each once, inside the call or later.
using ServiceHandler =
    base::UniqueFunction<void(const wire::ServiceRequest& request, wire::ServiceDone done)>;

class FrontDoor final : public net::HttpHandler {
 public:
  // The gate, log and random must outlive it. Introduce, UseTunnels, Serve and set_port before the
  // first request.
  FrontDoor(base::Log& log, base::Random& random, AdmissionCheck& gate, FrontDoorOptions options);
  void Introduce(net::HttpServer& http, api::Gateway& gateway);
  // Without it, CONNECT reaches AWS's own names only.
  void UseTunnels(net::Tunnels& tunnels, net::ProxySettings proxies);
  // What roles may is asked of it from now on; it outlives the door. Without it, they may all.
  void UseIam(Iam& iam, AccessFacts facts);
  // Who answers a service's requests, and the most bytes that their bodies have.
  void Serve(Service service, std::size_t body_bytes_max, ServiceHandler handler);

  const HostPolicy& hosts() const { return hosts_; }
  void set_port(std::uint16_t port) { options_.port = port; }

  void OnHead(const net::HttpRequest& request) override;
  std::size_t BodyBytesMax(const wire::HttpHead& head) override;
  void OnRequest(const net::HttpRequest& request) override;
  void OnGone(net::SocketRef socket) override;

 private:
  struct Served {
    std::size_t body_bytes_max = 0;
    ServiceHandler handler;
  };
  ServiceChoice Choose(const wire::HttpHead& head);
  Door DoorOf(const net::HttpRequest& request, const ServiceChoice& choice) const;
  void OnConnect(const net::HttpRequest& request);
  void OnStage(const net::HttpRequest& request, const ServiceChoice& choice);
  api::Arrival ArrivalOf(const net::HttpRequest& request) const;
  void OnStageRequest(const net::HttpRequest& request, api::StagePlace& place);
  void OnManagementRequest(const net::HttpRequest& request, const ServiceChoice& choice,
                           api::StagePath where);
  void OnService(const net::HttpRequest& request, const ServiceChoice& choice);
  // Who asks; false: the request was refused and answered.
  bool Admit(const net::HttpRequest& request, const ServiceChoice& choice, Door door,
             Admission& admission);
  // Whether IAM lets the role that asks do it; if not, the request was answered.
  bool MayCall(const net::HttpRequest& request, const ServiceChoice& choice,
               const Admission& admission);
  bool MayManage(const net::HttpRequest& request, const ServiceChoice& choice,
                 const auth::Principal& role, api::StagePath& where);
  // Whether the role may do so to all connections of the stage.
  bool MayManageAll(std::string_view method, const auth::Principal& role,
                    const api::StagePlace& place);
  static AskedHow HowOf(const net::HttpRequest& request);
  bool RespondDenied(const net::HttpRequest& request, const ServiceChoice& choice, Denial denial);
  void RespondForbidden(const net::HttpRequest& request, std::string_view why);
  void Respond(net::SocketRef socket, const wire::ServiceResponse& response);

  base::Log& log_;
  base::Random& random_;
  AdmissionCheck& gate_;
  FrontDoorOptions options_;
  HostPolicy hosts_;
  std::map<Service, Served> services_;
  net::HttpServer* http_ = nullptr;
  net::Tunnels* tunnels_ = nullptr;
  net::ProxySettings proxies_;
  api::Gateway* gateway_ = nullptr;
  Iam* iam_ = nullptr;
  AccessFacts access_facts_;
  // Of roles that manage connections, until roles change; by role and place.
  static constexpr std::size_t kGrantsMax = 1024;
  std::map<std::string, std::map<const api::StagePlace*, StageGrants>, std::less<>> grants_;
  std::uint64_t grants_version_ = 0;
  std::unique_ptr<api::ManagementApi> management_;
};

}  // namespace gatehouse::server
