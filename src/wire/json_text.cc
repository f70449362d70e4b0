#include "wire/json_text.h"

#include "wire/ascii.h"

namespace gatehouse::wire {
namespace {

void AppendUtf8(std::string& out, unsigned code) {
  const auto tail = [&](unsigned shift) {
    out.push_back(static_cast<char>(0x80 | (code >> shift & 0x3f)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | code >> 12));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// Appends what \u means when text starts behind it; returns how much of text that took.
std::size_t AppendUnicodeEscape(std::string& out, std::string_view text) {
  const int code = HexFour(text);
  if (code < 0xd800 || code > 0xdfff) {
    AppendUtf8(out, static_cast<unsigned>(code));
    return 4;
  }
  const int low = text.substr(4, 2) == "\\u" ? HexFour(text.substr(6)) : -1;
  if (code >= 0xdc00 || low < 0xdc00 || low > 0xdfff) {
    AppendUtf8(out, 0xfffd);
    return 4;
  }
  AppendUtf8(out, 0x10000u + (static_cast<unsigned>(code - 0xd800) << 10) +
                      static_cast<unsigned>(low - 0xdc00));
  return 10;
}

char EscapedChar(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

}  // namespace

int HexFour(std::string_view text) {
  if (text.size() < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = HexDigit(text[static_cast<std::size_t>(i)]);
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

void AppendDecoded(std::string& out, std::string_view token) {
  auto rest = token.substr(1, token.size() - 2);
  for (auto slash = rest.find('\\'); slash != rest.npos; slash = rest.find('\\')) {
    out.append(rest.substr(0, slash));
    const char c = rest[slash + 1];
    rest.remove_prefix(slash + 2);
    if (c == 'u') {
      rest.remove_prefix(AppendUnicodeEscape(out, rest));
    } else {
      out.push_back(EscapedChar(c));
    }
  }
  out.append(rest);
}

}  // namespace gatehouse::wire
