#include "wire/json_cursor.h"

#include <gtest/gtest.h>

namespace gatehouse::wire {
namespace {

constexpr auto kStrict = JsonSyntax::kStrict;
constexpr auto kLenient = JsonSyntax::kLenient;

bool Reads(std::string_view text, JsonSyntax syntax = kStrict) {
  return ReadJson(text, syntax).has_value();
}

std::string Nested(int depth, std::string_view inner = "") {
  const auto count = static_cast<std::size_t>(depth);
  return std::string(count, '[') + std::string(inner) + std::string(count, ']');
}

std::string NestedObjects(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += R"({"a":)";
  return text + "1" + std::string(static_cast<std::size_t>(depth), '}');
}

TEST(ReadJson, TakesWhatRfc8259Takes) {
  for (const char* text : {"null",
                           "true",
                           "false",
                           "0",
                           "-0",
                           "1.50",
                           "1e400",
                           "-1E-400",
                           "1.0e+5",
                           "[]",
                           "{}",
                           "\"\"",
                           "12345678901234567890123456789012345678",
                           " \t\r\n[1 , 2 ]\n",
                           R"({"a":1,"a":2})",
                           R"({ "" : { } })",
                           R"("\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00")",
                           R"("\ud800")",
                           "\"'\"",
                           "\"\x7f\"",
                           "\"é😀\"",
                           R"([[],{},[{}]])"}) {
    EXPECT_TRUE(Reads(text)) << text;
    EXPECT_TRUE(Reads(text, kLenient)) << text;
  }
}

TEST(ReadJson, RefusesEverythingElseInBothSyntaxes) {
  for (const char* text : {"",
                           " ",
                           "nul",
                           "nulll",
                           "True",
                           "NaN",
                           "Infinity",
                           "-",
                           "+1",
                           "01",
                           "-01",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "1.e5",
                           "0x10",
                           "1 2",
                           "[",
                           "]",
                           "[1",
                           "[1,",
                           "[1,]",
                           "[,1]",
                           "[,]",
                           "[1 2]",
                           "[1]]",
                           "{",
                           "}",
                           "{\"a\"",
                           "{\"a\"}",
                           "{\"a\":",
                           "{\"a\":1",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{,}",
                           "{1}",
                           "{\"a\" 1}",
                           "{}}",
                           "{} x",
                           "\"",
                           "\"a",
                           "\"\\\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\u12g4\"",
                           "\"\n\"",
                           "\"\t\"",
                           "\"\\",
                           "// c\n1",
                           "/**/1",
                           "#1",
                           "\xef\xbb\xbf"
                           "1",
                           "\"\\'\"",
                           "hello",
                           "{\"a\":b}",
                           "[a]",
                           "{\"a\":1;\"b\":2}"}) {
    EXPECT_FALSE(Reads(text)) << text;
    EXPECT_FALSE(Reads(text, kLenient)) << text;
  }
  EXPECT_FALSE(Reads(std::string_view("1\0", 2)));
  EXPECT_FALSE(Reads(std::string_view("\"\0\"", 3)));
}

TEST(ReadJson, RefusesTextThatIsNotUtf8) {
  for (const char* text : {"\"\xff\"", "\"\xed\xa0\x80\"", "{\"\xc3\":1}"}) {
    EXPECT_FALSE(Reads(text));
    EXPECT_FALSE(Reads(text, kLenient));
  }
}

TEST(ReadJson, GivesKindAndBytes) {
  const auto number = ReadJson("\n 1.50 ");
  ASSERT_TRUE(number);
  EXPECT_EQ(number->kind, JsonKind::kNumber);
  EXPECT_EQ(number->text, "1.50");
  EXPECT_EQ(ReadJson(" { } ")->text, "{ }");
  EXPECT_EQ(ReadJson(" { } ")->kind, JsonKind::kObject);
  EXPECT_EQ(ReadJson("[1 ]")->kind, JsonKind::kArray);
  EXPECT_EQ(ReadJson("\"x\"")->kind, JsonKind::kString);
  EXPECT_EQ(ReadJson("true")->kind, JsonKind::kTrue);
  EXPECT_EQ(ReadJson("false")->kind, JsonKind::kFalse);
  EXPECT_EQ(ReadJson("null")->kind, JsonKind::kNull);
}

TEST(ReadJson, GoesSixtyFourDeepAndNoDeeper) {
  for (const auto syntax : {kStrict, kLenient}) {
    EXPECT_TRUE(Reads(Nested(64), syntax));
    EXPECT_TRUE(Reads(Nested(64, "1"), syntax));
    EXPECT_FALSE(Reads(Nested(65), syntax));
    EXPECT_TRUE(Reads(NestedObjects(64), syntax));
    EXPECT_FALSE(Reads(NestedObjects(65), syntax));
    EXPECT_FALSE(Reads(std::string(1'000'000, '['), syntax));
  }
}

TEST(ReadJson, RefusesEveryPrefix) {
  const std::string text = R"({"a":[1,-2.5e3,"x\u00e9\n",true,null,{"b":{}}],"c":"d"})";
  ASSERT_TRUE(Reads(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(Reads(text.substr(0, size))) << size;
    EXPECT_FALSE(Reads(text.substr(0, size), kLenient)) << size;
  }
}

TEST(ReadJson, TakesBareNamesAndSingleQuotesOnlyWhenLenient) {
  for (const char* text : {R"({"action":"sendMessage", body:"hello"})", R"({a:1})",
                           R"({ a b : 1 })", R"({'a':'b'})", R"(['a',"b"])", "'a'", R"('it\'s')",
                           R"('say "x"')", "''", R"({a.b-c$:{d:[]}})", "{a,b:1}", R"({a"b:1})"}) {
    EXPECT_FALSE(Reads(text)) << text;
    EXPECT_TRUE(Reads(text, kLenient)) << text;
  }
}

TEST(ReadJson, IsNotLooserThanThat) {
  for (const char* text :
       {"{:1}",          "{ :1}",     "{a}",       "{a:}",    "{a:b}",  "{a:1,}",       "{'a:1}",
        "{\"a:1}",       "{'a' b:1}", "'a",        "'a\"",    "'\n'",   "'\\x'",        R"('a\')",
        R"({a:"x\'y"})", "{a=1}",     "{a:1;b:2}", "{a:1} x", "{a:01}", "{a:undefined}"}) {
    EXPECT_FALSE(Reads(text, kLenient)) << text;
  }
}

TEST(ReadJson, SeesEveryByteOfLongStrings) {
  for (std::size_t size = 0; size < 20; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      for (int c = 0; c < 0x80; ++c) {
        const std::string text = '"' + std::string(at, 'x') + static_cast<char>(c) +
                                 std::string(size - at, '\x7f') + '"';
        const bool is_valid = c >= 0x20 && c != '"' && c != '\\';
        EXPECT_EQ(Reads(text), is_valid) << text;
      }
      const std::string escaped = '"' + std::string(at, 'x') + "\\n" + std::string(size, 'y') + '"';
      EXPECT_TRUE(Reads(escaped)) << escaped;
    }
  }
}

std::string Text(const std::optional<JsonValue>& value) {
  return value ? std::string(value->text) : "(absent)";
}

TEST(FindMember, GivesTheLastOfThatDecodedName) {
  const auto object = ReadJson(R"({"a":1,"b":[2],"\u0061":3, "" : "e","c":{"a":9}})");
  ASSERT_TRUE(object);
  EXPECT_EQ(Text(FindMember(*object, "a")), "3");
  EXPECT_EQ(Text(FindMember(*object, "b")), "[2]");
  EXPECT_EQ(Text(FindMember(*object, "")), "\"e\"");
  EXPECT_EQ(Text(FindMember(*object, "c")), R"({"a":9})");
  EXPECT_EQ(Text(FindMember(*object, "d")), "(absent)");
  EXPECT_EQ(Text(FindMember(*ReadJson("[1]"), "a")), "(absent)");
}

TEST(FindMember, ReadsLenientNames) {
  const auto object = ReadJson(R"({ a b : 1, 'it\'s':2, x\u0061:3})", kLenient);
  ASSERT_TRUE(object);
  EXPECT_EQ(Text(FindMember(*object, "a b", kLenient)), "1");
  EXPECT_EQ(Text(FindMember(*object, "it's", kLenient)), "2");
  EXPECT_EQ(Text(FindMember(*object, R"(x\u0061)", kLenient)), "3");  // bare: no escapes
}

std::string Walk(std::string_view text, JsonSyntax syntax = kStrict) {
  std::string walk;
  for (JsonCursor cursor(*ReadJson(text, syntax), syntax); cursor.Next();) {
    walk.append(cursor.name()).append("=").append(cursor.value().text).append(";");
  }
  return walk;
}

TEST(JsonCursor, WalksInOrder) {
  EXPECT_EQ(Walk(R"( { "a" : 1.50 , "b":{"c":[1,2]}, "a":"\"" } )"),
            R"(a=1.50;b={"c":[1,2]};a="\"";)");
  EXPECT_EQ(Walk("[1, [2,3] ,{}]"), "=1;=[2,3];={};");
  EXPECT_EQ(Walk("[ ]"), "");
  EXPECT_EQ(Walk("{ }"), "");
  EXPECT_EQ(Walk("17"), "");
  EXPECT_EQ(Walk("\"[1]\""), "");
  EXPECT_EQ(Walk("{a,b:1,}:2}", kLenient), "a,b=1;}=2;");
  EXPECT_EQ(Walk(R"(['a','b'])", kLenient), "='a';='b';");
}

std::string Decode(std::string_view text) { return DecodeJsonString(*ReadJson(text, kLenient)); }

TEST(DecodeJsonString, DecodesEveryEscape) {
  EXPECT_EQ(Decode(R"("plain")"), "plain");
  EXPECT_EQ(Decode(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(Decode(R"("a\u00e9\u20AC\u0041")"), "aé€A");
  EXPECT_EQ(Decode(R"("\uD83D\uDE00\udbff\udfff")"), "😀\xf4\x8f\xbf\xbf");
  EXPECT_EQ(Decode(R"("\u0000")"), std::string(1, '\0'));
  EXPECT_EQ(Decode(R"('it\'s "x"')"), "it's \"x\"");
}

TEST(DecodeJsonString, ReplacesLoneSurrogates) {
  EXPECT_EQ(Decode(R"("\ud800")"), "\ufffd");
  EXPECT_EQ(Decode(R"("\udc00x")"), "\ufffdx");
  EXPECT_EQ(Decode(R"("\ud800\ud800")"), "\ufffd\ufffd");
  EXPECT_EQ(Decode(R"("\ud800\u0041")"), "\ufffdA");
  EXPECT_EQ(Decode(R"("\ud800\\udc00")"), "\ufffd\\udc00");
  EXPECT_EQ(Decode(R"("\ud83d\ud83d\ude00")"), "\ufffd😀");
  EXPECT_EQ(Decode(R"("\ud800\n")"), "\ufffd\n");
}

// Offset of what is wrong; nothing: nothing is.
std::optional<std::size_t> FaultOf(std::string_view text) {
  JsonReading reading = LocateJson(text);
  EXPECT_FALSE(reading.is_too_deep) << text;
  if (reading.value) return std::nullopt;
  return reading.fault;
}

TEST(JsonCursor, LocatesWhatIsWrong) {
  EXPECT_EQ(FaultOf(" {\"a\": [1, true]} "), std::nullopt);
  EXPECT_EQ(FaultOf(""), 0u);
  EXPECT_EQ(FaultOf("{\"a\": }"), 6u);
  EXPECT_EQ(FaultOf("[1 2]"), 3u);
  EXPECT_EQ(FaultOf("[1,]"), 3u);
  EXPECT_EQ(FaultOf("{} x"), 3u);
  EXPECT_EQ(FaultOf("[1, 12x]"), 4u) << "the whole of a number";
  EXPECT_EQ(FaultOf("[truest]"), 1u) << "of a word";
  EXPECT_EQ(FaultOf("[\"ab\\x\"]"), 1u) << "of a string";
  EXPECT_EQ(FaultOf("{\"ab\xff\": 1}"), 1u) << "of a name";
  EXPECT_EQ(FaultOf("[\"ab"), 1u);
}

TEST(JsonCursor, LocatesWhatIsTooDeep) {
  std::string deep = std::string(65, '[') + "1" + std::string(65, ']');
  JsonReading reading = LocateJson(deep);
  EXPECT_FALSE(reading.value);
  EXPECT_TRUE(reading.is_too_deep);
  EXPECT_EQ(reading.fault, 65u);
  EXPECT_TRUE(LocateJson(deep.substr(1, 129)).value);
}

}  // namespace
}  // namespace gatehouse::wire
