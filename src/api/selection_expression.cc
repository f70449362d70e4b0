#include "api/selection_expression.h"

#include <algorithm>
#include <cctype>

namespace gatehouse::api {
namespace {

constexpr std::string_view kBody = "request.body";

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
}

Error Wrong(std::string_view text, std::string_view why) {
  return {ErrorCode::kInvalidArgument,
          "route selection expression \"" + std::string(text) + "\": " + std::string(why)};
}

// The length of a variable name without braces: names joined by dots, with [n] after a name.
std::size_t VariableLength(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size()) {
    bool dot = text[n] == '.' && n + 1 < text.size() && IsNameCharacter(text[n + 1]);
    if (!dot && !IsNameCharacter(text[n]) && text[n] != '[' && text[n] != ']') break;
    ++n;
  }
  return n;
}

// "request.body.service.do[0]" → {"service", "do", "0"}
Result<std::vector<std::string>> BodyPath(std::string_view expression, std::string_view variable) {
  if (!variable.starts_with(kBody) || variable.size() <= kBody.size() ||
      variable[kBody.size()] != '.') {
    return Wrong(expression, "only $request.body.… can be selected on");
  }
  std::vector<std::string> path(1);
  for (char c : variable.substr(kBody.size() + 1)) {
    if (c == '.' || c == '[') {
      if (path.back().empty()) return Wrong(expression, "a member name is empty");
      path.emplace_back();
    } else if (c != ']') {
      path.back() += c;
    }
  }
  if (path.back().empty()) return Wrong(expression, "a member name is empty");
  return path;
}

}  // namespace

Result<SelectionExpression> SelectionExpression::Parse(std::string_view text) {
  SelectionExpression expression;
  expression.text_ = text;
  if (text.empty()) return Wrong(text, "it is empty");
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '$') {
      expression.parts_.push_back({"$", {}});
      i += 2;
      continue;
    }
    if (text[i] != '$') {
      std::size_t end = text.find_first_of("$\\", i + 1);
      end = end == std::string_view::npos ? text.size() : end;
      expression.parts_.push_back({std::string(text.substr(i, end - i)), {}});
      i = end;
      continue;
    }
    bool braces = i + 1 < text.size() && text[i + 1] == '{';
    std::size_t start = i + (braces ? 2 : 1);
    std::size_t size = 0;
    if (braces) {
      std::size_t end = text.find('}', start);
      if (end == std::string_view::npos) return Wrong(text, "a brace is not closed");
      size = end - start;
      i = end + 1;
    } else {
      size = VariableLength(text.substr(start));
      i = start + size;
    }
    Result<std::vector<std::string>> path = BodyPath(text, text.substr(start, size));
    if (!path) return path.error();
    expression.parts_.push_back({"", std::move(*path)});
  }
  return expression;
}

std::string SelectionExpression::Evaluate(const wire::RoutingReader& reader) const {
  std::string value;
  for (const Part& part : parts_) {
    if (part.body_path.empty()) {
      value += part.literal;
    } else {
      reader.AppendText(part.body_path, value);
    }
  }
  return value;
}

bool SelectionExpression::is_constant() const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [](const Part& part) { return part.body_path.empty(); });
}

std::string SelectionExpression::VariableName() const {
  if (parts_.size() != 1 || parts_[0].body_path.empty()) return text_;
  std::string name;
  for (const std::string& member : parts_[0].body_path) {
    if (!name.empty()) name += '.';
    name += member;
  }
  return name;
}

}  // namespace gatehouse::api
