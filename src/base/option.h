// Options of a program as rows: each has its name, unit, default, bounds, sentence and the field
// that its value goes to. Flags, environment variables, --help and docs/options.md come from the
// rows; the default is what the field holds in a struct that nobody has touched. Rows stand beside
// the struct whose fields they fill. No thread rules.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "gatehouse/result.h"

namespace gatehouse::base {

// What a person reads of an option. Texts are literals.
struct OptionText {
  const char* name;  // "ready-file"
  const char* unit;  // of the value: "BYTES", "FILE"; empty: a switch without a value
  const char* sentence;
  const char* default_words = nullptr;  // where the default is no constant
  bool repeatable = false;
  double min = 0, max = -1;        // of numbers; max below min: no bounds
  const char* expected = nullptr;  // "twelve digits", for errors; null: as the bounds say
};

template <class Options>
struct OptionRow : OptionText {
  Result<void> (*set)(Options&, const OptionText&, const std::string&);
  std::string (*show)(const Options&);  // the field as text; empty: nothing is in it

  // Errors: kInvalidArgument with a sentence that names the option.
  Result<void> Set(Options& options, const std::string& text) const {
    return set(options, *this, text);
  }
  std::string DefaultText() const { return default_words ? default_words : show(Options()); }
};

// "--port: "x" is not a port from 0 to 65535"
Error WrongOption(const OptionText& row, std::string_view text, std::string_view expected);
// Errors: kInvalidArgument (no number, or not within the row's bounds).
Result<std::int64_t> ReadWhole(const OptionText& row, const std::string& text);
Result<double> ReadNumber(const OptionText& row, const std::string& text);

// "125 to 16777216"; empty: no bounds
std::string BoundsText(const OptionText& row);
// "The longest frame … (default: 32768; 125 to 16777216)"
std::string HelpText(const OptionText& row, const std::string& default_text);
// "ready-file" → "GATEHOUSE_READY_FILE"
std::string EnvironmentName(std::string_view option_name);
// {"a", "b", "c"} → "a, b or c"
std::string OneOf(const std::vector<std::string_view>& words);

std::string ShowNumber(double value);  // "0.05", "600"

namespace option {

template <class>
struct Member;
template <class Owner, class Value>
struct Member<Value Owner::*> {
  using Options = Owner;
  using Field = Value;
};
template <auto M>
using OptionsOf = typename Member<decltype(M)>::Options;

inline std::string Show(const std::string& text) { return text; }
inline std::string Show(const std::vector<std::string>&) { return {}; }
template <class Rep, class Period>
std::string Show(std::chrono::duration<Rep, Period> time) {
  return ShowNumber(std::chrono::duration<double>(time).count());
}
template <class Number>
requires std::is_arithmetic_v<Number> std::string Show(Number number) {
  return ShowNumber(static_cast<double>(number));
}
template <class Value>
std::string Show(const std::optional<Value>& value) {
  return value ? Show(*value) : std::string();
}

template <class Field>
void Put(Field& field, double seconds_or_number) {
  if constexpr (std::is_arithmetic_v<Field>) {
    field = static_cast<Field>(seconds_or_number);
  } else if constexpr (requires { typename Field::period; }) {
    field = std::chrono::duration_cast<Field>(std::chrono::duration<double>(seconds_or_number));
  } else {  // an optional
    Put(field.emplace(), seconds_or_number);
  }
}
inline void Put(std::string& field, const std::string& text) { field = text; }
inline void Put(std::vector<std::string>& field, const std::string& text) { field.push_back(text); }

template <auto M>
constexpr OptionRow<OptionsOf<M>> Numeric(OptionText text) {
  using Options = OptionsOf<M>;
  return {text,
          [](Options& options, const OptionText& row, const std::string& value) -> Result<void> {
            Result<double> number = ReadNumber(row, value);
            if (!number) return number.error();
            Put(options.*M, *number);
            return {};
          },
          [](const Options& options) { return Show(options.*M); }};
}

// Whether there is one. Asked of types, for under sanitizers g++ does not compare a function's
// address with null in a constant expression.
template <bool (*IsGood)(std::string_view)>
inline constexpr bool kIsCheck =
    !std::is_same_v<std::integral_constant<bool (*)(std::string_view), IsGood>,
                    std::integral_constant<bool (*)(std::string_view), nullptr>>;

}  // namespace option

// A text, or each of a list's: then the option may be repeated.
template <auto M, bool (*IsGood)(std::string_view) = nullptr>
constexpr auto TextOption(OptionText text) -> OptionRow<option::OptionsOf<M>> {
  using Options = option::OptionsOf<M>;
  text.repeatable =
      std::is_same_v<typename option::Member<decltype(M)>::Field, std::vector<std::string>>;
  return {text,
          [](Options& options, const OptionText& row, const std::string& value) -> Result<void> {
            if constexpr (option::kIsCheck<IsGood>) {
              if (!IsGood(value)) return WrongOption(row, value, row.expected);
            }
            option::Put(options.*M, value);
            return {};
          },
          [](const Options& options) { return option::Show(options.*M); }};
}

// Its presence sets it.
template <auto M>
constexpr auto SwitchOption(OptionText text) -> OptionRow<option::OptionsOf<M>> {
  using Options = option::OptionsOf<M>;
  return {text,
          [](Options& options, const OptionText&, const std::string&) -> Result<void> {
            options.*M = true;
            return {};
          },
          [](const Options&) { return std::string(); }};
}

// A whole number of bytes, messages, handshakes within the row's bounds.
template <auto M>
constexpr auto WholeOption(OptionText text) -> OptionRow<option::OptionsOf<M>> {
  using Options = option::OptionsOf<M>;
  return {text,
          [](Options& options, const OptionText& row, const std::string& value) -> Result<void> {
            Result<std::int64_t> number = ReadWhole(row, value);
            if (!number) return number.error();
            option::Put(options.*M, static_cast<double>(*number));
            return {};
          },
          [](const Options& options) { return option::Show(options.*M); }};
}

// A number within the row's bounds; of a field that is a time, seconds.
template <auto M>
constexpr auto NumberOption(OptionText text) {
  return option::Numeric<M>(text);
}

// Seconds from 0 to a year.
template <auto M>
constexpr auto SecondsOption(OptionText text) {
  text.unit = "SECONDS";
  text.min = 0;
  text.max = 365.0 * 24 * 3600;
  text.expected = "a number of seconds from 0 to 31536000";
  return option::Numeric<M>(text);
}

template <class Value>
struct OptionChoice {
  const char* word;
  Value value;
};

// One of the words of an array with static storage.
template <auto M, const auto& Choices>
constexpr auto ChoiceOption(OptionText text) -> OptionRow<option::OptionsOf<M>> {
  using Options = option::OptionsOf<M>;
  return {text,
          [](Options& options, const OptionText& row, const std::string& value) -> Result<void> {
            std::vector<std::string_view> words;
            for (const auto& choice : Choices) {
              words.push_back(choice.word);
              if (value != choice.word) continue;
              options.*M = choice.value;
              return {};
            }
            return WrongOption(row, value, OneOf(words));
          },
          [](const Options& options) {
            for (const auto& choice : Choices) {
              if (options.*M == choice.value) return std::string(choice.word);
            }
            return std::string();
          }};
}

}  // namespace gatehouse::base
