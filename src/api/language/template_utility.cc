#include "api/language/template_utility.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "wire/utf8.h"

namespace gatehouse::api {
namespace {

// The character that begins at text[i] of valid UTF-8; moves i behind it.
std::uint32_t TakeCharacter(std::string_view text, std::size_t& i) {
  auto lead = static_cast<unsigned char>(text[i++]);
  int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
  std::uint32_t code = more == 0 ? lead : lead & (0x3fu >> more);
  for (; more > 0 && i < text.size(); --more) {
    code = code << 6 | (static_cast<unsigned char>(text[i++]) & 0x3fu);
  }
  return code;
}

std::string EscapeJavaScript(std::string_view text) {
  constexpr std::string_view kPlain = "\b\n\t\f\r\"'\\/";
  constexpr std::string_view kEscaped = "bntfr\"'\\/";
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t at = kPlain.find(text[i]);
    std::uint32_t code = TakeCharacter(text, i);
    if (at != std::string_view::npos) {
      out += '\\';
      out += kEscaped[at];
    } else if (code >= 0x20 && code < 0x80) {
      out += static_cast<char>(code);
    } else if (code > 0xffff) {
      out += fmt::format("\\u{:04X}\\u{:04X}", 0xd800 + ((code - 0x10000) >> 10),
                         0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
      out += fmt::format("\\u{:04X}", code);
    }
  }
  return out;
}

std::string UrlEncode(std::string_view text) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '.' || c == '-' || c == '*' || c == '_') {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

}  // namespace

std::optional<TemplateUtility> FindTemplateUtility(std::string_view name) {
  static constexpr std::pair<std::string_view, TemplateUtility> kRows[] = {
      {"escapeJavaScript", TemplateUtility::kEscapeJavaScript},
      {"urlEncode", TemplateUtility::kUrlEncode},
      {"urlDecode", TemplateUtility::kUrlDecode},
      {"base64Encode", TemplateUtility::kBase64Encode},
      {"base64Decode", TemplateUtility::kBase64Decode},
  };
  auto row = std::find_if(std::begin(kRows), std::end(kRows),
                          [&](const auto& r) { return r.first == name; });
  return row == std::end(kRows) ? std::nullopt : std::optional(row->second);
}

std::string ApplyTemplateUtility(TemplateUtility utility, const std::string& text) {
  switch (utility) {
    case TemplateUtility::kEscapeJavaScript:
      return EscapeJavaScript(text);
    case TemplateUtility::kUrlEncode:
      return UrlEncode(text);
    case TemplateUtility::kUrlDecode:
      return wire::ToUtf8(base::DecodePercent(text, true));
    case TemplateUtility::kBase64Encode:
      return base::EncodeBase64(text);
    case TemplateUtility::kBase64Decode:
      return wire::ToUtf8(base::DecodeBase64(text).value_or(std::string()));
  }
  return {};
}

}  // namespace gatehouse::api
