// A regular expression of an API's owner against text of its clients, by PCRE2 (nearer to Java's
// and ECMAScript's syntax than any other at hand), with a bound on the work of one match: no text
// may hold up the loop or eat the stack, as it can with std::regex. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::api {

class Pattern {
 public:
  static constexpr std::uint32_t kMatchStepsMax = 200'000;
  static constexpr std::uint32_t kHeapKibMax = 1024;

  // Errors: kInvalidArgument with what is wrong and where.
  static Result<Pattern> Compile(std::string_view text);

  // Valid UTF-8 only; a match that takes more than kMatchStepsMax counts as none.
  bool MatchesWhole(std::string_view text) const;
  bool Finds(std::string_view text) const;

 private:
  struct Code;
  explicit Pattern(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

}  // namespace gatehouse::api
