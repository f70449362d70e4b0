#include "store/writer.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/test_directory.h"
#include "store/test_executor.h"

namespace gatehouse::store {
namespace {

// A writer over a file of its own, whose batches the test composes.
class WriterTest : public testing::Test {
 protected:
  WriterTest() {
    auto connection = *Connection::Open(file_);
    EXPECT_TRUE(PrepareFormat(*connection));
    EXPECT_TRUE(connection->Execute("PRAGMA journal_mode=WAL"));
    connection_ = connection.get();
    writer_ = std::make_unique<Writer>(std::move(connection), health_);
    Add([this](Transaction& t) -> Result<void> {
      keyspace_ = *t.CreateKeyspace("one");
      return {};
    });
    Run();
    results_.clear();
  }
  void Add(base::UniqueFunction<Result<void>(Transaction&)> work) {
    batch_.push_back(
        {std::move(work), {&executor_, [this](Result<void> r) { results_.push_back(r); }}});
  }
  void AddPut(std::string key, std::string value = "v") {
    Add([this, key, value](Transaction& t) { return t.Put(keyspace_, key, value); });
  }
  void Run() {
    writer_->RunBatch(std::exchange(batch_, {}));
    while (executor_.waiting() > 0) executor_.RunOne();
  }
  std::optional<std::string> Get(std::string_view key) {
    return *Keyspaces(*connection_).Get(keyspace_, key);
  }

  TestDirectory directory_;
  const std::string file_ = directory_ / "store.db";
  TestExecutor executor_;
  Health health_{{}};
  std::unique_ptr<Writer> writer_;
  Connection* connection_ = nullptr;
  KeyspaceId keyspace_{};
  std::vector<WriteRequest> batch_;
  std::vector<Result<void>> results_;
};

TEST_F(WriterTest, CommitsABatchOnceAndAnswersInOnePost) {
  std::uint64_t before = writer_->commits();
  for (int i = 0; i < 50; ++i) AddPut("key" + std::to_string(i));
  writer_->RunBatch(std::exchange(batch_, {}));
  EXPECT_EQ(executor_.waiting(), 1u);
  executor_.RunOne();
  EXPECT_EQ(writer_->commits(), before + 1);
  EXPECT_EQ(writer_->transactions(), 51u);
  EXPECT_EQ(results_.size(), 50u);
  EXPECT_EQ(Get("key49"), "v");
}

TEST_F(WriterTest, AFailingTransactionUndoesItselfAlone) {
  AddPut("before");
  Add([this](Transaction& t) -> Result<void> {
    EXPECT_TRUE(t.Put(keyspace_, "half", "done"));
    EXPECT_TRUE(t.Put(keyspace_, "before", "changed"));
    EXPECT_EQ(**t.Get(keyspace_, "before"), "changed");
    return Error{ErrorCode::kConditionFailed, "no"};
  });
  AddPut("after");
  Run();
  ASSERT_EQ(results_.size(), 3u);
  EXPECT_TRUE(results_[0]);
  EXPECT_EQ(results_[1].error().code, ErrorCode::kConditionFailed);
  EXPECT_TRUE(results_[2]);
  EXPECT_EQ(Get("before"), "v");
  EXPECT_EQ(Get("half"), std::nullopt);
  EXPECT_EQ(Get("after"), "v");
}

TEST_F(WriterTest, AnIgnoredErrorFailsTheTransaction) {
  Add([this](Transaction& t) -> Result<void> {
    EXPECT_TRUE(t.Put(keyspace_, "a", "1"));
    EXPECT_FALSE(t.Put(KeyspaceId{999}, "a", "1"));
    return {};
  });
  Run();
  EXPECT_EQ(results_[0].error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Get("a"), std::nullopt);
}

TEST_F(WriterTest, ATransactionSeesThoseBeforeItInTheBatch) {
  AddPut("a", "1");
  Add([this](Transaction& t) {
    std::string seen = **t.Get(keyspace_, "a");
    return t.Put(keyspace_, "a", seen + "2");
  });
  Run();
  EXPECT_EQ(Get("a"), "12");
}

TEST_F(WriterTest, AnUndoneKeyspaceIsGone) {
  KeyspaceId undone{};
  Add([&undone](Transaction& t) -> Result<void> {
    undone = *t.CreateKeyspace("two");
    EXPECT_TRUE(t.Put(undone, "a", "1"));
    return Error{ErrorCode::kInternal, "changed my mind"};
  });
  Add([&undone](Transaction& t) { return t.Put(undone, "a", "2"); });
  Add([](Transaction& t) -> Result<void> {
    EXPECT_EQ(*t.FindKeyspace("two"), std::nullopt);
    return {};
  });
  Run();
  EXPECT_EQ(results_[1].error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(results_[2]);
}

TEST_F(WriterTest, HooksRunAfterTheCommitInOrderAndOnlyThen) {
  std::vector<int> hooks;
  Add([&](Transaction& t) -> Result<void> {
    t.AfterCommit([&] { hooks.push_back(1); });
    EXPECT_TRUE(hooks.empty());
    return {};
  });
  Add([&](Transaction& t) -> Result<void> {
    t.AfterCommit([&] { hooks.push_back(2); });
    return Error{ErrorCode::kInternal, "no"};
  });
  Add([&](Transaction& t) -> Result<void> {
    t.AfterCommit([&] { hooks.push_back(3); });
    EXPECT_TRUE(hooks.empty());
    return {};
  });
  Run();
  EXPECT_EQ(hooks, (std::vector<int>{1, 3}));
}

TEST_F(WriterTest, AFullDiskFailsTheBatchAndLaterOnesWork) {
  ASSERT_TRUE(connection_->Execute("PRAGMA max_page_count=20"));
  bool hook = false;
  Add([&](Transaction& t) {
    t.AfterCommit([&] { hook = true; });
    return t.Put(keyspace_, "small", "1");
  });
  AddPut("large", std::string(200'000, 'x'));
  AddPut("next", "1");
  Run();
  ASSERT_EQ(results_.size(), 3u);
  for (const Result<void>& result : results_) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kIo);
    EXPECT_EQ(result.error().message, StoreTrouble().message);
  }
  EXPECT_FALSE(hook);
  EXPECT_EQ(Get("small"), std::nullopt);
  results_.clear();
  AddPut("small");
  Run();
  EXPECT_TRUE(results_[0]);
}

// Lets no file of this process grow while it lives.
class NoGrowth {
 public:
  explicit NoGrowth(rlim_t bytes_max) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {bytes_max, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~NoGrowth() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }

 private:
  struct rlimit before_;
  sighandler_t handler_;
};

TEST_F(WriterTest, AFailedCommitFailsTheWholeBatchAndAppliesNothing) {
  AddPut("kept");
  Run();
  results_.clear();
  struct stat log;
  ASSERT_EQ(::stat((file_ + "-wal").c_str(), &log), 0);
  for (int i = 0; i < 10; ++i) AddPut("lost" + std::to_string(i), std::string(2000, 'x'));
  {
    NoGrowth limit(static_cast<rlim_t>(log.st_size));
    Run();
  }
  ASSERT_EQ(results_.size(), 10u);
  for (const Result<void>& result : results_) EXPECT_EQ(result.error().code, ErrorCode::kIo);
  EXPECT_EQ(Get("kept"), "v");
  EXPECT_EQ(Get("lost0"), std::nullopt);
  results_.clear();
  AddPut("later");
  Run();
  EXPECT_TRUE(results_[0]);
  EXPECT_EQ(Get("later"), "v");
}

}  // namespace
}  // namespace gatehouse::store
