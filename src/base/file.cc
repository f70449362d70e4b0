#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace gatehouse::base {
namespace {

Error IoError(const std::string& what, const std::string& path) {
  return {ErrorCode::kIo, what + " " + path + ": " + std::strerror(errno)};
}

bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

Result<std::string> SystemFiles::Read(const std::string& path) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return IoError("cannot open", path);
  std::string content;
  char buffer[16384];
  ssize_t n = 0;
  while ((n = ::read(fd, buffer, sizeof buffer)) != 0) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    content.append(buffer, static_cast<std::size_t>(n));
  }
  Result<std::string> result = n < 0 ? Result<std::string>(IoError("cannot read", path))
                                     : Result<std::string>(std::move(content));
  ::close(fd);
  return result;
}

Result<void> SystemFiles::WriteAtomically(const std::string& path, std::string_view content,
                                          unsigned mode) {
  std::string temporary = path + ".tmp" + std::to_string(::getpid());
  int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return IoError("cannot write", temporary);
  bool written = WriteAll(fd, content);
  written = ::close(fd) == 0 && written;
  if (written && ::rename(temporary.c_str(), path.c_str()) == 0) return {};
  Error error = IoError("cannot write", path);
  ::unlink(temporary.c_str());
  return error;
}

Result<void> SystemFiles::CreateDirectories(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return Error{ErrorCode::kIo, "cannot create " + path + ": " + error.message()};
  return {};
}

bool SystemFiles::Exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

void SystemFiles::Remove(const std::string& path) { ::unlink(path.c_str()); }

}  // namespace gatehouse::base
