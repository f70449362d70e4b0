#include "api/language/mapping_template.h"

#include <optional>

#include <fmt/format.h>

#include "gatehouse/json.h"
#include "wire/json_cursor.h"

namespace gatehouse::api {
namespace {

using wire::JsonCursor;
using wire::JsonKind;
using wire::JsonSyntax;
using wire::JsonValue;

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

}  // namespace

// What $input stands for, read at most once.
class MappingTemplate::Input {
 public:
  explicit Input(std::string_view text) : text_(text) {}
  std::string_view text() const { return text_; }

  // "" for what is absent.
  void AppendJson(const JsonPath& path, std::string& out) {
    std::optional<JsonValue> value = Find(path);
    if (!value) {
      out += "\"\"";
      return;
    }
    AppendAsJson(*value, syntax_, out);
  }

  // Strings decoded, objects and arrays as JSON, nothing for null and what is absent.
  void AppendText(const JsonPath& path, std::string& out) {
    std::optional<JsonValue> value = Find(path);
    if (!value || value->kind == JsonKind::kNull) return;
    if (value->kind == JsonKind::kObject || value->kind == JsonKind::kArray) {
      return AppendAsJson(*value, syntax_, out);
    }
    wire::AppendJsonAsText(*value, syntax_, out);
  }

 private:
  std::optional<JsonValue> Find(const JsonPath& path) {
    if (!was_read_) {
      was_read_ = true;
      root_ = wire::ReadJson(text_, syntax_ = JsonSyntax::kStrict);
      if (!root_) root_ = wire::ReadJson(text_, syntax_ = JsonSyntax::kLenient);
    }
    return root_ ? path.Find(*root_, syntax_) : std::nullopt;
  }

  std::string_view text_;
  bool was_read_ = false;
  JsonSyntax syntax_ = JsonSyntax::kStrict;
  std::optional<JsonValue> root_;
};

Result<std::string> MappingTemplate::Render(const RequestView& view, std::string_view input) const {
  Input reader(input);
  std::string out;
  std::string value;
  for (const Part& part : parts_) {
    value.clear();
    switch (part.source) {
      case Source::kText:
        value = part.text;
        break;
      case Source::kContext:
        AppendContextVariable(view, part.text, value);
        break;
      case Source::kStageVariable:
        AppendStageVariable(view, part.text, value);
        break;
      case Source::kBody:
        value = reader.text();
        break;
      case Source::kJson:
        reader.AppendJson(part.path, value);
        break;
      case Source::kPath:
        reader.AppendText(part.path, value);
        break;
      case Source::kParameter:
        if (!AppendQueryParameter(view, part.text, value)) AppendHeader(view, part.text, value);
        break;
    }
    for (TemplateUtility utility : part.utilities) {
      if (value.size() > kOutputBytesMax) break;  // refused below
      value = ApplyTemplateUtility(utility, value);
    }
    if (out.size() + value.size() > kOutputBytesMax) {
      return Error{ErrorCode::kPayloadTooLarge,
                   fmt::format("the mapping template gave more than {} bytes", kOutputBytesMax)};
    }
    out += value;
  }
  return out;
}

}  // namespace gatehouse::api
