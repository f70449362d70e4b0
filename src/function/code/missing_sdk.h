// AWS's runtimes have the SDKs in them; here somebody has to install them. Pure text.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::function {

// What to do about an error with which a function could not be loaded, "install … with: …"; empty
// if it is not the SDK that is missing.
//   error    the runtime's, its errorMessage within
//   program  the interpreter that ran
std::string MissingSdkAdvice(std::string_view error, std::string_view program);

}  // namespace gatehouse::function
