// What a mapping template's references name: variables, loops, $context, $input, $util.
#include <fmt/format.h>

#include "api/language/json_path.h"
#include "api/language/template_run.h"
#include "api/language/template_utility.h"
#include "gatehouse/json.h"

namespace gatehouse::api {
namespace {

using wire::JsonCursor;
using wire::JsonKind;
using wire::JsonSyntax;
using wire::JsonValue;
using Value = TemplateValue;
using Expression = TemplateExpression;

// A value as strict JSON: as it is, unless it was read leniently.
void AppendAsJson(const JsonValue& value, JsonSyntax syntax, std::string& out) {
  bool is_container = value.kind == JsonKind::kObject || value.kind == JsonKind::kArray;
  if (syntax == JsonSyntax::kLenient && value.kind == JsonKind::kString) {
    return json::AppendQuoted(out, wire::DecodeJsonString(value));
  }
  if (syntax == JsonSyntax::kStrict || !is_container) {
    out += value.text;
    return;
  }
  bool is_object = value.kind == JsonKind::kObject;
  out += is_object ? '{' : '[';
  std::string_view separator;
  for (JsonCursor cursor(value, syntax); cursor.Next(); separator = ",") {
    out += separator;
    if (is_object) json::AppendQuoted(out, cursor.name());
    if (is_object) out += ':';
    AppendAsJson(cursor.value(), syntax, out);
  }
  out += is_object ? '}' : ']';
}

// The paths behind $context that have members themselves.
bool IsContextContainer(std::string_view path) {
  return path == "identity" || path == "authorizer" || path == "error";
}

}  // namespace

// $foreach.count and its like; of the loop around it: $foreach.parent.count.
std::optional<Value> TemplateRun::LoopMember(std::string_view path) const {
  std::size_t depth = loops_.size();
  while (path.starts_with("parent.") && depth > 0) {
    path.remove_prefix(7);
    --depth;
  }
  if (depth == 0) return std::nullopt;
  const Loop& loop = loops_[depth - 1];
  if (path == "count") return Value::Integer(loop.index + 1);
  if (path == "index") return Value::Integer(loop.index);
  if (path == "hasNext") return Value::Bool(loop.index + 1 < loop.size);
  if (path == "first") return Value::Bool(loop.index == 0);
  if (path == "last") return Value::Bool(loop.index + 1 == loop.size);
  return std::nullopt;
}

Value TemplateRun::Root(const std::string& name) {
  if (name == "context") return {Value::kContext};
  if (name == "input") return {Value::kInput};
  if (name == "util") return {Value::kUtility};
  if (name == "velocityCount" && !loops_.empty()) return *LoopMember("count");
  if (name == "stageVariables") {
    Value::Map map;
    if (view_.stage_variables) {
      for (const auto& [key, text] : *view_.stage_variables)
        map.emplace_back(key, Value::String(text));
    }
    return heap_.Map(std::move(map));
  }
  auto it = variables_.find(name);
  return it == variables_.end() ? Value{} : it->second;
}

// What the reference names after so many of its steps; kNull as soon as there is nothing, with
// what was written.
Result<Value> TemplateRun::Read(const TemplateReference& reference, std::size_t steps) {
  Result<Value> value = Walk(reference, steps);
  if (value && value->kind == Value::kNull) value->text = reference.source;
  return value;
}

Result<Value> TemplateRun::Walk(const TemplateReference& reference, std::size_t steps) {
  if (reference.root == "foreach" && !loops_.empty()) {
    std::string path;
    for (const TemplateStep& step : reference.steps) {
      if (step.kind != TemplateStep::kMember) return Value{};
      path += (path.empty() ? "" : ".") + step.name;
    }
    return LoopMember(path).value_or(Value{});
  }
  bool is_variable = reference.root == "stageVariables";
  Value at = Root(reference.root);
  for (std::size_t i = 0; i < steps; ++i) {
    if (at.kind == Value::kNull) return at;
    Result<Value> next = Step(at, reference.steps[i], reference.line);
    if (!next) return next.error();
    Value::Kind nothing = is_variable && i == 0 ? Value::kAbsent : Value::kNull;
    at = *std::move(next);
    if (at.kind == Value::kNull) at.kind = nothing;
  }
  return at;
}

Result<Value> TemplateRun::Step(Value& on, const TemplateStep& step, int line) {
  std::vector<Value> arguments;
  for (const Expression& expression : step.arguments) {
    Result<Value> argument = Evaluate(expression);
    if (!argument) return argument.error();
    arguments.push_back(*std::move(argument));
  }
  if (!heap_.Take(0)) return TooMuch(line);
  Result<Value> result = Value{};
  if (on.kind == Value::kContext) {
    bool has_name = step.kind == TemplateStep::kMember ||
                    (arguments.size() == 1 && arguments[0].kind == Value::kString &&
                     (step.kind == TemplateStep::kIndex || step.name == "get"));
    if (has_name) {
      result = ContextStep(on, step.kind == TemplateStep::kMember ? step.name : arguments[0].text);
    }
  } else if (on.kind == Value::kInput) {
    result = InputStep(step, arguments);
  } else if (on.kind == Value::kUtility) {
    result = UtilityStep(step, arguments[0]);
  } else if (step.kind == TemplateStep::kIndex) {
    result = Index(on, arguments[0]);
  } else if (step.kind == TemplateStep::kMember) {
    result = TemplateMember(on, step.name);
  } else {
    result = CallTemplateMethod(on, step.name, arguments, heap_);
  }
  if (!result) return Wrong(line, result.error());
  return result;
}

Result<Value> TemplateRun::Index(Value& on, const Value& index) {
  if (on.is_map()) {
    Result<std::string> name = TemplateText(index, heap_);
    if (!name) return name.error();
    return TemplateMember(on, *name);
  }
  if (!on.is_list()) return Value{};
  Value arguments[] = {index};
  return CallTemplateMethod(on, "get", arguments, heap_);
}

Value TemplateRun::ContextStep(const Value& on, std::string_view name) {
  std::string path = on.text.empty() ? std::string(name) : on.text + "." + std::string(name);
  if (IsContextContainer(path)) {
    Value container{Value::kContext};
    container.text = std::move(path);
    return container;
  }
  std::string text;
  AppendContextVariable(view_, path, text);
  return text.empty() ? Value{Value::kAbsent} : Value::String(std::move(text));
}

bool TemplateRun::ReadInput() {
  if (!was_read_) {
    was_read_ = true;
    root_ = wire::ReadJson(input_, syntax_ = JsonSyntax::kStrict);
    if (!root_) root_ = wire::ReadJson(input_, syntax_ = JsonSyntax::kLenient);
  }
  return root_.has_value();
}

Value TemplateRun::Parameters() {
  Value result = heap_.Map({{"path", heap_.Map({})}});
  Value all_query = heap_.Map({}), all_headers = heap_.Map({});
  for (const NameValue& pair : view_.event->query) {
    all_query.Put(std::string(pair.name), Value::String(std::string(pair.value)));
  }
  for (const NameValue& pair : view_.event->headers) {
    all_headers.Put(std::string(pair.name), Value::String(std::string(pair.value)));
  }
  result.Put("querystring", std::move(all_query));
  result.Put("header", std::move(all_headers));
  return result;
}

Result<Value> TemplateRun::InputStep(const TemplateStep& step, std::span<Value> arguments) {
  if (step.name == "body") {
    if (!heap_.Take(input_.size())) {
      return Error{ErrorCode::kPayloadTooLarge, "the mapping template computes too much"};
    }
    return Value::String(std::string(input_));
  }
  if (step.name != "params") return PathStep(step, arguments[0]);
  if (arguments.empty()) return Parameters();
  Result<std::string> name = TemplateText(arguments[0], heap_);
  if (!name) return name.error();
  std::string value;
  if (!AppendQueryParameter(view_, *name, value)) AppendHeader(view_, *name, value);
  return Value::String(std::move(value));
}

// json: as JSON, "" in quotes for what is absent. path: as a value.
Result<Value> TemplateRun::PathStep(const TemplateStep& step, const Value& path) {
  Result<std::string> text = TemplateText(path, heap_);
  if (!text) return text.error();
  if (!text->starts_with('$'))
    return Error{ErrorCode::kInvalidArgument, "a JSONPath begins with $"};
  Result<JsonPath> parsed = JsonPath::Parse(text->substr(1));
  if (!parsed) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{}: {}", *text, parsed.error().message)};
  }
  std::optional<JsonValue> found = ReadInput() ? parsed->Find(*root_, syntax_) : std::nullopt;
  bool is_json = step.name == "json";
  if (!found) return is_json ? Value::String("\"\"") : Value{Value::kAbsent};
  if (!heap_.Take(found->text.size(), 1 + found->text.size() / 16)) {
    return Error{ErrorCode::kPayloadTooLarge, "the mapping template computes too much"};
  }
  if (!is_json) return heap_.FromJson(*found, syntax_);
  std::string json;
  AppendAsJson(*found, syntax_, json);
  return Value::String(std::move(json));
}

Result<Value> TemplateRun::UtilityStep(const TemplateStep& step, const Value& argument) {
  if (argument.kind == Value::kNull) return Value{};
  Result<std::string> text = TemplateText(argument, heap_);
  if (!text) return text.error();
  if (step.name == "parseJson") {
    std::optional<JsonValue> root = wire::ReadJson(*text);
    if (!root) return Error{ErrorCode::kInvalidArgument, "$util.parseJson was given no JSON"};
    return heap_.FromJson(*root, JsonSyntax::kStrict);
  }
  std::string result = ApplyTemplateUtility(*FindTemplateUtility(step.name), *text);
  if (!heap_.Take(result.size())) {
    return Error{ErrorCode::kPayloadTooLarge, "the mapping template computes too much"};
  }
  return Value::String(std::move(result));
}

}  // namespace gatehouse::api
