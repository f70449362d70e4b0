#include "store/keyspaces.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::store {
namespace {

using std::string_literals::operator""s;

class KeyspacesTest : public testing::Test {
 protected:
  KeyspacesTest() : connection_(*Connection::Open(":memory:")), keyspaces_(*connection_) {
    EXPECT_TRUE(PrepareFormat(*connection_));
    id_ = *keyspaces_.Create("one");
  }
  void Put(std::string_view key, std::string_view value = "v") {
    ASSERT_TRUE(keyspaces_.Put(id_, key, value));
  }
  std::vector<std::string> Keys(const ScanRange& range, ScanEnd expected) {
    std::vector<std::string> keys;
    View::Visitor visit = [&keys](std::string_view key, std::string_view) {
      keys.emplace_back(key);
      return true;
    };
    auto end = keyspaces_.Scan(id_, range, visit);
    EXPECT_TRUE(end);
    EXPECT_EQ(*end, expected);
    return keys;
  }

  std::unique_ptr<Connection> connection_;
  Keyspaces keyspaces_;
  KeyspaceId id_{};
};

using Strings = std::vector<std::string>;

TEST_F(KeyspacesTest, KeepsAnyBytes) {
  Put("a\0b"s, "\0\xff"s);
  Put("", "empty key");
  Put("empty value", "");
  EXPECT_EQ(**keyspaces_.Get(id_, "a\0b"s), "\0\xff"s);
  EXPECT_EQ(**keyspaces_.Get(id_, ""), "empty key");
  EXPECT_EQ(**keyspaces_.Get(id_, "empty value"), "");
  EXPECT_EQ(*keyspaces_.Get(id_, "absent"), std::nullopt);
}

TEST_F(KeyspacesTest, PutReplacesAndDeleteOfNothingSucceeds) {
  Put("a", "1");
  Put("a", "2");
  EXPECT_EQ(**keyspaces_.Get(id_, "a"), "2");
  ASSERT_TRUE(keyspaces_.Delete(id_, "a"));
  ASSERT_TRUE(keyspaces_.Delete(id_, "a"));
  EXPECT_EQ(*keyspaces_.Get(id_, "a"), std::nullopt);
}

TEST_F(KeyspacesTest, ScansInOrderOfUnsignedBytes) {
  for (const std::string& key : Strings{"\xff", "b", "a", "a\0"s, "", "\x80"}) Put(key);
  EXPECT_EQ(Keys({}, ScanEnd::kRange), (Strings{"", "a", "a\0"s, "b", "\x80", "\xff"}));
}

TEST_F(KeyspacesTest, ScansBetweenBounds) {
  for (const char* key : {"a", "b", "c", "d"}) Put(key);
  EXPECT_EQ(Keys({.start = "b"}, ScanEnd::kRange), (Strings{"b", "c", "d"}));
  EXPECT_EQ(Keys({.start = "b", .start_exclusive = true}, ScanEnd::kRange), (Strings{"c", "d"}));
  EXPECT_EQ(Keys({.start = "bb", .start_exclusive = true, .end = "d"}, ScanEnd::kRange),
            (Strings{"c"}));
  EXPECT_EQ(Keys({.start = "x"}, ScanEnd::kRange), Strings{});
}

TEST_F(KeyspacesTest, ScansBackward) {
  for (const char* key : {"a", "b", "c", "d"}) Put(key);
  EXPECT_EQ(Keys({.backward = true}, ScanEnd::kRange), (Strings{"d", "c", "b", "a"}));
  EXPECT_EQ(Keys({.start = "b", .end = "d", .backward = true}, ScanEnd::kRange),
            (Strings{"c", "b"}));
  EXPECT_EQ(
      Keys({.start = "b", .start_exclusive = true, .end = "bb", .backward = true}, ScanEnd::kRange),
      Strings{});
  EXPECT_EQ(Keys({.backward = true, .rows_max = 1}, ScanEnd::kLimit), (Strings{"d"}));
}

TEST_F(KeyspacesTest, StopsAtRowsAndBytes) {
  for (const char* key : {"a", "b", "c"}) Put(key, "123456789");
  EXPECT_EQ(Keys({.rows_max = 2}, ScanEnd::kLimit), (Strings{"a", "b"}));
  EXPECT_EQ(Keys({.bytes_max = 11}, ScanEnd::kLimit), (Strings{"a", "b"}));
  EXPECT_EQ(Keys({.rows_max = 3}, ScanEnd::kLimit), (Strings{"a", "b", "c"}));
}

TEST_F(KeyspacesTest, AVisitorMayStopAndTheNextScanStartsAfresh) {
  for (const char* key : {"a", "b"}) Put(key);
  View::Visitor stop = [](std::string_view, std::string_view) { return false; };
  EXPECT_EQ(*keyspaces_.Scan(id_, {}, stop), ScanEnd::kStopped);
  EXPECT_EQ(Keys({}, ScanEnd::kRange), (Strings{"a", "b"}));
}

TEST_F(KeyspacesTest, KeyspacesAreApart) {
  KeyspaceId two = *keyspaces_.Create("two");
  Put("a", "one");
  ASSERT_TRUE(keyspaces_.Put(two, "a", "two"));
  EXPECT_EQ(**keyspaces_.Get(id_, "a"), "one");
  EXPECT_EQ(**keyspaces_.Get(two, "a"), "two");
  EXPECT_EQ(*keyspaces_.Find("two"), two);
  EXPECT_EQ(*keyspaces_.Find("three"), std::nullopt);
}

TEST_F(KeyspacesTest, ADroppedKeyspaceIsNotFoundAndItsNumberNotReused) {
  Put("a");
  ASSERT_TRUE(keyspaces_.Drop(id_));
  EXPECT_EQ(keyspaces_.Get(id_, "a").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(keyspaces_.Put(id_, "a", "b").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(keyspaces_.Delete(id_, "a").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(keyspaces_.Drop(id_).error().code, ErrorCode::kNotFound);
  EXPECT_NE(*keyspaces_.Create("one"), id_);
}

TEST_F(KeyspacesTest, NamesAreTakenOnce) {
  auto again = keyspaces_.Create("one");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(KeyspacesTest, ManyKeyspacesWorkWithFewPreparedStatements) {
  std::vector<KeyspaceId> ids;
  for (int i = 0; i < 300; ++i) ids.push_back(*keyspaces_.Create("n" + std::to_string(i)));
  for (KeyspaceId id : ids) ASSERT_TRUE(keyspaces_.Put(id, "k", "v"));
  for (KeyspaceId id : ids) EXPECT_EQ(**keyspaces_.Get(id, "k"), "v");
}

TEST(PrepareFormat, IsDoneOnce) {
  auto connection = *Connection::Open(":memory:");
  ASSERT_TRUE(PrepareFormat(*connection));
  ASSERT_TRUE(PrepareFormat(*connection));
  EXPECT_EQ(*connection->QueryInt("PRAGMA user_version"), kFormatVersion);
}

TEST(PrepareFormat, RefusesAStrangersDatabase) {
  auto connection = *Connection::Open(":memory:");
  ASSERT_TRUE(connection->Execute("CREATE TABLE t(x)"));
  auto refused = PrepareFormat(*connection);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, ":memory: is a database, but not gatehouse's");
}

}  // namespace
}  // namespace gatehouse::store
