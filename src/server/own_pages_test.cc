#include "server/own_pages.h"

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
}

TEST_F(OwnPagesTest, MetricsAreGathered) {
  wire::ServiceResponse response = Ask("/_gatehouse/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find("gatehouse_info{region=\"here\"} 1"), std::string::npos);
}

TEST_F(OwnPagesTest, OtherPagesAndMethodsAreRefused) {
  for (const char* target : {"/_gatehouse/", "/_gatehouse/healthy", "/_gatehouse/metrics/x"}) {
    EXPECT_EQ(Ask(target).status, 404) << target;
  }
  EXPECT_EQ(Ask("/_gatehouse/metrics", "POST").status, 405);
}

}  // namespace
}  // namespace gatehouse::server
