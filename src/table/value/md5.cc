#include "table/value/md5.h"

#include <openssl/evp.h>

#include "base/check.h"

namespace gatehouse::table {

std::array<std::uint8_t, 16> Md5(std::string_view bytes) {
  std::array<std::uint8_t, 16> digest;
  unsigned size = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr) == 1);
  CHECK(size == digest.size());
  return digest;
}

}  // namespace gatehouse::table
