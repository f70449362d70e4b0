#include "api/language/json_path.h"

#include <algorithm>
#include <charconv>

namespace gatehouse::api {
namespace {

Error WrongPath(std::string why) { return {ErrorCode::kInvalidArgument, std::move(why)}; }

// Takes "['name']", "["name"]" or "[0]" from the front of text.
Result<std::string> TakeBracket(std::string_view& text) {
  char quote = text.size() > 1 ? text[1] : '\0';
  if (quote == '\'' || quote == '"') {
    std::size_t end = text.find(quote, 2);
    if (end == std::string_view::npos || !text.substr(end + 1).starts_with(']')) {
      return WrongPath("a quoted bracket is not closed");
    }
    std::string name(text.substr(2, end - 2));
    text.remove_prefix(end + 2);
    return name;
  }
  std::size_t end = text.find(']');
  if (end == std::string_view::npos) return WrongPath("a bracket is not closed");
  std::string_view index = text.substr(1, end - 1);
  bool digits = !index.empty() && index.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits) return WrongPath("in brackets an index like [0] or a name like ['a'] is allowed");
  text.remove_prefix(end + 1);
  return std::string(index);
}

// Takes ".name" from the front of text.
Result<std::string> TakeMember(std::string_view& text) {
  text.remove_prefix(1);
  std::string_view name = text.substr(0, std::min(text.find_first_of(".["), text.size()));
  if (name.empty()) return WrongPath("a member name is empty");
  if (name.find_first_of("*?()@") != std::string_view::npos) {
    return WrongPath("wildcards, filters and calls are not served");
  }
  text.remove_prefix(name.size());
  return std::string(name);
}

}  // namespace

Result<JsonPath> JsonPath::Parse(std::string_view text) {
  JsonPath path;
  while (!text.empty()) {
    if (text[0] != '.' && text[0] != '[') return WrongPath("a dot or a bracket is missing");
    Result<std::string> step = text[0] == '.' ? TakeMember(text) : TakeBracket(text);
    if (!step) return step.error();
    if (path.steps_.size() == kStepsMax) return WrongPath("it is deeper than any message");
    path.steps_.push_back(*std::move(step));
  }
  return path;
}

std::optional<wire::JsonValue> JsonPath::Find(const wire::JsonValue& root,
                                              wire::JsonSyntax syntax) const {
  std::optional<wire::JsonValue> at = root;
  for (const std::string& step : steps_) {
    at = wire::FindStep(*at, step, syntax);
    if (!at) return std::nullopt;
  }
  return at;
}

}  // namespace gatehouse::api
