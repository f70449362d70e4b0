// The environment's variables, given as a function so that tests need none.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace gatehouse::net {

// What a variable says; nothing if it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;
EnvironmentLookup SystemEnvironment();

}  // namespace gatehouse::net
