#include "server/node/identity.h"

#include <cstring>
#include <span>

namespace gatehouse::server {
namespace {

constexpr base::SipKey kSeedInMemory{0x6761746568, 0x6f757365};

}  // namespace

Result<Identity> Identity::Load(const std::string& data, base::Files& files, base::Random& random) {
  if (data == ":memory:") return Identity(kSeedInMemory);
  base::SipKey seed{random.Next(), random.Next()};
  std::string path = data + "/seed";
  if (files.Exists(path)) {
    Result<std::string> kept = files.Read(path);
    if (!kept) return kept.error();
    if (kept->size() != sizeof seed) {
      return Error{ErrorCode::kIo, path + " is damaged: it must have 16 bytes"};
    }
    std::memcpy(seed.data(), kept->data(), sizeof seed);
    return Identity(seed);
  }
  std::string bytes(reinterpret_cast<const char*>(seed.data()), sizeof seed);
  if (Result<void> written = files.WriteAtomically(path, bytes, 0600); !written) {
    return written.error();
  }
  return Identity(seed);
}

std::string Identity::Derive(std::string_view what, std::string_view stack_name,
                             std::string_view logical_id, std::string_view alphabet,
                             std::size_t length) const {
  std::string input;
  input.append(what).append("\0", 1).append(stack_name).append("\0", 1).append(logical_id);
  std::string derived;
  for (char block = 0; derived.size() < length; ++block) {
    std::string salted = input + block;
    std::uint64_t bits = base::SipHash24(seed_, std::as_bytes(std::span(salted)));
    for (int i = 0; i < 8 && derived.size() < length; ++i) {
      derived += alphabet[bits % alphabet.size()];
      bits /= alphabet.size();
    }
  }
  return derived;
}

}  // namespace gatehouse::server
