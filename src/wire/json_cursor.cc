#include "wire/json_cursor.h"

#include <charconv>
#include <type_traits>

#include "wire/ascii.h"
#include "wire/json_text.h"
#include "wire/utf8.h"

namespace gatehouse::wire {
namespace {

bool IsJsonBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsQuote(char c) { return c == '"' || c == '\''; }

// One function per rule of the grammar. Each starts at its first byte, ends behind its last and
// says whether all between was right; after a refusal the scanner is of no use, unless it locates:
// then rest() begins with what is wrong. That costs, so it is another class.
template <bool kLocates>
class ScannerOf {
 public:
  ScannerOf(std::string_view text, JsonSyntax syntax)
      : rest_(text), is_lenient_(syntax == JsonSyntax::kLenient) {}

  std::string_view rest() const { return rest_; }
  bool is_too_deep() const requires kLocates { return is_too_deep_; }

  void SkipBlanks() {
    std::size_t i = 0;
    while (i < rest_.size() && IsJsonBlank(rest_[i])) ++i;
    rest_.remove_prefix(i);
  }

  bool Eat(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // An element with blanks around it.
  bool Element(JsonValue* value, int depth) {
    SkipBlanks();
    const std::string_view start = rest_;
    if (!Value(value, depth)) return false;
    value->text = start.substr(0, start.size() - rest_.size());
    SkipBlanks();
    return true;
  }

  // A name with its quotes if it has any, a colon, and an element.
  bool Member(std::string_view* name, JsonValue* value, int depth) {
    SkipBlanks();
    return Name(name) && Eat(':') && Element(value, depth);
  }

 private:
  bool Value(JsonValue* value, int depth);
  bool LocatedValue(JsonValue* value, int depth);
  bool AnyValue(JsonValue* value, int depth);
  bool Object(int depth);
  bool Array(int depth);
  bool Name(std::string_view* name);
  bool BareName(std::string_view* name);
  bool String();
  bool Escape(char quote);
  bool Number();
  bool Digits();
  bool Word(std::string_view word);

  std::string_view rest_;
  bool is_lenient_;
  struct Nothing {};
  [[no_unique_address]] std::conditional_t<kLocates, bool, Nothing> is_too_deep_{};
};
using Scanner = ScannerOf<false>;

template <bool kLocates>
bool ScannerOf<kLocates>::Value(JsonValue* value, int depth) {
  if constexpr (kLocates) return LocatedValue(value, depth);
  return AnyValue(value, depth);
}

// What is wrong inside of a scalar, or right behind a word or number, is the scalar.
template <bool kLocates>
bool ScannerOf<kLocates>::LocatedValue(JsonValue* value, int depth) {
  is_too_deep_ = depth > kJsonDepthMax;
  if (is_too_deep_) return false;
  const std::string_view start = rest_;
  bool good = AnyValue(value, depth);
  if (value->kind == JsonKind::kObject || value->kind == JsonKind::kArray) return good;
  if (value->kind == JsonKind::kString) {
    good = good && IsUtf8(start.substr(0, start.size() - rest_.size()));
  } else {
    constexpr std::string_view kEnds = " \t\r\n,]}:\"";
    good = good && (rest_.empty() || kEnds.find(rest_.front()) != kEnds.npos);
  }
  if (!good) rest_ = start;
  return good;
}

template <bool kLocates>
bool ScannerOf<kLocates>::AnyValue(JsonValue* value, int depth) {
  if (rest_.empty()) return false;
  switch (rest_.front()) {
    case '{':
      value->kind = JsonKind::kObject;
      return (kLocates || depth < kJsonDepthMax) && Object(depth + 1);
    case '[':
      value->kind = JsonKind::kArray;
      return (kLocates || depth < kJsonDepthMax) && Array(depth + 1);
    case '"':
      value->kind = JsonKind::kString;
      return String();
    case '\'':
      value->kind = JsonKind::kString;
      return is_lenient_ && String();
    case 't':
      value->kind = JsonKind::kTrue;
      return Word("true");
    case 'f':
      value->kind = JsonKind::kFalse;
      return Word("false");
    case 'n':
      value->kind = JsonKind::kNull;
      return Word("null");
    default:
      value->kind = JsonKind::kNumber;
      return Number();
  }
}

template <bool kLocates>
bool ScannerOf<kLocates>::Object(int depth) {
  Eat('{');
  SkipBlanks();
  if (Eat('}')) return true;
  std::string_view name;
  JsonValue value;
  do {
    if (!Member(&name, &value, depth)) return false;
  } while (Eat(','));
  return Eat('}');
}

template <bool kLocates>
bool ScannerOf<kLocates>::Array(int depth) {
  Eat('[');
  SkipBlanks();
  if (Eat(']')) return true;
  JsonValue value;
  do {
    if (!Element(&value, depth)) return false;
  } while (Eat(','));
  return Eat(']');
}

template <bool kLocates>
bool ScannerOf<kLocates>::Name(std::string_view* name) {
  if (rest_.empty()) return false;
  if (rest_.front() != '"' && !is_lenient_) return false;
  if (!IsQuote(rest_.front())) return BareName(name);
  const std::string_view start = rest_;
  bool good = String();
  if constexpr (kLocates) {
    good = good && IsUtf8(start.substr(0, start.size() - rest_.size()));
    if (!good) rest_ = start;
  }
  if (!good) return false;
  *name = start.substr(0, start.size() - rest_.size());
  SkipBlanks();
  return true;
}

template <bool kLocates>
bool ScannerOf<kLocates>::BareName(std::string_view* name) {
  const std::size_t colon = rest_.find(':');
  if (colon == rest_.npos) return false;
  *name = rest_.substr(0, colon);
  while (!name->empty() && IsJsonBlank(name->back())) name->remove_suffix(1);
  rest_.remove_prefix(colon);
  return !name->empty();
}

template <bool kLocates>
bool ScannerOf<kLocates>::String() {
  const char quote = rest_.front();
  rest_.remove_prefix(1);
  for (;;) {
    rest_.remove_prefix(PlainBytes(rest_, quote));
    if (rest_.empty() || static_cast<unsigned char>(rest_.front()) < 0x20) return false;
    if (Eat(quote)) return true;
    if (Eat('\\') && !Escape(quote)) return false;
  }
}

// What follows a backslash.
template <bool kLocates>
bool ScannerOf<kLocates>::Escape(char quote) {
  if (rest_.empty()) return false;
  const char c = rest_.front();
  rest_.remove_prefix(1);
  if (c == 'u') {
    if (HexFour(rest_) < 0) return false;
    rest_.remove_prefix(4);
    return true;
  }
  return c == quote || std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
}

template <bool kLocates>
bool ScannerOf<kLocates>::Number() {
  Eat('-');
  if (!Eat('0') && !Digits()) return false;
  if (Eat('.') && !Digits()) return false;
  if (Eat('e') || Eat('E')) {
    if (!Eat('+')) Eat('-');
    return Digits();
  }
  return true;
}

template <bool kLocates>
bool ScannerOf<kLocates>::Digits() {
  std::size_t i = 0;
  while (i < rest_.size() && IsDigit(rest_[i])) ++i;
  rest_.remove_prefix(i);
  return i > 0;
}

template <bool kLocates>
bool ScannerOf<kLocates>::Word(std::string_view word) {
  if (!rest_.starts_with(word)) return false;
  rest_.remove_prefix(word.size());
  return true;
}

}  // namespace

std::optional<JsonValue> ReadJson(std::string_view text, JsonSyntax syntax) {
  Scanner scanner(text, syntax);
  JsonValue value;
  if (!scanner.Element(&value, 0) || !scanner.rest().empty() || !IsUtf8(text)) return std::nullopt;
  return value;
}

JsonReading LocateJson(std::string_view text) {
  ScannerOf<true> scanner(text, JsonSyntax::kStrict);
  JsonReading reading;
  JsonValue value;
  if (scanner.Element(&value, 0) && scanner.rest().empty()) {
    reading.value = value;
  } else {
    reading.fault = text.size() - scanner.rest().size();
    reading.is_too_deep = scanner.is_too_deep();
  }
  return reading;
}

std::optional<JsonValue> FindMember(const JsonValue& object, std::string_view name,
                                    JsonSyntax syntax) {
  if (object.kind != JsonKind::kObject) return std::nullopt;
  std::optional<JsonValue> found;
  for (JsonCursor member(object, syntax); member.Next();) {
    if (member.name() == name) found = member.value();
  }
  return found;
}

std::optional<std::size_t> ReadArrayIndex(std::string_view digits) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return index;
}

std::optional<JsonValue> FindStep(const JsonValue& at, std::string_view name, JsonSyntax syntax) {
  if (at.kind != JsonKind::kArray) return FindMember(at, name, syntax);
  auto index = ReadArrayIndex(name);
  for (JsonCursor cursor(at, syntax); index && cursor.Next(); --*index) {
    if (*index == 0) return cursor.value();
  }
  return std::nullopt;
}

void AppendJsonAsText(const JsonValue& value, JsonSyntax syntax, std::string& out) {
  switch (value.kind) {
    case JsonKind::kString:
      out.append(DecodeJsonString(value));
      break;
    case JsonKind::kNumber:
    case JsonKind::kTrue:
    case JsonKind::kFalse:
      out.append(value.text);
      break;
    case JsonKind::kArray: {
      out.push_back('[');
      std::string_view separator;
      for (JsonCursor cursor(value, syntax); cursor.Next(); separator = ", ") {
        out.append(separator);
        AppendJsonAsText(cursor.value(), syntax, out);
      }
      out.push_back(']');
      break;
    }
    case JsonKind::kNull:
    case JsonKind::kObject:
      break;
  }
}

JsonCursor::JsonCursor(const JsonValue& container, JsonSyntax syntax)
    : syntax_(syntax), is_object_(container.kind == JsonKind::kObject) {
  Scanner scanner(container.text, syntax);
  if (!scanner.Eat(is_object_ ? '{' : '[')) return;
  scanner.SkipBlanks();
  if (!scanner.Eat(is_object_ ? '}' : ']')) rest_ = scanner.rest();
}

// rest_ begins with a member or an element, or is empty.
bool JsonCursor::Next() {
  if (rest_.empty()) return false;
  Scanner scanner(rest_, syntax_);
  rest_ = {};
  std::string_view name;
  const bool read = is_object_ ? scanner.Member(&name, &value_, 0) : scanner.Element(&value_, 0);
  if (!read) return false;
  name_.clear();
  if (!name.empty() && IsQuote(name.front())) {
    AppendDecoded(name_, name);
  } else {
    name_.append(name);
  }
  if (scanner.Eat(',')) rest_ = scanner.rest();
  return true;
}

std::string DecodeJsonString(const JsonValue& string) {
  std::string text;
  if (string.kind == JsonKind::kString) AppendDecoded(text, string.text);
  return text;
}

}  // namespace gatehouse::wire
