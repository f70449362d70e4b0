// Unwell and well again: what was noted, who is told, and what makes an end of it.
#include "store/health.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "store/store.h"
#include "store/test_directory.h"
#include "store/test_executor.h"

namespace gatehouse::store {
namespace {

struct Told {
  std::vector<std::string> words;
  Health::Observer Observer() {
    return [this](const std::optional<Error>& trouble) {
      words.push_back(trouble ? trouble->message : "well");
    };
  }
};

Failure At(std::string start, std::string message = "broken") {
  Place place;
  place.range.start = std::move(start);
  return {{ErrorCode::kIo, std::move(message)}, std::move(place)};
}

TEST(Health, IsToldOnceAndRecoversByAnAttempt) {
  Told told;
  Health health(told.Observer());
  EXPECT_TRUE(health.well());
  health.Note(At("a", "first"));
  health.Note(At("b", "second"));
  EXPECT_FALSE(health.well());
  EXPECT_EQ(told.words, std::vector<std::string>{"first"});
  Health::Attempt attempt = health.Begin();
  EXPECT_EQ(attempt.places.size(), 2u);
  health.Recover(attempt.noted);
  EXPECT_TRUE(health.well());
  EXPECT_EQ(told.words, (std::vector<std::string>{"first", "well"}));
  EXPECT_TRUE(health.Begin().places.empty());
}

TEST(Health, WhatFailedDuringAnAttemptIsNotForgotten) {
  Health health({});
  health.Note(At("a"));
  Health::Attempt attempt = health.Begin();
  health.Note(At("b"));
  health.Recover(attempt.noted);
  EXPECT_FALSE(health.well());
  EXPECT_EQ(health.Begin().places.size(), 2u);
}

TEST(Health, RemembersSixteenPlaces) {
  Health health({});
  for (int i = 0; i < 100; ++i) health.Note(At(std::to_string(i)));
  EXPECT_EQ(health.Begin().places.size(), Health::kPlacesMax);
}

// ---- A store whose file is damaged, and restored ----

class StoreHealthTest : public testing::Test {
 protected:
  std::unique_ptr<Store> Open(StoreOptions options = {}) {
    options.path = path_;
    options.on_health = told_.Observer();
    return *Store::Open(options);
  }
  Result<void> Put(Store& store, std::string key, std::size_t bytes) {
    return store.WriteAndWait([&](Transaction& t) -> Result<void> {
      Result<std::optional<KeyspaceId>> found = t.FindKeyspace("one");
      if (!found) return found.error();
      if (!*found) {
        if (Result<KeyspaceId> made = t.CreateKeyspace("one"); !made) return made.error();
      }
      return t.Put(**t.FindKeyspace("one"), key, std::string(bytes, 'v'));
    });
  }
  Result<ScanEnd> ScanAll(Store& store) {
    std::optional<Result<ScanEnd>> answer;
    store.Read<ScanEnd>(
        [](View& view) {
          return view.Scan(**view.FindKeyspace("one"), {}, [](auto, auto) { return true; });
        },
        executor_, [&](Result<ScanEnd> end) { answer = std::move(end); });
    return executor_.Wait(answer);
  }
  bool Probe(Store& store) {
    std::optional<bool> answer;
    store.Probe(executor_, [&](bool well) { answer = well; });
    return executor_.Wait(answer);
  }
  // Overwrites the file but for its first pages, without an inode of its own: as a disk would.
  void Overwrite(std::string_view bytes) {
    int fd = ::open(file_.c_str(), O_WRONLY);
    ASSERT_GE(fd, 0);
    EXPECT_EQ(::pwrite(fd, bytes.data() + kKept, bytes.size() - kKept, kKept),
              static_cast<ssize_t>(bytes.size() - kKept));
    ::close(fd);
  }

  static constexpr std::size_t kKept = 4 * 4096;
  TestDirectory directory_;
  const std::string path_ = directory_ / "data";
  const std::string file_ = path_ + "/store.db";
  Told told_;
  TestExecutor executor_;
};

TEST_F(StoreHealthTest, AnUnreadablePageIsTroubleUntilItCanBeRead) {
  {
    auto store = Open();
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(Put(*store, "key" + std::to_string(i), 1000));
  }
  const std::string good = *base::SystemFiles().Read(file_);
  ASSERT_GT(good.size(), 10 * kKept);
  auto store = Open();
  Overwrite(std::string(good.size(), 'x'));
  Result<ScanEnd> refused = ScanAll(*store);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "the store cannot be read or written just now");
  ASSERT_EQ(told_.words.size(), 1u);
  EXPECT_NE(told_.words[0].find(file_ + " is damaged"), std::string::npos) << told_.words[0];
  EXPECT_FALSE(Probe(*store)) << "other pages can be read, but that one cannot";
  Overwrite(good);
  EXPECT_TRUE(Probe(*store));
  EXPECT_EQ(told_.words.size(), 2u);
  EXPECT_EQ(told_.words.back(), "well");
  EXPECT_TRUE(ScanAll(*store));
}

TEST_F(StoreHealthTest, AFullDiskIsTroubleWhileNothingCanBeWritten) {
  StoreOptions options;
  options.file_bytes_max = 128 * 1024;
  auto store = Open(options);
  ASSERT_TRUE(Put(*store, "small", 10));
  ASSERT_TRUE(told_.words.empty());
  Result<void> full = Put(*store, "large", 100'000);
  for (int i = 0; full && i < 10; ++i) full = Put(*store, "more" + std::to_string(i), 8'000);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::kIo);
  EXPECT_EQ(full.error().message, "the store cannot be read or written just now");
  EXPECT_EQ(told_.words, std::vector<std::string>{
                             file_ + " cannot grow: the disk is full or its size limit reached"});
  EXPECT_FALSE(Probe(*store));
  ASSERT_TRUE(store->WriteAndWait(
      [](Transaction& t) { return t.Delete(**t.FindKeyspace("one"), "large"); }));
  EXPECT_TRUE(Probe(*store));
  EXPECT_EQ(told_.words.back(), "well");
}

TEST_F(StoreHealthTest, AnErrorOfAClosureIsNoTrouble) {
  auto store = Open();
  EXPECT_FALSE(store->WriteAndWait([](Transaction&) -> Result<void> {
    return Error{ErrorCode::kIo, "a row cannot be read"};
  }));
  EXPECT_FALSE(
      store->WriteAndWait([](Transaction& t) { return t.Put(KeyspaceId{999}, "a", "b"); }));
  EXPECT_TRUE(told_.words.empty());
}

}  // namespace
}  // namespace gatehouse::store
