// Mapping templates: from text to parts.
#include <algorithm>
#include <cctype>
#include <optional>

#include <fmt/format.h>

#include "api/language/mapping_template.h"

namespace gatehouse::api {
namespace {

constexpr std::string_view kDirectives[] = {"set",   "if",      "elseif",  "else",  "end",
                                            "break", "foreach", "macro",   "parse", "include",
                                            "stop",  "define",  "evaluate"};
constexpr std::string_view kRoots[] = {"context", "input", "stageVariables", "util"};

bool IsNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
}

// The identifier at the start of text; empty if there is none.
std::string_view NameAt(std::string_view text) {
  if (text.empty() || !IsNameStart(text[0])) return {};
  std::size_t size = 1;
  while (size < text.size() && IsNameCharacter(text[size])) ++size;
  return text.substr(0, size);
}

// Whether a reference to something that exists begins behind this "$".
bool IsReference(std::string_view behind_dollar) {
  if (behind_dollar.starts_with('!')) behind_dollar.remove_prefix(1);
  if (behind_dollar.starts_with('{')) behind_dollar.remove_prefix(1);
  std::string_view name = NameAt(behind_dollar);
  return std::find(std::begin(kRoots), std::end(kRoots), name) != std::end(kRoots);
}

}  // namespace

// One function per rule; each takes what it read from the front of rest_.
class MappingTemplate::Compiler {
 public:
  explicit Compiler(std::string_view text) : text_(text), rest_(text) {}

  Result<std::vector<Part>> Compile();

 private:
  Error Refuse(ErrorCode code, std::string why) const;
  Error Unsupported(std::string_view what) const;
  Error Malformed(std::string_view what) const;
  bool Eat(std::string_view token);
  void AddText(std::string_view text);
  Result<void> TakeHash();
  Result<Part> TakeReference();
  Result<Part> TakeRoot();
  Result<Part> TakeContext();
  Result<Part> TakeInput();
  Result<Part> TakeInputPath(Source source);
  Result<Part> TakeStageVariable();
  Result<Part> TakeUtility();
  Result<Part> TakeArgument();
  Result<std::string> TakeQuoted();
  Result<std::string> TakeCall();
  Result<void> CheckEnd() const;

  std::string_view text_;
  std::string_view rest_;
  std::vector<Part> parts_;
  std::size_t references_ = 0;
};

Error MappingTemplate::Compiler::Refuse(ErrorCode code, std::string why) const {
  std::string_view read = text_.substr(0, text_.size() - rest_.size());
  auto line = std::count(read.begin(), read.end(), '\n') + 1;
  return {code, fmt::format("line {}: {}", line, why)};
}

Error MappingTemplate::Compiler::Unsupported(std::string_view what) const {
  return Refuse(ErrorCode::kUnsupported,
                fmt::format("{} is not served (text, $context, $input, $stageVariables and $util "
                            "are)",
                            what));
}

Error MappingTemplate::Compiler::Malformed(std::string_view what) const {
  return Refuse(ErrorCode::kInvalidArgument, std::string(what));
}

bool MappingTemplate::Compiler::Eat(std::string_view token) {
  if (!rest_.starts_with(token)) return false;
  rest_.remove_prefix(token.size());
  return true;
}

void MappingTemplate::Compiler::AddText(std::string_view text) {
  if (text.empty()) return;
  bool joins =
      !parts_.empty() && parts_.back().source == Source::kText && parts_.back().utilities.empty();
  if (!joins) parts_.push_back({});
  parts_.back().text += text;
}

Result<std::vector<MappingTemplate::Part>> MappingTemplate::Compiler::Compile() {
  while (!rest_.empty()) {
    std::size_t plain = std::min(rest_.find_first_of("$#\\"), rest_.size());
    AddText(rest_.substr(0, plain));
    rest_.remove_prefix(plain);
    if (rest_.empty()) break;
    if (rest_[0] == '#') {
      if (Result<void> taken = TakeHash(); !taken) return taken.error();
    } else if (rest_[0] == '$' && IsReference(rest_.substr(1))) {
      if (++references_ > kReferencesMax) {
        return Malformed(fmt::format("more than {} references", kReferencesMax));
      }
      Result<Part> part = TakeReference();
      if (!part) return part.error();
      parts_.push_back(*std::move(part));
    } else {
      bool escaped = rest_.starts_with("\\$") && IsReference(rest_.substr(2));
      AddText(escaped ? std::string_view("$") : rest_.substr(0, 1));
      rest_.remove_prefix(escaped ? 2 : 1);
    }
  }
  return std::move(parts_);
}

