#include "stack/template/evaluate.h"

#include <algorithm>
#include <array>

namespace gatehouse::stack {
namespace {

constexpr std::array<std::string_view, 8> kPseudoParameters = {
    "AWS::AccountId", "AWS::Region",  "AWS::Partition", "AWS::URLSuffix",
    "AWS::StackName", "AWS::StackId", "AWS::NoValue",   "AWS::NotificationARNs"};

constexpr std::string_view kSupportedFunctions =
    "[Ref, Fn::Base64, Fn::Cidr, Fn::FindInMap, Fn::GetAtt, Fn::GetAZs, Fn::If, Fn::ImportValue, "
    "Fn::Join, Fn::Select, Fn::Split, Fn::Sub, Condition, Fn::And, Fn::Equals, Fn::Not, Fn::Or]";

bool IsSubName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '.' || c == ':';
  });
}

}  // namespace

bool IsPseudoParameter(std::string_view name) {
  return std::find(kPseudoParameters.begin(), kPseudoParameters.end(), name) !=
         kPseudoParameters.end();
}

const Member* FunctionCall(const Value& value) {
  if (!value.is_object() || value.members.size() != 1) return nullptr;
  const Member& member = value.members.front();
  return member.name == "Ref" || member.name.starts_with("Fn::") ? &member : nullptr;
}

// "${A}" is a name, "${!A}" the text "${A}", a dollar without brace is text.
std::vector<SubPart> SplitSub(std::string_view text) {
  std::vector<SubPart> parts;
  std::string literal;
  for (;;) {
    const std::size_t open = text.find("${");
    const std::size_t close = open == text.npos ? open : text.find('}', open);
    if (close == text.npos) break;
    literal.append(text.substr(0, open));
    std::string_view name = text.substr(open + 2, close - open - 2);
    text.remove_prefix(close + 1);
    if (name.starts_with('!')) {
      literal.append("${").append(name.substr(1)).append("}");
      continue;
    }
    if (!literal.empty()) parts.push_back({false, std::exchange(literal, {})});
    parts.push_back({true, std::string(name)});
  }
  literal.append(text);
  if (!literal.empty()) parts.push_back({false, std::move(literal)});
  return parts;
}

Value Evaluator::Fail(int line, std::string message) {
  problems_.push_back({line, std::move(message)});
  return {};
}

Value Evaluator::Made(std::string text, int line) {
  EvaluationBudget& budget = scope_.budget ? *scope_.budget : own_budget_;
  budget.bytes += text.size();
  if (budget.bytes > kEvaluatedBytesMax) {
    return Fail(line, "Template error: the functions of the template make more than " +
                          std::to_string(kEvaluatedBytesMax) + " bytes");
  }
  return Value::String(std::move(text), line);
}

// Whether there is room for as many more; told once else.
bool Evaluator::Count(std::size_t values) {
  EvaluationBudget& budget = scope_.budget ? *scope_.budget : own_budget_;
  const bool had_room = budget.values <= kEvaluatedValuesMax;
  budget.values += values;
  if (budget.values <= kEvaluatedValuesMax) return true;
  if (had_room) {
    Fail(0, "Template error: the functions of the template make more than " +
                std::to_string(kEvaluatedValuesMax) + " values");
  }
  return false;
}

Value Evaluator::Evaluate(const Value& value) {
  if (!Count(1)) return {};
  if (const Member* call = FunctionCall(value)) return Call(*call, call->line);
  if (value.is_object()) return EvaluateObject(value);
  if (!value.is_list()) return value;
  Value list = Value::List({}, value.line);
  for (const Value& item : value.items) {
    Value evaluated = Evaluate(item);
    if (evaluated.kind != Value::kNull) list.items.push_back(std::move(evaluated));
  }
  return list;
}

Value Evaluator::EvaluateObject(const Value& value) {
  Value object = Value::Object({}, value.line);
  for (const Member& member : value.members) {
    Value evaluated = Evaluate(member.value);
    if (evaluated.kind == Value::kNull) continue;
    object.members.push_back({member.name, std::move(evaluated), member.line});
  }
  return object;
}

Value Evaluator::Call(const Member& call, int line) {
  const std::size_t before = problems_.size();
  Value value = CallOne(call, line);
  return problems_.size() == before ? value : Value{};
}

Value Evaluator::CallOne(const Member& call, int line) {
  struct Row {
    std::string_view name;
    Value (Evaluator::*function)(const Value&, int);
    bool extension;
  };
  static constexpr std::array<Row, 14> kRows = {{
      {"Ref", &Evaluator::Ref, false},
      {"Fn::GetAtt", &Evaluator::GetAtt, false},
      {"Fn::Sub", &Evaluator::Sub, false},
      {"Fn::Join", &Evaluator::Join, false},
      {"Fn::Select", &Evaluator::Select, false},
      {"Fn::Split", &Evaluator::Split, false},
      {"Fn::If", &Evaluator::If, false},
      {"Fn::FindInMap", &Evaluator::FindInMap, false},
      {"Fn::ImportValue", &Evaluator::ImportValue, false},
      {"Fn::Base64", &Evaluator::Base64, false},
      {"Fn::Cidr", &Evaluator::Cidr, false},
      {"Fn::GetAZs", &Evaluator::GetAZs, false},
      {"Fn::Length", &Evaluator::Length, true},
      {"Fn::ToJsonString", &Evaluator::ToJsonString, true},
  }};
  for (const Row& row : kRows) {
    if (row.name != call.name) continue;
    if (row.extension && !scope_.source->has_language_extensions()) break;
    return (this->*row.function)(call.value, line);
  }
  if (call.name == "Fn::Equals" || call.name == "Fn::Not" || call.name == "Fn::And" ||
      call.name == "Fn::Or") {
    return Fail(line, "Template error: " + call.name +
                          " cannot be partially collapsed; it is for "
                          "the Conditions block");
  }
  return Fail(line, "Encountered unsupported function: " + call.name +
                        " Supported functions are: " + std::string(kSupportedFunctions));
}

