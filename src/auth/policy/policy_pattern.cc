#include "auth/policy/policy_pattern.h"

#include <algorithm>
#include <utility>

#include "auth/signature/canonical.h"

namespace gatehouse::auth {
namespace {

constexpr std::size_t kVariablesMax = 0xfdff;  // as many as there are numbers for

char LowerPattern(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view TrimBlanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

char16_t UnitOf(char c) { return static_cast<unsigned char>(c); }

// Behind the character of text that starts at i (UTF-8).
std::size_t NextCharacter(std::string_view text, std::size_t i) {
  ++i;
  while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) ++i;
  return i;
}

}  // namespace

class PolicyPattern::Compiler {
 public:
  Compiler(std::string_view text, Syntax syntax) : rest_(text), syntax_(syntax) {}

  Result<PolicyPattern> Run() {
    pattern_.ignores_case_ = syntax_.ignores_case;
    while (!rest_.empty()) {
      if (syntax_.variables && rest_.starts_with("${")) {
        if (auto read = ReadVariable(); !read) return read.error();
        continue;
      }
      Add(rest_.front());
      rest_.remove_prefix(1);
    }
    CopyPrefix();
    return std::move(pattern_);
  }

 private:
  void Add(char c) {
    if (syntax_.wildcards && (c == '*' || c == '?')) {
      pattern_.units_.push_back(c == '*' ? kAnyText : kAnyCharacter);
    } else {
      pattern_.units_.push_back(UnitOf(syntax_.ignores_case ? LowerPattern(c) : c));
    }
  }

  void CopyPrefix() {
    for (const Unit unit : pattern_.units_) {
      if (unit > 0xff) return;
      pattern_.prefix_.push_back(static_cast<char>(unit));
    }
  }

  Result<void> ReadVariable() {
    const std::size_t end = EndOfVariable();
    if (end == rest_.npos) {
      return {ErrorCode::kInvalidArgument, "a policy variable has no } after its ${"};
    }
    std::string_view inside = TrimBlanks(rest_.substr(2, end - 2));
    rest_.remove_prefix(end + 1);
    if (inside == "*" || inside == "?" || inside == "$") {
      pattern_.units_.push_back(UnitOf(inside.front()));
      return {};
    }
    Variable variable;
    if (const std::size_t comma = inside.find(','); comma != inside.npos) {
      std::string_view text = TrimBlanks(inside.substr(comma + 1));
      if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') {
        return {ErrorCode::kInvalidArgument,
                "the default of a policy variable must stand in single quotes"};
      }
      variable.default_value = text.substr(1, text.size() - 2);
      inside = TrimBlanks(inside.substr(0, comma));
    }
    if (inside.empty() || pattern_.variables_.size() == kVariablesMax) {
      return {ErrorCode::kInvalidArgument, "a policy variable needs the name of a key"};
    }
    variable.key = LowerCase(inside);
    pattern_.units_.push_back(static_cast<Unit>(kFirstVariable + pattern_.variables_.size()));
    pattern_.variables_.push_back(std::move(variable));
    return {};
  }

  // Of the first } outside of quotes.
  std::size_t EndOfVariable() const {
    bool is_quoted = false;
    for (std::size_t i = 2; i < rest_.size(); ++i) {
      if (rest_[i] == '\'') is_quoted = !is_quoted;
      if (rest_[i] == '}' && !is_quoted) return i;
    }
    return rest_.npos;
  }

  std::string_view rest_;
  Syntax syntax_;
  PolicyPattern pattern_;
};

Result<PolicyPattern> PolicyPattern::Compile(std::string_view text, Syntax syntax) {
  return Compiler(text, syntax).Run();
}

