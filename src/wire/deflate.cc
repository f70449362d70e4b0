#include "wire/deflate.h"

#include <algorithm>
#include <string>

#include <zlib.h>

#include "base/check.h"

namespace gatehouse::wire {
namespace {

constexpr int kRawWindow = -15;  // no zlib header, a window of 32 KB
constexpr int kMemoryLevel = 8;  // zlib's default
// What a sender takes away from the end of a message and a receiver puts back (RFC 7692 §7.2.1).
constexpr std::string_view kTail("\x00\x00\xff\xff", 4);
// zlib counts in 32 bits; messages are far below that.
constexpr std::size_t kPartBytesMax = std::size_t{1} << 30;

void SetInput(z_stream& stream, std::string_view bytes) {
  CHECK(bytes.size() <= kPartBytesMax);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
}

// All input was read and the last block is whole: zlib waits for the header of another one, which
// begins a byte. (zlib.h, inflate(): data_type holds unused bits, + 128 after a block.)
bool IsBetweenBlocks(const z_stream& stream) { return stream.data_type == 128; }

}  // namespace

// ---- Inflater ----

struct Inflater::State {
  explicit State(std::size_t bytes) : room(bytes) {
    CHECK(room <= kPartBytesMax);
    // Not initialised: pages that no message reaches cost nothing.
    buffer.reset(new char[room]);
    CHECK(inflateInit2(&stream, kRawWindow) == Z_OK);
  }
  ~State() { inflateEnd(&stream); }

  bool IsFull() const { return stream.avail_out == 0; }

  // False: the data is malformed. Stops when the room is used up.
  bool Take(std::string_view bytes);

  z_stream stream{};
  const std::size_t room;
  std::unique_ptr<char[]> buffer;
};

// A block may be marked as the last one although others follow (§7.2.3.4): it ends no message.
bool Inflater::State::Take(std::string_view bytes) {
  SetInput(stream, bytes);
  while (stream.avail_in > 0 && !IsFull()) {
    const int result = inflate(&stream, Z_SYNC_FLUSH);
    if (result == Z_STREAM_END) {
      CHECK(inflateReset(&stream) == Z_OK);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return false;
    }
  }
  return true;
}

Inflater::Inflater(std::size_t bytes_max, std::size_t padding)
    : bytes_max_(bytes_max), padding_(padding) {}

Inflater::~Inflater() = default;

Inflater::Inflated Inflater::Inflate(std::string_view compressed) {
  // One byte more than allowed, so that a message that is too big is told from one that is not.
  if (!state_) state_ = std::make_unique<State>(bytes_max_ + std::max<std::size_t>(padding_, 1));
  State& state = *state_;
  CHECK(inflateReset(&state.stream) == Z_OK);
  state.stream.next_out = reinterpret_cast<Bytef*>(state.buffer.get());
  state.stream.avail_out = static_cast<uInt>(bytes_max_ + 1);
  if (compressed.empty()) return {Status::kDone, {state.buffer.get(), 0}};
  if (!state.Take(compressed)) return {Status::kMalformed, {}};
  if (!state.IsFull() && !state.Take(kTail)) return {Status::kMalformed, {}};
  if (state.IsFull()) return {Status::kTooBig, {}};
  if (!IsBetweenBlocks(state.stream)) return {Status::kMalformed, {}};
  return {Status::kDone, {state.buffer.get(), bytes_max_ + 1 - state.stream.avail_out}};
}

// ---- Deflater ----

struct Deflater::State {
  State() {
    CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawWindow, kMemoryLevel,
                       Z_DEFAULT_STRATEGY) == Z_OK);
  }
  ~State() { deflateEnd(&stream); }

  z_stream stream{};
  std::string out;
};

Deflater::Deflater() = default;
Deflater::~Deflater() = default;

std::string_view Deflater::Deflate(std::string_view message) {
  // Below that nothing is gained.
  if (message.size() <= kTail.size()) return {};
  if (!state_) state_ = std::make_unique<State>();
  z_stream& stream = state_->stream;
  std::string& out = state_->out;
  CHECK(deflateReset(&stream) == Z_OK);
  out.resize(message.size() + kTail.size());
  SetInput(stream, message);
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_SYNC_FLUSH);
  CHECK(result == Z_OK);
  if (stream.avail_out == 0) return {};  // there may be more to come: it did not become smaller
  const std::string_view compressed(out.data(), out.size() - stream.avail_out);
  CHECK(compressed.ends_with(kTail));
  return compressed.substr(0, compressed.size() - kTail.size());
}

}  // namespace gatehouse::wire
