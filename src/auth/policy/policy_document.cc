#include "auth/policy/policy_document.h"

#include <algorithm>
#include <array>
#include <string>

#include "auth/policy/condition.h"
#include "wire/json_cursor.h"

namespace gatehouse::auth {
namespace {

using wire::FindMember;
using wire::JsonCursor;
using wire::JsonKind;
using wire::JsonValue;

Error InvalidPolicy(std::string message) {
  return Error{ErrorCode::kInvalidArgument, std::move(message)};
}

bool IsTexts(const JsonValue& value) {
  if (value.kind == JsonKind::kString) return true;
  if (value.kind != JsonKind::kArray) return false;
  for (JsonCursor items(value); items.Next();) {
    if (items.value().kind != JsonKind::kString) return false;
  }
  return true;
}

Result<void> CheckOneOf(const JsonValue& statement, std::string_view name, std::string_view other,
                        const std::string& where) {
  auto first = FindMember(statement, name);
  auto second = FindMember(statement, other);
  if (first && second) {
    return InvalidPolicy(where + " has both " + std::string(name) + " and " + std::string(other));
  }
  if (!first && !second) {
    return InvalidPolicy(where + " needs " + std::string(name) + " or " + std::string(other));
  }
  if (IsTexts(first ? *first : *second)) return {};
  return InvalidPolicy(where + ": " + std::string(first ? name : other) +
                       " must be a string or a list of strings");
}

bool IsScalar(const JsonValue& value) {
  return value.kind != JsonKind::kObject && value.kind != JsonKind::kArray &&
         value.kind != JsonKind::kNull;
}

// Texts, numbers and true or false, one or a list of them.
bool IsConditionValue(const JsonValue& value) {
  if (value.kind != JsonKind::kArray) return IsScalar(value);
  for (JsonCursor items(value); items.Next();) {
    if (!IsScalar(items.value())) return false;
  }
  return true;
}

Result<void> CheckConditions(const JsonValue& conditions, const std::string& where) {
  if (conditions.kind != JsonKind::kObject)
    return InvalidPolicy(where + ": Condition must be an object");
  for (JsonCursor operators(conditions); operators.Next();) {
    if (!IsConditionOperator(operators.name())) {
      return InvalidPolicy(where + ": unknown condition operator " + operators.name());
    }
    if (operators.value().kind != JsonKind::kObject) {
      return InvalidPolicy(where + ": condition " + operators.name() + " must be an object");
    }
    for (JsonCursor keys(operators.value()); keys.Next();) {
      if (IsConditionValue(keys.value())) continue;
      return InvalidPolicy(where + ": condition " + operators.name() + " compares " + keys.name() +
                           " with what is no string, number, true or false, nor a list of them");
    }
  }
  return {};
}

bool IsPrincipal(const JsonValue& value) {
  if (value.kind == JsonKind::kString) return value.text == "\"*\"";
  if (value.kind != JsonKind::kObject) return false;
  for (JsonCursor kinds(value); kinds.Next();) {
    if (!IsTexts(kinds.value())) return false;
  }
  return true;
}

Result<void> CheckPrincipal(const JsonValue& statement, PolicyKind kind, const std::string& where) {
  auto principal = FindMember(statement, "Principal");
  auto others = FindMember(statement, "NotPrincipal");
  if (kind == PolicyKind::kIdentity) {
    if (!principal && !others) return {};
    return InvalidPolicy(where + " has a " + (principal ? "Principal" : "NotPrincipal") +
                         ", which a role's policy must not have");
  }
  if (!principal && (!others || kind == PolicyKind::kTrust)) {
    return InvalidPolicy(where + " needs a Principal");
  }
  if (principal && others) return InvalidPolicy(where + " has both Principal and NotPrincipal");
  if (!IsPrincipal(principal ? *principal : *others)) {
    return InvalidPolicy(where + ": " + (principal ? "Principal" : "NotPrincipal") +
                         " must be \"*\" or an object of strings or lists of strings");
  }
  if (kind == PolicyKind::kResource) return {};
  if (FindMember(statement, "Resource") || FindMember(statement, "NotResource")) {
    return InvalidPolicy(where + " has a Resource, which a trust policy must not have");
  }
  return {};
}

Result<void> CheckStatement(const JsonValue& statement, PolicyKind kind, const std::string& where) {
  static constexpr std::array<std::string_view, 9> kElements = {
      "Sid",         "Effect",    "Action",       "NotAction", "Resource",
      "NotResource", "Principal", "NotPrincipal", "Condition"};
  if (statement.kind != JsonKind::kObject) return InvalidPolicy(where + " must be an object");
  for (JsonCursor elements(statement); elements.Next();) {
    if (std::find(kElements.begin(), kElements.end(), elements.name()) == kElements.end()) {
      return InvalidPolicy(where + " has an unknown element " + elements.name());
    }
  }
  auto effect = FindMember(statement, "Effect");
  if (!effect || (effect->text != "\"Allow\"" && effect->text != "\"Deny\"")) {
    return InvalidPolicy(where + " needs Effect Allow or Deny");
  }
  if (auto action = CheckOneOf(statement, "Action", "NotAction", where); !action) return action;
  if (kind != PolicyKind::kTrust) {
    if (auto found = CheckOneOf(statement, "Resource", "NotResource", where); !found) return found;
  }
  if (auto principal = CheckPrincipal(statement, kind, where); !principal) return principal;
  if (auto conditions = FindMember(statement, "Condition")) {
    return CheckConditions(*conditions, where);
  }
  return {};
}

}  // namespace

bool IsConditionOperator(std::string_view name) {
  return ConditionOperator::Find(name).has_value();
}

Result<void> CheckPolicyDocument(std::string_view json, PolicyKind kind) {
  auto document = wire::ReadJson(json);
  if (!document || document->kind != JsonKind::kObject) {
    return InvalidPolicy("a policy document must be an object");
  }
  if (auto version = FindMember(*document, "Version")) {
    if (version->text != "\"2012-10-17\"" && version->text != "\"2008-10-17\"") {
      return InvalidPolicy("the Version of a policy document must be 2012-10-17 or 2008-10-17");
    }
  }
  auto statements = FindMember(*document, "Statement");
  if (!statements) return InvalidPolicy("a policy document needs a Statement");
  if (statements->kind != JsonKind::kArray) return CheckStatement(*statements, kind, "Statement");
  std::size_t index = 0;
  for (JsonCursor items(*statements); items.Next(); ++index) {
    Result<void> checked =
        CheckStatement(items.value(), kind, "Statement " + std::to_string(index));
    if (!checked) return checked;
  }
  return {};
}

}  // namespace gatehouse::auth
