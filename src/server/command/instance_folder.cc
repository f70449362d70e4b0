#include "server/command/instance_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

#include <fmt/format.h>

#include "gatehouse/json.h"

namespace gatehouse::server {
namespace {

constexpr const char* kLock = "/lock";
constexpr std::size_t kInstancesMax = 1000;

Error Io(const std::string& what) {
  return {ErrorCode::kIo, fmt::format("{}: {}", what, std::strerror(errno))};
}

// A folder that only this user can read and write.
Result<void> MakePrivate(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return {};
  if (errno != EEXIST) return Io("cannot create " + path);
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return Io("cannot look at " + path);
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid() || (info.st_mode & 077) != 0) {
    return Error{ErrorCode::kForbidden,
                 fmt::format("{} is not a folder that only you can use; remove it", path)};
  }
  return {};
}

// A lock of this process, which a child that it forks does not share.
struct flock WholeFile() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

bool IsLive(const std::string& folder) {
  int file = ::open((folder + kLock).c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  struct flock lock = WholeFile();
  bool live = ::fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  ::close(file);
  return live;
}

void RemoveFolder(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

std::optional<std::uint16_t> PortOf(const std::string& name) {
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), port);
  if (error != std::errc() || end != name.data() + name.size() || port == 0) return std::nullopt;
  return port;
}

// Nothing if the instance is not ready yet.
std::optional<InstanceFacts> ReadFacts(const std::string& folder, std::uint16_t port,
                                       base::Files& files) {
  Result<std::string> ready = files.Read(folder + "/ready.json");
  Result<std::string> credentials = files.Read(folder + "/credentials.json");
  if (!ready || !credentials) return std::nullopt;
  auto member = [&](std::string_view name) {
    auto value = json::Member(*ready, name);
    return value ? json::String(*value) : std::nullopt;
  };
  std::optional<std::string> region = member("region");
  Result<auth::KeyPair> owner = auth::DecodeKeyPair(*credentials);
  if (!region || !owner) return std::nullopt;
  return InstanceFacts{
      port, *region, folder, *owner, member("data").value_or(""), member("startedIn").value_or("")};
}

}  // namespace

std::string InstancesRoot(const Variables& environment, unsigned uid) {
  auto get = [&](std::string_view name) {
    auto it = environment.find(name);
    return it == environment.end() ? std::string() : it->second;
  };
  std::error_code ignored;
  std::string runtime = get("XDG_RUNTIME_DIR");  // after `su` it may name what is not there
  if (runtime.starts_with('/') && std::filesystem::is_directory(runtime, ignored)) {
    return runtime + "/gatehouse";
  }
  std::string temporary = get("TMPDIR");
  if (!temporary.starts_with('/')) temporary = "/tmp";
  return fmt::format("{}/gatehouse-{}", temporary, uid);
}

Result<InstanceFolder> InstanceFolder::Create(const std::string& root, std::uint16_t port) {
  if (Result<void> made = MakePrivate(root); !made) return made.error();
  std::string path = fmt::format("{}/{}", root, port);
  if (IsLive(path)) {
    return Error{ErrorCode::kConflict, fmt::format("another gatehouse has {}", path)};
  }
  RemoveFolder(path);
  if (Result<void> made = MakePrivate(path); !made) return made.error();
  int file = ::open((path + kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return Io("cannot create " + path + kLock);
  struct flock lock = WholeFile();
  if (::fcntl(file, F_SETLK, &lock) != 0) {
    ::close(file);
    return Error{ErrorCode::kConflict, fmt::format("another gatehouse has {}", path)};
  }
  return InstanceFolder(std::move(path), file);
}

InstanceFolder::InstanceFolder(InstanceFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

InstanceFolder::~InstanceFolder() {
  if (lock_ < 0) return;
  RemoveFolder(path_);
  ::close(lock_);
}

Result<void> InstanceFolder::Write(base::Files& files, std::string_view name,
                                   std::string_view text) const {
  return files.WriteAtomically(fmt::format("{}/{}", path_, name), text, 0600);
}

Result<std::string> WriteInRoot(const std::string& root, base::Files& files, std::string_view name,
                                std::string_view text) {
  if (Result<void> made = MakePrivate(root); !made) return made.error();
  std::string path = fmt::format("{}/{}", root, name);
  Result<void> written = files.WriteAtomically(path, text, 0600);
  return written ? Result<std::string>(path) : written.error();
}

std::optional<InstanceFacts> InstanceOfFolder(const std::vector<InstanceFacts>& live,
                                              const std::string& folder) {
  std::error_code ignored;
  for (std::filesystem::path at = folder; !at.empty(); at = at.parent_path()) {
    std::filesystem::path data = at / ".gatehouse";
    if (!std::filesystem::is_directory(data, ignored)) {
      if (at == at.parent_path()) break;
      continue;
    }
    std::string wanted = std::filesystem::canonical(data, ignored).string();
    auto it = std::find_if(live.begin(), live.end(), [&](const InstanceFacts& facts) {
      return !wanted.empty() && facts.data == wanted;
    });
    return it == live.end() ? std::nullopt : std::optional(*it);
  }
  return std::nullopt;
}

std::vector<InstanceFacts> LiveInstances(const std::string& root, base::Files& files) {
  std::vector<InstanceFacts> live;
  std::error_code error;
  std::filesystem::directory_iterator folders(root, error);
  for (; !error && folders != std::filesystem::directory_iterator(); folders.increment(error)) {
    if (live.size() == kInstancesMax) break;
    std::optional<std::uint16_t> port = PortOf(folders->path().filename().string());
    if (!port) continue;
    std::string folder = folders->path().string();
    if (!IsLive(folder)) {
      RemoveFolder(folder);
    } else if (auto facts = ReadFacts(folder, *port, files)) {
      live.push_back(*std::move(facts));
    }
  }
  std::sort(live.begin(), live.end(), [](const auto& a, const auto& b) { return a.port < b.port; });
  return live;
}

}  // namespace gatehouse::server
