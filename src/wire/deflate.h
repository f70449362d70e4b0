// Messages compressed and back, as permessage-deflate has them without context takeover: RFC 7692
// §7.2.1 and §7.2.2. Each message stands alone, so one Inflater and one Deflater serve all
// connections of a thread. zlib's memory (about 40 KB and 260 KB) is taken with the first message.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace gatehouse::wire {

class Inflater {
 public:
  // bytes_max: of an inflated message; no more is ever inflated, whatever a message promises.
  // padding: how many bytes are readable beyond the end of what Inflate gives.
  Inflater(std::size_t bytes_max, std::size_t padding);
  ~Inflater();

  enum class Status { kDone, kTooBig, kMalformed };
  struct Inflated {
    Status status = Status::kDone;
    std::string_view data;  // kDone: valid until the next call
  };
  // compressed: the payload of all frames of a message. Malformed: no DEFLATE data, or data that
  // stops amid a block. An empty payload counts as an empty message.
  Inflated Inflate(std::string_view compressed);

 private:
  struct State;
  const std::size_t bytes_max_;
  const std::size_t padding_;
  std::unique_ptr<State> state_;  // from the first message on
};

class Deflater {
 public:
  Deflater();
  ~Deflater();

  // The message compressed with a window of 32 KB; valid until the next call. Nothing if that would
  // not be smaller than the message: it should then be sent as it is.
  std::string_view Deflate(std::string_view message);

 private:
  struct State;
  std::unique_ptr<State> state_;  // from the first message on
};

}  // namespace gatehouse::wire
