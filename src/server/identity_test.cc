#include "server/identity.h"

#include <map>

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

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
  std::string id = Identity::Load("d", files, random)->ApiId("stack", "Api");
  EXPECT_EQ(Identity::Load("d", files, random)->ApiId("stack", "Api"), id);
  EXPECT_NE(Identity::Load("e", files, random)->ApiId("stack", "Api"), id);
  EXPECT_EQ(files.files_.size(), 2u);
  EXPECT_EQ(Identity::Load(":memory:", files, random)->ApiId("s", "A").size(), 10u);
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

TEST(Identity, ShapesAreAwss) {
  Identity identity({1, 2});
  std::string id = identity.ApiId("stack", "Api");
  EXPECT_EQ(id.size(), 10u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz"), std::string::npos);
  EXPECT_NE(identity.ApiId("stack", "Api2"), id);
  EXPECT_NE(identity.ApiId("stackA", "pi"), id);
  std::string name = identity.PhysicalName("stack", "Table");
  EXPECT_TRUE(name.starts_with("stack-Table-"));
  EXPECT_EQ(name.size(), std::string("stack-Table-").size() + 12);
}

}  // namespace
}  // namespace gatehouse::server
