// Bytes are read whole and in the pieces that they arrive in; both must give the same frames. What
// was read is written again and must come back.
#include "wire/websocket_frame.h"

#include <string>
#include <vector>

#include "base/check.h"
#include "base/fuzz.h"

namespace gatehouse::wire {
namespace {

struct Told {
  std::string frames;  // opcode, flags and payload of each
  std::uint16_t close_code = 0;

  bool operator==(const Told&) const = default;
};

void WriteAndReadAgain(const Frame& frame) {
  char header[kFrameHeaderBytesMax];
  const MaskKey mask = {1, 2, 3, 255};
  const std::size_t size =
      WriteFrameHeader(header, frame.opcode, frame.fin, frame.payload.size(), mask, frame.rsv1);
  std::string bytes(header, size);
  bytes.append(frame.payload.data(), frame.payload.size());
  ApplyMask(std::span(bytes).subspan(size), mask);
  const FrameRules rules = {.allow_rsv1 = true, .payload_bytes_max = ~std::uint64_t{0}};
  const FrameRead read = ReadFrame(bytes, rules);
  CHECK(read.status == FrameRead::kFrame && read.consumed == bytes.size());
  CHECK(read.frame.opcode == frame.opcode && read.frame.fin == frame.fin);
  CHECK(std::equal(read.frame.payload.begin(), read.frame.payload.end(), frame.payload.begin(),
                   frame.payload.end()));
}

// piece: how many bytes arrive at a time.
Told Read(std::string_view input, const FrameRules& rules, std::size_t piece) {
  Told told;
  std::string kept;
  while (!input.empty() && told.close_code == 0) {
    kept.append(input.substr(0, piece));
    input.remove_prefix(std::min(piece, input.size()));
    for (;;) {
      const std::string before = kept;
      const FrameRead read = ReadFrame(kept, rules);
      if (read.status != FrameRead::kFrame) {
        CHECK(kept == before);
        CHECK(read.needed == 0 || read.needed > kept.size());
        CHECK((read.status == FrameRead::kError) == (read.close_code != 0));
        told.close_code = read.close_code;
        break;
      }
      CHECK(read.consumed <= kept.size());
      told.frames.push_back(static_cast<char>(read.frame.opcode));
      told.frames.push_back(static_cast<char>(read.frame.fin + 2 * read.frame.rsv1));
      told.frames.append(read.frame.payload.data(), read.frame.payload.size());
      WriteAndReadAgain(read.frame);
      kept.erase(0, read.consumed);
    }
  }
  return told;
}

}  // namespace
}  // namespace gatehouse::wire

// The first byte chooses rules and cut, the rest are frames.
void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse::wire;
  if (input.empty()) return;
  const auto choice = static_cast<unsigned>(input[0]);
  const std::string_view bytes(reinterpret_cast<const char*>(input.data()) + 1, input.size() - 1);
  const FrameRules rules = {.masked = (choice & 1) == 0,
                            .allow_rsv1 = (choice & 2) != 0,
                            .payload_bytes_max = choice & 4 ? 1000u : 100000u};
  const Told whole = Read(bytes, rules, bytes.size() + 1);
  // Small pieces of a large input are slow, and show nothing that those of a small one do not.
  const std::size_t piece = 1 + (choice >> 3) + bytes.size() / 64;
  CHECK(Read(bytes, rules, piece) == whole);
  std::uint16_t error = 0;
  CHECK(ReadClosePayload(bytes, &error).has_value() == (error == 0));
}
