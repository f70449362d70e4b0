#include "server/edge/metrics.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace gatehouse::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

double NumberText(std::uint64_t value) { return static_cast<double>(value); }

// Families in the order in which they were first named.
class Families {
 public:
  void Gauge(const char* name, const char* help, const Labels& labels, double value) {
    Add(name, help, MetricType::Gauge, labels).gauge.value = value;
  }
  void Counter(const char* name, const char* help, const Labels& labels, double value) {
    Add(name, help, MetricType::Counter, labels).counter.value = value;
  }
  void Histogram(const char* name, const char* help, const Labels& labels,
                 const base::DurationHistogram& histogram) {
    ClientMetric::Histogram& h = Add(name, help, MetricType::Histogram, labels).histogram;
    h.sample_count = histogram.count();
    h.sample_sum = histogram.sum_seconds();
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < base::DurationHistogram::kBounds.size(); ++i) {
      below += histogram.counts()[i];
      h.bucket.push_back({below, base::DurationHistogram::kBounds[i]});
    }
  }

  std::string Text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  ClientMetric& Add(const char* name, const char* help, MetricType type, const Labels& labels) {
    auto [found, is_new] = places_.try_emplace(name, families_.size());
    if (is_new) families_.push_back({name, help, type, {}});
    prometheus::MetricFamily& family = families_[found->second];
    family.metric.emplace_back().label = labels;
    return family.metric.back();
  }

  std::vector<prometheus::MetricFamily> families_;
  std::map<std::string, std::size_t> places_;
};

// What all loops count for one stage, added up.
using StageName = std::pair<std::string, std::string>;  // api, stage
std::map<StageName, api::StageMetrics> SumOfLoops(const std::vector<LoopFacts>& loops) {
  std::map<StageName, api::StageMetrics> sums;
  for (const LoopFacts& loop : loops) {
    for (const auto& stage : loop.gateway.stages) {
      sums[{stage.api_id, stage.stage_name}].Add(stage.metrics);
    }
  }
  return sums;
}

void AddStage(Families& families, const Labels& labels, const api::StageMetrics& metrics) {
  auto with = [&](const char* name, const std::string& value) {
    Labels more = labels;
    more.push_back({name, value});
    return more;
  };
  families.Gauge("gatehouse_connections", "Open WebSocket connections.", labels,
                 NumberText(metrics.open));
  for (const auto& [status, count] : metrics.upgrades) {
    families.Counter("gatehouse_upgrades_total", "WebSocket upgrades by their HTTP status.",
                     with("status", std::to_string(status)), NumberText(count));
  }
  for (const auto& [code, count] : metrics.closes) {
    families.Counter("gatehouse_disconnects_total",
                     "Connections that ended, by the close code that $disconnect gets.",
                     with("code", std::to_string(code)), NumberText(count));
  }
  constexpr const char* kMessagesHelp = "Events of routes by what came of them.";
  Labels forbidden = with("route", "");
  forbidden.push_back({"result", "forbidden"});
  Labels throttled = with("route", "");
  throttled.push_back({"result", "throttled"});
  families.Counter("gatehouse_messages_total", kMessagesHelp, forbidden,
                   NumberText(metrics.forbidden));
  families.Counter("gatehouse_messages_total", kMessagesHelp, throttled,
                   NumberText(metrics.throttled));
  for (const auto& [key, route] : metrics.routes) {
    Labels of_route = with("route", key);
    for (std::size_t i = 0; i < route.results.size(); ++i) {
      Labels of_result = of_route;
      of_result.push_back({"result", std::string(api::kRouteResultNames[i])});
      families.Counter("gatehouse_messages_total", kMessagesHelp, of_result,
                       NumberText(route.results[i]));
    }
    families.Histogram("gatehouse_integration_duration_seconds",
                       "How long integrations (handlers) took.", of_route, route.duration);
  }
}

