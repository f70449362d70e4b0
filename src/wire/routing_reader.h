// Reads what a route selection expression asks of a message where it lies: a flat object of plain
// strings in one walk (flat_object.h), others by simdjson's DOM, and by our lenient reader only
// when that fails (design §7.5). One per loop; keeps its memory. Source: docs/aws/websocket-api.md
// §4.1–4.2.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::wire {

// Bytes after a message that must be readable (their values do not matter).
inline constexpr std::size_t kJsonPadding = 64;

class RoutingReader {
 public:
  RoutingReader();
  ~RoutingReader();

  // Takes a message, followed in memory by kJsonPadding readable bytes, which must stay where it is
  // while values are read. False if it is no JSON object for either reader.
  bool Parse(std::string_view message);

  // Appends the value at path (member names; a name of digits also indexes an array) as text:
  // strings decoded, numbers as written, true and false, arrays as [a, b]; nothing for null,
  // objects and what is absent. Of duplicate members the last counts.
  void AppendText(std::span<const std::string> path, std::string& out) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::wire
