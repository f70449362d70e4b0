// A regular expression of an API's owner against text of its clients, by PCRE2 (nearer to Java's
// and ECMAScript's syntax than any other at hand), with a bound on the work of one match: no text
// may hold up the loop or eat the stack, as it can with std::regex. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"

namespace gatehouse::api {

// What the matches of one message may cost together: few of them may be long.
struct MatchBudget {
  int long_matches = 10;  // below 0: it was overdrawn, and what matched since is not known
};

class Pattern {
 public:
  static constexpr std::uint32_t kShortMatchSteps = 1'000;
  static constexpr std::uint32_t kMatchStepsMax = 200'000;  // of a long one
  static constexpr std::uint32_t kHeapKibMax = 32 * 1024;   // for the time of a match

  // Errors: kInvalidArgument with what is wrong and where.
  static Result<Pattern> Compile(std::string_view text);

  // Valid UTF-8 only; a match that takes more than kMatchStepsMax, or that the budget does not
  // cover, counts as none.
  bool MatchesWhole(std::string_view text) const;
  bool Finds(std::string_view text, MatchBudget& budget) const;
  // The first match from there on: the whole and its groups, parts of text (a group that took no
  // part is empty). false: there is none within kShortMatchSteps.
  bool FindFrom(std::string_view text, std::size_t from,
                std::vector<std::string_view>& groups) const;

 private:
  struct Code;
  explicit Pattern(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

}  // namespace gatehouse::api
