// SHA-256 and HMAC-SHA256 by OpenSSL. Any thread.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace gatehouse::auth {

using Digest = std::array<unsigned char, 32>;

Digest Sha256(std::string_view bytes);
Digest HmacSha256(std::string_view key, std::string_view bytes);

std::string_view BytesOf(const Digest& digest);  // views digest
std::string HexOf(const Digest& digest);         // lower case, as SigV4 writes it

// Whether both are the same; how long it takes tells their lengths and nothing else.
bool SameSecret(std::string_view a, std::string_view b);

}  // namespace gatehouse::auth
