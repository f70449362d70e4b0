#include "server/edge/own_pages.h"

#include <string>
#include <string_view>
#include <utility>

namespace gatehouse::server {
namespace {

wire::ServiceResponse Json(int status, std::string body) {
  return {status,
          {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          std::move(body) + "\n"};
}

}  // namespace

wire::ServiceResponse OwnPages::Health(std::string_view which) const {
  if (which == "/live") return Json(200, R"({"live":true})");
  bool is_ready = ready_ && store_well_;
  int status = is_ready ? 200 : 503;
  std::string ready = is_ready ? "true" : "false";
  if (which == "/ready") return Json(status, R"({"ready":)" + ready + "}");
  if (!which.empty()) return Json(404, R"({"message":"Not Found"})");
  return Json(status, R"({"live":true,"ready":)" + ready + "}");
}

void OwnPages::Handle(const wire::ServiceRequest& request, wire::ServiceDone done) {
  static constexpr std::string_view kHealth = "/_gatehouse/health";
  std::string_view path = request.head.target.substr(0, request.head.target.find('?'));
  if (request.head.method != "GET" && request.head.method != "HEAD") {
    wire::ServiceResponse refused = Json(405, R"({"message":"Method Not Allowed"})");
    refused.fields.emplace_back("Allow", "GET, HEAD");
    return done(std::move(refused));
  }
  if (path.starts_with(kHealth)) return done(Health(path.substr(kHealth.size())));
  if (path != "/_gatehouse/metrics") return done(Json(404, R"({"message":"Not Found"})"));
  Scrape(std::move(done));
}

void OwnPages::Scrape(wire::ServiceDone done) {
  if (scrapes_.size() >= kScrapesMax) {
    wire::ServiceResponse refused = Json(503, R"({"message":"Service Unavailable"})");
    refused.fields.emplace_back("Retry-After", "1");
    return done(std::move(refused));
  }
  scrapes_.push_back(std::move(done));
  if (scrapes_.size() == 1) gather_([this](const MetricsFacts& facts) { OnGathered(facts); });
}

void OwnPages::OnGathered(const MetricsFacts& facts) {
  const wire::ServiceResponse answer{
      200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, MetricsText(facts)};
  std::vector<wire::ServiceDone> answered;
  answered.swap(scrapes_);  // who asks from here on gets the next numbers
  for (wire::ServiceDone& done : answered) done(answer);
}

}  // namespace gatehouse::server