// Comments go; directives are refused; any other hash is text.
Result<void> MappingTemplate::Compiler::TakeHash() {
  if (rest_.starts_with("##")) {
    rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1);
    return {};
  }
  if (rest_.starts_with("#*")) {
    std::size_t end = rest_.find("*#", 2);
    if (end == std::string_view::npos) return Malformed("the comment #* is not closed");
    rest_.remove_prefix(end + 2);
    return {};
  }
  if (rest_.starts_with("#[[")) return Unsupported("#[[");
  std::string_view name = NameAt(rest_.substr(rest_.starts_with("#{") ? 2 : 1));
  if (std::find(std::begin(kDirectives), std::end(kDirectives), name) != std::end(kDirectives)) {
    return Unsupported(fmt::format("#{}", name));
  }
  AddText(rest_.substr(0, 1));
  rest_.remove_prefix(1);
  return {};
}

Result<MappingTemplate::Part> MappingTemplate::Compiler::TakeReference() {
  Eat("$");
  Eat("!");
  bool braces = Eat("{");
  Result<Part> part = TakeRoot();
  if (!part) return part;
  if (braces && !Eat("}")) return Malformed("a brace is not closed behind a reference");
  return part;
}

Result<MappingTemplate::Part> MappingTemplate::Compiler::TakeRoot() {
  std::string_view root = NameAt(rest_);
  rest_.remove_prefix(root.size());
  if (root == "context") return TakeContext();
  if (root == "input") return TakeInput();
  if (root == "stageVariables") return TakeStageVariable();
  if (root == "util") return TakeUtility();
  return Malformed("a reference names nothing");
}

// A value has been read: methods of it are not served.
Result<void> MappingTemplate::Compiler::CheckEnd() const {
  bool is_member = rest_.starts_with('.') && !NameAt(rest_.substr(1)).empty();
  if (is_member || rest_.starts_with('(') || rest_.starts_with("['")) {
    return Unsupported("a member or method of a value");
  }
  return {};
}

Result<MappingTemplate::Part> MappingTemplate::Compiler::TakeContext() {
  Part part;
  part.source = Source::kContext;
  while (rest_.starts_with('.')) {
    std::string_view name = NameAt(rest_.substr(1));
    if (name.empty()) break;
    if (!part.text.empty()) part.text += '.';
    part.text += name;
    rest_.remove_prefix(name.size() + 1);
  }
  if (part.text.empty()) return Unsupported("$context by itself");
  if (Result<void> end = CheckEnd(); !end) return end.error();
  return part;
}

// 'text' or "text", without escapes.
Result<std::string> MappingTemplate::Compiler::TakeQuoted() {
  char quote = rest_.empty() ? '\0' : rest_[0];
  if (quote != '\'' && quote != '"') return Malformed("a quoted text is missing");
  std::size_t end = rest_.find(quote, 1);
  if (end == std::string_view::npos) return Malformed("a quoted text is not closed");
  std::string text(rest_.substr(1, end - 1));
  rest_.remove_prefix(end + 1);
  return text;
}

// ('text')
Result<std::string> MappingTemplate::Compiler::TakeCall() {
  if (!Eat("(")) return Malformed("a parenthesis is missing");
  if (rest_.starts_with(')')) return Unsupported("a call without an argument");
  while (Eat(" ")) {
  }
  Result<std::string> text = TakeQuoted();
  if (!text) return text;
  while (Eat(" ")) {
  }
  if (!Eat(")")) return Malformed("a parenthesis is not closed");
  return text;
}

