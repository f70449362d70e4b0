// What HttpParser does with a head beside reading it: finding where it ends, and refusing the ones
// that two readers could understand differently (design §7.15). Inside wire only.
#pragma once

#include <cstddef>
#include <string_view>

#include "wire/http_parser.h"

namespace gatehouse::wire {

struct HttpFault {
  int status = 0;  // 0: none
  std::string_view reason;
};

// Looks for the empty line that ends a head, and refuses on the way what needs no parser. It goes
// on where it stopped, so that bytes arriving one by one cost no more than bytes arriving together.
class HeadScan {
 public:
  // The size of the head at the start of input, or 0 if it is not whole or *fault was set.
  std::size_t Find(std::string_view input, const HttpLimits& limits, bool is_request,
                   HttpFault* fault);

 private:
  std::size_t next_ = 0;  // bytes before it hold no line end that was not seen
  std::size_t line_ = 0;  // where the line began that next_ is in
  std::size_t lines_ = 0;
};

// What a reader noted of the fields that frame a message.
struct HeadFacts {
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  std::size_t encodings = 0;
  std::string_view length;
  std::string_view encoding;
  bool close = false;
  bool keep_alive = false;
};

// Whether a comma-separated list holds token (without case).
bool ListHolds(std::string_view list, std::string_view token);

// Fills what head says of its message.
HttpFault CheckHead(HttpHead& head, const HeadFacts& facts, bool is_request);

}  // namespace gatehouse::wire
