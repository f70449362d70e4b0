#include "aws/name.h"

#include <algorithm>

namespace gatehouse::aws {
namespace {

bool IsNameDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsNameDigit(c) || c == '-' || c == '_';
}

}  // namespace

bool IsAccountId(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), IsNameDigit);
}

bool IsFunctionName(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), IsNameCharacter);
}

}  // namespace gatehouse::aws
