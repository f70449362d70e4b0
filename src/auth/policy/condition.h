// One condition of a policy: an operator, a key and the values it is compared with. Immutable.
// Source: IAM user guide, "Condition operators" and "Creating a condition with multiple keys or
// values".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/policy/condition_value.h"
#include "auth/policy/policy_pattern.h"
#include "auth/policy/request_context.h"

namespace gatehouse::auth {

enum class ConditionType { kString, kArn, kBool, kNumeric, kDate, kBinary, kIp, kNull };
enum class Comparison { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
enum class Quantifier { kNone, kForAllValues, kForAnyValue };

struct ConditionOperator {
  ConditionType type = ConditionType::kString;
  Comparison comparison = Comparison::kEqual;
  bool is_negated = false;
  bool has_wildcards = false;
  bool ignores_case = false;
  bool if_exists = false;
  Quantifier quantifier = Quantifier::kNone;

  // StringEquals, ArnLikeIfExists, ForAnyValue:StringLike, …; nothing: there is none such.
  static std::optional<ConditionOperator> Find(std::string_view name);
};

class Condition {
 public:
  // Values that are none of the operator's kind are kept and equal to nothing, as on AWS.
  // Error: kInvalidArgument, a policy variable that is none.
  static Result<Condition> Make(ConditionOperator op, std::string_view key,
                                const std::vector<std::string>& values, bool has_variables);

  // Absent keys: a negated operator, IfExists and ForAllValues hold, all others do not.
  Match Evaluate(const RequestContext& context, MatchTrace& trace) const;

  const std::string& key() const { return key_; }  // lower case

 private:
  struct Nothing {};
  struct Date {
    std::int64_t millis;
  };
  using Value = std::variant<Nothing, PolicyPattern, double, Date, IpRange, std::string, bool>;

  Match MatchValues(const std::vector<std::string>& values, const RequestContext& context,
                    MatchTrace& trace) const;
  Match MatchOne(std::string_view value, const RequestContext& context, MatchTrace& trace) const;
  Match Compare(const Value& ours, std::string_view value, const RequestContext& context,
                MatchTrace& trace) const;
  Match IsNull(bool is_null) const;
  Result<Value> Read(const std::string& text, bool has_variables) const;

  ConditionOperator operator_;
  std::string key_;
  std::vector<Value> values_;
};

}  // namespace gatehouse::auth
