#include "event/value_matcher.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace gatehouse::event {
namespace {

using wire::JsonKind;
using wire::JsonValue;

constexpr double kNumericMax = 5e9;  // AWS

Error WrongMatcher(std::string why) { return {ErrorCode::kInvalidArgument, std::move(why)}; }

double NumberOf(const JsonValue& value) {
  double number = 0;
  const char* end = value.text.data() + value.text.size();
  auto [at, error] = std::from_chars(value.text.data(), end, number);
  return error == std::errc() && at == end ? number : std::nan("");
}

std::string Folded(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// The only member of an object.
struct OnlyMember {
  std::string name;
  JsonValue value;
};
std::optional<OnlyMember> Only(const JsonValue& object) {
  wire::JsonCursor cursor(object);
  if (!cursor.Next()) return std::nullopt;
  OnlyMember member{cursor.name(), cursor.value()};
  if (cursor.Next()) return std::nullopt;
  return member;
}

}  // namespace

bool IsOperator(std::string_view name) {
  constexpr std::string_view kNames[] = {"exactly", "prefix", "suffix", "anything-but",
                                         "numeric", "exists", "cidr",   "equals-ignore-case",
                                         "wildcard"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

Result<ValueMatcher> ValueMatcher::Parse(const JsonValue& value) {
  ValueMatcher matcher;
  switch (value.kind) {
    case JsonKind::kString:
      matcher.text_ = wire::DecodeJsonString(value);
      return matcher;
    case JsonKind::kNumber:
      matcher.kind_ = kNumber;
      matcher.number_ = NumberOf(value);
      if (!std::isfinite(matcher.number_)) return WrongMatcher("Value must be a number");
      return matcher;
    case JsonKind::kTrue:
    case JsonKind::kFalse:
    case JsonKind::kNull:
      matcher.kind_ = kLiteral;
      matcher.text_ = value.text;
      return matcher;
    case JsonKind::kArray:
      return WrongMatcher("Match value must be String, number, true, false, or null");
    case JsonKind::kObject:
      break;
  }
  std::optional<OnlyMember> member = Only(value);
  if (!member) return WrongMatcher("Only one key allowed in match expression");
  return ParseOperator(member->name, member->value);
}

Result<ValueMatcher> ValueMatcher::ParseOperator(std::string_view name, const JsonValue& value) {
  if (name == "anything-but") return ParseAnythingBut(value);
  if (name == "numeric") return ParseNumeric(value);
  if (name == "cidr") return ParseCidr(value);
  if (name == "exists") {
    ValueMatcher matcher;
    if (value.kind != JsonKind::kTrue && value.kind != JsonKind::kFalse) {
      return WrongMatcher("exists match pattern must be either true or false.");
    }
    matcher.kind_ = value.kind == JsonKind::kTrue ? kPresent : kAbsent;
    return matcher;
  }
  if (IsOperator(name)) return ParseTextOperator(name, value);
  return WrongMatcher(fmt::format("Unrecognized match type {}", name));
}

Result<ValueMatcher> ValueMatcher::ParseTextOperator(std::string_view name,
                                                     const JsonValue& value) {
  ValueMatcher matcher;
  JsonValue text = value;
  bool ignoring_case = false;
  if (value.kind == JsonKind::kObject && (name == "prefix" || name == "suffix")) {
    std::optional<OnlyMember> member = Only(value);
    if (!member || member->name != "equals-ignore-case") {
      return WrongMatcher(fmt::format("{} match pattern must be a string", name));
    }
    ignoring_case = true;
    text = member->value;
  }
  if (text.kind != JsonKind::kString) {
    return WrongMatcher(fmt::format("{} match pattern must be a string", name));
  }
  matcher.text_ = wire::DecodeJsonString(text);
  if (name == "prefix") {
    matcher.kind_ = ignoring_case ? kPrefixIgnoringCase : kPrefix;
  } else if (name == "suffix") {
    matcher.kind_ = ignoring_case ? kSuffixIgnoringCase : kSuffix;
  } else if (name == "equals-ignore-case") {
    matcher.kind_ = kTextIgnoringCase;
    ignoring_case = true;
  } else if (name == "wildcard") {
    matcher.kind_ = kWildcard;
    if (Result<void> read = matcher.ReadWildcard(); !read) return read.error();
  }  // exactly: kText
  if (ignoring_case) matcher.text_ = Folded(matcher.text_);
  return matcher;
}

// "a*b\*c" → pieces "a" and "b*c".
Result<void> ValueMatcher::ReadWildcard() {
  pieces_.emplace_back();
  bool after_star = false;
  for (std::size_t i = 0; i < text_.size(); ++i) {
    char c = text_[i];
    bool star = c == '*';
    if (star && after_star) {
      return WrongMatcher(fmt::format("Consecutive wildcard characters at pos {}", i - 1));
    }
    after_star = star;
    if (star) {
      pieces_.emplace_back();
      continue;
    }
    if (c == '\\') {
      if (i + 1 == text_.size() || (text_[i + 1] != '*' && text_[i + 1] != '\\')) {
        return WrongMatcher(fmt::format("Invalid escape character at pos {}", i));
      }
      c = text_[++i];
    }
    pieces_.back() += c;
  }
  return {};
}

Result<ValueMatcher> ValueMatcher::ParseNumeric(const JsonValue& value) {
  if (value.kind != JsonKind::kArray) return WrongMatcher("Value of numeric must be an array.");
  ValueMatcher matcher;
  matcher.kind_ = kRange;
  wire::JsonCursor cursor(value);
  bool empty = true;
  while (cursor.Next()) {
    empty = false;
    if (cursor.value().kind != JsonKind::kString)
      return WrongMatcher("Invalid member in numeric match");
    std::string sign = wire::DecodeJsonString(cursor.value());
    if (!cursor.Next() || cursor.value().kind != JsonKind::kNumber) {
      return WrongMatcher(fmt::format("Value of {} must be numeric", sign));
    }
    double number = NumberOf(cursor.value());
    if (!(std::abs(number) <= kNumericMax)) {
      return WrongMatcher("Value must be between -5.0E9 and 5.0E9, inclusive");
    }
    Bound bound{sign == "=" || sign == ">=" || sign == "<=", number};
    bool lower = sign == "=" || sign == ">" || sign == ">=";
    bool upper = sign == "=" || sign == "<" || sign == "<=";
    if (!lower && !upper) return WrongMatcher("Unrecognized numeric range operator: " + sign);
    if ((lower && matcher.above_) || matcher.below_) {
      return WrongMatcher("Too many terms in numeric range expression");
    }
    if (lower) matcher.above_ = bound;
    if (upper) matcher.below_ = bound;
  }
  if (empty) return WrongMatcher("Invalid member in numeric match");
  if (matcher.above_ && matcher.below_ && matcher.above_->value > matcher.below_->value) {
    return WrongMatcher("Bottom must be less than top");
  }
  return matcher;
}

Result<ValueMatcher> ValueMatcher::ParseCidr(const JsonValue& value) {
  if (value.kind != JsonKind::kString) return WrongMatcher("prefix match pattern must be a string");
  std::string text = wire::DecodeJsonString(value);
  std::size_t slash = text.find('/');
  std::string host = text.substr(0, slash);
  Network network{};
  network.family = host.find(':') == host.npos ? AF_INET : AF_INET6;
  const int bits_max = network.family == AF_INET ? 32 : 128;
  network.bits = bits_max;
  bool fine = inet_pton(network.family, host.c_str(), network.address.data()) == 1;
  if (slash != text.npos) {
    const char* end = text.data() + text.size();
    auto [at, error] = std::from_chars(text.data() + slash + 1, end, network.bits);
    fine =
        fine && error == std::errc() && at == end && network.bits >= 0 && network.bits <= bits_max;
  }
  if (!fine) return WrongMatcher(fmt::format("Malformed CIDR, one '/' required: {}", text));
  ValueMatcher matcher;
  matcher.kind_ = kCidr;
  matcher.network_ = network;
  return matcher;
}

Result<ValueMatcher> ValueMatcher::ParseAnythingBut(const JsonValue& value) {
  ValueMatcher matcher;
  matcher.kind_ = kNoneOf;
  JsonValue list = value;
  std::string inner;  // an operator inside: prefix, suffix, equals-ignore-case, wildcard
  if (value.kind == JsonKind::kObject) {
    std::optional<OnlyMember> member = Only(value);
    constexpr std::string_view kInner[] = {"prefix", "suffix", "equals-ignore-case", "wildcard"};
    if (!member ||
        std::find(std::begin(kInner), std::end(kInner), member->name) == std::end(kInner)) {
      return WrongMatcher("Unsupported anything-but pattern");
    }
    inner = member->name;
    list = member->value;
  }
  auto add = [&](const JsonValue& one) -> Result<void> {
    if (one.kind == JsonKind::kObject || one.kind == JsonKind::kArray) {
      return WrongMatcher("Inside anything-but list, only string and number are allowed.");
    }
    Result<ValueMatcher> other = inner.empty() ? Parse(one) : ParseTextOperator(inner, one);
    if (!other) return other.error();
    matcher.others_.push_back(*std::move(other));
    return {};
  };
  if (list.kind == JsonKind::kArray) {
    wire::JsonCursor cursor(list);
    while (cursor.Next()) {
      if (Result<void> added = add(cursor.value()); !added) return added.error();
    }
    if (matcher.others_.empty()) return WrongMatcher("Empty arrays are not allowed");
  } else if (Result<void> added = add(list); !added) {
    return added.error();
  }
  return matcher;
}

bool ValueMatcher::InRange(double number) const {
  if (std::isnan(number) || std::abs(number) > kNumericMax) return false;
  if (above_ && (above_->inclusive ? number < above_->value : number <= above_->value))
    return false;
  return !below_ || (below_->inclusive ? number <= below_->value : number < below_->value);
}

bool ValueMatcher::InNetwork(const std::string& text) const {
  std::array<std::uint8_t, 16> address{};
  if (inet_pton(network_->family, text.c_str(), address.data()) != 1) return false;
  auto whole = static_cast<std::size_t>(network_->bits / 8);
  int rest = network_->bits % 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                  network_->address.begin())) {
    return false;
  }
  if (rest == 0) return true;
  int mask = 0xff00 >> rest & 0xff;
  return ((address[whole] ^ network_->address[whole]) & mask) == 0;
}

// The first and the last piece are bound to the ends; those between are looked for one behind the
// other, the first place that fits.
bool ValueMatcher::MatchesWildcard(std::string_view text) const {
  if (pieces_.size() == 1) return text == pieces_.front();
  if (!text.starts_with(pieces_.front())) return false;
  text.remove_prefix(pieces_.front().size());
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    std::size_t at = text.find(pieces_[i]);
    if (at == text.npos) return false;
    text.remove_prefix(at + pieces_[i].size());
  }
  return text.ends_with(pieces_.back());
}

