#include "api/language/template_set.h"

#include <fmt/format.h>

namespace gatehouse::api {

Result<TemplateSet> TemplateSet::Compile(const std::map<std::string, std::string>& templates,
                                         const std::string& expression, SelectionUse use) {
  TemplateSet set;
  if (!expression.empty()) {
    Result<SelectionExpression> parsed = SelectionExpression::Parse(expression, use);
    if (!parsed) return parsed.error();
    set.expression_ = *std::move(parsed);
  }
  for (const auto& [key, text] : templates) {
    Result<MappingTemplate> compiled = MappingTemplate::Compile(text);
    if (!compiled) {
      return Error{compiled.error().code,
                   fmt::format("template {}: {}", key, compiled.error().message)};
    }
    set.templates_.emplace(key, *std::move(compiled));
  }
  return set;
}

const MappingTemplate* TemplateSet::Find(const std::string& key) const {
  auto it = templates_.find(key);
  return it == templates_.end() ? nullptr : &it->second;
}

const MappingTemplate* TemplateSet::Choose(const RequestView& view) const {
  if (expression_) {
    const MappingTemplate* chosen = Find(expression_->Evaluate(view));
    return chosen ? chosen : Find("$default");
  }
  for (const char* key : {"$default", "application/json"}) {
    if (const MappingTemplate* found = Find(key)) return found;
  }
  return templates_.size() == 1 ? &templates_.begin()->second : nullptr;
}

}  // namespace gatehouse::api
