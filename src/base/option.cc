#include "base/option.h"

#include <cctype>
#include <charconv>

#include <fmt/format.h>

namespace gatehouse::base {
namespace {

template <class Number>
std::optional<Number> Parse(const std::string& text) {
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Error WrongOption(const OptionText& row, std::string_view text, std::string_view expected) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("--{}: \"{}\" is not {}", row.name, text, expected)};
}

Result<std::int64_t> ReadWhole(const OptionText& row, const std::string& text) {
  std::optional<std::int64_t> value = Parse<std::int64_t>(text);
  if (value && *value >= static_cast<std::int64_t>(row.min) &&
      *value <= static_cast<std::int64_t>(row.max)) {
    return *value;
  }
  if (row.expected) return WrongOption(row, text, row.expected);
  return WrongOption(row, text, fmt::format("a whole number from {}", BoundsText(row)));
}

Result<double> ReadNumber(const OptionText& row, const std::string& text) {
  std::optional<double> value = Parse<double>(text);
  if (value && *value >= row.min && *value <= row.max) return *value;  // not a NaN
  if (row.expected) return WrongOption(row, text, row.expected);
  return WrongOption(row, text, fmt::format("a number from {}", BoundsText(row)));
}

std::string ShowNumber(double value) { return fmt::format("{}", value); }

std::string BoundsText(const OptionText& row) {
  if (row.max < row.min) return {};
  return fmt::format("{} to {}", row.min, row.max);
}

std::string HelpText(const OptionText& row, const std::string& default_text) {
  std::string more = default_text.empty() ? std::string() : "default: " + default_text;
  if (std::string bounds = BoundsText(row); !bounds.empty()) {
    more += (more.empty() ? "" : "; ") + bounds;
  }
  return more.empty() ? row.sentence : fmt::format("{} ({})", row.sentence, more);
}

std::string EnvironmentName(std::string_view option_name) {
  std::string name = "GATEHOUSE_";
  for (char c : option_name) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string OneOf(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace gatehouse::base
