// For tests: stacks over a store in memory and a provider that only remembers, and fails on demand.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/siphash.h"
#include "stack/engine/stacks.h"
#include "store/test_executor.h"

namespace gatehouse::stack {

class TestNames final : public Names {
 public:
  std::string Derive(std::string_view what, std::string_view stack_name,
                     std::string_view logical_id, std::string_view alphabet,
                     std::size_t length) const override {
    std::string words;
    words.append(what).append("/").append(stack_name).append("/").append(logical_id);
    std::string derived;
    for (std::uint64_t block = 0; derived.size() < length; ++block) {
      std::uint64_t bits = base::SipHash24({1, block}, std::as_bytes(std::span(words)));
      for (int i = 0; i < 8 && derived.size() < length; ++i, bits /= alphabet.size()) {
        derived += alphabet[bits % alphabet.size()];
      }
    }
    return derived;
  }
};

class TestClock final : public base::Clock {
 public:
  std::chrono::nanoseconds Now() override { return now; }
  base::Millis WallNow() override {
    now += base::Millis{1};
    return base::Millis{1'769'854'210'000} + std::chrono::duration_cast<base::Millis>(now);
  }
  std::chrono::nanoseconds now{};
};

// What there is, by place; what was done, as "create Topic".
class FakeProvider final : public Provider {
 public:
  bool Exists(const Resource& resource) const override { return there.contains(PlaceOf(resource)); }
  Task<Result<void>> Create(const Resource& resource) override {
    Result<void> done = Do("create", resource);
    if (done) there[PlaceOf(resource)] = ToJson(resource.properties);
    co_return done;
  }
  Task<Result<void>> Update(const Resource&, const Resource& after) override {
    Result<void> done = Do("update", after);
    if (done) there[PlaceOf(after)] = ToJson(after.properties);
    co_return done;
  }
  Task<Result<void>> Delete(const Resource& resource) override {
    Result<void> done = Do("delete", resource);
    if (done) there.erase(PlaceOf(resource));
    co_return done;
  }
  Task<Result<void>> Refresh(const std::string& api_id) override {
    log.push_back("refresh " + api_id);
    co_return Result<void>();
  }
  void Restore(const Resource& resource) override { restored.insert(resource.logical_id); }

  std::vector<std::string> TakeLog() { return std::exchange(log, {}); }

  std::map<std::string, std::string> there;
  std::vector<std::string> log;
  std::set<std::string> failing;  // "create A"
  std::set<std::string> restored;

 private:
  Result<void> Do(const std::string& verb, const Resource& resource) {
    const std::string what = verb + " " + resource.logical_id;
    log.push_back(what);
    if (failing.contains(what)) return Error{ErrorCode::kInvalidArgument, what + " was to fail"};
    return {};
  }
};

struct StacksWorld {
  explicit StacksWorld(StackOptions stack_options = {}) : options(std::move(stack_options)) {
    store::StoreOptions store_options;
    store_options.path = ":memory:";
    store_options.threads = false;
    store = std::move(*store::Store::Open(store_options));
    Open();
  }
  void Open() {
    stacks.reset();
    auto opened = Stacks::Open(*store, provider, names, *executor, clock, random, options);
    ASSERT_TRUE(opened) << opened.error().message;
    stacks = *std::move(opened);
  }

  // As after SIGKILL: what ran never goes on, and all that is left is what was committed. It is
  // kept to the end of the process, for a coroutine that never resumes cannot be destroyed.
  void Kill() {
    static auto* const graveyard =
        new std::vector<std::pair<std::unique_ptr<store::TestExecutor>, std::unique_ptr<Stacks>>>;
    graveyard->emplace_back(std::move(executor), std::move(stacks));
    executor = std::make_unique<store::TestExecutor>();
    Open();
  }

  template <class T, class Begin>
  Result<T> Wait(Begin begin) {
    std::optional<Result<T>> answer;
    begin([&](Result<T> result) { answer.emplace(std::move(result)); });
    return executor->Wait(answer);
  }
  static StackRequest Request(std::string text, std::string name = "s") {
    StackRequest request;
    request.name = std::move(name);
    request.template_text = std::move(text);
    request.capabilities = {"CAPABILITY_NAMED_IAM"};
    return request;
  }
  Result<std::string> Create(StackRequest request) {
    return Wait<std::string>(
        [&](auto done) { stacks->Create(std::move(request), std::move(done)); });
  }
  Result<std::string> Update(StackRequest request) {
    return Wait<std::string>(
        [&](auto done) { stacks->Update(std::move(request), std::move(done)); });
  }
  Result<void> Delete(const std::string& name) {
    return Wait<void>([&](auto done) { stacks->Delete(name, std::move(done)); });
  }
  Result<DeployResult> Deploy(StackRequest request) {
    return Wait<DeployResult>(
        [&](auto done) { stacks->Deploy(std::move(request), "t.yaml", std::move(done)); });
  }
  Result<void> Recover() {
    return Wait<void>([&](auto done) { stacks->Recover(std::move(done)); });
  }
  std::string Status(const std::string& name = "s") {
    const StackRecord* stack = stacks->Find(name);
    return stack ? stack->status : "none";
  }
  // Newest last: "A CREATE_COMPLETE".
  std::vector<std::string> Events(const std::string& name = "s") {
    std::vector<std::string> lines;
    for (const StackEvent& event : stacks->Find(name)->events) {
      lines.push_back(event.logical_id + " " + event.status);
    }
    return lines;
  }

  StackOptions options;
  std::unique_ptr<store::TestExecutor> executor = std::make_unique<store::TestExecutor>();
  TestClock clock;
  base::SeededRandom random{7};
  TestNames names;
  FakeProvider provider;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<Stacks> stacks;
};

}  // namespace gatehouse::stack
