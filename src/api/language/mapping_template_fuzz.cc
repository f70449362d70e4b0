// Any text as a mapping template, and any text as what it reads: no crash, bounded output, UTF-8
// out of UTF-8. A zero byte parts the two.
#include "api/language/mapping_template.h"

#include <map>
#include <string>

#include "base/check.h"
#include "base/fuzz.h"
#include "wire/utf8.h"

void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse;
  std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  std::string_view source = text.substr(0, text.find('\0'));
  std::string_view message = text.substr(std::min(source.size() + 1, text.size()));
  if (!wire::IsUtf8(text)) return;
  RequestContext context;
  context.event_type = "MESSAGE";
  context.connection_id = "L0SM9cOFvHcCIhw=";
  NameValue pairs[] = {{"a", "b"}};
  Event event;
  event.request_context = &context;
  event.headers = event.query = pairs;
  const std::map<std::string, std::string> variables{{"a", "b"}};
  api::RequestView view;
  view.event = &event;
  view.stage_variables = &variables;
  Result<api::MappingTemplate> compiled = api::MappingTemplate::Compile(source);
  if (!compiled) {
    CHECK(!compiled.error().message.empty());
    return;
  }
  Result<std::string> rendered = compiled->Render(view, message);
  if (!rendered) return;
  CHECK(rendered->size() <= api::MappingTemplate::kOutputBytesMax);
  CHECK(wire::IsUtf8(*rendered));
}
