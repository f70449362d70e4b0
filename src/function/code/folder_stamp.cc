#include "function/code/folder_stamp.h"

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <system_error>

namespace gatehouse::function {
namespace {

namespace fs = std::filesystem;

bool IsSkipped(const std::string& name) {
  return name.starts_with('.') || name == "node_modules" || name == "__pycache__";
}

std::uint64_t Mixed(std::uint64_t stamp, std::uint64_t more) {
  return (stamp ^ more) * 0x9e3779b97f4a7c15u;
}

std::uint64_t StampOf(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return 0;
  std::uint64_t stamp = std::hash<std::string>()(path);
  if (S_ISDIR(status.st_mode)) return stamp;  // its entries count, not when they came
  for (auto more : {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size}) {
    stamp = Mixed(stamp, static_cast<std::uint64_t>(more));
  }
  return stamp;
}

}  // namespace

std::uint64_t FolderStamp(const std::string& folder) {
  std::uint64_t stamp = 0;
  std::size_t entries = 0;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (++entries > kStampEntriesMax) break;
    if (IsSkipped(at->path().filename().string())) {
      at.disable_recursion_pending();
    } else {
      stamp += StampOf(at->path().string());  // in whatever order they come
    }
  }
  return stamp;
}

}  // namespace gatehouse::function