bool ValueMatcher::MatchesText(std::string_view text) const {
  switch (kind_) {
    case kText:
      return text == text_;
    case kTextIgnoringCase:
      return Folded(text) == text_;
    case kPrefix:
      return text.starts_with(text_);
    case kPrefixIgnoringCase:
      return Folded(text.substr(0, text_.size())) == text_;
    case kSuffix:
      return text.ends_with(text_);
    case kSuffixIgnoringCase:
      return Folded(text).ends_with(text_);
    case kWildcard:
      return MatchesWildcard(text);
    case kCidr:
      return InNetwork(std::string(text));
    default:
      return false;
  }
}

bool ValueMatcher::Matches(const JsonValue& value) const {
  switch (kind_) {
    case kPresent:
      return true;
    case kAbsent:
      return false;
    case kLiteral:
      return value.text == text_;
    case kNumber:
      return value.kind == JsonKind::kNumber && NumberOf(value) == number_;
    case kRange:
      return value.kind == JsonKind::kNumber && InRange(NumberOf(value));
    case kNoneOf:
      return std::none_of(others_.begin(), others_.end(),
                          [&](const ValueMatcher& other) { return other.Matches(value); });
    default:
      return value.kind == JsonKind::kString && MatchesText(wire::DecodeJsonString(value));
  }
}

}  // namespace gatehouse::event
