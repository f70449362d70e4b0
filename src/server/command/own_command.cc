#include "server/command/own_command.h"

#include <filesystem>
#include <string_view>
#include <system_error>

#include "server/command/shell_word.h"

namespace gatehouse::server {
namespace {

constexpr std::string_view kName = "gatehouse";
constexpr std::string_view kFoundByAll[] = {"/usr/local/bin/gatehouse", "/usr/bin/gatehouse",
                                            "/bin/gatehouse"};

}  // namespace

std::string CommandFor(const std::string& executable) {
  for (std::string_view path : kFoundByAll) {
    if (executable == path) return std::string(kName);
  }
  return executable.empty() ? std::string(kName) : ShellWord(executable);
}

std::string OwnCommand() {
  std::error_code error;
  std::string executable = std::filesystem::read_symlink("/proc/self/exe", error).string();
  constexpr std::string_view kRebuilt = " (deleted)";  // under our feet; the new one is as good
  if (executable.ends_with(kRebuilt)) executable.resize(executable.size() - kRebuilt.size());
  return CommandFor(executable);
}

}  // namespace gatehouse::server
