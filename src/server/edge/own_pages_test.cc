#include "server/edge/own_pages.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

class OwnPagesTest : public testing::Test {
 protected:
  wire::ServiceResponse Ask(std::string_view target, std::string_view method = "GET") {
    wire::HttpHead head;
    head.method = method;
    head.target = target;
    std::optional<wire::ServiceResponse> got;
    pages_.Handle({head, "", ""}, [&](wire::ServiceResponse response) { got = response; });
    EXPECT_TRUE(got) << target;
    return got.value_or(wire::ServiceResponse());
  }

  OwnPages pages_{[](base::UniqueFunction<void(MetricsFacts)> done) {
    MetricsFacts facts;
    facts.region = "here";
    done(std::move(facts));
  }};
};

TEST_F(OwnPagesTest, HealthFollowsReadiness) {
  EXPECT_EQ(Ask("/_gatehouse/health").status, 503);
  EXPECT_EQ(Ask("/_gatehouse/health").body, "{\"live\":true,\"ready\":false}\n");
  EXPECT_EQ(Ask("/_gatehouse/health/ready").status, 503);
  EXPECT_EQ(Ask("/_gatehouse/health/live").status, 200);
  pages_.set_ready(true);
  EXPECT_EQ(Ask("/_gatehouse/health?x").status, 200);
  EXPECT_EQ(Ask("/_gatehouse/health", "HEAD").body, "{\"live\":true,\"ready\":true}\n");
  EXPECT_EQ(Ask("/_gatehouse/health/ready").body, "{\"ready\":true}\n");
  pages_.set_store_well(false);
  EXPECT_EQ(Ask("/_gatehouse/health/ready").status, 503);
  EXPECT_EQ(Ask("/_gatehouse/health/live").status, 200);
  EXPECT_EQ(Ask("/_gatehouse/health").body, "{\"live\":true,\"ready\":false}\n");
  pages_.set_store_well(true);
  EXPECT_EQ(Ask("/_gatehouse/health/ready").status, 200);
}

TEST_F(OwnPagesTest, MetricsAreGathered) {
  wire::ServiceResponse response = Ask("/_gatehouse/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find("gatehouse_info{region=\"here\"} 1"), std::string::npos);
}

// Numbers that come when the test says so.
class ScrapesTest : public testing::Test {
 protected:
  void Ask(std::string_view target = "/_gatehouse/metrics") {
    wire::HttpHead head;
    head.method = "GET";
    head.target = target;
    pages_.Handle({head, "", ""}, [&](const wire::ServiceResponse& response) {
      statuses_.push_back(response.status);
      bodies_.push_back(response.body);
      if (on_answer_) on_answer_();
    });
  }
  void Gathered(std::string region) {
    auto done = std::move(gathers_.front());
    gathers_.erase(gathers_.begin());
    MetricsFacts facts;
    facts.region = std::move(region);
    done(std::move(facts));
  }

  std::vector<base::UniqueFunction<void(MetricsFacts)>> gathers_;
  OwnPages pages_{[this](auto done) { gathers_.push_back(std::move(done)); }};
  std::vector<int> statuses_;
  std::vector<std::string> bodies_;
  std::function<void()> on_answer_;
};

TEST_F(ScrapesTest, WhoAsksMeanwhileGetsTheSameAnswer) {
  for (int i = 0; i < 3; ++i) Ask();
  EXPECT_EQ(gathers_.size(), 1u);
  EXPECT_TRUE(statuses_.empty());
  on_answer_ = [this] {  // the first answered asks again at once
    on_answer_ = nullptr;
    Ask();
  };
  Gathered("first");
  EXPECT_EQ(statuses_, (std::vector<int>{200, 200, 200}));
  for (const std::string& body : bodies_) EXPECT_NE(body.find("\"first\""), std::string::npos);
  ASSERT_EQ(gathers_.size(), 1u) << "whose numbers are new";
  Gathered("second");
  EXPECT_NE(bodies_.back().find("\"second\""), std::string::npos);
  EXPECT_TRUE(gathers_.empty());
}

TEST_F(ScrapesTest, TooManyAtOnceAre503) {
  for (std::size_t i = 0; i < OwnPages::kScrapesMax; ++i) Ask();
  EXPECT_TRUE(statuses_.empty());
  Ask();
  EXPECT_EQ(statuses_, std::vector<int>{503});
  Ask("/_gatehouse/health/live");
  EXPECT_EQ(statuses_.back(), 200);
  EXPECT_EQ(gathers_.size(), 1u);
  Gathered("here");
  EXPECT_EQ(statuses_.size(), OwnPages::kScrapesMax + 2);
  EXPECT_EQ(statuses_.back(), 200);
  Ask();
  EXPECT_EQ(gathers_.size(), 1u) << "there is room again";
}

TEST_F(OwnPagesTest, OtherPagesAndMethodsAreRefused) {
  for (const char* target : {"/_gatehouse/", "/_gatehouse/healthy", "/_gatehouse/metrics/x"}) {
    EXPECT_EQ(Ask(target).status, 404) << target;
  }
  EXPECT_EQ(Ask("/_gatehouse/metrics", "POST").status, 405);
}

}  // namespace
}  // namespace gatehouse::server
