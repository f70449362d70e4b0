#include "server/command/instance_folder.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "base/check.h"

namespace gatehouse::server {
namespace {

class InstanceFolderTest : public testing::Test {
 protected:
  InstanceFolderTest() {
    std::string name = testing::TempDir() + "instances-XXXXXX";
    CHECK(::mkdtemp(name.data()) != nullptr);
    parent_ = name;
    root_ = parent_ + "/gatehouse";
  }
  ~InstanceFolderTest() override { std::filesystem::remove_all(parent_); }

  // What a child process (another instance of the user) answers: its locks are its own.
  template <class F>
  bool InChild(F f) {
    pid_t pid = ::fork();
    if (pid == 0) ::_exit(f() ? 0 : 1);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  void WriteFacts(const InstanceFolder& folder) {
    ASSERT_TRUE(folder.Write(files_, "ready.json", R"({"pid":1,"region":"eu-west-1"})"));
    auth::KeyPair key{"AKIAABCDEFGHIJKLMNOP", std::string(40, 's'), ""};
    ASSERT_TRUE(folder.Write(files_, "credentials.json", auth::EncodeKeyPair(key)));
  }

  base::SystemFiles files_;
  std::string parent_, root_;
};

TEST_F(InstanceFolderTest, RootIsTheRuntimeFolderOrOneOfTheUser) {
  EXPECT_EQ(InstancesRoot({{"XDG_RUNTIME_DIR", parent_}}, 7), parent_ + "/gatehouse");
  EXPECT_EQ(InstancesRoot({{"XDG_RUNTIME_DIR", parent_ + "/none"}}, 7), "/tmp/gatehouse-7");
  EXPECT_EQ(InstancesRoot({{"XDG_RUNTIME_DIR", "relative"}, {"TMPDIR", "/var/tmp"}}, 7),
            "/var/tmp/gatehouse-7");
  EXPECT_EQ(InstancesRoot({}, 7), "/tmp/gatehouse-7");
}

TEST_F(InstanceFolderTest, OthersFindItWhileItLives) {
  {
    Result<InstanceFolder> folder = InstanceFolder::Create(root_, 4566);
    ASSERT_TRUE(folder) << folder.error().message;
    WriteFacts(*folder);
    EXPECT_TRUE(InChild([&] {
      std::vector<InstanceFacts> live = LiveInstances(root_, files_);
      return live.size() == 1 && live[0].port == 4566 && live[0].region == "eu-west-1" &&
             live[0].folder == root_ + "/4566" &&
             live[0].owner.access_key_id == "AKIAABCDEFGHIJKLMNOP";
    }));
    EXPECT_TRUE(InChild([&] {
      Result<InstanceFolder> second = InstanceFolder::Create(root_, 4566);
      return !second && second.error().code == ErrorCode::kConflict;
    }));
    struct stat info {};
    ASSERT_EQ(::stat(folder->path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777u, 0700u);
  }
  EXPECT_FALSE(std::filesystem::exists(root_ + "/4566"));
}

TEST_F(InstanceFolderTest, WhatADeadProcessLeftIsSwept) {
  ASSERT_TRUE(InChild([&] {
    Result<InstanceFolder> folder = InstanceFolder::Create(root_, 4567);
    return folder && (WriteFacts(*folder), true) && (::_exit(0), true);
  }));
  ASSERT_TRUE(std::filesystem::exists(root_ + "/4567/ready.json"));
  EXPECT_TRUE(LiveInstances(root_, files_).empty());
  EXPECT_FALSE(std::filesystem::exists(root_ + "/4567"));
}

TEST_F(InstanceFolderTest, ARootOpenToOthersIsRefused) {
  std::filesystem::create_directory(root_);
  ::chmod(root_.c_str(), 0755);
  Result<InstanceFolder> folder = InstanceFolder::Create(root_, 4566);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::kForbidden);
}

}  // namespace
}  // namespace gatehouse::server
