#include <gtest/gtest.h>

#include "gatehouse/json.h"
#include "wire/utf8.h"

namespace gatehouse::json {
namespace {

TEST(Member, GivesTheBytesAsTheyCame) {
  const std::string_view object = R"( {"n": 1.50 ,"e":1e400,"o":{ "x" : [1] },"s":"a\u00e9"} )";
  EXPECT_EQ(Member(object, "n"), "1.50");
  EXPECT_EQ(Member(object, "e"), "1e400");
  EXPECT_EQ(Member(object, "o"), R"({ "x" : [1] })");
  EXPECT_EQ(Member(object, "s"), R"("a\u00e9")");
  EXPECT_FALSE(Member(object, "x"));
  EXPECT_EQ(Member(R"({"a":1,"a":2})", "a"), "2");
}

TEST(Member, RefusesWhatIsNoObject) {
  for (const char* text : {"", "[]", "1", "\"a\"", R"({"a":1)", R"({"a":1}})", R"({a:1})",
                           R"({'a':1})", R"({"a":1,})", R"({"a":1,"b":x})"}) {
    EXPECT_FALSE(Member(text, "a")) << text;
  }
}

TEST(IsValid, IsStrict) {
  EXPECT_TRUE(IsValid(" [1] "));
  EXPECT_TRUE(IsValid("12345678901234567890123456789012345678"));
  EXPECT_FALSE(IsValid("[1] 2"));
  EXPECT_FALSE(IsValid("'a'"));
  EXPECT_FALSE(IsValid(""));
  EXPECT_TRUE(IsObject("{}"));
  EXPECT_FALSE(IsObject("[]"));
  EXPECT_FALSE(IsObject("{"));
}

TEST(String, Decodes) {
  EXPECT_EQ(String(R"("a\u00e9")"), "aé");
  EXPECT_EQ(String(R"( "x" )"), "x");
  EXPECT_EQ(String(R"("\udead")"), "\ufffd");
  for (const char* text : {"", "x", "1", "null", "\"", "\"a", "'a'", R"("a" "b")"}) {
    EXPECT_FALSE(String(text)) << text;
  }
}

TEST(Quoted, EscapesOnlyWhatMustBe) {
  EXPECT_EQ(Quoted(""), R"("")");
  EXPECT_EQ(Quoted("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(Quoted("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(Quoted(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(Quoted("é😀"), "\"é😀\"");
  std::string out = "x:";
  AppendQuoted(out, "y");
  EXPECT_EQ(out, R"(x:"y")");
}

TEST(Quoted, ComesBackThroughString) {
  std::string all;
  for (int c = 0; c < 128; ++c) all.push_back(static_cast<char>(c));
  ASSERT_TRUE(wire::IsUtf8(all));
  EXPECT_EQ(String(Quoted(all)), all);
}

}  // namespace
}  // namespace gatehouse::json
