#include "auth/policy/policy.h"

#include <optional>
#include <utility>

#include "wire/json_cursor.h"

namespace gatehouse::auth {
namespace {

using wire::FindMember;
using wire::JsonCursor;
using wire::JsonKind;
using wire::JsonValue;

// Numbers, true and false as they are written.
std::string TextOf(const JsonValue& value) {
  return value.kind == JsonKind::kString ? wire::DecodeJsonString(value) : std::string(value.text);
}

// A value stands for a list of one.
std::vector<std::string> Texts(const JsonValue& value) {
  if (value.kind != JsonKind::kArray) return {TextOf(value)};
  std::vector<std::string> texts;
  for (JsonCursor items(value); items.Next();) texts.push_back(TextOf(items.value()));
  return texts;
}

Result<std::vector<PolicyPattern>> Patterns(const JsonValue& value, PolicyPattern::Syntax syntax) {
  std::vector<PolicyPattern> patterns;
  for (const std::string& text : Texts(value)) {
    Result<PolicyPattern> pattern = PolicyPattern::Compile(text, syntax);
    if (!pattern) return std::move(pattern).error();
    patterns.push_back(*std::move(pattern));
  }
  return patterns;
}

// The element of that name or the one of the name after Not; says which.
std::optional<JsonValue> FindEither(const JsonValue& statement, std::string_view name,
                                    bool* is_not) {
  auto found = FindMember(statement, name);
  *is_not = !found;
  return found ? found : FindMember(statement, "Not" + std::string(name));
}

void ReadPrincipals(const JsonValue& principal, PolicyStatement& statement) {
  if (principal.kind == JsonKind::kString) {
    statement.is_any_principal = true;
    return;
  }
  for (JsonCursor kinds(principal); kinds.Next();) {
    if (kinds.name() != "AWS" && kinds.name() != "Service") continue;  // nobody of these calls us
    for (std::string& text : Texts(kinds.value())) {
      if (text == "*") statement.is_any_principal = true;
      statement.principals.push_back(std::move(text));
    }
  }
}

Result<void> ReadConditions(const JsonValue& conditions, bool has_variables,
                            PolicyStatement& statement) {
  for (JsonCursor operators(conditions); operators.Next();) {
    const ConditionOperator op = *ConditionOperator::Find(operators.name());
    for (JsonCursor keys(operators.value()); keys.Next();) {
      auto condition = Condition::Make(op, keys.name(), Texts(keys.value()), has_variables);
      if (!condition) return std::move(condition).error();
      statement.conditions.push_back(*std::move(condition));
    }
  }
  return {};
}

Result<PolicyStatement> ReadStatement(const JsonValue& json, bool has_variables,
                                      std::size_t index) {
  PolicyStatement statement;
  const auto sid = FindMember(json, "Sid");
  const bool is_named = sid && sid->kind == JsonKind::kString && sid->text.size() > 2;
  statement.name = is_named ? wire::DecodeJsonString(*sid) : "statement " + std::to_string(index);
  statement.is_deny = FindMember(json, "Effect")->text == "\"Deny\"";
  auto actions = Patterns(*FindEither(json, "Action", &statement.is_not_action),
                          {.wildcards = true, .variables = false, .ignores_case = true});
  if (!actions) return std::move(actions).error();
  statement.actions = *std::move(actions);
  if (const auto resource = FindEither(json, "Resource", &statement.is_not_resource)) {
    auto resources =
        Patterns(*resource, {.wildcards = true, .variables = has_variables, .ignores_case = false});
    if (!resources) return std::move(resources).error();
    statement.resources = *std::move(resources);
  } else {
    statement.is_not_resource = false;
    statement.is_about_itself = true;
  }
  if (const auto principal = FindEither(json, "Principal", &statement.is_not_principal)) {
    ReadPrincipals(*principal, statement);
  } else {
    statement.is_not_principal = false;
  }
  if (const auto conditions = FindMember(json, "Condition")) {
    auto read = ReadConditions(*conditions, has_variables, statement);
    if (!read) return std::move(read).error();
  }
  return statement;
}

}  // namespace

Result<Policy> Policy::Parse(std::string_view json, PolicyKind kind) {
  if (auto checked = CheckPolicyDocument(json, kind); !checked) return std::move(checked).error();
  const JsonValue document = *wire::ReadJson(json);
  const auto version = FindMember(document, "Version");
  const bool has_variables = version && version->text == "\"2012-10-17\"";
  const JsonValue list = *FindMember(document, "Statement");
  Policy policy;
  auto add = [&](const JsonValue& statement) -> Result<void> {
    const std::size_t index = policy.statements_.size();
    Result<PolicyStatement> read = ReadStatement(statement, has_variables, index);
    if (!read) {
      return {ErrorCode::kInvalidArgument,
              "Statement " + std::to_string(index) + ": " + read.error().message};
    }
    policy.statements_.push_back(*std::move(read));
    return {};
  };
  if (list.kind == JsonKind::kObject) {
    if (auto added = add(list); !added) return std::move(added).error();
    return policy;
  }
  for (JsonCursor items(list); items.Next();) {
    if (auto added = add(items.value()); !added) return std::move(added).error();
  }
  return policy;
}

}  // namespace gatehouse::auth
