#include "server/node/identity.h"

#include <map>

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

constexpr std::string_view kLetters = "abc";

// Ten characters for a resource.
std::string Ten(const Identity& identity, std::string_view stack, std::string_view logical_id) {
  return identity.Derive("api", stack, logical_id, kLetters, 10);
}

class MemoryFiles final : public base::Files {
 public:
  Result<std::string> Read(const std::string& path) override { return files_.at(path); }
  Result<void> WriteAtomically(const std::string& path, std::string_view content,
                               unsigned mode) override {
    EXPECT_EQ(mode, 0600u);
    files_[path] = content;
    return {};
  }
  Result<void> CreateDirectories(const std::string&) override { return {}; }
  bool Exists(const std::string& path) override { return files_.contains(path); }
  void Remove(const std::string& path) override { files_.erase(path); }

  std::map<std::string, std::string> files_;
};

TEST(Identity, NamesStayTheSameForADataDirectory) {
  MemoryFiles files;
  base::SeededRandom random(1);
  std::string id = Ten(*Identity::Load("d", files, random), "stack", "Api");
  EXPECT_EQ(Ten(*Identity::Load("d", files, random), "stack", "Api"), id);
  EXPECT_NE(Ten(*Identity::Load("e", files, random), "stack", "Api"), id);
  EXPECT_EQ(files.files_.size(), 2u);
  std::string in_memory = Ten(*Identity::Load(":memory:", files, random), "s", "A");
  base::SeededRandom other(2);
  EXPECT_EQ(Ten(*Identity::Load(":memory:", files, other), "s", "A"), in_memory);
  EXPECT_EQ(files.files_.size(), 2u);
}

TEST(Identity, ADamagedSeedIsAnError) {
  MemoryFiles files;
  files.files_["d/seed"] = "short";
  base::SeededRandom random(1);
  Result<Identity> identity = Identity::Load("d", files, random);
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().message, "d/seed is damaged: it must have 16 bytes");
}

TEST(Identity, EveryWordCounts) {
  Identity identity({1, 2});
  std::string id = Ten(identity, "stack", "Api");
  EXPECT_EQ(id.find_first_not_of(kLetters), std::string::npos);
  EXPECT_NE(Ten(identity, "stack", "Api2"), id);
  EXPECT_NE(Ten(identity, "stackA", "pi"), id);
  EXPECT_NE(identity.Derive("name", "stack", "Api", kLetters, 10), id);
  EXPECT_EQ(identity.Derive("api", "stack", "Api", kLetters, 40).substr(0, 10), id);
}

}  // namespace
}  // namespace gatehouse::server
