#include "server/command/env.h"

#include <stdlib.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "base/check.h"

namespace gatehouse::server {
namespace {

class EnvTest : public testing::Test {
 protected:
  EnvTest() {
    std::string name = testing::TempDir() + "env-XXXXXX";
    CHECK(::mkdtemp(name.data()) != nullptr);
    folder_ = std::filesystem::canonical(name).string();
  }
  ~EnvTest() override { std::filesystem::remove_all(folder_); }

  // An instance with data in folder_/name/.gatehouse, which is there.
  InstanceFacts In(const std::string& name, std::uint16_t port) {
    std::string data = folder_ + "/" + name + "/.gatehouse";
    std::filesystem::create_directories(data);
    return {port, "eu-west-1", "/run/" + std::to_string(port), {}, data, folder_ + "/" + name};
  }

  std::string folder_;
};

TEST_F(EnvTest, TheOnlyOneIsMeantWhereverOneStands) {
  EXPECT_EQ(ChooseInstance({In("a", 1001)}, 0, "/")->port, 1001);
  EXPECT_EQ(ChooseInstance({}, 0, "/").error().code, ErrorCode::kNotFound);
}

TEST_F(EnvTest, OfSeveralThisFoldersIsMeant) {
  std::vector<InstanceFacts> live = {In("a", 1001), In("b", 1002), In("b/inner", 1003)};
  std::filesystem::create_directories(folder_ + "/b/src/deep");
  EXPECT_EQ(ChooseInstance(live, 0, folder_ + "/a")->port, 1001);
  EXPECT_EQ(ChooseInstance(live, 0, folder_ + "/b/src/deep")->port, 1002);
  EXPECT_EQ(ChooseInstance(live, 0, folder_ + "/b/inner")->port, 1003);
  EXPECT_EQ(ChooseInstance(live, 1001, folder_ + "/b")->port, 1001);
}

TEST_F(EnvTest, ALinkLeadsToTheSameFolder) {
  std::vector<InstanceFacts> live = {In("a", 1001), In("b", 1002)};
  std::filesystem::create_directory(folder_ + "/c");
  std::filesystem::create_directory_symlink(folder_ + "/b/.gatehouse", folder_ + "/c/.gatehouse");
  EXPECT_EQ(ChooseInstance(live, 0, folder_ + "/c")->port, 1002);
}

TEST_F(EnvTest, InDoubtAllAreListedWithTheirFolders) {
  InstanceFacts in_memory = In("m", 1003);
  in_memory.data = ":memory:";
  std::vector<InstanceFacts> live = {In("a", 1001), In("b", 1002), in_memory};
  // The nearest .gatehouse is of an instance that does not run; the one above does not count.
  std::filesystem::create_directories(folder_ + "/a/stopped/.gatehouse");
  for (const std::string& folder :
       {folder_, folder_ + "/a/stopped", folder_ + "/m", std::string()}) {
    auto chosen = ChooseInstance(live, 0, folder);
    ASSERT_FALSE(chosen) << folder;
    EXPECT_EQ(chosen.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(chosen.error().message.find("\n  --port 1002   " + folder_ + "/b  (eu-west-1)"),
              std::string::npos)
        << chosen.error().message;
    EXPECT_NE(chosen.error().message.find("\n  --port 1003   " + folder_ + "/m, in memory  ("),
              std::string::npos)
        << chosen.error().message;
  }
}

TEST_F(EnvTest, APortThatNobodyHasIsAnError) {
  auto chosen = ChooseInstance({In("a", 1001)}, 1002, folder_ + "/a");
  ASSERT_FALSE(chosen);
  EXPECT_NE(chosen.error().message.find("on port 1002; these do:\n  --port 1001 "),
            std::string::npos);
  EXPECT_EQ(ChooseInstance({}, 1002, "/").error().message,
            "no gatehouse of yours runs on port 1002");
}

}  // namespace
}  // namespace gatehouse::server
