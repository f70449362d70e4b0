#include "net/dial/resolver.h"

#include <gtest/gtest.h>

#include "net/loop/epoll_network.h"
#include "net/loop/loop.h"

namespace gatehouse::net {
namespace {

using Addresses = Result<std::vector<Address>>;

class ResolverTest : public testing::Test {
 protected:
  Addresses Ask(const std::string& host) {
    std::optional<Addresses> answer;
    resolver_.Resolve(host, 80, [&](Addresses addresses) { answer = std::move(addresses); });
    EXPECT_FALSE(answer) << "answered inside the call";
    for (int turns = 0; !answer && turns < 1000; ++turns) loop_.Turn(std::chrono::seconds(1));
    return answer.value_or(Error{ErrorCode::kInternal, "no answer"});
  }

  EpollNetwork network_;
  base::SystemClock clock_;
  Loop loop_{network_, clock_};
  SystemResolver resolver_{loop_};
};

TEST_F(ResolverTest, AddressesAreTheirOwnAnswer) {
  EXPECT_EQ(Ask("127.0.0.1")->at(0), (Address{"127.0.0.1", 80}));
  EXPECT_EQ(Ask("::1")->at(0), (Address{"::1", 80}));
}

TEST_F(ResolverTest, NamesAreLookedUp) {
  Addresses found = Ask("localhost");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->at(0).IsLoopback());
}

TEST_F(ResolverTest, ANameWithoutAddressIsAnError) {
  Addresses found = Ask("no such host.invalid");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(found.error().message.starts_with("no address of no such host.invalid"));
}

TEST_F(ResolverTest, WhenItEndsTheQuestionsThatWaitAreForgotten) {
  std::size_t answers = 0;
  {
    SystemResolver other(loop_);
    for (int i = 0; i < 200; ++i) {
      other.Resolve("localhost", 80, [&](const Addresses&) { ++answers; });
    }
  }
  EXPECT_TRUE(Ask("localhost"));
  EXPECT_LT(answers, 200u);  // those already posted may come
}

TEST_F(ResolverTest, TooManyQuestionsAreRefused) {
  std::size_t refused = 0, answers = 0;
  std::size_t count = SystemResolver::kQuestionsMax + 500;
  for (std::size_t i = 0; i < count; ++i) {
    resolver_.Resolve("localhost", 80, [&](const Addresses& addresses) {
      ++answers;
      if (!addresses && addresses.error().code == ErrorCode::kLimitExceeded) ++refused;
    });
  }
  for (int turns = 0; answers < count && turns < 10'000; ++turns) {
    loop_.Turn(std::chrono::seconds(1));
  }
  EXPECT_EQ(answers, count);
  EXPECT_GT(refused, 0u);
}

}  // namespace
}  // namespace gatehouse::net
