#include "api/language/selection_expression.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

namespace gatehouse::api {
namespace {

constexpr std::string_view kDefault = "$default";

bool IsNameCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
}

Error WrongExpression(std::string_view text, std::string_view why) {
  return {ErrorCode::kInvalidArgument, fmt::format("selection expression \"{}\": {}", text, why)};
}

// The length of a bracket at the start of text, "[0]" or "['a b']"; 0 when it is none.
std::size_t BracketLength(std::string_view text) {
  bool quoted = text.size() > 1 && (text[1] == '\'' || text[1] == '"');
  std::size_t end = quoted ? text.find(text[1], 2) : std::size_t{0};
  if (end == std::string_view::npos) return text.size();  // JsonPath says what is wrong
  end = text.find(']', end);
  return end == std::string_view::npos ? text.size() : end + 1;
}

// The length of a variable without braces.
std::size_t VariableLength(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size()) {
    bool dot = text[n] == '.' && n + 1 < text.size() && IsNameCharacter(text[n + 1]);
    if (text[n] == '[' && n > 0) {
      n += BracketLength(text.substr(n));
    } else if (dot || IsNameCharacter(text[n])) {
      ++n;
    } else {
      break;
    }
  }
  return n;
}

// The end of "${…}" in text that begins behind the brace; npos when it is not closed. A brace in a
// quoted bracket does not count.
std::size_t ClosingBrace(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '}') return i;
    if (text[i] == '[') i += BracketLength(text.substr(i)) - 1;
  }
  return std::string_view::npos;
}

}  // namespace

// Rows by the start of the variable's name. One that ends in a dot wants a name behind it; one of a
// body wants a path.
struct SelectionExpression::VariableRow {
  std::string_view start;
  Source source;
  SelectionUse first_use;  // the least that can read it
};

const SelectionExpression::VariableRow SelectionExpression::kVariables[] = {
    {"request.body", Source::kBody, SelectionUse::kRoute},
    {"request.header.", Source::kHeader, SelectionUse::kRequest},
    {"request.multivalueheader.", Source::kHeader, SelectionUse::kRequest},
    {"request.querystring.", Source::kQuery, SelectionUse::kRequest},
    {"request.multivaluequerystring.", Source::kQuery, SelectionUse::kRequest},
    {"context.", Source::kContext, SelectionUse::kRequest},
    {"stageVariables.", Source::kStageVariable, SelectionUse::kRequest},
    {"response.statuscode", Source::kStatusCode, SelectionUse::kResponse},
    {"response.body", Source::kResponseBody, SelectionUse::kResponse},
    {"response.header.", Source::kResponseHeader, SelectionUse::kResponse},
    {"response.multivalueheader.", Source::kResponseHeader, SelectionUse::kResponse},
};

Result<void> SelectionExpression::TakeVariable(std::string_view variable, SelectionUse use) {
  constexpr std::string_view kIntegration = "integration.";
  std::string_view name = variable;
  if (name.starts_with("integration.response.")) name.remove_prefix(kIntegration.size());
  auto row = std::find_if(std::begin(kVariables), std::end(kVariables),
                          [&](const VariableRow& r) { return name.starts_with(r.start); });
  if (row == std::end(kVariables)) {
    return WrongExpression(text_, fmt::format("there is no variable ${}", variable));
  }
  if (row->first_use > use) {
    return WrongExpression(
        text_, use == SelectionUse::kRoute
                   ? "only $request.body.… can be selected on"
                   : fmt::format("${} is known only to integration responses", variable));
  }
  std::string_view rest = name.substr(row->start.size());
  Part part{row->source, std::string(rest), {}};
  if (part.source == Source::kBody || part.source == Source::kResponseBody) {
    if (rest.empty()) return WrongExpression(text_, fmt::format("${} names no member", variable));
    Result<JsonPath> path = JsonPath::Parse(rest);
    if (!path) return WrongExpression(text_, path.error().message);
    part.path = *std::move(path);
  } else if (part.source == Source::kStatusCode) {
    if (!rest.empty())
      return WrongExpression(text_, fmt::format("there is no variable ${}", variable));
  } else if (rest.empty()) {
    return WrongExpression(text_, fmt::format("${} names nothing", variable));
  } else if (part.source == Source::kContext && !IsContextVariable(rest)) {
    return WrongExpression(text_, fmt::format("there is no variable ${}", variable));
  }
  parts_.push_back(std::move(part));
  is_constant_ = false;
  return {};
}

