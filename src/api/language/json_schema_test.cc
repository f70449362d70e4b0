#include "api/language/json_schema.h"

#include <dirent.h>

#include <fstream>
#include <sstream>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

namespace bj = boost::json;

// "yes", "no", or why the schema is refused.
std::string Judge(std::string_view schema, std::string_view document) {
  Result<JsonSchema> compiled = JsonSchema::Compile(schema);
  if (!compiled) return "refused: " + compiled.error().message;
  return compiled->Accepts(document) ? "yes" : "no";
}

TEST(JsonSchemaTest, AMessage) {
  constexpr std::string_view kSchema = R"({
    "$schema": "http://json-schema.org/draft-04/schema#", "title": "say", "type": "object",
    "properties": {"action": {"type": "string"}, "text": {"type": "string", "maxLength": 5},
                   "n": {"type": "integer", "minimum": 0, "exclusiveMinimum": true}},
    "required": ["action", "text"], "additionalProperties": false})";
  EXPECT_EQ(Judge(kSchema, R"({"action":"say","text":"gürk!","n":1})"), "yes");
  EXPECT_EQ(Judge(kSchema, R"({"action":"say","text":"too long"})"), "no");
  EXPECT_EQ(Judge(kSchema, R"({"action":"say"})"), "no");
  EXPECT_EQ(Judge(kSchema, R"({"action":"say","text":"","n":0})"), "no");
  EXPECT_EQ(Judge(kSchema, R"({"action":"say","text":"","x":0})"), "no");
  for (std::string_view document : {"", "hello", "[]", "{", R"({action:"say","text":""})"}) {
    EXPECT_EQ(Judge(kSchema, document), "no") << document;
  }
}

TEST(JsonSchemaTest, WrongSchemasSayWhere) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"[]", "the schema is no JSON object"},
      {"{", "the schema is no JSON object"},
      {R"({"type": "text"})", "#/type: a type's name or a list of them is wanted"},
      {R"({"properties": {"a": {"minLength": -1}}})",
       "#/properties/a/minLength: an integer from 0 on is wanted"},
      {R"({"items": [{}, {"enum": []}]})", "#/items/1/enum: a list that is not empty is wanted"},
      {R"({"pattern": "("})",
       R"(#/pattern: regular expression "(": missing closing parenthesis at character 1)"},
      {R"({"patternProperties": {"[": {}}})",
       "#/patternProperties/[: regular expression \"[\": missing terminating ] for character "
       "class at character 1"},
      {R"({"$ref": "http://example.com/schema"})",
       R"(#/$ref: "http://example.com/schema" leads outside the schema)"},
      {R"({"not": {"$ref": "#/definitions/x"}})",
       R"(#/not/$ref: "#/definitions/x" leads to no schema)"},
      {R"({"multipleOf": 0})", "#/multipleOf: a number above 0 is wanted"},
      {R"({"required": [1]})", "#/required: a list of names is wanted"},
      {R"({"dependencies": {"a": 1}})",
       "#/dependencies: an object of schemas and lists of names is wanted"},
  };
  for (auto [schema, why] : rows) {
    EXPECT_EQ(Judge(schema, "{}"), "refused: " + std::string(why)) << schema;
  }
}

TEST(JsonSchemaTest, TheWorkIsBounded) {
  EXPECT_EQ(Judge(R"({"$ref": "#"})", "{}"), "no");
  EXPECT_EQ(Judge(R"({"not": {"$ref": "#"}})", "{}"), "no");
  std::string nested = std::string(60, '[') + std::string(60, ']');
  std::string_view doubling = R"({"type": "array", "maxItems": 1, "minItems": 1,
      "anyOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}]})";
  EXPECT_EQ(Judge(doubling, nested), "no");
  std::string many = "[0";
  for (int i = 1; i < 20'000; ++i) many += "," + std::to_string(i);
  EXPECT_EQ(Judge(R"({"uniqueItems": true})", many + "]"), "yes");
  EXPECT_EQ(Judge(R"({"uniqueItems": true})", many + ",7]"), "no");
  std::string costly = "[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"";
  for (int i = 0; i < 3'000; ++i) costly += ",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"";
  EXPECT_EQ(Judge(R"({"items": {"not": {"pattern": "^(a+)+$"}}})", costly + "]"), "no");
  EXPECT_EQ(Judge("{}", std::string(100, '[') + std::string(100, ']')), "no");
}

// The official suite, where the machine has it (Debian: json-schema-test-suite).
class JsonSchemaSuiteTest : public testing::Test {
 protected:
  void RunFile(const std::string& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    bj::value groups = bj::parse(text.str());
    for (const bj::value& group : groups.as_array()) RunGroup(path, group.as_object());
  }
  void RunGroup(const std::string& path, const bj::object& group) {
    std::string schema = bj::serialize(group.at("schema"));
    Result<JsonSchema> compiled = JsonSchema::Compile(schema);
    if (!compiled && compiled.error().message.find("leads outside") != std::string::npos) return;
    ASSERT_TRUE(compiled) << path << ": " << schema << ": " << compiled.error().message;
    for (const bj::value& test : group.at("tests").as_array()) {
      std::string document = bj::serialize(test.at("data"));
      EXPECT_EQ(compiled->Accepts(document), test.at("valid").as_bool())
          << path << ": " << schema << ": " << document;
      ++judged;
    }
  }
  int judged = 0;
};

TEST_F(JsonSchemaSuiteTest, Draft4) {
  const std::string folder = "/usr/share/json-schema-test-suite/tests/draft4";
  DIR* files = ::opendir(folder.c_str());
  if (!files) GTEST_SKIP() << "the package json-schema-test-suite is not installed";
  while (dirent* entry = ::readdir(files)) {
    std::string name = entry->d_name;
    if (name.ends_with(".json")) RunFile(folder + "/" + name);
  }
  ::closedir(files);
  EXPECT_GT(judged, 250);
}

}  // namespace
}  // namespace gatehouse::api
