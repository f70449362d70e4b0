#include "base/function.h"

#include <array>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

// Counts how many of it live.
class Counted {
 public:
  explicit Counted(int& alive) : alive_(&alive) { ++*alive_; }
  Counted(Counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
  Counted& operator=(Counted&&) = delete;
  ~Counted() { --*alive_; }

 private:
  int* alive_;
};

TEST(UniqueFunctionTest, SmallAndLargeCallablesMoveAndDieOnce) {
  int alive = 0;
  {
    UniqueFunction<int(int)> small = [c = Counted(alive)](int x) { return x + 1; };
    UniqueFunction<int(int)> large = [c = Counted(alive), more = std::array<int, 64>{5}](int x) {
      return x + more[0];
    };
    EXPECT_EQ(alive, 2);
    UniqueFunction<int(int)> moved = std::move(small);
    EXPECT_FALSE(small);  // NOLINT: what is left of it is empty
    EXPECT_EQ(moved(1), 2);
    moved = std::move(large);
    EXPECT_FALSE(large);
    EXPECT_EQ(moved(1), 6);
    EXPECT_EQ(alive, 1);  // what it was before is gone
  }
  EXPECT_EQ(alive, 0);
}

TEST(UniqueFunctionTest, ArgumentsArriveUncopied) {
  UniqueFunction<std::size_t(std::unique_ptr<std::string>, std::string&)> f =
      [](std::unique_ptr<std::string>&& given, std::string& out) {
        out = *given;
        return out.size();
      };
  std::string out;
  EXPECT_EQ(f(std::make_unique<std::string>("hello"), out), 5u);
  EXPECT_EQ(out, "hello");
}

TEST(UniqueFunctionTest, EmptyOnesSayAndStaySo) {
  UniqueFunction<void()> none, null = nullptr;
  EXPECT_FALSE(none);
  EXPECT_FALSE(null);
  UniqueFunction<void()> moved = std::move(none);
  EXPECT_FALSE(moved);
  int calls = 0;
  moved = [&calls] { ++calls; };
  moved();
  EXPECT_EQ(calls, 1);
  moved = nullptr;
  EXPECT_FALSE(moved);
}

TEST(UniqueFunctionTest, AFunctionInAFunctionIsMovedWithIt) {
  int alive = 0;
  UniqueFunction<int()> inner = [c = Counted(alive)] { return 7; };
  UniqueFunction<int()> outer = [inner = std::move(inner)]() mutable { return inner(); };
  EXPECT_EQ(outer(), 7);
  outer = nullptr;
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace gatehouse::base
