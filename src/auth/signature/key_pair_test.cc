#include "auth/signature/key_pair.h"

#include <map>

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

class MemoryFiles final : public base::Files {
 public:
  Result<std::string> Read(const std::string& path) override {
    const auto found = contents.find(path);
    if (found == contents.end()) return Error{ErrorCode::kNotFound, path};
    return found->second;
  }
  Result<void> WriteAtomically(const std::string& path, std::string_view content,
                               unsigned mode) override {
    if (read_only) return Error{ErrorCode::kIo, path + ": read-only file system"};
    contents[path] = content;
    modes[path] = mode;
    return {};
  }
  Result<void> CreateDirectories(const std::string&) override { return {}; }
  bool Exists(const std::string& path) override { return contents.contains(path); }
  void Remove(const std::string& path) override { contents.erase(path); }

  std::map<std::string, std::string> contents;
  std::map<std::string, unsigned> modes;
  bool read_only = false;
};

TEST(KeyPair, HasAwssShapes) {
  base::SeededRandom random(1);
  for (int i = 0; i < 100; ++i) {
    const KeyPair owner = NewOwnerKey(random);
    EXPECT_EQ(owner.access_key_id.size(), 20u);
    EXPECT_TRUE(owner.access_key_id.starts_with("AKIA"));
    EXPECT_EQ(owner.access_key_id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
              std::string::npos);
    EXPECT_EQ(owner.secret.size(), 40u);
    EXPECT_EQ(owner.secret.find('='), std::string::npos);
    EXPECT_EQ(owner.security_token, "");
    const KeyPair role = NewRoleKey(random);
    EXPECT_TRUE(role.access_key_id.starts_with("ASIA"));
    EXPECT_EQ(role.security_token.size(), 128u);
    EXPECT_NE(role.secret, owner.secret);
  }
}

TEST(KeyPair, RoundTripsThroughItsText) {
  base::SeededRandom random(2);
  for (const KeyPair& key : {NewOwnerKey(random), NewRoleKey(random)}) {
    const auto again = DecodeKeyPair(EncodeKeyPair(key));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->access_key_id, key.access_key_id);
    EXPECT_EQ(again->secret, key.secret);
    EXPECT_EQ(again->security_token, key.security_token);
  }
}

TEST(KeyPair, ErrorsNameTheMemberAndNoSecret) {
  for (const char* text :
       {"", "[]", "{}", "{\"accessKeyId\":1}", "{\"accessKeyId\":\"AKIA/AAAAAAAAAAAAAAA\"}",
        "{\"accessKeyId\":\"AKIAAAAAAAAAAAAAAAAA\"}",
        "{\"accessKeyId\":\"AKIAAAAAAAAAAAAAAAAA\",\"secretAccessKey\":\"geheim\"}",
        "{\"accessKeyId\":\"AKIAAAAAAAAAAAAAAAAA\",\"secretAccessKey\":\"geheim geheim geheim\"}",
        "{\"accessKeyId\":\"AKIAAAAAAAAAAAAAAAAA\",\"secretAccessKey\":\"geheimgeheimgeheim\","
        "\"sessionToken\":null}"}) {
    const auto key = DecodeKeyPair(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().message.find("geheim"), std::string::npos);
  }
}

TEST(LoadOwnerKey, MakesItOnceAndKeepsItPrivate) {
  base::SeededRandom random(3);
  MemoryFiles files;
  const auto first = LoadOwnerKey("data", files, random);
  ASSERT_TRUE(first);
  EXPECT_EQ(files.modes["data/credentials.json"], 0600u);
  files.read_only = true;
  EXPECT_EQ(LoadOwnerKey("data", files, random)->secret, first->secret);
}

TEST(LoadOwnerKey, InMemoryEachIsNew) {
  base::SeededRandom random(4);
  MemoryFiles files;
  EXPECT_NE(LoadOwnerKey(":memory:", files, random)->secret,
            LoadOwnerKey(":memory:", files, random)->secret);
  EXPECT_TRUE(files.contents.empty());
}

TEST(LoadOwnerKey, TellsOfFilesItCannotUse) {
  base::SeededRandom random(5);
  MemoryFiles files;
  files.read_only = true;
  EXPECT_FALSE(LoadOwnerKey("data", files, random));
  files.contents["data/credentials.json"] = "{}";
  const auto damaged = LoadOwnerKey("data", files, random);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::kIo);
  EXPECT_NE(damaged.error().message.find("data/credentials.json is damaged: accessKeyId"),
            std::string::npos);
}

}  // namespace
}  // namespace gatehouse::auth
