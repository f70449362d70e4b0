// One rendering of a mapping template. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/language/request_view.h"
#include "api/language/template_methods.h"
#include "api/language/template_syntax.h"
#include "gatehouse/result.h"
#include "wire/json_cursor.h"

namespace gatehouse::api {

enum class TemplateFlow { kGoOn, kBreak, kStop };

class TemplateRun {
 public:
  TemplateRun(const RequestView& view, std::string_view input) : view_(view), input_(input) {}

  // Appends to out. Errors as MappingTemplate::Render's.
  Result<TemplateFlow> Block(const TemplateBlock& block, std::string& out);

 private:
  struct Loop {
    std::int64_t index = 0;
    std::int64_t size = 0;
  };

  static Error Wrong(int line, const Error& error);
  static Error TooMuch(int line);
  Result<TemplateFlow> Node(const TemplateNode& node, std::string& out);
  Result<void> Print(const TemplateReference& reference, std::string& out);
  Result<void> Put(std::string_view text, int line, std::string& out) const;
  Result<TemplateFlow> If(const TemplateNode& node, std::string& out);
  Result<TemplateFlow> Foreach(const TemplateNode& node, std::string& out);
  Result<TemplateValue::List> ItemsOf(const TemplateNode& node);
  Result<void> Set(const TemplateNode& node);
  Result<void> SetWithin(TemplateValue& target, const TemplateStep& step, TemplateValue value,
                         int line);

  Result<TemplateValue> Evaluate(const TemplateExpression& expression);
  Result<TemplateValue> Range(const TemplateExpression& expression);
  Result<TemplateValue> MapLiteral(const TemplateExpression& expression);
  Result<TemplateValue> Binary(const TemplateExpression& expression);
  Result<TemplateValue> Logical(const TemplateExpression& expression, bool left);
  Result<TemplateValue> Arithmetic(TemplateExpression::Operator op, const TemplateValue& left,
                                   const TemplateValue& right, int line);
  Result<TemplateValue> Sum(const TemplateValue& left, const TemplateValue& right, int line);

  Result<TemplateValue> Read(const TemplateReference& reference, std::size_t steps);
  Result<TemplateValue> Walk(const TemplateReference& reference, std::size_t steps);
  TemplateValue Root(const std::string& name);
  std::optional<TemplateValue> LoopMember(std::string_view path) const;
  Result<TemplateValue> Step(TemplateValue& on, const TemplateStep& step, int line);
  TemplateValue ContextStep(const TemplateValue& on, std::string_view name);
  Result<TemplateValue> InputStep(const TemplateStep& step, std::span<TemplateValue> arguments);
  Result<TemplateValue> PathStep(const TemplateStep& step, const TemplateValue& path);
  TemplateValue Parameters();
  Result<TemplateValue> UtilityStep(const TemplateStep& step, const TemplateValue& argument);
  Result<TemplateValue> Index(TemplateValue& on, const TemplateValue& index);
  bool ReadInput();

  const RequestView& view_;
  std::string_view input_;
  TemplateHeap heap_;
  std::map<std::string, TemplateValue, std::less<>> variables_;
  std::vector<Loop> loops_;
  bool was_read_ = false;
  wire::JsonSyntax syntax_ = wire::JsonSyntax::kStrict;
  std::optional<wire::JsonValue> root_;
};

}  // namespace gatehouse::api
