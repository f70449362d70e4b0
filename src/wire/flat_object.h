// Reads a message that is a flat object of plain strings, {"action":"sendMessage","message":"hi"},
// in one walk that builds nothing: most messages are that. What it does not take (escapes, other
// values, many members, anything malformed) is for a reader of the whole of JSON to judge.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace gatehouse::wire {

class FlatObject {
 public:
  static constexpr std::size_t kMembersMax = 16;

  // Takes an object without blanks around it, followed in memory by kJsonPadding readable bytes. If
  // true, text is valid JSON and must stay where it is while values are read; if false, it may
  // still be valid.
  bool Parse(std::string_view text);

  // The value of the last member of that name; null data: there is none.
  std::string_view Find(std::string_view name) const;

 private:
  struct Member {
    std::string_view name, value;
  };
  std::array<Member, kMembersMax> members_;
  std::size_t count_ = 0;
};

}  // namespace gatehouse::wire
