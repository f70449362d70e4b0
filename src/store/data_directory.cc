#include "store/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/file.h"

namespace gatehouse::store {
namespace {

constexpr mode_t kOwnerOnly = 0600;

Error IoError(const std::string& what, const std::string& path) {
  return {ErrorCode::kIo, what + " " + path + ": " + std::strerror(errno)};
}

// " (process 123)" from the lock file, or nothing.
std::string Holder(int lock) {
  char digits[16];
  ssize_t size = ::pread(lock, digits, sizeof digits, 0);
  std::string_view text(digits, size > 0 ? static_cast<std::size_t>(size) : 0);
  text = text.substr(0, text.find('\n'));
  bool number = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  return number ? " (process " + std::string(text) + ")" : "";
}

// Best effort: who reads it finds at worst no number.
void WriteHolder(int lock) {
  std::string line = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, line.data(), line.size(), 0) < 0) return;
}

// SQLite would create the file readable by everybody; it gives -wal and -shm the same mode.
Result<void> CreateOwnerOnly(const std::string& file) {
  int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (fd < 0) return IoError("cannot write", file);
  ::close(fd);
  return {};
}

}  // namespace

Result<std::unique_ptr<DataDirectory>> DataDirectory::Lock(const std::string& path) {
  if (auto made = base::SystemFiles().CreateDirectories(path); !made) return made.error();
  std::string lock_file = path + "/store.lock";
  int lock = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (lock < 0) return IoError("cannot write", lock_file);
  std::unique_ptr<DataDirectory> directory(new DataDirectory(path + "/store.db", lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return IoError("cannot lock", lock_file);
    return Error{ErrorCode::kUnavailable, "the data directory " + path +
                                              " is in use by another gatehouse" + Holder(lock) +
                                              "; stop it or choose another directory"};
  }
  WriteHolder(lock);
  if (auto created = CreateOwnerOnly(directory->database_file()); !created) return created.error();
  return directory;
}

DataDirectory::~DataDirectory() { ::close(lock_); }

}  // namespace gatehouse::store