// On a mismatch only the last * takes one character more: those before it cannot help.
bool PolicyPattern::Fits(std::basic_string_view<Unit> pattern, std::string_view text,
                         bool ignores_case) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = pattern.npos;
  std::size_t star_end = 0;  // where what the star takes ends
  while (t < text.size()) {
    const Unit unit = p < pattern.size() ? pattern[p] : Unit{0xffff};
    if (unit == kAnyText) {
      star = p++;
      star_end = t;
    } else if (unit == kAnyCharacter) {
      t = NextCharacter(text, t);
      ++p;
    } else if (unit == UnitOf(ignores_case ? LowerPattern(text[t]) : text[t])) {
      ++t;
      ++p;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = star_end = NextCharacter(text, star_end);
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == kAnyText) ++p;
  return p == pattern.size();
}

std::optional<PolicyPattern::Units> PolicyPattern::Expand(const RequestContext& context) const {
  Units expanded;
  for (const Unit unit : units_) {
    if (unit < kFirstVariable) {
      expanded.push_back(unit);
      continue;
    }
    const Variable& variable = variables_[unit - kFirstVariable];
    const RequestContext::Key* key = context.Find(variable.key);
    const bool has_value = key && key->values.size() == 1;
    if (!has_value && !variable.default_value) return std::nullopt;
    for (const char c : has_value ? key->values.front() : *variable.default_value) {
      expanded.push_back(UnitOf(ignores_case_ ? LowerPattern(c) : c));
    }
  }
  return expanded;
}

Match PolicyPattern::Prepare(const RequestContext& context, MatchTrace& trace,
                             Units& expanded) const {
  trace.looked_at_context = true;
  for (const Variable& variable : variables_) {
    const RequestContext::Key* key = context.Find(variable.key);
    if (!key || !key->is_unknowable) continue;
    trace.unknowable_keys.push_back(variable.key);
    return Match::kUnknown;
  }
  std::optional<Units> units = Expand(context);
  if (!units) return Match::kNo;
  expanded = std::move(*units);
  return Match::kYes;
}

bool PolicyPattern::HasPrefix(std::string_view text) const {
  if (!ignores_case_) return text.starts_with(prefix_);
  return text.size() >= prefix_.size() &&
         std::equal(prefix_.begin(), prefix_.end(), text.begin(),
                    [](char ours, char theirs) { return ours == LowerPattern(theirs); });
}

Match PolicyPattern::Matches(std::string_view text, const RequestContext& context,
                             MatchTrace& trace) const {
  if (!HasPrefix(text)) return Match::kNo;
  Units expanded;
  std::basic_string_view<Unit> pattern = units_;
  if (!variables_.empty()) {
    if (Match prepared = Prepare(context, trace, expanded); prepared != Match::kYes) {
      return prepared;
    }
    pattern = expanded;
  }
  const std::size_t start = prefix_.size();
  return Fits(pattern.substr(start), text.substr(start), ignores_case_) ? Match::kYes : Match::kNo;
}

// What a last * has matched so far it can go on matching.
bool PolicyPattern::CoversAll(std::string_view prefix) const {
  return variables_.empty() && units_.ends_with(kAnyText) && Fits(units_, prefix, ignores_case_);
}

Match PolicyPattern::MatchesArn(std::string_view arn, const RequestContext& context,
                                MatchTrace& trace) const {
  Units expanded;
  std::basic_string_view<Unit> pattern = units_;
  if (!variables_.empty()) {
    if (Match prepared = Prepare(context, trace, expanded); prepared != Match::kYes) {
      return prepared;
    }
    pattern = expanded;
  }
  constexpr int kPartsBeforeLast = 5;  // arn:partition:service:region:account:resource
  for (int part = 0; part < kPartsBeforeLast; ++part) {
    const std::size_t pattern_end = pattern.find(Unit{':'});
    const std::size_t arn_end = arn.find(':');
    if (pattern_end == pattern.npos || arn_end == arn.npos) return Match::kNo;
    if (!Fits(pattern.substr(0, pattern_end), arn.substr(0, arn_end), ignores_case_)) {
      return Match::kNo;
    }
    pattern.remove_prefix(pattern_end + 1);
    arn.remove_prefix(arn_end + 1);
  }
  return Fits(pattern, arn, ignores_case_) ? Match::kYes : Match::kNo;
}

}  // namespace gatehouse::auth
