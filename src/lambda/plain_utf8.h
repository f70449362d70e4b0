// UTF-8 validation without a library: packages have no simdjson, whose Debian package has no
// archive to link in. Pure function.
#pragma once

#include <string_view>

namespace gatehouse::lambda {

bool IsPlainUtf8(std::string_view text);  // as wire::IsUtf8

}  // namespace gatehouse::lambda
