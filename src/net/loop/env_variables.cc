#include "net/loop/env_variables.h"

#include <cstdlib>

namespace gatehouse::net {

EnvironmentLookup SystemEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

}  // namespace gatehouse::net