Result<SelectionExpression> SelectionExpression::Parse(std::string_view text, SelectionUse use) {
  SelectionExpression expression;
  expression.text_ = text;
  if (text.empty()) return WrongExpression(text, "it is empty");
  auto add_text = [&](std::string_view literal) {
    expression.parts_.push_back({Source::kText, std::string(literal), {}});
  };
  for (std::size_t i = 0; i < text.size();) {
    std::string_view rest = text.substr(i);
    if (rest.starts_with("\\$")) {
      add_text("$");
      i += 2;
    } else if (rest[0] != '$') {
      std::size_t end = std::min(rest.find_first_of("$\\", 1), rest.size());
      add_text(rest.substr(0, end));
      i += end;
    } else if (rest == kDefault) {
      add_text(rest);
      i = text.size();
    } else {
      bool braces = rest.size() > 1 && rest[1] == '{';
      std::string_view variable = rest.substr(braces ? 2 : 1);
      std::size_t size = braces ? ClosingBrace(variable) : VariableLength(variable);
      if (size == std::string_view::npos) return WrongExpression(text, "a brace is not closed");
      Result<void> taken = expression.TakeVariable(variable.substr(0, size), use);
      if (!taken) return taken.error();
      i += size + (braces ? 3 : 1);
    }
  }
  return expression;
}

void SelectionExpression::AppendPart(const Part& part, const RequestView& view,
                                     std::string& out) const {
  switch (part.source) {
    case Source::kText:
      out += part.text;
      break;
    case Source::kBody:
      if (view.body) view.body->AppendText(part.path.steps(), out);
      break;
    case Source::kHeader:
      AppendHeader(view, part.text, out);
      break;
    case Source::kQuery:
      AppendQueryParameter(view, part.text, out);
      break;
    case Source::kContext:
      AppendContextVariable(view, part.text, out);
      break;
    case Source::kStageVariable:
      AppendStageVariable(view, part.text, out);
      break;
    case Source::kStatusCode:
      out += std::to_string(view.status_code);
      break;
    case Source::kResponseBody: {
      std::optional<wire::JsonValue> root =
          wire::ReadJson(view.integration_body, wire::JsonSyntax::kLenient);
      if (!root) break;
      auto found = part.path.Find(*root, wire::JsonSyntax::kLenient);
      if (found) wire::AppendJsonAsText(*found, wire::JsonSyntax::kLenient, out);
      break;
    }
    case Source::kResponseHeader:
      break;  // MOCK has none; integrations that have will bring them
  }
}

std::string SelectionExpression::Evaluate(const RequestView& view) const {
  std::string value;
  for (const Part& part : parts_) AppendPart(part, view, value);
  return value;
}

std::string SelectionExpression::Evaluate(const wire::RoutingReader& reader) const {
  RequestView view;
  view.body = &reader;
  return Evaluate(view);
}

bool SelectionExpression::reads_body() const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [](const Part& part) { return part.source == Source::kBody; });
}

std::string SelectionExpression::VariableName() const {
  if (parts_.size() != 1 || parts_[0].source != Source::kBody) return text_;
  std::string name;
  for (const std::string& member : parts_[0].path.steps()) {
    if (!name.empty()) name += '.';
    name += member;
  }
  return name;
}

}  // namespace gatehouse::api
