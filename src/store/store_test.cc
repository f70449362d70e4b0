// The store's door: what holds for files, memory and without threads alike, then the queue.
#include "store/store.h"

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "store/test_directory.h"
#include "store/test_executor.h"

namespace gatehouse::store {
namespace {

enum class Kind { kFiles, kMemory, kFilesInline, kMemoryInline };

std::unique_ptr<Store> OpenStore(Kind kind, const TestDirectory& directory,
                                 StoreOptions options = {}) {
  bool memory = kind == Kind::kMemory || kind == Kind::kMemoryInline;
  options.path = memory ? ":memory:" : directory / "data";
  options.threads = kind == Kind::kFiles || kind == Kind::kMemory;
  Result<std::unique_ptr<Store>> store = Store::Open(options);
  EXPECT_TRUE(store) << store.error().message;
  return *std::move(store);
}

KeyspaceId NewKeyspace(Store& store, std::string name = "one") {
  KeyspaceId id{};
  EXPECT_TRUE(store.WriteAndWait([&](Transaction& t) -> Result<void> {
    id = *t.CreateKeyspace(name);
    return {};
  }));
  return id;
}

class StoreTest : public testing::TestWithParam<Kind> {
 protected:
  StoreTest() : store_(OpenStore(GetParam(), directory_)), keyspace_(NewKeyspace(*store_)) {}

  Result<void> Put(std::string key, std::string value) {
    std::optional<Result<void>> answer;
    store_->Write<void>([this, key, value](Transaction& t) { return t.Put(keyspace_, key, value); },
                        executor_, [&](Result<void> r) { answer = r; });
    return executor_.Wait(answer);
  }
  Result<std::optional<std::string>> Get(std::string_view key) {
    std::optional<Result<std::optional<std::string>>> answer;
    store_->Get(keyspace_, key, executor_, [&](auto r) { answer = r; });
    return executor_.Wait(answer);
  }

