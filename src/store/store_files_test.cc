// The store and its files: restart, crash, damage, limits.
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "store/test_directory.h"
#include "store/test_executor.h"

namespace gatehouse::store {
namespace {

class StoreFilesTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Store>> Open(const std::string& path, StoreOptions options = {}) {
    options.path = path;
    return Store::Open(options);
  }
  // Creates keyspace "one" with the rows key0…, each "v".
  void Fill(Store& store, int rows) {
    ASSERT_TRUE(store.WriteAndWait([](Transaction& t) -> Result<void> {
      auto created = t.CreateKeyspace("one");
      return created ? Result<void>() : created.error();
    }));
    for (int i = 0; i < rows; ++i) {
      ASSERT_TRUE(store.WriteAndWait([i](Transaction& t) {
        return t.Put(**t.FindKeyspace("one"), "key" + std::to_string(i), "v");
      }));
    }
  }
  int Count(Store& store) {
    int rows = 0;
    EXPECT_TRUE(store.WriteAndWait([&](Transaction& t) -> Result<void> {
      auto end = t.Scan(**t.FindKeyspace("one"), {}, [&](std::string_view, std::string_view) {
        ++rows;
        return true;
      });
      return end ? Result<void>() : end.error();
    }));
    return rows;
  }

  TestDirectory directory_;
  const std::string path_ = directory_ / "data";
  const std::string file_ = path_ + "/store.db";
};

TEST_F(StoreFilesTest, SurvivesARestartAndLeavesOneFileAndTheLock) {
  {
    auto store = *Open(path_);
    Fill(*store, 10);
  }
  EXPECT_FALSE(std::filesystem::exists(file_ + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(file_ + "-shm"));
  auto store = *Open(path_);
  EXPECT_EQ(Count(*store), 10);
}

TEST_F(StoreFilesTest, EveryDurabilityWorks) {
  for (Durability durability : {Durability::kFull, Durability::kNormal, Durability::kOff}) {
    std::string path = directory_ / std::to_string(static_cast<int>(durability));
    auto store = *Open(path, {.durability = durability});
    Fill(*store, 2);
    store.reset();
    EXPECT_EQ(Count(**Open(path)), 2);
  }
}

// What the files hold at some moment is what a killed process leaves behind.
TEST_F(StoreFilesTest, EveryAnsweredWriteSurvivesAKill) {
  auto store = *Open(path_);
  Fill(*store, 25);
  std::filesystem::copy(path_, directory_ / "copy", std::filesystem::copy_options::recursive);
  auto reopened = Open(directory_ / "copy");
  ASSERT_TRUE(reopened) << reopened.error().message;
  EXPECT_EQ(Count(**reopened), 25);
}

TEST_F(StoreFilesTest, ALogCutShortLosesOnlyItsEnd) {
  auto store = *Open(path_);
  Fill(*store, 25);
  std::filesystem::copy(path_, directory_ / "copy", std::filesystem::copy_options::recursive);
  std::string log = directory_ / "copy/store.db-wal";
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 100);
  auto reopened = Open(directory_ / "copy");
  ASSERT_TRUE(reopened) << reopened.error().message;
  EXPECT_EQ(Count(**reopened), 24);
}

TEST_F(StoreFilesTest, OneStorePerDirectory) {
  auto store = *Open(path_);
  auto second = Open(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(second.error().message.find(path_ + " is in use"), std::string::npos);
}

TEST_F(StoreFilesTest, RefusesANewerFormatAndLeavesItAlone) {
  Open(path_)->reset();
  {
    auto connection = *Connection::Open(file_);
    ASSERT_TRUE(connection->Execute("PRAGMA user_version=2"));
  }
  std::string before = *base::SystemFiles().Read(file_);
  auto refused = Open(path_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(refused.error().message,
            file_ +
                " was written by a newer gatehouse: its store format is 2, this one reads up "
                "to 1");
  EXPECT_EQ(*base::SystemFiles().Read(file_), before);
}

TEST_F(StoreFilesTest, SaysThatAFileIsDamaged) {
  Open(path_)->reset();
  ASSERT_TRUE(base::SystemFiles().WriteAtomically(file_, std::string(8192, 'x'), 0600));
  auto refused = Open(path_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_NE(refused.error().message.find(file_ + " is damaged"), std::string::npos);
}

TEST_F(StoreFilesTest, DamageWithinAnswersErrors) {
  {
    auto store = *Open(path_);
    Fill(*store, 300);
  }
  // Every page but the first two: the catalogue stays readable.
  std::string content = *base::SystemFiles().Read(file_);
  for (std::size_t i = 8192; i < content.size(); ++i) content[i] = '\x5a';
  ASSERT_TRUE(base::SystemFiles().WriteAtomically(file_, content, 0600));
  auto store = Open(path_);
  if (!store) return;  // noticed at once: as good
  auto outcome = (*store)->WriteAndWait([](Transaction& t) -> Result<void> {
    auto keyspace = t.FindKeyspace("one");
    if (!keyspace) return keyspace.error();
    if (!*keyspace) return Error{ErrorCode::kIo, "lost"};
    auto end = t.Scan(**keyspace, {}, [](std::string_view, std::string_view) { return true; });
    return end ? Result<void>() : end.error();
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kIo);
}

TEST_F(StoreFilesTest, AReadOnlyFileIsRefused) {
  Open(path_)->reset();
  ASSERT_EQ(::chmod(file_.c_str(), 0444), 0);
  ASSERT_EQ(::chmod((path_ + "/store.lock").c_str(), 0666), 0);
  ASSERT_EQ(::chmod(path_.c_str(), 0777), 0);
  ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
  bool root = ::geteuid() == 0;
  if (root) ::setfsuid(65534);
  auto refused = Open(path_);
  if (root) ::setfsuid(0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "cannot write " + file_ + ": Permission denied");
}

TEST_F(StoreFilesTest, ASizeLimitAnswersErrorsAndReadsGoOn) {
  auto store = *Open(path_, {.file_bytes_max = 100'000});
  Fill(*store, 5);
  auto full = store->WriteAndWait([](Transaction& t) {
    return t.Put(**t.FindKeyspace("one"), "large", std::string(200'000, 'x'));
  });
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::kIo);
  EXPECT_EQ(Count(*store), 5);
}

TEST_F(StoreFilesTest, DroppedKeyspacesGiveTheirPagesBack) {
  auto store = *Open(path_, {.file_bytes_max = 300'000});
  for (int round = 0; round < 10; ++round) {
    ASSERT_TRUE(store->WriteAndWait([](Transaction& t) {
      return t.Put(*t.CreateKeyspace("big"), "large", std::string(200'000, 'x'));
    })) << round;
    ASSERT_TRUE(store->WriteAndWait(
        [](Transaction& t) { return t.DropKeyspace(**t.FindKeyspace("big")); }));
  }
}

}  // namespace
}  // namespace gatehouse::store
