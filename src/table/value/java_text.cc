#include "table/value/java_text.h"

#include <string_view>
#include <utility>

namespace gatehouse::table {
namespace {

// Cut between characters of UTF-8.
std::string_view JavaTextCut(std::string_view text) {
  if (text.size() <= kJavaTextStringMax) return text;
  std::size_t end = kJavaTextStringMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

void AppendJavaText(std::string& out, const boost::json::value& json) {
  if (out.size() > kJavaTextMax) return;
  bool first = true;
  auto separate = [&] {
    if (!std::exchange(first, false)) out += ", ";
  };
  if (const auto* object = json.if_object()) {
    out += '{';
    for (const auto& member : *object) {
      if (out.size() > kJavaTextMax) break;
      separate();
      out.append(JavaTextCut(member.key())).append("=");
      AppendJavaText(out, member.value());
    }
    out += '}';
  } else if (const auto* array = json.if_array()) {
    out += '[';
    for (const boost::json::value& element : *array) {
      if (out.size() > kJavaTextMax) break;
      separate();
      AppendJavaText(out, element);
    }
    out += ']';
  } else if (const auto* text = json.if_string()) {
    out.append(JavaTextCut(std::string_view(text->data(), text->size())));
  } else {
    out += boost::json::serialize(json);
  }
}

}  // namespace

std::string JavaText(const boost::json::value& json) {
  std::string text;
  AppendJavaText(text, json);
  return text;
}

}  // namespace gatehouse::table
