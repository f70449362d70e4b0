#include "server/command/startup_pages.h"

#include <sys/mman.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace gatehouse::server {
namespace {

// "55d0c0a00000-55d0c1200000 r-xp 00100000 fe:00 1234   /usr/bin/gatehouse"
struct Mapping {
  std::uintptr_t begin = 0, end = 0;
  bool is_code = false;
  std::string_view file;
};

Mapping ReadMapping(std::string_view line) {
  Mapping mapping;
  const char* last = line.data() + line.size();
  auto [dash, wrong] = std::from_chars(line.data(), last, mapping.begin, 16);
  if (wrong != std::errc() || dash == last) return {};
  auto [blank, also_wrong] = std::from_chars(dash + 1, last, mapping.end, 16);
  if (also_wrong != std::errc()) return {};
  mapping.is_code = std::string_view(blank, last).starts_with(" r-xp ");
  const std::size_t slash = line.find('/');
  if (slash != line.npos) mapping.file = line.substr(slash);
  return mapping;
}

}  // namespace

void ReleaseStartupPages() {
  std::error_code unknown;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe", unknown).string();
  if (unknown || self.empty()) return;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const Mapping mapping = ReadMapping(line);
    if (!mapping.is_code || mapping.file != self) continue;
    ::madvise(reinterpret_cast<void*>(mapping.begin), mapping.end - mapping.begin, MADV_DONTNEED);
  }
}

}  // namespace gatehouse::server
