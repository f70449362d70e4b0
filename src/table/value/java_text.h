// Values of a request as AWS's constraint messages print them: maps {a=1}, lists [a, b]. AWS prints
// the names of its classes besides; nobody can rely on those. Plain function: no thread rules.
#pragma once

#include <string>

#include <boost/json.hpp>

namespace gatehouse::table {

// Of strings the first kJavaTextStringMax bytes, in all about kJavaTextMax: a message is for
// people.
inline constexpr std::size_t kJavaTextStringMax = 256;
inline constexpr std::size_t kJavaTextMax = 16 * 1024;

std::string JavaText(const boost::json::value& json);

}  // namespace gatehouse::table
