#include "auth/signature/digest.h"

#include <initializer_list>
#include <memory>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/check.h"
#include "base/encoding.h"

namespace gatehouse::auth {
namespace {

constexpr std::size_t kBlockBytes = 64;  // SHA-256's, FIPS 180-4

// Looked up once: OpenSSL 3's one-shot SHA256() and HMAC() look it up each time, which costs more
// than the hashing of a short text (0.6 and 2.3 µs in all against 0.25 and 0.7).
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  CHECK(algorithm != nullptr);
  return algorithm;
}

Digest Hash(std::initializer_list<std::string_view> parts) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  CHECK(context && EVP_DigestInit_ex2(context.get(), Algorithm(), nullptr) == 1);
  for (const std::string_view part : parts) {
    CHECK(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  }
  Digest digest{};
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1 && size == digest.size());
  return digest;
}

}  // namespace

Digest Sha256(std::string_view bytes) { return Hash({bytes}); }

// RFC 2104.
Digest HmacSha256(std::string_view key, std::string_view bytes) {
  const Digest short_key = key.size() > kBlockBytes ? Sha256(key) : Digest{};
  if (key.size() > kBlockBytes) key = BytesOf(short_key);
  std::array<char, kBlockBytes> inner{}, outer{};
  for (std::size_t i = 0; i < kBlockBytes; ++i) {
    const char byte = i < key.size() ? key[i] : '\0';
    inner[i] = static_cast<char>(byte ^ 0x36);
    outer[i] = static_cast<char>(byte ^ 0x5c);
  }
  const Digest message = Hash({{inner.data(), inner.size()}, bytes});
  return Hash({{outer.data(), outer.size()}, BytesOf(message)});
}

std::string_view BytesOf(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string HexOf(const Digest& digest) { return base::EncodeHex(BytesOf(digest)); }

bool SameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace gatehouse::auth
