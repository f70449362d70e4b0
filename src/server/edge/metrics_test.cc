#include "server/edge/metrics.h"

#include <ctime>
#include <map>

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

bool Has(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

MetricsFacts TwoLoops() {
  MetricsFacts facts;
  facts.region = "eu-west-1";
  for (std::size_t loop : {0u, 1u}) {
    LoopFacts one;
    one.loop = loop;
    one.sockets = 3 + loop;
    one.gateway.stages.push_back({"abcde12345", "prod", {}});
    api::StageMetrics& stage = one.gateway.stages.back().metrics;
    stage.open = 2;
    stage.upgrades = {{101, 5}, {403, loop}};
    stage.closes = {{1005, 3}};
    stage.forbidden = 1;
    stage.Route("say \"hi\"\n").results[0] = 4;
    stage.Route("say \"hi\"\n").duration.Add(std::chrono::milliseconds{3});
    one.gateway.posts[1] = 7;
    one.lag.Add(std::chrono::nanoseconds{0});
    facts.loops.push_back(one);
  }
  facts.functions = {{"chat", 2, 1}};
  return facts;
}

TEST(Metrics, StagesAreSummedOverLoopsAndLoopsStandAlone) {
  std::string text = MetricsText(TwoLoops());
  const std::string stage = R"({api="abcde12345",stage="prod")";
  const std::vector<std::string> lines{
      R"(gatehouse_info{region="eu-west-1"} 1)",
      "gatehouse_connections" + stage + "} 4",
      "gatehouse_upgrades_total" + stage + R"(,status="101"} 10)",
      "gatehouse_upgrades_total" + stage + R"(,status="403"} 1)",
      "gatehouse_disconnects_total" + stage + R"(,code="1005"} 6)",
      "gatehouse_messages_total" + stage + R"(,route="",result="forbidden"} 2)",
      "gatehouse_messages_total" + stage + R"(,route="say \"hi\"\n",result="answered"} 8)",
      "gatehouse_integration_duration_seconds_bucket" + stage +
          R"(,route="say \"hi\"\n",le="0.005"} 2)",
      "gatehouse_integration_duration_seconds_bucket" + stage +
          R"(,route="say \"hi\"\n",le="0.0025"} 0)",
      R"(gatehouse_sockets{loop="0"} 3)",
      R"(gatehouse_sockets{loop="1"} 4)",
      R"(gatehouse_posts_total{loop="1",result="gone"} 7)",
      R"(gatehouse_loop_lag_seconds_count{loop="0"} 1)",
      R"(gatehouse_function_environments{function="chat"} 2)",
      R"(gatehouse_function_waiting{function="chat"} 1)"};
  for (const std::string& line : lines) {
    EXPECT_TRUE(Has("\n" + text, line)) << line << "\n" << text;
  }
}

TEST(Metrics, EveryFamilyIsNamedOnce) {
  std::string text = MetricsText(TwoLoops());
  std::map<std::string, int> types;
  for (std::size_t at = text.find("# TYPE "); at != std::string::npos;
       at = text.find("# TYPE ", at + 1)) {
    ++types[text.substr(at, text.find('\n', at) - at)];
  }
  EXPECT_GT(types.size(), 10u);
  for (const auto& [line, times] : types) EXPECT_EQ(times, 1) << line;
}

TEST(Metrics, ThisProcessHasMemoryDescriptorsAndAStart) {
  ProcessFacts facts = ReadProcessFacts();
  EXPECT_GT(facts.resident_bytes, 1e6);
  EXPECT_GE(facts.descriptors, 3);
  EXPECT_GT(facts.descriptors_max, facts.descriptors);
  double now = static_cast<double>(::time(nullptr));
  EXPECT_LT(facts.start_seconds, now + 2);
  EXPECT_GT(facts.start_seconds, now - 3600);
}

}  // namespace
}  // namespace gatehouse::server
