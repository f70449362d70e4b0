#include "api/language/request_models.h"

#include <fmt/format.h>

namespace gatehouse::api {

Result<std::shared_ptr<const RequestModels>> RequestModels::Compile(
    const std::string& expression, const std::map<std::string, std::string>& models) {
  auto parsed = SelectionExpression::Parse(expression, SelectionUse::kRequest);
  if (!parsed) return parsed.error();
  std::shared_ptr<RequestModels> compiled(new RequestModels(*std::move(parsed)));
  for (const auto& [key, text] : models) {
    Result<JsonSchema> schema = JsonSchema::Compile(text);
    if (!schema) {
      return Error{schema.error().code, fmt::format("model {}: {}", key, schema.error().message)};
    }
    compiled->schemas_.emplace(key, *std::move(schema));
  }
  return std::shared_ptr<const RequestModels>(std::move(compiled));
}

bool RequestModels::Accept(const RequestView& view, std::string_view message) const {
  auto schema = schemas_.find(expression_.Evaluate(view));
  if (schema == schemas_.end()) schema = schemas_.find("$default");
  return schema != schemas_.end() && schema->second.Accepts(message);
}

}  // namespace gatehouse::api
