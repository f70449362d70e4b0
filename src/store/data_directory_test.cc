#include "store/data_directory.h"

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/file.h"
#include "store/test_directory.h"

namespace gatehouse::store {
namespace {

TEST(DataDirectory, CreatesFoldersAndFilesForTheOwnerOnly) {
  TestDirectory folder;
  auto directory = DataDirectory::Lock(folder / "a/b");
  ASSERT_TRUE(directory) << directory.error().message;
  EXPECT_EQ((*directory)->database_file(), folder / "a/b/store.db");
  struct stat status;
  ASSERT_EQ(::stat((folder / "a/b/store.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST(DataDirectory, RefusesTheSecondAndNamesFolderAndProcess) {
  TestDirectory folder;
  auto first = DataDirectory::Lock(folder.path());
  ASSERT_TRUE(first);
  auto second = DataDirectory::Lock(folder.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(second.error().message,
            "the data directory " + folder.path() + " is in use by another gatehouse (process " +
                std::to_string(::getpid()) + "); stop it or choose another directory");
  first->reset();
  EXPECT_TRUE(DataDirectory::Lock(folder.path()));
}

TEST(DataDirectory, AStrangeLockFileIsNoObstacle) {
  TestDirectory folder;
  ASSERT_TRUE(base::SystemFiles().WriteAtomically(folder / "store.lock", "\x1b[2J junk", 0600));
  auto first = DataDirectory::Lock(folder.path());
  ASSERT_TRUE(first);
  EXPECT_EQ(*base::SystemFiles().Read(folder / "store.lock"), std::to_string(::getpid()) + "\n");
}

TEST(DataDirectory, SaysWhyAFolderCannotBeUsed) {
  auto impossible = DataDirectory::Lock("/proc/gatehouse");
  ASSERT_FALSE(impossible);
  EXPECT_EQ(impossible.error().code, ErrorCode::kIo);
  EXPECT_NE(impossible.error().message.find("/proc/gatehouse"), std::string::npos);
}

// Root may write everywhere, so for file access this thread becomes nobody for a moment.
TEST(DataDirectory, SaysThatAReadOnlyFolderCannotBeWritten) {
  TestDirectory folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  bool root = ::geteuid() == 0;
  if (root) ::setfsuid(65534);
  auto refused = DataDirectory::Lock(folder.path());
  if (root) ::setfsuid(0);
  ::chmod(folder.path().c_str(), 0700);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "cannot write " + (folder / "store.lock") + ": Permission denied");
}

}  // namespace
}  // namespace gatehouse::store
