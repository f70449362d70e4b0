#include "gatehouse/task.h"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "gatehouse/result.h"

namespace gatehouse {
namespace {

Task<int> Immediate(int value) { co_return value; }

Task<int> Sum(int a, int b) {
  int first = co_await Immediate(a);
  int second = co_await Immediate(b);
  co_return first + second;
}

TEST(Task, RunsWhenStartedAndGivesItsValue) {
  int got = 0;
  Start(Sum(2, 3), [&](std::optional<int> value, std::exception_ptr) { got = *value; });
  EXPECT_EQ(got, 5);
}

Task<int> Throws() {
  throw std::runtime_error("broken");
  co_return 0;
}

Task<int> AwaitsThrows() {
  int value = co_await Throws();
  co_return value + 1;
}

TEST(Task, ExceptionsReachTheOneWhoStarted) {
  std::string what;
  Start(AwaitsThrows(), [&](std::optional<int> value, std::exception_ptr exception) {
    EXPECT_FALSE(value);
    try {
      std::rethrow_exception(exception);
    } catch (const std::exception& e) {
      what = e.what();
    }
  });
  EXPECT_EQ(what, "broken");
}

Task<std::string> WaitsFor(std::function<void(std::function<void(std::string)>)> start) {
  Await<std::string> operation(start);
  std::string text = co_await operation;
  co_return text + "!";
}

TEST(Task, AwaitResumesWhenDoneIsCalledLater) {
  std::function<void(std::string)> done;
  std::string got;
  Start(WaitsFor([&](std::function<void(std::string)> d) { done = std::move(d); }),
        [&](std::optional<std::string> value, std::exception_ptr) { got = *value; });
  EXPECT_EQ(got, "");
  done("later");
  EXPECT_EQ(got, "later!");
}

TEST(Task, AwaitMayBeDoneAtOnce) {
  std::string got;
  Start(WaitsFor([](std::function<void(std::string)> done) { done("now"); }),
        [&](std::optional<std::string> value, std::exception_ptr) { got = *value; });
  EXPECT_EQ(got, "now!");
}

TEST(Task, OneThatNeverStartsIsDestroyed) {
  auto held = std::make_shared<int>(1);
  {
    auto lazy = [](std::shared_ptr<int> p) -> Task<int> { co_return *p; };
    Task<int> task = lazy(held);
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Result, HoldsOneOrTheOther) {
  Result<int> good = 3;
  Result<int> bad(ErrorCode::kGone, "gone");
  EXPECT_TRUE(good);
  EXPECT_EQ(*good, 3);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message, "gone");
  Result<void> fine;
  EXPECT_TRUE(fine);
}

}  // namespace
}  // namespace gatehouse
