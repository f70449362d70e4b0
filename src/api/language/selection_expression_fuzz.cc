// Any text as a selection expression of each place, and any text as the message it reads: no crash,
// the same value by every way. A zero byte parts the two.
#include "api/language/selection_expression.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "base/fuzz.h"
#include "wire/utf8.h"

namespace gatehouse::api {
namespace {

void Evaluate(std::string_view source, const std::string& message, SelectionUse use) {
  auto expression = SelectionExpression::Parse(source, use);
  CHECK(expression || !expression.error().message.empty());
  if (!expression) return;
  CHECK(expression->text() == source);
  RequestContext context;
  context.event_type = "MESSAGE";
  context.connection_id = "L0SM9cOFvHcCIhw=";
  Event event;
  event.request_context = &context;
  RequestView view;
  view.event = &event;
  view.integration_body = message;
  view.status_code = 200;
  std::string padded = message;
  padded.append(wire::kJsonPadding, '"');
  wire::RoutingReader reader;
  const bool parsed = reader.Parse({padded.data(), message.size()});
  view.body = parsed ? &reader : nullptr;
  const std::string value = expression->Evaluate(view);
  CHECK(expression->Evaluate(view) == value);
  if (expression->is_constant()) CHECK(expression->Evaluate(RequestView{}) == value);
  if (use == SelectionUse::kRoute && parsed) CHECK(expression->Evaluate(reader) == value);
}

}  // namespace
}  // namespace gatehouse::api

void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse::api;
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  if (text.size() > 20000) return;  // our reader walks a level at a time
  const std::string_view source = text.substr(0, text.find('\0'));
  const std::string message(text.substr(std::min(source.size() + 1, text.size())));
  for (SelectionUse use : {SelectionUse::kRoute, SelectionUse::kRequest, SelectionUse::kResponse}) {
    Evaluate(source, message, use);
  }
}
