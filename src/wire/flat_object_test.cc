#include "wire/flat_object.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "wire/routing_reader.h"

namespace gatehouse::wire {
namespace {

// What is behind a message may look like more of it.
bool Takes(std::string text, const std::string& behind = "\"}") {
  const std::size_t size = text.size();
  text += behind;
  text.append(kJsonPadding, '}');
  return FlatObject().Parse({text.data(), size});
}

TEST(FlatObject, FindsTheLastMemberOfAName) {
  std::string text = "{ \"a\" : \"1\" ,\t\"b\":\"\",\r\n\"a\":\"2\"}";
  const std::size_t size = text.size();
  text.append(kJsonPadding, ' ');
  FlatObject object;
  ASSERT_TRUE(object.Parse({text.data(), size}));
  EXPECT_EQ(object.Find("a"), "2");
  EXPECT_EQ(object.Find("b"), "");
  EXPECT_NE(object.Find("b").data(), nullptr);
  EXPECT_EQ(object.Find("c").data(), nullptr);
}

TEST(FlatObject, TakesWhatIsPlain) {
  for (const char* text : {"{}", "{ }", R"({"":""})", R"({"a":"}"})", "{\"ü\":\"ö \x7f\"}"}) {
    EXPECT_TRUE(Takes(text)) << text;
  }
}

TEST(FlatObject, LeavesTheRestToOthers) {
  for (const char* text :
       {R"({"a":1})", R"({"a":null})", R"({"a":{}})", R"({"a":[]})", R"({"a":"\n"})",
        R"({"a\u0062":"1"})", "{\"a\":\"\n\"}", "{'a':'1'}", "{a:\"1\"}", "[]", "\"a\"", ""}) {
    EXPECT_FALSE(Takes(text)) << text;
  }
}

TEST(FlatObject, RefusesWhatIsMalformed) {
  for (const char* text :
       {R"({"a":"1",})", R"({,"a":"1"})", R"({"a" "1"})", R"({"a"})", R"({"a":"1"}x)",
        R"({"a":"1"}})", R"({"a":"1" "b":"2"})", R"({"a"::"1"})", "{\"a\":\"\xff\"}",
        "{\"\xc3\":\"1\"}", "{\"a\v\":\"1\"}", "{\v\"a\":\"1\"}"}) {
    EXPECT_FALSE(Takes(text)) << text;
  }
}

// Every cut of a message, whatever stands behind it.
TEST(FlatObject, ReadsNothingBehindTheEnd) {
  const std::string whole = R"({"action":"sendMessage","message":"of more than sixteen bytes"})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    for (const std::string& behind : {whole.substr(size), std::string("\"}"), std::string("}"),
                                      std::string(":\"\"}"), std::string(",\"b\":\"c\"}")}) {
      EXPECT_FALSE(Takes(whole.substr(0, size), behind)) << size << behind;
    }
  }
  EXPECT_TRUE(Takes(whole));
}

// The stops at every place of a block.
TEST(FlatObject, FindsWhatEndsAString) {
  for (std::size_t size = 0; size < 50; ++size) {
    const std::string plain(size, 'x');
    EXPECT_TRUE(Takes("{\"a\":\"" + plain + "\"}"));
    for (const char* stop : {"\\", "\x01", "\x1f"}) {
      EXPECT_FALSE(Takes("{\"a\":\"" + plain + stop + "\"}")) << size;
    }
  }
}

TEST(FlatObject, TakesSixteenMembers) {
  std::string text = R"({"m":"1")";
  for (std::size_t i = 1; i < FlatObject::kMembersMax; ++i) text += R"(,"m":"1")";
  EXPECT_TRUE(Takes(text + "}"));
  EXPECT_FALSE(Takes(text + R"(,"m":"1"})"));
}

}  // namespace
}  // namespace gatehouse::wire
