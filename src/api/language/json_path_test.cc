#include "api/language/json_path.h"

#include <gtest/gtest.h>

namespace gatehouse::api {
namespace {

using Steps = std::vector<std::string>;

std::string TextAt(std::string_view path, std::string_view json) {
  Result<JsonPath> parsed = JsonPath::Parse(path);
  if (!parsed) return "refused: " + parsed.error().message;
  std::optional<wire::JsonValue> root = wire::ReadJson(json);
  EXPECT_TRUE(root) << json;
  std::optional<wire::JsonValue> found = parsed->Find(*root, wire::JsonSyntax::kStrict);
  return found ? std::string(found->text) : "nothing";
}

TEST(JsonPathTest, MembersAndIndexes) {
  EXPECT_EQ(JsonPath::Parse(".a.b[0]['c d'][\"e.f\"]")->steps(),
            (Steps{"a", "b", "0", "c d", "e.f"}));
  EXPECT_TRUE(JsonPath::Parse("")->steps().empty());
}

TEST(JsonPathTest, FindsWhatIsThere) {
  constexpr std::string_view kJson = R"({"a":[{"b":1.50},[2,3]],"c d":null,"0":"zero"})";
  EXPECT_EQ(TextAt("", kJson), kJson);
  EXPECT_EQ(TextAt(".a[0].b", kJson), "1.50");
  EXPECT_EQ(TextAt(".a[1][1]", kJson), "3");
  EXPECT_EQ(TextAt("['c d']", kJson), "null");
  EXPECT_EQ(TextAt("[0]", kJson), R"("zero")");
  EXPECT_EQ(TextAt(".a[2]", kJson), "nothing");
  EXPECT_EQ(TextAt(".a.b", kJson), "nothing");
  EXPECT_EQ(TextAt(".a[0].b.c", kJson), "nothing");
  EXPECT_EQ(TextAt(".a[99999999999999999999]", kJson), "nothing");
}

TEST(JsonPathTest, RefusesWhatItDoesNotServe) {
  EXPECT_EQ(TextAt(".a..b", "{}"), "refused: a member name is empty");
  EXPECT_EQ(TextAt(".", "{}"), "refused: a member name is empty");
  EXPECT_EQ(TextAt(".*", "{}"), "refused: wildcards, filters and calls are not served");
  EXPECT_EQ(TextAt(".a.length()", "{}"), "refused: wildcards, filters and calls are not served");
  EXPECT_EQ(TextAt("a", "{}"), "refused: a dot or a bracket is missing");
  EXPECT_EQ(TextAt(".a[0", "{}"), "refused: a bracket is not closed");
  EXPECT_EQ(TextAt(".a['x", "{}"), "refused: a quoted bracket is not closed");
  EXPECT_EQ(TextAt(".a['x'", "{}"), "refused: a quoted bracket is not closed");
  for (std::string_view path : {"[]", "[*]", "[-1]", "[0:2]", "[?(@.a)]", "[a]"}) {
    EXPECT_EQ(TextAt(path, "{}"),
              "refused: in brackets an index like [0] or a name like ['a'] is allowed")
        << path;
  }
  std::string deep;
  for (std::size_t i = 0; i <= JsonPath::kStepsMax; ++i) deep += ".a";
  EXPECT_EQ(TextAt(deep, "{}"), "refused: it is deeper than any message");
}

}  // namespace
}  // namespace gatehouse::api
