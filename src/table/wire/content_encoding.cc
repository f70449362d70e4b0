#include "table/wire/content_encoding.h"

#include <array>
#include <cstdint>

#include <zlib.h>

#include "wire/ascii.h"

namespace gatehouse::table {
namespace {

constexpr int kGzipOrZlib = 15 + 32;  // inflateInit2: the header says which
constexpr int kRawDeflate = -15;

// "deflate" is RFC 1950's format, which some clients forget about: RFC 1951's alone.
int WindowBitsOf(std::string_view content_encoding, std::string_view body) {
  if (!wire::EqualsIgnoreCase(content_encoding, "deflate") || body.size() < 2) return kGzipOrZlib;
  auto first = static_cast<std::uint8_t>(body[0]);
  auto second = static_cast<std::uint8_t>(body[1]);
  bool is_zlib = (first & 0x0f) == 8 && (first * 256 + second) % 31 == 0;
  return is_zlib ? kGzipOrZlib : kRawDeflate;
}

Result<std::string> InflateAll(z_stream& stream) {
  std::string out;
  std::array<char, 16 * 1024> buffer;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    status = inflate(&stream, Z_NO_FLUSH);
    std::size_t made = buffer.size() - stream.avail_out;
    bool stuck = status == Z_OK && made == 0 && stream.avail_in == 0;
    if ((status != Z_OK && status != Z_STREAM_END) || stuck) {
      return Error{ErrorCode::kInvalidArgument, "the body is not what its Content-Encoding says"};
    }
    out.append(buffer.data(), made);
    if (out.size() > kRequestBytesMax) {
      return Error{ErrorCode::kPayloadTooLarge, "the body is over 16 MiB once it is decompressed"};
    }
  }
  return out;
}

}  // namespace

bool IsCompressed(std::string_view content_encoding) {
  return wire::EqualsIgnoreCase(content_encoding, "gzip") ||
         wire::EqualsIgnoreCase(content_encoding, "deflate");
}

Result<std::string> Decompress(std::string_view content_encoding, std::string_view body) {
  z_stream stream = {};
  // zlib's type has no const; it does not write there.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  if (inflateInit2(&stream, WindowBitsOf(content_encoding, body)) != Z_OK) {
    return Error{ErrorCode::kInternal, "no memory to decompress a body"};
  }
  Result<std::string> out = InflateAll(stream);
  inflateEnd(&stream);
  return out;
}

}  // namespace gatehouse::table
