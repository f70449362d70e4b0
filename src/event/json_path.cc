#include "event/json_path.h"

#include <algorithm>

namespace gatehouse::event {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '/' || c == '$' || c == ':';
}

Error WrongJsonPath(std::string_view text) {
  return {ErrorCode::kInvalidArgument, "the path " + std::string(text) + " cannot be read"};
}

}  // namespace

Result<JsonPath> JsonPath::Parse(std::string_view text) {
  JsonPath path;
  std::string_view rest = text;
  if (!rest.starts_with('$')) return WrongJsonPath(text);
  rest.remove_prefix(1);
  while (!rest.empty()) {
    if (path.steps_.size() == kStepsMax) return WrongJsonPath(text);
    Step step;
    std::size_t size = 0;
    if (rest[0] == '.') {
      rest.remove_prefix(1);
      size = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), IsNameCharacter) -
                                      rest.begin());
      step.name = rest.substr(0, size);
      if (size == 0 && rest.starts_with('*')) {
        step.every = true;
        size = 1;
      }
    } else if (rest[0] == '[') {
      std::size_t close = rest.find(']');
      if (close == rest.npos) return WrongJsonPath(text);
      std::string_view inside = rest.substr(1, close - 1);
      size = close + 1;
      bool quoted = inside.size() > 2 && (inside[0] == '\'' || inside[0] == '"') &&
                    inside.back() == inside[0];
      if (inside == "*") {
        step.every = true;
      } else if (quoted) {
        step.name = inside.substr(1, inside.size() - 2);
      } else if (wire::ReadArrayIndex(inside)) {
        step.name = inside;
      } else {
        return WrongJsonPath(text);
      }
    }
    if (size == 0) return WrongJsonPath(text);
    rest.remove_prefix(size);
    path.has_every_ |= step.every;
    path.steps_.push_back(std::move(step));
  }
  return path;
}

void JsonPath::Collect(const wire::JsonValue& at, std::size_t step,
                       std::vector<std::string_view>& found) const {
  if (found.size() >= kFoundMax) return;
  if (step == steps_.size()) {
    found.push_back(at.text);
    return;
  }
  if (!steps_[step].every) {
    if (auto next = wire::FindStep(at, steps_[step].name)) Collect(*next, step + 1, found);
    return;
  }
  if (at.kind != wire::JsonKind::kObject && at.kind != wire::JsonKind::kArray) return;
  wire::JsonCursor cursor(at);
  while (cursor.Next()) Collect(cursor.value(), step + 1, found);
}

std::string JsonPath::Find(const wire::JsonValue& root) const {
  std::vector<std::string_view> found;
  Collect(root, 0, found);
  if (!has_every_) return found.empty() ? std::string() : std::string(found.front());
  if (found.empty()) return {};
  std::string list = "[";
  for (std::string_view value : found) list.append(list.size() > 1 ? "," : "").append(value);
  return list + "]";
}

}  // namespace gatehouse::event