  TestDirectory directory_;
  TestExecutor executor_;
  std::unique_ptr<Store> store_;
  KeyspaceId keyspace_;
};

TEST_P(StoreTest, ReadsWhatItWrote) {
  ASSERT_TRUE(Put("a", "1"));
  EXPECT_EQ(**Get("a"), "1");
  EXPECT_EQ(*Get("b"), std::nullopt);
}

TEST_P(StoreTest, ReadNowSeesWhatWasAnswered) {
  ASSERT_TRUE(Put("a", "1"));
  std::optional<Result<std::string>> answer;
  store_->ReadNow<std::string>(
      [this](View& view) -> Result<std::string> { return **view.Get(keyspace_, "a"); }, executor_,
      [&](Result<std::string> r) { answer = std::move(r); });
  EXPECT_EQ(answer.has_value(), GetParam() == Kind::kFiles);  // inside the call
  EXPECT_EQ(*executor_.Wait(answer), "1");
}

TEST_P(StoreTest, AnswersWithTheValueOfTheClosure) {
  ASSERT_TRUE(Put("a", "old"));
  std::optional<Result<std::string>> answer;
  store_->Write<std::string>(
      [this](Transaction& t) -> Result<std::string> {
        std::string old = **t.Get(keyspace_, "a");
        if (auto put = t.Put(keyspace_, "a", "new"); !put) return put.error();
        return old;
      },
      executor_, [&](Result<std::string> r) { answer = r; });
  EXPECT_FALSE(answer);  // never inside the call
  EXPECT_EQ(*executor_.Wait(answer), "old");
  EXPECT_EQ(**Get("a"), "new");
}

TEST_P(StoreTest, ReadsRunOverTheStore) {
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(Put(key, "v"));
  std::optional<Result<std::string>> answer;
  store_->Read<std::string>(
      [this](View& view) -> Result<std::string> {
        std::string keys;
        auto end = view.Scan(keyspace_, {.start = "a", .start_exclusive = true},
                             [&](std::string_view key, std::string_view) {
                               keys += key;
                               return true;
                             });
        if (!end) return end.error();
        return keys;
      },
      executor_, [&](Result<std::string> r) { answer = r; });
  EXPECT_FALSE(answer);
  EXPECT_EQ(*executor_.Wait(answer), "bc");
}

TEST_P(StoreTest, ErrorsOfClosuresArrive) {
  std::optional<Result<int>> written;
  store_->Write<int>(
      [](Transaction&) -> Result<int> {
        return Error{ErrorCode::kConditionFailed, "written"};
      },
      executor_, [&](Result<int> r) { written = r; });
  EXPECT_EQ(executor_.Wait(written).error().message, "written");
  std::optional<Result<int>> read;
  store_->Read<int>(
      [](View&) -> Result<int> {
        return Error{ErrorCode::kNotFound, "read"};
      },
      executor_, [&](Result<int> r) { read = r; });
  EXPECT_EQ(executor_.Wait(read).error().message, "read");
}

TEST_P(StoreTest, ADroppedKeyspaceIsNotFoundByAnyRead) {
  ASSERT_TRUE(Put("a", "1"));
  EXPECT_TRUE(Get("a"));
  ASSERT_TRUE(store_->WriteAndWait([this](Transaction& t) { return t.DropKeyspace(keyspace_); }));
  EXPECT_EQ(Get("a").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Put("a", "1").error().code, ErrorCode::kNotFound);
}

TEST_P(StoreTest, CloseAnswersWhatWasAskedAndRefusesTheRest) {
  std::vector<Result<void>> answers;
  auto keep = [&answers](Result<void> r) { answers.push_back(r); };
  for (int i = 0; i < 100; ++i) {
    store_->Write<void>(
        [this, i](Transaction& t) { return t.Put(keyspace_, std::to_string(i), "v"); }, executor_,
        keep);
    store_->Read<void>([](View&) { return Result<void>(); }, executor_, keep);
  }
  store_->Close();
  store_->Close();
  store_->Write<void>([](Transaction&) { return Result<void>(); }, executor_, keep);
  store_->Read<void>([](View&) { return Result<void>(); }, executor_, keep);
  while (executor_.waiting() > 0) executor_.RunOne();
  ASSERT_EQ(answers.size(), 202u);
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(answers[static_cast<std::size_t>(i)]);
  EXPECT_EQ(answers[200].error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(answers[201].error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Get("1").error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(store_->WriteAndWait([](Transaction&) { return Result<void>(); }));
}

INSTANTIATE_TEST_SUITE_P(Kinds, StoreTest,
                         testing::Values(Kind::kFiles, Kind::kMemory, Kind::kFilesInline,
                                         Kind::kMemoryInline));

// Holds the writer thread inside a transaction, so that the test knows what waits.
class HeldWriter {
 public:
  HeldWriter(Store& store, TestExecutor& executor) {
    store.Write<void>(
        [this](Transaction&) -> Result<void> {
          entered_.set_value();
          released_.get_future().wait();
          return {};
        },
        executor, [](Result<void>) {});
    entered_.get_future().wait();
  }
  void Release() { released_.set_value(); }

 private:
  std::promise<void> entered_, released_;
};

TEST(StoreQueue, ManyTransactionsShareACommit) {
  TestDirectory directory;
  TestExecutor executor;
  auto store = OpenStore(Kind::kFiles, directory);
  KeyspaceId keyspace = NewKeyspace(*store);
  StoreCounters before = store->counters();
  HeldWriter held(*store, executor);
  for (int i = 0; i < 200; ++i) {
    store->Write<void>(
        [keyspace, i](Transaction& t) { return t.Put(keyspace, std::to_string(i), "v"); }, executor,
        [](Result<void> r) { EXPECT_TRUE(r); });
  }
  held.Release();
  store->Close();
  EXPECT_EQ(store->counters().transactions, before.transactions + 201);
  EXPECT_EQ(store->counters().commits, before.commits + 2);
  while (executor.waiting() > 0) executor.RunOne();
}

TEST(StoreQueue, RefusesBeyondItsBound) {
  TestDirectory directory;
  TestExecutor executor;
  auto store = OpenStore(Kind::kMemory, directory, {.queue_max = 2});
  HeldWriter held(*store, executor);
  std::vector<Result<void>> answers;
  for (int i = 0; i < 3; ++i) {
    store->Write<void>([](Transaction&) { return Result<void>(); }, executor,
                       [&](Result<void> r) { answers.push_back(r); });
  }
  executor.RunOne();  // the refusal came first
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].error().code, ErrorCode::kLimitExceeded);
  held.Release();
  store->Close();
  while (executor.waiting() > 0) executor.RunOne();
  EXPECT_EQ(answers.size(), 3u);
}

TEST(StoreQueue, AScanSeesOneSnapshotWhileTheWriterGoesOn) {
  TestDirectory directory;
  TestExecutor executor;
  auto store = OpenStore(Kind::kFiles, directory);
  KeyspaceId keyspace = NewKeyspace(*store);
  std::promise<void> entered, released;
  std::optional<Result<bool>> answer;
  store->Read<bool>(
      [&](View& view) -> Result<bool> {
        if (*view.Get(keyspace, "a")) return true;
        entered.set_value();
        released.get_future().wait();
        return view.Get(keyspace, "a")->has_value();
      },
      executor, [&](Result<bool> r) { answer = r; });
  entered.get_future().wait();
  ASSERT_TRUE(store->WriteAndWait([&](Transaction& t) { return t.Put(keyspace, "a", "1"); }));
  released.set_value();
  EXPECT_FALSE(*executor.Wait(answer));
}

TEST(StoreQueue, ThreadsReadAndWriteAtOnce) {
  TestDirectory directory;
  auto store = OpenStore(Kind::kFiles, directory);
  KeyspaceId keyspace = NewKeyspace(*store);
  std::atomic<int> wrong = 0;
  auto loop = [&](int thread) {
    TestExecutor executor;
    std::string key = "counter" + std::to_string(thread);
    for (int i = 1; i <= 50; ++i) {
      std::optional<Result<void>> written;
      store->Write<void>([=](Transaction& t) { return t.Put(keyspace, key, std::to_string(i)); },
                         executor, [&](Result<void> r) { written = r; });
      if (!executor.Wait(written)) ++wrong;
      std::optional<Result<std::optional<std::string>>> read;
      store->Get(keyspace, key, executor, [&](auto r) { read = r; });
      if (!read || !*read || **read != std::to_string(i)) ++wrong;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(loop, i);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(StoreQueue, AStoppedExecutorDestroysAnswersUnrun) {
  TestDirectory directory;
  auto store = OpenStore(Kind::kFiles, directory);
  auto token = std::make_shared<int>(1);
  {
    TestExecutor executor;
    store->Write<void>([token](Transaction&) { return Result<void>(); }, executor,
                       [token](Result<void>) { ADD_FAILURE(); });
    store->Close();
  }
  EXPECT_EQ(token.use_count(), 1);
}

}  // namespace
}  // namespace gatehouse::store