Result<MappingTemplate::Part> MappingTemplate::Compiler::TakeInput() {
  if (Eat(".json")) return TakeInputPath(Source::kJson);
  if (Eat(".path")) return TakeInputPath(Source::kPath);
  Part part;
  if (Eat(".params")) {
    Result<std::string> name = TakeCall();
    if (!name) return name.error();
    part.source = Source::kParameter;
    part.text = *std::move(name);
  } else if (Eat(".body")) {
    part.source = Source::kBody;
  } else {
    return Unsupported(
        fmt::format("$input{}", rest_.substr(0, rest_.find_first_of(" \n\"'}(", 1))));
  }
  if (Result<void> end = CheckEnd(); !end) return end.error();
  return part;
}

// ('$.a.b'), and members behind it: what $input.path gave is a tree.
Result<MappingTemplate::Part> MappingTemplate::Compiler::TakeInputPath(Source source) {
  Result<std::string> text = TakeCall();
  if (!text) return text.error();
  if (!text->starts_with('$')) return Malformed("a JSONPath begins with $");
  std::string path = text->substr(1);
  while (source == Source::kPath && rest_.starts_with('.')) {
    std::string_view name = NameAt(rest_.substr(1));
    if (name.empty() || rest_.substr(name.size() + 1).starts_with('(')) break;
    path.append(".").append(name);
    rest_.remove_prefix(name.size() + 1);
  }
  if (Result<void> end = CheckEnd(); !end) return end.error();
  Result<JsonPath> parsed = JsonPath::Parse(path);
  if (!parsed) return Malformed(fmt::format("{}: {}", *text, parsed.error().message));
  return Part{source, {}, *std::move(parsed)};
}

Result<MappingTemplate::Part> MappingTemplate::Compiler::TakeStageVariable() {
  Part part;
  part.source = Source::kStageVariable;
  Result<std::string> name = std::string();
  if (Eat(".get(")) {
    name = TakeQuoted();
    if (name && !Eat(")")) return Malformed("a parenthesis is not closed");
  } else if (Eat("[")) {
    name = TakeQuoted();
    if (name && !Eat("]")) return Malformed("a bracket is not closed");
  } else if (Eat(".")) {
    name = std::string(NameAt(rest_));
    rest_.remove_prefix(name->size());
  }
  if (!name) return name.error();
  if (name->empty()) return Unsupported("$stageVariables by itself");
  part.text = *std::move(name);
  if (Result<void> end = CheckEnd(); !end) return end.error();
  return part;
}

Result<MappingTemplate::Part> MappingTemplate::Compiler::TakeUtility() {
  Eat(".");
  std::string_view name = NameAt(rest_);
  std::optional<TemplateUtility> utility = FindTemplateUtility(name);
  if (!utility) return Unsupported(fmt::format("$util.{}", name));
  rest_.remove_prefix(name.size());
  if (!Eat("(")) return Malformed("a parenthesis is missing");
  if (++references_ > kReferencesMax) {
    return Malformed(fmt::format("more than {} references", kReferencesMax));
  }
  Result<Part> part = TakeArgument();
  if (!part) return part;
  if (!Eat(")")) return Malformed("a parenthesis is not closed");
  part->utilities.push_back(*utility);
  if (Result<void> end = CheckEnd(); !end) return end.error();
  return part;
}

Result<MappingTemplate::Part> MappingTemplate::Compiler::TakeArgument() {
  if (rest_.starts_with('$') && IsReference(rest_.substr(1))) return TakeReference();
  Result<std::string> text = TakeQuoted();
  if (!text) return text.error();
  return Part{Source::kText, *std::move(text), {}};
}

Result<MappingTemplate> MappingTemplate::Compile(std::string_view text) {
  if (text.size() > kBytesMax) {
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format("the mapping template has {} bytes; {} are allowed", text.size(), kBytesMax)};
  }
  Result<std::vector<Part>> parts = Compiler(text).Compile();
  if (!parts) return parts.error();
  MappingTemplate compiled;
  compiled.parts_ = *std::move(parts);
  return compiled;
}

}  // namespace gatehouse::api
