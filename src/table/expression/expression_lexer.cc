#include "table/expression/expression_lexer.h"

#include <algorithm>

namespace gatehouse::table {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordByte(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }
char Capital(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

template <class Belongs>
std::size_t SpanOf(std::string_view text, Belongs belongs) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), belongs) -
                                  text.begin());
}

// Kind and length of the token that rest begins with.
std::size_t Measure(std::string_view rest, Token::Kind& kind) {
  char c = rest[0];
  if (IsLetter(c)) {
    kind = Token::Kind::kName;
    return SpanOf(rest, IsWordByte);
  }
  if (IsDigit(c)) {
    kind = Token::Kind::kDigits;
    return SpanOf(rest, IsDigit);
  }
  if (c == '#' || c == ':') {
    std::size_t size = 1 + SpanOf(rest.substr(1), IsWordByte);
    kind = size == 1  ? Token::Kind::kWrong
           : c == '#' ? Token::Kind::kNameRef
                      : Token::Kind::kValueRef;
    return size;
  }
  kind = Token::Kind::kSymbol;
  for (std::string_view symbol : {"<>", "<=", ">="}) {
    if (rest.starts_with(symbol)) return symbol.size();
  }
  if (std::string_view("()[].,=<>+-").find(c) == std::string_view::npos) {
    kind = Token::Kind::kWrong;
  }
  return 1;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view text, std::string_view capitals) {
  return std::equal(text.begin(), text.end(), capitals.begin(), capitals.end(),
                    [](char a, char b) { return Capital(a) == b; });
}

bool Token::IsWord(std::string_view keyword) const {
  return kind == Kind::kName && EqualsIgnoringCase(text, keyword);
}

Token ReadToken(std::string_view expression, std::size_t at) {
  at += SpanOf(expression.substr(at), IsBlank);
  if (at == expression.size()) return {Token::Kind::kEnd, "<EOF>", at, at};
  Token token;
  std::size_t size = Measure(expression.substr(at), token.kind);
  // A byte of a longer character is told with the rest of it, so that errors stay UTF-8.
  while (token.kind == Token::Kind::kWrong && at + size < expression.size() &&
         (static_cast<unsigned char>(expression[at + size]) & 0xc0) == 0x80) {
    ++size;
  }
  token.text = expression.substr(at, size);
  token.at = at;
  token.end = at + size;
  return token;
}

}  // namespace gatehouse::table