Value Evaluator::Ref(const Value& argument, int line) {
  if (!argument.is_scalar() || argument.text.empty()) {
    return Fail(line, "Template error: every Ref object must have a single String value.");
  }
  return Reference(argument.text, line);
}

Value Evaluator::Reference(const std::string& name, int line) {
  if (name == "AWS::NoValue") return {};
  if (name == "AWS::AccountId") return Value::String(scope_.account_id, line);
  if (name == "AWS::Region") return Value::String(scope_.region, line);
  if (name == "AWS::Partition") return Value::String("aws", line);
  if (name == "AWS::URLSuffix") return Value::String("amazonaws.com", line);
  if (name == "AWS::StackName") return Value::String(scope_.stack_name, line);
  if (name == "AWS::StackId") return Value::String(scope_.stack_id, line);
  if (name == "AWS::NotificationARNs") return Value::List({}, line);
  const bool is_unknown = scope_.unknown.contains(name);
  met_unknown_ = met_unknown_ || is_unknown;
  if (auto parameter = scope_.parameters.find(name); parameter != scope_.parameters.end()) {
    return parameter->second;
  }
  if (auto resource = scope_.resources.find(name); resource != scope_.resources.end()) {
    return Value::String(resource->second.ref, line);
  }
  if (is_unknown) return Value::String(name, line);
  return Fail(line, "Template format error: Unresolved resource dependencies [" + name +
                        "] in the " + std::string(block_) + " block of the template");
}

Value Evaluator::GetAtt(const Value& argument, int line) {
  std::string logical_id, attribute;
  if (argument.is_string()) {
    const std::size_t dot = argument.text.find('.');
    logical_id = argument.text.substr(0, dot);
    if (dot != std::string::npos) attribute = argument.text.substr(dot + 1);
  } else if (argument.is_list() && argument.items.size() == 2 && argument.items[0].is_scalar()) {
    logical_id = argument.items[0].text;
    Value name = Evaluate(argument.items[1]);
    if (name.is_scalar()) attribute = name.text;
  }
  if (logical_id.empty() || attribute.empty()) {
    return Fail(line,
                "Template error: every Fn::GetAtt object requires two non-empty parameters, "
                "the resource name and the resource attribute");
  }
  return Attribute(logical_id, attribute, line);
}

Value Evaluator::Attribute(const std::string& logical_id, const std::string& attribute, int line) {
  if (scope_.unknown.contains(logical_id)) {
    met_unknown_ = true;
    return Value::String(logical_id + "." + attribute, line);
  }
  auto resource = scope_.resources.find(logical_id);
  if (resource == scope_.resources.end()) {
    return Fail(
        line, "Template error: instance of Fn::GetAtt references undefined resource " + logical_id);
  }
  const auto& attributes = resource->second.attributes;
  auto found = attributes.find(attribute);
  if (found == attributes.end() && attributes.contains(kAnyAttribute)) {
    return Value::String(std::string(kPlaceholder) + logical_id + "." + attribute, line);
  }
  if (found == attributes.end()) {
    return Fail(line, "Template error: resource " + logical_id +
                          " does not support attribute type " + attribute + " in Fn::GetAtt");
  }
  return Value::String(found->second, line);
}

Value Evaluator::Sub(const Value& argument, int line) {
  const Value* text = &argument;
  const Value* variables = nullptr;
  if (argument.is_list() && argument.items.size() == 2 && argument.items[1].is_object()) {
    text = &argument.items[0];
    variables = &argument.items[1];
  }
  if (!text->is_scalar()) {
    return Fail(line,
                "Template error: One or more Fn::Sub intrinsic functions don't specify expected "
                "arguments. Specify a string as first argument, and an optional second argument "
                "to specify a mapping of values to replace in the string");
  }
  std::string made;
  for (const SubPart& part : SplitSub(text->text)) {
    if (!part.is_name) {
      made += part.text;
      continue;
    }
    Value value = SubName(part.text, variables, line);
    if (!value.is_scalar()) return {};
    made += value.text;
    if (made.size() > kEvaluatedBytesMax) break;
  }
  return Made(std::move(made), line);
}

Value Evaluator::SubName(const std::string& name, const Value* variables, int line) {
  if (!IsSubName(name)) {
    return Fail(line,
                "Template error: variable names in Fn::Sub syntax must contain only "
                "alphanumeric characters, underscores, periods, and colons");
  }
  const std::size_t before = problems_.size();
  const Value* variable = variables ? variables->Find(name) : nullptr;
  const std::size_t dot = name.find('.');
  Value value = variable ? Evaluate(*variable)
                : dot == std::string::npos
                    ? Reference(name, line)
                    : Attribute(name.substr(0, dot), name.substr(dot + 1), line);
  if (!value.is_scalar() && problems_.size() == before) {
    return Fail(line, "Template error: variable " + name +
                          " in Fn::Sub expression does not resolve to a string");
  }
  return value;
}

}  // namespace gatehouse::stack
