#include "stack/tree/json_reader.h"

#include <algorithm>
#include <map>

#include "wire/json_cursor.h"

namespace gatehouse::stack {
namespace {

static_assert(kValueDepthMax == wire::kJsonDepthMax);

// From a text that is valid to the tree. Places are asked for in the order of the text.
class Builder {
 public:
  Builder(std::string_view text, Problems* duplicates)
      : end_(text.data() + text.size()), at_(text.data()), duplicates_(duplicates) {}

  void Build(const wire::JsonValue& from, Value& value) {
    value.line = LineOf(from.text.data());
    switch (from.kind) {
      case wire::JsonKind::kObject:
        return BuildObject(from, value);
      case wire::JsonKind::kArray:
        value.kind = Value::kList;
        for (wire::JsonCursor items(from); items.Next();) {
          Build(items.value(), value.items.emplace_back());
        }
        return;
      case wire::JsonKind::kString:
        value.kind = Value::kString;
        value.text = wire::DecodeJsonString(from);
        return;
      case wire::JsonKind::kNumber:
        value.kind = Value::kNumber;
        value.text = from.text;
        return;
      case wire::JsonKind::kTrue:
      case wire::JsonKind::kFalse:
        value.kind = Value::kBool;
        value.text = from.text;
        return;
      case wire::JsonKind::kNull:
        return;
    }
  }

 private:
  void BuildObject(const wire::JsonValue& from, Value& value) {
    value.kind = Value::kObject;
    std::map<std::string, std::size_t, std::less<>> names;  // to the place among the members
    const char* name_at = from.text.data() + 1;
    for (wire::JsonCursor members(from); members.Next();) {
      Member member;
      member.name = members.name();
      member.line = LineOf(std::find(name_at, end_, '"'));
      Build(members.value(), member.value);
      name_at = members.value().text.data() + members.value().text.size();
      auto [place, is_new] = names.emplace(member.name, value.members.size());
      if (is_new) {
        value.members.push_back(std::move(member));
        continue;
      }
      Member& former = value.members[place->second];
      if (duplicates_) {
        duplicates_->push_back({member.line, "duplicate key " + member.name +
                                                 ": the last one counts, the one of line " +
                                                 std::to_string(former.line) + " does not"});
      }
      former = std::move(member);
    }
  }

  int LineOf(const char* place) {
    line_ += static_cast<int>(std::count(at_, place, '\n'));
    at_ = place;
    return line_;
  }

  const char* const end_;
  const char* at_;
  int line_ = 1;
  Problems* const duplicates_;
};

}  // namespace

bool ReadJson(std::string_view text, Value& value, Problem& problem, Problems* duplicates) {
  wire::JsonReading reading = wire::LocateJson(text);
  if (reading.value) {
    Builder(text, duplicates).Build(*reading.value, value);
    return true;
  }
  const std::string_view before = text.substr(0, reading.fault);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  problem.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  problem.message = "Template format error: JSON not well-formed. (line " +
                    std::to_string(problem.line) + ", column " +
                    std::to_string(reading.fault - line_start + 1) + ")";
  if (reading.is_too_deep) problem.message += ": nested too deeply";
  return false;
}

}  // namespace gatehouse::stack
