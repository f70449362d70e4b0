// vtl_cases.json: what Apache Velocity 1.7 makes of each template ("velocity", or "error"), as
// tests/interop/test_velocity.py asks it again; where gatehouse differs, "gatehouse" and "why".
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "api/language/mapping_template.h"
#include "wire/json_cursor.h"

namespace gatehouse::api {
namespace {

std::optional<std::string> TextOf(const wire::JsonValue& row, std::string_view name) {
  std::optional<wire::JsonValue> value = wire::FindMember(row, name);
  return value ? std::optional(wire::DecodeJsonString(*value)) : std::nullopt;
}

// The variables that the interop's Judge.java gives Velocity.
struct Variables {
  Variables() {
    context.route_key = "say";
    context.event_type = "MESSAGE";
    context.connection_id = "L0SM9cOFvHcCIhw=";
    context.stage = "prod";
    context.source_ip = "192.0.2.1";
    event.request_context = &context;
    event.query = query;
    view.event = &event;
    view.stage_variables = &stage_variables;
  }
  RequestContext context;
  std::vector<NameValue> query{{"room", "blue"}};
  Event event;
  std::map<std::string, std::string> stage_variables{{"table", "rooms"}};
  RequestView view;
};

TEST(MappingTemplateCasesTest, GivesWhatVelocityGives) {
  std::ifstream file(GATEHOUSE_VTL_CASES);
  std::stringstream text;
  text << file.rdbuf();
  std::string cases = text.str();
  std::optional<wire::JsonValue> root = wire::ReadJson(cases);
  ASSERT_TRUE(root);
  Variables variables;
  int count = 0;
  for (wire::JsonCursor cursor(*root); cursor.Next(); ++count) {
    const wire::JsonValue& row = cursor.value();
    std::string source = *TextOf(row, "template");
    std::string input = TextOf(row, "input").value_or("");
    std::optional<std::string> expected = TextOf(row, "gatehouse");
    EXPECT_TRUE(!expected || TextOf(row, "why")) << source;
    bool is_error =
        wire::FindMember(row, "gatehouse_error") || (!expected && wire::FindMember(row, "error"));
    if (!expected) expected = TextOf(row, "velocity");
    Result<MappingTemplate> compiled = MappingTemplate::Compile(source);
    Result<std::string> rendered =
        compiled ? compiled->Render(variables.view, input) : compiled.error();
    if (is_error) {
      EXPECT_FALSE(rendered) << source << " gave " << *rendered;
    } else if (!rendered) {
      ADD_FAILURE() << source << ": " << rendered.error().message;
    } else {
      EXPECT_EQ(*rendered, *expected) << source;
    }
  }
  EXPECT_GE(count, 150);
}

}  // namespace
}  // namespace gatehouse::api
