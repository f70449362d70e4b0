#include "function/code/folder_stamp.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "store/test_directory.h"

namespace gatehouse::function {
namespace {

class FolderStampTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    std::filesystem::path path = directory_ / name;
    std::filesystem::create_directories(path.parent_path());
    ASSERT_TRUE(base::SystemFiles().WriteAtomically(path, text, 0644));
  }
  std::uint64_t Stamp() { return FolderStamp(directory_ / "app"); }

  store::TestDirectory directory_;
};

TEST_F(FolderStampTest, ChangesWithWhatIsEdited) {
  Write("app/index.js", "1");
  Write("app/lib/deep.js", "1");
  std::uint64_t first = Stamp();
  EXPECT_EQ(Stamp(), first);
  Write("app/lib/deep.js", "22");
  std::uint64_t edited = Stamp();
  EXPECT_NE(edited, first);
  Write("app/lib/more.js", "");
  std::uint64_t added = Stamp();
  EXPECT_NE(added, edited);
  std::filesystem::rename(directory_ / "app/lib/more.js", directory_ / "app/lib/other.js");
  EXPECT_NE(Stamp(), added);
  std::filesystem::remove(directory_ / "app/lib/other.js");
  EXPECT_EQ(Stamp(), edited);
}

TEST_F(FolderStampTest, WhatIsInstalledOrHiddenDoesNotCount) {
  Write("app/index.js", "1");
  std::uint64_t first = Stamp();
  Write("app/node_modules/x/index.js", "1");
  Write("app/.venv/bin/python3", "1");
  Write("app/.index.js.swp", "1");
  Write("app/__pycache__/index.pyc", "1");
  EXPECT_EQ(Stamp(), first);
}

TEST_F(FolderStampTest, AFolderThatIsGoneIsAChange) {
  Write("app/index.js", "1");
  std::uint64_t first = Stamp();
  std::filesystem::remove_all(directory_ / "app");
  EXPECT_NE(Stamp(), first);
}

}  // namespace
}  // namespace gatehouse::function
