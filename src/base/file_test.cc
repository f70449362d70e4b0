#include "base/file.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    char name[] = "/tmp/gatehouse-file-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~FilesTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  SystemFiles files_;
};

TEST_F(FilesTest, WritesWholeFilesWithTheirMode) {
  std::string path = folder_ + "/a";
  ASSERT_TRUE(files_.WriteAtomically(path, "one", 0600));
  ASSERT_TRUE(files_.WriteAtomically(path, "two", 0600));
  EXPECT_EQ(files_.Read(path).value(), "two");
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(FilesTest, ErrorsNameThePath) {
  Result<std::string> missing = files_.Read(folder_ + "/none");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find(folder_ + "/none"), std::string::npos);
  EXPECT_FALSE(files_.WriteAtomically(folder_ + "/no/such", "x", 0600));
  EXPECT_FALSE(files_.Exists(folder_ + "/none"));
}

TEST_F(FilesTest, CreatesDirectories) {
  ASSERT_TRUE(files_.CreateDirectories(folder_ + "/b/c"));
  ASSERT_TRUE(files_.CreateDirectories(folder_ + "/b/c"));
  EXPECT_TRUE(files_.Exists(folder_ + "/b/c"));
  ASSERT_TRUE(files_.WriteAtomically(folder_ + "/f", "", 0600));
  EXPECT_FALSE(files_.CreateDirectories(folder_ + "/f/d"));
}

}  // namespace
}  // namespace gatehouse::base
