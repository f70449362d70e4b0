// Texts as words of a POSIX shell. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::server {

// In single quotes, whatever it holds.
std::string ShellQuoted(std::string_view text);

// The same, or as it is where a shell would read nothing into it.
std::string ShellWord(std::string_view text);

}  // namespace gatehouse::server
