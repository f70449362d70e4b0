// MD5 (RFC 1321), only because DynamoDB's partition hash is made of it; nothing here is a secret.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace gatehouse::table {

std::array<std::uint8_t, 16> Md5(std::string_view bytes);

}  // namespace gatehouse::table
