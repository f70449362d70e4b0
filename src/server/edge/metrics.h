// What gatehouse tells Prometheus: its rooms' numbers as text (exposition format 0.0.4). A pure
// function; who gathers the numbers is the node.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "api/stage/stage_metrics.h"
#include "base/duration_histogram.h"

namespace gatehouse::server {

struct LoopFacts {
  std::size_t loop = 0;  // its index
  api::GatewayFacts gateway;
  base::DurationHistogram lag;
  std::size_t sockets = 0;  // open, of any kind
};

struct FunctionFacts {
  std::string name;
  std::size_t environments = 0;  // processes
  std::size_t waiting = 0;       // invocations that wait for one
};

struct ProcessFacts {
  double resident_bytes = 0;
  double cpu_seconds = 0;
  double start_seconds = 0;  // since 1970
  double descriptors = 0;
  double descriptors_max = 0;
};
ProcessFacts ReadProcessFacts();  // of this process

struct MetricsFacts {
  std::string region;
  std::vector<LoopFacts> loops;
  std::vector<FunctionFacts> functions;
  ProcessFacts process;
};

std::string MetricsText(const MetricsFacts& facts);

}  // namespace gatehouse::server
