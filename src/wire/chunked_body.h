// The chunked transfer coding, RFC 9112 §7.1, one byte after another, so that any cut of the input
// is as good as another and nothing is kept but a few numbers. Extensions and trailers are checked
// for what could hide a message in them, and skipped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "wire/http_parser.h"

namespace gatehouse::wire {

// All extensions and trailers of one body, in bytes.
inline constexpr std::size_t kChunkExtrasBytesMax = 16384;

class ChunkedBody {
 public:
  // A chunk that would make the body longer than body_bytes_max is refused when its size is read.
  explicit ChunkedBody(std::uint64_t body_bytes_max = std::numeric_limits<std::uint64_t>::max())
      : room_(body_bytes_max) {}

  // kBody, kComplete, kNeedMore (all was consumed) or kError with 400, 413 or 431.
  HttpStep Parse(std::string_view input);

 private:
  enum class At : std::uint8_t {
    kSizeStart,
    kSize,
    kExtensionBlank,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kLastLf,
    kEnd,
  };

  std::string_view Take(char c);  // all but data; what is wrong, or nothing
  std::string_view TakeSize(char c);
  std::string_view TakeText(char c, At after);
  bool CountExtra() { return ++extras_bytes_ <= kChunkExtrasBytesMax; }

  At at_ = At::kSizeStart;
  int digits_ = 0;
  std::uint64_t left_ = 0;  // of this chunk
  std::uint64_t room_;      // for this chunk and those after it
  std::size_t extras_bytes_ = 0;
};

}  // namespace gatehouse::wire
