// gatehouse's own pages below /_gatehouse/: health and metrics. Loop thread only.
//
//   GET /_gatehouse/health        200, or 503 while it starts or stops or the store is in trouble:
//                                 {"live":true,"ready":…}
//   GET /_gatehouse/health/live   200
//   GET /_gatehouse/health/ready  200 or 503
//   GET /_gatehouse/metrics       for Prometheus; 503 when kScrapesMax wait already
#pragma once

#include <cstddef>
#include <vector>

#include "base/function.h"
#include "server/edge/metrics.h"
#include "wire/service.h"

namespace gatehouse::server {

class OwnPages {
 public:
  // Who asks while numbers are being gathered gets those: a walk over all connections is under way
  // once at most, however many ask.
  static constexpr std::size_t kScrapesMax = 64;

  // Gathers the numbers of all rooms; done comes once, on this thread.
  using Gather = base::UniqueFunction<void(base::UniqueFunction<void(MetricsFacts)> done)>;
  explicit OwnPages(Gather gather) : gather_(std::move(gather)) {}

  void set_ready(bool ready) { ready_ = ready; }
  bool is_ready() const { return ready_; }
  void set_store_well(bool well) { store_well_ = well; }
  void Handle(const wire::ServiceRequest& request, wire::ServiceDone done);

 private:
  wire::ServiceResponse Health(std::string_view which) const;
  void Scrape(wire::ServiceDone done);
  void OnGathered(const MetricsFacts& facts);

  Gather gather_;
  std::vector<wire::ServiceDone> scrapes_;  // that wait; not empty: numbers are being gathered
  bool ready_ = false;
  bool store_well_ = true;
};

}  // namespace gatehouse::server
