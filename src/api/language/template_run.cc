#include "api/language/template_run.h"

#include <cmath>

#include <fmt/format.h>

#include "api/language/mapping_template.h"

namespace gatehouse::api {
namespace {

using Value = TemplateValue;
using Expression = TemplateExpression;

}  // namespace

Error TemplateRun::Wrong(int line, const Error& error) {
  return {error.code, fmt::format("line {}: {}", line, error.message)};
}

Error TemplateRun::TooMuch(int line) {
  return {ErrorCode::kPayloadTooLarge,
          fmt::format("line {}: the mapping template computes too much", line)};
}

Result<TemplateFlow> TemplateRun::Block(const TemplateBlock& block, std::string& out) {
  for (const TemplateNode& node : block) {
    Result<TemplateFlow> flow = Node(node, out);
    if (!flow || *flow != TemplateFlow::kGoOn) return flow;
  }
  return TemplateFlow::kGoOn;
}

Result<TemplateFlow> TemplateRun::Node(const TemplateNode& node, std::string& out) {
  if (!heap_.Take(0)) return TooMuch(node.line);
  Result<void> done;
  switch (node.kind) {
    case TemplateNode::kText:
      done = Put(node.text, node.line, out);
      break;
    case TemplateNode::kReference:
      done = Print(node.reference, out);
      break;
    case TemplateNode::kSet:
      done = Set(node);
      break;
    case TemplateNode::kIf:
      return If(node, out);
    case TemplateNode::kForeach:
      return Foreach(node, out);
    case TemplateNode::kBreak:
      return loops_.empty() ? TemplateFlow::kStop : TemplateFlow::kBreak;
    case TemplateNode::kStop:
      return TemplateFlow::kStop;
  }
  if (!done) return done.error();
  return TemplateFlow::kGoOn;
}

Result<void> TemplateRun::Put(std::string_view text, int, std::string& out) const {
  if (out.size() + text.size() > MappingTemplate::kOutputBytesMax) {
    return Error{ErrorCode::kPayloadTooLarge, fmt::format("the mapping template gave more than {} "
                                                          "bytes",
                                                          MappingTemplate::kOutputBytesMax)};
  }
  out += text;
  return {};
}

// What was never set stays as it was written, all backslashes too; before what is there, of two
// backslashes one goes, and an odd one makes text of it.
Result<void> TemplateRun::Print(const TemplateReference& reference, std::string& out) {
  Result<Value> value = Read(reference, reference.steps.size());
  if (!value) return value.error();
  bool is_known = value->kind != Value::kNull;
  std::string slashes(is_known ? reference.backslashes / 2 : reference.backslashes, '\\');
  if (Result<void> put = Put(slashes, reference.line, out); !put) return put;
  bool is_text =
      is_known ? reference.backslashes % 2 == 1 : !reference.is_quiet || reference.backslashes > 0;
  if (is_text) return Put(reference.source, reference.line, out);
  Result<std::string> text = TemplateText(*value, heap_);
  if (!text) return Wrong(reference.line, text.error());
  return Put(*text, reference.line, out);
}

Result<TemplateFlow> TemplateRun::If(const TemplateNode& node, std::string& out) {
  for (const TemplateNode::Branch& branch : node.branches) {
    bool is_true = branch.condition.empty();
    if (!is_true) {
      Result<Value> value = Evaluate(branch.condition[0]);
      if (!value) return value.error();
      is_true = value->IsTrue();
    }
    if (is_true) return Block(branch.block, out);
  }
  return TemplateFlow::kGoOn;
}

// A list's items, a map's values; anything else has none.
Result<Value::List> TemplateRun::ItemsOf(const TemplateNode& node) {
  Result<Value> over = Evaluate(node.value);
  if (!over) return over.error();
  Value::List items;
  if (over->is_list()) items = *over->list;
  if (over->is_map()) {
    for (const auto& [name, value] : *over->map) items.push_back(value);
  }
  if (items.size() > MappingTemplate::kIterationsMax) {
    return Wrong(node.line, {ErrorCode::kInvalidArgument,
                             fmt::format("#foreach goes over {} items; {} are allowed",
                                         items.size(), MappingTemplate::kIterationsMax)});
  }
  if (!heap_.Take(0, items.size() + 1)) return TooMuch(node.line);
  return items;
}

Result<TemplateFlow> TemplateRun::Foreach(const TemplateNode& node, std::string& out) {
  Result<Value::List> items = ItemsOf(node);
  if (!items) return items.error();
  auto outer = variables_.find(node.text);
  Value before = outer == variables_.end() ? Value{} : outer->second;
  loops_.push_back({0, static_cast<std::int64_t>(items->size())});
  Result<TemplateFlow> flow = TemplateFlow::kGoOn;
  for (Value& item : *items) {
    variables_[node.text] = std::move(item);
    flow = Block(node.block, out);
    if (!flow || *flow != TemplateFlow::kGoOn) break;
    ++loops_.back().index;
  }
  loops_.pop_back();
  variables_[node.text] = std::move(before);
  if (flow && *flow == TemplateFlow::kBreak) return TemplateFlow::kGoOn;
  return flow;
}

// Nothing is set to what is not there: the old value stays.
Result<void> TemplateRun::Set(const TemplateNode& node) {
  Result<Value> value = Evaluate(node.value);
  if (!value) return value.error();
  if (value->kind == Value::kNull) return {};
  const TemplateReference& target = node.reference;
  if (target.steps.empty()) {
    variables_[target.root] = *std::move(value);
    return {};
  }
  Result<Value> within = Read(target, target.steps.size() - 1);
  if (!within) return within.error();
  return SetWithin(*within, target.steps.back(), *std::move(value), node.line);
}

Result<void> TemplateRun::SetWithin(Value& target, const TemplateStep& step, Value value,
                                    int line) {
  Value index = Value::String(step.name);
  if (step.kind == TemplateStep::kIndex) {
    Result<Value> given = Evaluate(step.arguments[0]);
    if (!given) return given.error();
    index = *std::move(given);
  }
  if (target.kind == Value::kMap) {
    Result<std::string> name = TemplateText(index, heap_);
    if (!name) return Wrong(line, name.error());
    if (!heap_.Take(0, target.map->size())) return TooMuch(line);
    target.Put(*std::move(name), std::move(value));
  } else if (target.is_list() && index.kind == Value::kInteger) {
    Value arguments[] = {index, std::move(value)};
    auto set = CallTemplateMethod(target, "set", arguments, heap_);
    if (!set) return Wrong(line, set.error());
  }
  return {};
}

Result<Value> TemplateRun::Evaluate(const Expression& expression) {
  if (!heap_.Take(0)) return TooMuch(expression.line);
  switch (expression.kind) {
    case Expression::kLiteral:
      return expression.literal;
    case Expression::kText: {
      std::string text;
      Result<TemplateFlow> flow = Block(*expression.block, text);
      if (!flow) return flow.error();
      if (!heap_.Take(text.size())) return TooMuch(expression.line);
      return Value::String(std::move(text));
    }
    case Expression::kReference:
      return Read(expression.reference, expression.reference.steps.size());
    case Expression::kList: {
      Value::List items;
      for (const Expression& operand : expression.operands) {
        Result<Value> item = Evaluate(operand);
        if (!item) return item;
        items.push_back(*std::move(item));
      }
      return heap_.List(std::move(items));
    }
    case Expression::kMap:
      return MapLiteral(expression);
    case Expression::kRange:
      return Range(expression);
    case Expression::kNot: {
      Result<Value> operand = Evaluate(expression.operands[0]);
      if (!operand) return operand;
      return Value::Bool(!operand->IsTrue());
    }
    case Expression::kMinus: {
      Result<Value> operand = Evaluate(expression.operands[0]);
      if (!operand) return operand;
      return Arithmetic(Expression::kSub, Value::Integer(0), *operand, expression.line);
    }
    case Expression::kBinary:
      return Binary(expression);
  }
  return Value{};
}

Result<Value> TemplateRun::MapLiteral(const Expression& expression) {
  Value map = heap_.Map({});
  for (std::size_t i = 0; i + 1 < expression.operands.size(); i += 2) {
    Result<Value> name = Evaluate(expression.operands[i]);
    if (!name) return name;
    Result<std::string> text = TemplateText(*name, heap_);
    if (!text) return Wrong(expression.line, text.error());
    Result<Value> value = Evaluate(expression.operands[i + 1]);
    if (!value) return value;
    map.Put(*std::move(text), *std::move(value));
  }
  return map;
}

Result<Value> TemplateRun::Range(const Expression& expression) {
  Result<Value> first = Evaluate(expression.operands[0]);
  if (!first) return first;
  Result<Value> last = Evaluate(expression.operands[1]);
  if (!last) return last;
  if (first->kind != Value::kInteger || last->kind != Value::kInteger) return Value{};
  std::int64_t from = first->integer, to = last->integer;
  auto distance = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  if (to < from) distance = ~distance + 1;
  if (distance > TemplateHeap::kStepsMax || !heap_.Take(0, distance + 1)) {
    return TooMuch(expression.line);
  }
  Value::List items;
  std::int64_t step = from <= to ? 1 : -1;
  for (std::int64_t at = from; at != to; at += step) items.push_back(Value::Integer(at));
  items.push_back(Value::Integer(to));
  return heap_.List(std::move(items));
}

Result<Value> TemplateRun::Logical(const Expression& expression, bool left) {
  bool decided = expression.op == Expression::kOr ? left : !left;
  if (decided) return Value::Bool(left);
  Result<Value> right = Evaluate(expression.operands[1]);
  if (!right) return right;
  return Value::Bool(right->IsTrue());
}

Result<Value> TemplateRun::Binary(const Expression& expression) {
  Result<Value> left = Evaluate(expression.operands[0]);
  if (!left) return left;
  if (expression.op == Expression::kOr || expression.op == Expression::kAnd) {
    return Logical(expression, left->IsTrue());
  }
  Result<Value> right = Evaluate(expression.operands[1]);
  if (!right) return right;
  bool numbers = left->is_number() && right->is_number();
  double a = left->as_double(), b = right->as_double();
  switch (expression.op) {
    case Expression::kEq:
    case Expression::kNe: {
      if (!heap_.Take(0, 10)) return TooMuch(expression.line);
      bool same = SameTemplateValues(*left, *right);
      return Value::Bool(same == (expression.op == Expression::kEq));
    }
    case Expression::kLt:
      return Value::Bool(numbers && a < b);
    case Expression::kGt:
      return Value::Bool(numbers && a > b);
    case Expression::kLe:
      return Value::Bool(numbers && a <= b);
    case Expression::kGe:
      return Value::Bool(numbers && a >= b);
    default:
      return Arithmetic(expression.op, *left, *right, expression.line);
  }
}

// A text makes one of both; what is no number gives nothing.
Result<Value> TemplateRun::Sum(const Value& left, const Value& right, int line) {
  std::string out;
  for (const Value* part : {&left, &right}) {
    if (part->kind == Value::kNull) {  // the reference as it was written
      out += part->text;
      continue;
    }
    Result<std::string> text = TemplateText(*part, heap_);
    if (!text) return Wrong(line, text.error());
    out += *text;
  }
  if (!heap_.Take(out.size())) return TooMuch(line);
  return Value::String(std::move(out));
}

Result<Value> TemplateRun::Arithmetic(Expression::Operator op, const Value& left,
                                      const Value& right, int line) {
  if (!left.is_number() || !right.is_number()) {
    bool is_sum =
        op == Expression::kAdd && (left.kind == Value::kString || right.kind == Value::kString);
    return is_sum ? Sum(left, right, line) : Result<Value>(Value{});
  }
  if (left.kind == Value::kInteger && right.kind == Value::kInteger) {
    std::int64_t a = left.integer, b = right.integer, result = 0;
    bool overflows = false;
    switch (op) {
      case Expression::kAdd:
        overflows = __builtin_add_overflow(a, b, &result);
        break;
      case Expression::kSub:
        overflows = __builtin_sub_overflow(a, b, &result);
        break;
      case Expression::kMul:
        overflows = __builtin_mul_overflow(a, b, &result);
        break;
      default:
        if (b == 0) return Value{};  // as in Velocity: nothing, and a line in its log
        if (b == -1) {
          overflows = op == Expression::kDiv && __builtin_sub_overflow(0, a, &result);
          break;
        }
        result = op == Expression::kDiv ? a / b : a % b;
    }
    if (overflows) return Wrong(line, {ErrorCode::kInvalidArgument, "a number grows too large"});
    return Value::Integer(result);
  }
  double a = left.as_double(), b = right.as_double();
  switch (op) {
    case Expression::kAdd:
      return Value::Double(a + b);
    case Expression::kSub:
      return Value::Double(a - b);
    case Expression::kMul:
      return Value::Double(a * b);
    default:
      if (b == 0) return Value{};
      return Value::Double(op == Expression::kDiv ? a / b : std::fmod(a, b));
  }
}

}  // namespace gatehouse::api
