#include "auth/policy/condition.h"

#include <algorithm>
#include <array>
#include <utility>

#include "auth/signature/canonical.h"
#include "base/encoding.h"

namespace gatehouse::auth {
namespace {

struct OperatorRow {
  std::string_view name;
  ConditionOperator meaning;
};

using enum ConditionType;
using enum Comparison;

constexpr ConditionOperator Equal(ConditionType type, bool is_negated = false) {
  return {.type = type, .is_negated = is_negated};
}
constexpr ConditionOperator Ordered(ConditionType type, Comparison comparison) {
  return {.type = type, .comparison = comparison};
}
constexpr ConditionOperator Wild(ConditionType type, bool is_negated = false) {
  return {.type = type, .is_negated = is_negated, .has_wildcards = true};
}
constexpr ConditionOperator IgnoringCase(ConditionType type, bool is_negated = false) {
  return {.type = type, .is_negated = is_negated, .ignores_case = true};
}

constexpr std::array kOperators = std::to_array<OperatorRow>({
    {"StringEquals", Equal(kString)},
    {"StringNotEquals", Equal(kString, true)},
    {"StringEqualsIgnoreCase", IgnoringCase(kString)},
    {"StringNotEqualsIgnoreCase", IgnoringCase(kString, true)},
    {"StringLike", Wild(kString)},
    {"StringNotLike", Wild(kString, true)},
    {"NumericEquals", Equal(kNumeric)},
    {"NumericNotEquals", Equal(kNumeric, true)},
    {"NumericLessThan", Ordered(kNumeric, kLess)},
    {"NumericLessThanEquals", Ordered(kNumeric, kLessOrEqual)},
    {"NumericGreaterThan", Ordered(kNumeric, kGreater)},
    {"NumericGreaterThanEquals", Ordered(kNumeric, kGreaterOrEqual)},
    {"DateEquals", Equal(kDate)},
    {"DateNotEquals", Equal(kDate, true)},
    {"DateLessThan", Ordered(kDate, kLess)},
    {"DateLessThanEquals", Ordered(kDate, kLessOrEqual)},
    {"DateGreaterThan", Ordered(kDate, kGreater)},
    {"DateGreaterThanEquals", Ordered(kDate, kGreaterOrEqual)},
    {"Bool", IgnoringCase(kBool)},
    {"BinaryEquals", Equal(kBinary)},
    {"IpAddress", Equal(kIp)},
    {"NotIpAddress", Equal(kIp, true)},
    {"ArnEquals", Wild(kArn)},
    {"ArnLike", Wild(kArn)},
    {"ArnNotEquals", Wild(kArn, true)},
    {"ArnNotLike", Wild(kArn, true)},
    {"Null", Equal(kNull)},
});

Match Not(Match match) {
  if (match == Match::kUnknown) return match;
  return match == Match::kYes ? Match::kNo : Match::kYes;
}

template <class T>
bool Holds(Comparison comparison, T value, T limit) {
  switch (comparison) {
    case kEqual:
      return value == limit;
    case kLess:
      return value < limit;
    case kLessOrEqual:
      return value <= limit;
    case kGreater:
      return value > limit;
    case kGreaterOrEqual:
      return value >= limit;
  }
  return false;
}

Match Say(bool yes) { return yes ? Match::kYes : Match::kNo; }

}  // namespace

std::optional<ConditionOperator> ConditionOperator::Find(std::string_view name) {
  constexpr std::string_view kForAll = "ForAllValues:";
  constexpr std::string_view kForAny = "ForAnyValue:";
  constexpr std::string_view kIfExists = "IfExists";
  Quantifier quantifier = Quantifier::kNone;
  if (name.starts_with(kForAll)) quantifier = Quantifier::kForAllValues;
  if (name.starts_with(kForAny)) quantifier = Quantifier::kForAnyValue;
  if (quantifier != Quantifier::kNone) name.remove_prefix(name.find(':') + 1);
  const bool if_exists = name.ends_with(kIfExists);
  if (if_exists) name.remove_suffix(kIfExists.size());
  const auto row = std::find_if(kOperators.begin(), kOperators.end(),
                                [&](const OperatorRow& r) { return r.name == name; });
  if (row == kOperators.end()) return std::nullopt;
  ConditionOperator found = row->meaning;
  if (found.type == kNull && if_exists) return std::nullopt;
  found.if_exists = if_exists;
  found.quantifier = quantifier;
  return found;
}

Result<Condition::Value> Condition::Read(const std::string& text, bool has_variables) const {
  switch (operator_.type) {
    case kString:
    case kArn:
    case kBool: {
      auto pattern = PolicyPattern::Compile(text, {.wildcards = operator_.has_wildcards,
                                                   .variables = has_variables,
                                                   .ignores_case = operator_.ignores_case});
      if (!pattern) return std::move(pattern).error();
      return Value(*std::move(pattern));
    }
    case kNumeric:
      if (const auto number = ReadNumber(text)) return Value(*number);
      break;
    case kDate:
      if (const auto millis = ReadDate(text)) return Value(Date{*millis});
      break;
    case kIp:
      if (const auto range = ReadIpRange(text)) return Value(*range);
      break;
    case kBinary:
      if (auto bytes = base::DecodeBase64(text)) return Value(*std::move(bytes));
      break;
    case kNull: {
      const std::string lower = LowerCase(text);
      if (lower == "true" || lower == "false") return Value(lower == "true");
      break;
    }
  }
  return Value(Nothing{});
}

Result<Condition> Condition::Make(ConditionOperator op, std::string_view key,
                                  const std::vector<std::string>& values, bool has_variables) {
  Condition condition;
  condition.operator_ = op;
  condition.key_ = LowerCase(key);
  for (const std::string& text : values) {
    Result<Value> value = condition.Read(text, has_variables);
    if (!value) return std::move(value).error();
    condition.values_.push_back(*std::move(value));
  }
  return condition;
}

Match Condition::Evaluate(const RequestContext& context, MatchTrace& trace) const {
  trace.looked_at_context = true;
  const RequestContext::Key* key = context.Find(key_);
  const bool is_unknowable = key && key->is_unknowable;
  if (is_unknowable && operator_.type != kNull) {
    trace.unknowable_keys.push_back(key_);
    return Match::kUnknown;
  }
  // Empty texts alone are a null data set.
  const bool has_text = key && std::any_of(key->values.begin(), key->values.end(),
                                           [](const std::string& value) { return !value.empty(); });
  if (operator_.type == kNull) return IsNull(!has_text && !is_unknowable);
  const bool is_set = operator_.quantifier != Quantifier::kNone;
  if (key && !key->values.empty() && (has_text || !is_set)) {
    return MatchValues(key->values, context, trace);
  }
  if (operator_.if_exists && !key) return Match::kYes;
  if (is_set) return Say(operator_.quantifier == Quantifier::kForAllValues);
  return Say(operator_.is_negated || operator_.if_exists);
}

Match Condition::IsNull(bool is_null) const {
  return Say(std::any_of(values_.begin(), values_.end(), [&](const Value& value) {
    const bool* wanted = std::get_if<bool>(&value);
    return wanted && *wanted == is_null;
  }));
}

// Without a set operator several values hold if one does, and a negated operator if none would.
Match Condition::MatchValues(const std::vector<std::string>& values, const RequestContext& context,
                             MatchTrace& trace) const {
  const bool is_for_all = operator_.quantifier == Quantifier::kForAllValues ||
                          (operator_.quantifier == Quantifier::kNone && operator_.is_negated);
  const Match decisive = is_for_all ? Match::kNo : Match::kYes;
  Match all = Not(decisive);
  for (const std::string& value : values) {
    Match match = MatchOne(value, context, trace);
    if (operator_.is_negated) match = Not(match);
    if (match == decisive) return match;
    if (match == Match::kUnknown) all = match;
  }
  return all;
}

Match Condition::MatchOne(std::string_view value, const RequestContext& context,
                          MatchTrace& trace) const {
  Match best = Match::kNo;
  for (const Value& ours : values_) {
    const Match match = Compare(ours, value, context, trace);
    if (match == Match::kYes) return match;
    if (match == Match::kUnknown) best = match;
  }
  return best;
}

Match Condition::Compare(const Value& ours, std::string_view value, const RequestContext& context,
                         MatchTrace& trace) const {
  if (const auto* pattern = std::get_if<PolicyPattern>(&ours)) {
    return operator_.type == kArn ? pattern->MatchesArn(value, context, trace)
                                  : pattern->Matches(value, context, trace);
  }
  if (const auto* limit = std::get_if<double>(&ours)) {
    const auto number = ReadNumber(value);
    return Say(number && Holds(operator_.comparison, *number, *limit));
  }
  if (const auto* limit = std::get_if<Date>(&ours)) {
    const auto millis = ReadDate(value);
    return Say(millis && Holds(operator_.comparison, *millis, limit->millis));
  }
  if (const auto* range = std::get_if<IpRange>(&ours)) {
    const auto address = ReadIpRange(value);
    return Say(address && range->Contains(*address));
  }
  if (const auto* bytes = std::get_if<std::string>(&ours)) {
    return Say(base::DecodeBase64(value) == *bytes);
  }
  return Match::kNo;
}

}  // namespace gatehouse::auth
