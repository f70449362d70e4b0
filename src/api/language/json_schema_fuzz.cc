// Any text as a schema, and any text as the document it judges: no crash, no endless work. A zero
// byte parts the two.
#include "api/language/json_schema.h"

#include <algorithm>

#include "base/check.h"
#include "base/fuzz.h"

void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse;
  std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  std::string_view source = text.substr(0, text.find('\0'));
  std::string_view document = text.substr(std::min(source.size() + 1, text.size()));
  Result<api::JsonSchema> schema = api::JsonSchema::Compile(source);
  if (!schema) {
    CHECK(!schema.error().message.empty());
    return;
  }
  bool accepts = schema->Accepts(document);
  CHECK(schema->Accepts(document) == accepts);
}
