#include "server/node/handlers_file.h"

#include <dlfcn.h>

#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace gatehouse::server {
namespace {

constexpr const char* kSymbol = "gatehouse_handlers_v1";
constexpr const char* kOwn = "gatehouse itself";

Error WrongFile(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

// The loader's own words, without the path that they begin with.
std::string WhyNotLoaded(const std::string& path) {
  const char* said = ::dlerror();
  std::string why = said ? said : "the loader does not say why";
  if (why.starts_with(path + ": ")) why.erase(0, path.size() + 2);
  return "it cannot be loaded: " + why;
}

// RTLD_LOCAL: two files may have functions of the same names. Never closed: entries, and handlers
// that wait when the process ends, are in there.
Result<std::span<const HandlerEntry>> LoadFile(const std::string& path) {
  std::error_code error;
  std::filesystem::path absolute = std::filesystem::absolute(path, error);  // else it is searched
  if (error || !std::filesystem::exists(absolute, error)) return WrongFile("there is no such file");
  void* file = ::dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!file) return WrongFile(WhyNotLoaded(absolute.string()));
  auto* handlers = reinterpret_cast<decltype(&gatehouse_handlers_v1)>(::dlsym(file, kSymbol));
  if (!handlers) {
    return WrongFile(
        fmt::format("it exports no {}; gatehouse/export.h has GATEHOUSE_EXPORT_HANDLERS", kSymbol));
  }
  return ReadHandlerTable(handlers());
}

}  // namespace

Result<std::span<const HandlerEntry>> ReadHandlerTable(const HandlerTable* table) {
  if (!table) return WrongFile(fmt::format("its {} returns null", kSymbol));
  std::string_view library = table->library ? table->library : "none";
  if (table->layout != kHandlerLayout || table->sizes != HandlerSizes() ||
      library != kHandlerLibrary) {
    return WrongFile(fmt::format(
        "it was built for another gatehouse or standard library (layout {}, sizes {:08x}, {}; here "
        "layout {}, sizes {:08x}, {}); build it again with the include folder of this one",
        table->layout, table->sizes, library, kHandlerLayout, HandlerSizes(), kHandlerLibrary));
  }
  std::span<const HandlerEntry> entries(table->entries, table->entries ? table->count : 0);
  if (entries.empty()) return WrongFile("it has no handlers");
  for (const HandlerEntry& entry : entries) {
    if (entry.name.empty()) return WrongFile("it has a handler without a name");
    if (!entry.handler) return WrongFile(fmt::format("its handler {} is null", entry.name));
  }
  return entries;
}

Result<std::vector<HandlerEntry>> LoadHandlers(std::span<const HandlerEntry> own,
                                               const std::vector<std::string>& paths) {
  std::vector<HandlerEntry> all(own.begin(), own.end());
  std::map<std::string_view, std::string_view> origins;
  for (const HandlerEntry& entry : own) origins.emplace(entry.name, kOwn);
  for (const std::string& path : paths) {
    auto entries = LoadFile(path);
    if (!entries) {
      return WrongFile(fmt::format("--handlers {}: {}", path, entries.error().message));
    }
    for (const HandlerEntry& entry : *entries) {
      auto [origin, is_new] = origins.emplace(entry.name, path);
      if (!is_new) {
        return WrongFile(fmt::format("--handlers {}: its handler {} is in {}, too", path,
                                     entry.name, origin->second));
      }
      all.push_back(entry);
    }
  }
  return all;
}

}  // namespace gatehouse::server
