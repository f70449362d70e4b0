// Any text as a pattern, and any as the event it looks at: no crash, the same answer each time; and
// what a pattern of one plain value means. A zero byte parts the two.
#include "event/event_pattern.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "base/fuzz.h"

void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using gatehouse::event::EventPattern;
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  if (text.size() > 8192) return;
  const std::string_view source = text.substr(0, text.find('\0'));
  const std::string_view event = text.substr(std::min(source.size() + 1, text.size()));
  auto pattern = EventPattern::Parse(source);
  CHECK(pattern || !pattern.error().message.empty());
  if (pattern) CHECK(pattern->Matches(event) == pattern->Matches(event));
  static const auto kAnything = EventPattern::Parse(R"({"a":[{"exists":false},{"exists":true}]})");
  CHECK(kAnything);
  // Everything that is an object fits it, and nothing else does.
  static const auto kNothing = EventPattern::Parse(R"({"a":[{"anything-but":{"prefix":""}}]})");
  CHECK(kNothing);
  if (kNothing->Matches(event)) CHECK(kAnything->Matches(event));
}
