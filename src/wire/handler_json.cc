#include "gatehouse/json.h"
#include "wire/json_cursor.h"
#include "wire/json_text.h"

namespace gatehouse::json {
namespace {

// The character that stands for c behind a backslash; 0 if there is none.
char ShortEscape(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

}  // namespace

std::optional<std::string_view> Member(std::string_view object, std::string_view name) {
  const auto value = wire::ReadJson(object);
  if (!value) return std::nullopt;
  const auto member = wire::FindMember(*value, name);
  if (!member) return std::nullopt;
  return member->text;
}

bool IsValid(std::string_view text) { return wire::ReadJson(text).has_value(); }

bool IsObject(std::string_view text) {
  const auto value = wire::ReadJson(text);
  return value && value->kind == wire::JsonKind::kObject;
}

std::optional<std::string> String(std::string_view value) {
  const auto string = wire::ReadJson(value);
  if (!string || string->kind != wire::JsonKind::kString) return std::nullopt;
  return wire::DecodeJsonString(*string);
}

void AppendQuoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  for (;;) {
    const std::size_t plain = wire::PlainBytes(text, '"');
    out.append(text.substr(0, plain));
    if (plain == text.size()) break;
    const char c = text[plain];
    text.remove_prefix(plain + 1);
    if (const char escape = ShortEscape(c)) {
      out.append({'\\', escape});
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  out.push_back('"');
}

std::string Quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  AppendQuoted(out, text);
  return out;
}

}  // namespace gatehouse::json
