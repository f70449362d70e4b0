#include "function/process/inspect.h"

#include <charconv>

#include <fmt/format.h>

#include "function/define/function_name.h"

namespace gatehouse::function {
namespace {

constexpr std::uint16_t kNodeInspectPort = 9229;    // node --inspect
constexpr std::uint16_t kPythonInspectPort = 5678;  // what editors attach to by default

}  // namespace

Result<std::pair<std::string, std::uint16_t>> ReadInspect(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  std::uint16_t port = 0;
  bool is_port = true;
  if (equals != text.npos) {
    const std::string_view digits = text.substr(equals + 1);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), port);
    is_port = error == std::errc() && end == digits.end() && port != 0;
  }
  if (name.empty() || !is_port) {
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format("--inspect {}: say FUNCTION or FUNCTION=PORT, a port from 1 to 65535", text)};
  }
  return std::pair(std::string(name), port);
}

std::optional<std::uint16_t> InspectPort(const Inspected& inspected,
                                         const FunctionDefinition& function) {
  const RuntimeFamily family = FamilyOf(function.runtime);
  const bool is_node = family == RuntimeFamily::kNode;
  if (!is_node && family != RuntimeFamily::kPython) return std::nullopt;
  auto found = inspected.find(function.name);
  if (found == inspected.end()) found = inspected.find(NameForPeople(function.name));
  if (found == inspected.end()) return std::nullopt;
  if (found->second != 0) return found->second;
  return is_node ? kNodeInspectPort : kPythonInspectPort;
}

std::vector<std::string> DebuggerArguments(RuntimeFamily family, std::uint16_t port) {
  const std::string address = fmt::format("127.0.0.1:{}", port);
  if (family == RuntimeFamily::kNode) return {"--inspect=" + address};
  // Without "frozen modules" pydevd would warn of them in every process.
  return {"-Xfrozen_modules=off", "-m", "debugpy", "--listen", address};
}

}  // namespace gatehouse::function
