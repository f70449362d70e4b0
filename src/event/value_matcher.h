// One element of a pattern's list: what a single value of an event must be. Immutable; any thread.
// Inside this room only; event_pattern.h has the source.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/result.h"
#include "wire/json_cursor.h"

namespace gatehouse::event {

// Whether $or stands for alternatives and not for a field: none of these may be a name in them.
bool IsOperator(std::string_view name);

class ValueMatcher {
 public:
  // Errors: kInvalidArgument with AWS's reason.
  static Result<ValueMatcher> Parse(const wire::JsonValue& value);

  // value: no object and no array.
  bool Matches(const wire::JsonValue& value) const;
  // Fits where the field is not there.
  bool matches_absent() const { return kind_ == kAbsent; }

 private:
  enum Kind {
    kText,     // equal
    kNumber,   // equal as a number
    kLiteral,  // true, false, null
    kTextIgnoringCase,
    kPrefix,
    kPrefixIgnoringCase,
    kSuffix,
    kSuffixIgnoringCase,
    kWildcard,
    kRange,
    kCidr,
    kPresent,
    kAbsent,
    kNoneOf,  // of others_
  };
  struct Bound {
    bool inclusive;
    double value;
  };
  struct Network {
    int family;
    int bits;
    std::array<std::uint8_t, 16> address;
  };

  static Result<ValueMatcher> ParseOperator(std::string_view name, const wire::JsonValue& value);
  static Result<ValueMatcher> ParseTextOperator(std::string_view name,
                                                const wire::JsonValue& value);
  static Result<ValueMatcher> ParseNumeric(const wire::JsonValue& value);
  static Result<ValueMatcher> ParseCidr(const wire::JsonValue& value);
  static Result<ValueMatcher> ParseAnythingBut(const wire::JsonValue& value);
  Result<void> ReadWildcard();
  bool MatchesText(std::string_view text) const;
  bool MatchesWildcard(std::string_view text) const;
  bool InRange(double number) const;
  bool InNetwork(const std::string& text) const;

  Kind kind_ = kText;
  std::string text_;
  std::vector<std::string> pieces_;  // of a wildcard: what stands between the stars
  double number_ = 0;
  std::optional<Bound> above_, below_;
  std::optional<Network> network_;
  std::vector<ValueMatcher> others_;
};

}  // namespace gatehouse::event
