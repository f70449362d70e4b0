// Any frame becomes one line that is UTF-8 and drives no terminal; raw JSON stays the same JSON.
#include "apps/chat/client/format.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"
#include "base/fuzz.h"
#include "base/log.h"
#include "gatehouse/json.h"
#include "wire/utf8.h"

namespace gatehouse::base {

void FuzzOne(std::span<const std::byte> input) {
  std::string_view frame(reinterpret_cast<const char*>(input.data()), input.size());
  std::string line = chat::FormatFrame(frame).text;
  CHECK(wire::IsUtf8(line));
  CHECK(EscapeForTerminal(line) == line);

  std::string raw = chat::FormatRaw(frame, false);
  CHECK(raw.find_first_of("\r\n") == std::string::npos);
  if (json::IsValid(frame)) CHECK(json::IsValid(raw) && raw.size() == frame.size());
  std::string shown = chat::FormatRaw(frame, true);
  CHECK(EscapeForTerminal(shown) == shown);
}

}  // namespace gatehouse::base
