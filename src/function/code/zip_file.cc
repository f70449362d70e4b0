#include "function/code/zip_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <zip.h>

namespace gatehouse::function {
namespace {

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

// What an entry says of itself.
struct Entry {
  zip_uint64_t index = 0;
  std::string name;
  std::size_t bytes = 0;
  unsigned mode = 0;  // of stat; 0: made where there are none
};

Error InvalidZip(const std::string& zip, std::string_view what) {
  return {ErrorCode::kInvalidArgument, fmt::format("{}: {}", zip, what)};
}

Error ZipIoError(const std::string& path) {
  return {ErrorCode::kIo, fmt::format("cannot write {}: {}", path, std::strerror(errno))};
}

// Relative, without "..", NUL or a backslash, which Windows' tools mean as a separator.
bool IsSafe(std::string_view name) {
  if (name.empty() || name.front() == '/' || name.find('\\') != std::string_view::npos) {
    return false;
  }
  for (const auto& part : std::filesystem::path(name)) {
    if (part == "..") return false;
  }
  return true;
}

Result<Entry> Describe(const std::string& zip, zip_t* archive, zip_uint64_t index) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(archive, index, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_NAME) ||
      !(stat.valid & ZIP_STAT_SIZE)) {
    return InvalidZip(zip, fmt::format("entry {} cannot be read", index));
  }
  Entry entry{index, stat.name, stat.size, 0};
  if (!IsSafe(entry.name)) {
    return InvalidZip(zip, fmt::format("the path \"{}\" is not inside the package", entry.name));
  }
  if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE) {
    return InvalidZip(zip, fmt::format("{} is encrypted", entry.name));
  }
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  zip_file_get_external_attributes(archive, index, 0, &system, &attributes);
  if (system == ZIP_OPSYS_UNIX) entry.mode = attributes >> 16;
  return entry;
}

Result<void> WriteFile(const std::string& zip, zip_t* archive, const Entry& entry,
                       const std::string& path) {
  std::unique_ptr<zip_file_t, Discard> from(zip_fopen_index(archive, entry.index, 0));
  if (!from) return InvalidZip(zip, fmt::format("{} cannot be read", entry.name));
  // AWS makes files readable whatever the zip says.
  unsigned mode = ((entry.mode ? entry.mode : 0644u) & 0755u) | 0444u;
  int to = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
  if (to < 0) return ZipIoError(path);
  std::vector<char> buffer(64 * 1024);
  std::size_t written = 0;
  Result<void> result;
  for (;;) {
    zip_int64_t bytes = zip_fread(from.get(), buffer.data(), buffer.size());
    if (bytes == 0) break;
    written += static_cast<std::size_t>(std::max<zip_int64_t>(bytes, 0));
    if (bytes < 0 || written > entry.bytes) {  // more than it said: a bomb
      result = InvalidZip(zip, fmt::format("{} is damaged", entry.name));
      break;
    }
    if (::write(to, buffer.data(), static_cast<std::size_t>(bytes)) != bytes) {
      result = ZipIoError(path);
      break;
    }
  }
  ::close(to);
  return result;
}

// A link may point below its own folder's package only.
Result<void> WriteLink(const std::string& zip, zip_t* archive, const Entry& entry,
                       const std::string& path) {
  std::array<char, 1024> target{};
  std::unique_ptr<zip_file_t, Discard> from(zip_fopen_index(archive, entry.index, 0));
  zip_int64_t bytes = from ? zip_fread(from.get(), target.data(), target.size() - 1) : -1;
  std::filesystem::path resolved =
      (std::filesystem::path(entry.name).parent_path() / target.data()).lexically_normal();
  bool inside = bytes > 0 && target[0] != '/' && *resolved.begin() != "..";
  if (!inside) {
    return InvalidZip(zip, fmt::format("the link {} does not stay inside the package", entry.name));
  }
  return ::symlink(target.data(), path.c_str()) == 0 ? Result<void>() : ZipIoError(path);
}

// Links are made last, so that no file is written through one.
Result<void> WriteEntry(const std::string& zip, zip_t* archive, const Entry& entry,
                        const std::string& directory, bool links) {
  std::string path = directory + "/" + entry.name;
  bool folder = entry.name.back() == '/';
  bool link = S_ISLNK(entry.mode);
  unsigned kind = entry.mode & S_IFMT;
  if (kind != 0 && !link && !S_ISDIR(kind) && !S_ISREG(kind)) {
    return InvalidZip(zip, fmt::format("{} is neither a file nor a folder", entry.name));
  }
  if (link != links) return {};
  std::error_code error;
  std::filesystem::path parent(path);
  if (!folder) parent = parent.parent_path();
  std::filesystem::create_directories(parent, error);
  if (error)
    return Error{ErrorCode::kIo,
                 fmt::format("cannot create {}: {}", parent.string(), error.message())};
  if (folder) return {};
  return link ? WriteLink(zip, archive, entry, path) : WriteFile(zip, archive, entry, path);
}

// Opened, and with no more entries than are allowed.
Result<Archive> Open(const std::string& zip) {
  int code = 0;
  Archive archive(zip_open(zip.c_str(), ZIP_RDONLY, &code));
  if (!archive) {
    if (code == ZIP_ER_NOENT) return Error{ErrorCode::kIo, zip + ": no such file"};
    return InvalidZip(zip, "it is no zip file");
  }
  auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0));
  if (count > kZipEntriesMax) {
    return Error{ErrorCode::kPayloadTooLarge,
                 fmt::format("{} has {} entries; {} are allowed", zip, count, kZipEntriesMax)};
  }
  return archive;
}

}  // namespace

Result<std::vector<std::string>> ZipNames(const std::string& zip) {
  Result<Archive> archive = Open(zip);
  if (!archive) return archive.error();
  std::vector<std::string> names;
  auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive->get(), 0));
  for (zip_uint64_t i = 0; i < count; ++i) {
    if (const char* name = zip_get_name(archive->get(), i, 0)) names.emplace_back(name);
  }
  return names;
}

std::string ZipText(const std::string& zip, const std::string& path, std::size_t bytes_max) {
  Result<Archive> archive = Open(zip);
  if (!archive) return {};
  std::unique_ptr<zip_file_t, Discard> file(zip_fopen(archive->get(), path.c_str(), 0));
  std::string text;
  std::array<char, 16 * 1024> part{};
  while (file && text.size() < bytes_max) {
    const zip_int64_t bytes = zip_fread(file.get(), part.data(), part.size());
    if (bytes <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(bytes));
  }
  return text.substr(0, bytes_max);
}

Result<void> Unzip(const std::string& zip, const std::string& directory, std::size_t bytes_max) {
  Result<Archive> opened = Open(zip);
  if (!opened) return opened.error();
  Archive archive = *std::move(opened);
  auto count = static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0));
  std::vector<Entry> entries;
  std::size_t bytes = 0;
  for (zip_uint64_t i = 0; i < count; ++i) {
    Result<Entry> entry = Describe(zip, archive.get(), i);
    if (!entry) return entry.error();
    bytes += entry->bytes;
    if (entry->bytes > bytes_max || bytes > bytes_max) {
      return Error{ErrorCode::kPayloadTooLarge,
                   fmt::format("{}: Unzipped size must be smaller than {} bytes", zip, bytes_max)};
    }
    entries.push_back(std::move(*entry));
  }
  for (bool links : {false, true}) {
    for (const Entry& entry : entries) {
      Result<void> written = WriteEntry(zip, archive.get(), entry, directory, links);
      if (!written) return written;
    }
  }
  return {};
}

}  // namespace gatehouse::function
