// The words of an expression. Plain values: no thread rules.
#pragma once

#include <cstddef>
#include <string_view>

namespace gatehouse::table {

struct Token {
  enum class Kind { kName, kNameRef, kValueRef, kDigits, kSymbol, kEnd, kWrong };
  Kind kind = Kind::kEnd;
  std::string_view text;  // of the expression; of kEnd "<EOF>"
  std::size_t at = 0;     // where in the expression it begins
  std::size_t end = 0;

  bool Is(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }
  // Whether it is this keyword, in whatever case; keyword in capitals.
  bool IsWord(std::string_view keyword) const;
};

// The token at or behind a position.
Token ReadToken(std::string_view expression, std::size_t at);

bool EqualsIgnoringCase(std::string_view text, std::string_view capitals);

// Whether the word, in whatever case, is one of the 573 that AWS reserves.
bool IsReservedWord(std::string_view word);

}  // namespace gatehouse::table
