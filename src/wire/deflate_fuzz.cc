// Bytes are inflated, which must stay within the limit and come out the same twice; and they are
// compressed, which must inflate to what they were.
#include "wire/deflate.h"

#include <string>

#include "base/check.h"
#include "base/fuzz.h"

namespace gatehouse::wire {
namespace {

constexpr std::size_t kPadding = 64;

// What an inflater tells of compressed, and that the bytes behind its message are readable.
std::string Tell(Inflater& inflater, std::string_view compressed, std::size_t bytes_max) {
  const Inflater::Inflated result = inflater.Inflate(compressed);
  if (result.status != Inflater::Status::kDone) {
    return result.status == Inflater::Status::kTooBig ? "+" : "!";
  }
  CHECK(result.data.size() <= bytes_max);
  unsigned sum = 0;
  for (std::size_t i = 0; i < kPadding; ++i) {
    const_cast<char&>(result.data.data()[result.data.size() + i]) = static_cast<char>(i);
    sum += static_cast<unsigned char>(result.data.data()[result.data.size() + i]);
  }
  CHECK(sum == kPadding * (kPadding - 1) / 2);
  return "=" + std::string(result.data);
}

}  // namespace
}  // namespace gatehouse::wire

// The first byte chooses the limit, the rest are the data.
void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse::wire;
  if (input.empty()) return;
  const auto choice = static_cast<unsigned>(input[0]);
  const std::string bytes(reinterpret_cast<const char*>(input.data()) + 1, input.size() - 1);
  const std::size_t bytes_max = choice & 1 ? choice : std::size_t{1} << 18;

  Inflater inflater(bytes_max, kPadding);
  const std::string first = Tell(inflater, bytes, bytes_max);
  CHECK(Tell(inflater, bytes, bytes_max) == first);  // nothing is left of the message before

  Deflater deflater;
  const std::string compressed(deflater.Deflate(bytes));
  if (compressed.empty()) return;
  CHECK(compressed.size() < bytes.size());
  const std::string expected = bytes.size() > bytes_max ? "+" : "=" + bytes;
  CHECK(Tell(inflater, compressed, bytes_max) == expected);
}