void AddLoop(Families& families, const LoopFacts& facts) {
  const api::GatewayFacts& gateway = facts.gateway;
  Labels labels{{"loop", std::to_string(facts.loop)}};
  families.Gauge("gatehouse_sockets", "Open sockets of clients.", labels,
                 NumberText(facts.sockets));
  families.Gauge("gatehouse_pending_upgrades", "Upgrades that wait for $connect.", labels,
                 NumberText(gateway.pending_handshakes));
  families.Gauge("gatehouse_waiting_disconnects", "$disconnect events that wait for a process.",
                 labels, NumberText(gateway.departures_waiting));
  families.Gauge("gatehouse_running_integrations", "Integrations under way.", labels,
                 NumberText(gateway.running));
  families.Gauge("gatehouse_send_queue_bytes", "Bytes that wait for slow readers.", labels,
                 NumberText(gateway.queued_bytes));
  families.Gauge("gatehouse_send_queue_connections", "Connections with bytes that wait.", labels,
                 NumberText(gateway.queued_connections));
  for (std::size_t i = 0; i < gateway.posts.size(); ++i) {
    Labels of_result = labels;
    of_result.push_back({"result", std::string(api::kPostResultNames[i])});
    families.Counter("gatehouse_posts_total",
                     "Messages to connections by @connections and handlers, a broadcast's one by "
                     "one, by what came of them.",
                     of_result, NumberText(gateway.posts[i]));
  }
  families.Histogram("gatehouse_loop_lag_seconds", "How late the event loop ran its timers.",
                     labels, facts.lag);
}

void AddProcess(Families& families, const ProcessFacts& process) {
  families.Gauge("process_resident_memory_bytes", "Resident memory.", {}, process.resident_bytes);
  families.Gauge("process_start_time_seconds", "Start time since 1970.", {}, process.start_seconds);
  families.Gauge("process_open_fds", "Open file descriptors.", {}, process.descriptors);
  families.Gauge("process_max_fds", "Most file descriptors.", {}, process.descriptors_max);
  families.Counter("process_cpu_seconds_total", "Processor time.", {}, process.cpu_seconds);
}

double SecondsOf(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Of /proc/self/stat, field 22: ticks from the machine's start to the process's.
double StartTicks() {
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  constexpr const char* kSkip =
      " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
      "%*s %*s %*s %lf";
  double ticks = 0;
  return std::sscanf(text.c_str() + name_end + 1, kSkip, &ticks) == 1 ? ticks : 0;
}

}  // namespace

ProcessFacts ReadProcessFacts() {
  ProcessFacts facts;
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  facts.resident_bytes = static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  facts.cpu_seconds = SecondsOf(usage.ru_utime) + SecondsOf(usage.ru_stime);
  timespec now{}, since_boot{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
  double boot = static_cast<double>(now.tv_sec - since_boot.tv_sec);
  facts.start_seconds = boot + StartTicks() / static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::error_code none;
  for (std::filesystem::directory_iterator it("/proc/self/fd", none), end; it != end;
       it.increment(none)) {
    facts.descriptors += 1;
  }
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  facts.descriptors_max = static_cast<double>(limit.rlim_cur);
  return facts;
}

std::string MetricsText(const MetricsFacts& facts) {
  Families families;
  families.Gauge("gatehouse_info", "Which region this gatehouse runs.", {{"region", facts.region}},
                 1);
  for (const auto& [name, metrics] : SumOfLoops(facts.loops)) {
    AddStage(families, {{"api", name.first}, {"stage", name.second}}, metrics);
  }
  for (const LoopFacts& loop : facts.loops) AddLoop(families, loop);
  for (const FunctionFacts& function : facts.functions) {
    Labels labels{{"function", function.name}};
    families.Gauge("gatehouse_function_environments", "Processes of a function.", labels,
                   NumberText(function.environments));
    families.Gauge("gatehouse_function_waiting", "Invocations that wait for a process.", labels,
                   NumberText(function.waiting));
  }
  AddProcess(families, facts.process);
  return families.Text();
}

}  // namespace gatehouse::server
