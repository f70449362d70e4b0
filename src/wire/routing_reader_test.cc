#include "wire/routing_reader.h"

#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::wire {
namespace {

// A message in memory of exactly its size and the padding, so that a sanitizer sees a step beyond.
class Padded {
 public:
  explicit Padded(std::string_view text, char padding = '"')
      : bytes_(text.begin(), text.end()), size_(text.size()) {
    bytes_.resize(size_ + kJsonPadding, padding);
  }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::vector<char> bytes_;
  std::size_t size_;
};

using Path = std::vector<std::string>;

std::string Value(std::string_view message, const Path& path) {
  std::string first;
  for (const char padding : {'"', '\0', '}', ' '}) {
    const Padded padded(message, padding);
    RoutingReader reader;
    std::string out = reader.Parse(padded.view()) ? "" : "(no object)";
    reader.AppendText(path, out);
    if (padding == '"') first = out;
    EXPECT_EQ(out, first) << message;
  }
  return first;
}

std::string Action(std::string_view message) { return Value(message, {"action"}); }

bool Parses(std::string_view message) {
  const Padded padded(message);
  RoutingReader reader;
  return reader.Parse(padded.view());
}

TEST(RoutingReader, TurnsValuesIntoText) {
  EXPECT_EQ(Action(R"({"action":"sendMessage"})"), "sendMessage");
  EXPECT_EQ(Action(R"({"action":"a\u00e9\n\"\ud83d\ude00"})"), "aé\n\"😀");
  EXPECT_EQ(Action(R"({"action":""})"), "");
  EXPECT_EQ(Action(R"({"action":true})"), "true");
  EXPECT_EQ(Action(R"({"action":false})"), "false");
  EXPECT_EQ(Action(R"({"action":null})"), "");
  EXPECT_EQ(Action(R"({"action":{"a":1}})"), "");
  EXPECT_EQ(Action(R"({"other":"x"})"), "");
  EXPECT_EQ(Action("{}"), "");
}

TEST(RoutingReader, GivesNumbersAsWritten) {
  EXPECT_EQ(Action(R"({"action":5})"), "5");
  EXPECT_EQ(Action(R"({"action": 1.50 })"), "1.50");
  EXPECT_EQ(Action(R"({"action":-0})"), "-0");
  EXPECT_EQ(Action(R"({"action":1e400})"), "1e400");
  EXPECT_EQ(Action(R"({"action":1E+2})"), "1E+2");
  EXPECT_EQ(Action(R"({"action":12345678901234567890123456789012345678})"),
            "12345678901234567890123456789012345678");
  EXPECT_EQ(Action(R"({"n":1e400,"action":"x\ud83d\ude00"})"), "x😀");
}

TEST(RoutingReader, WritesArraysAsAwsDoes) {
  EXPECT_EQ(Action(R"({"action":["item1","item2"]})"), "[item1, item2]");
  EXPECT_EQ(Action(R"({"action":[1.50,true,[ "a\"", 2 ],null,{}]})"), "[1.50, true, [a\", 2], , ]");
  EXPECT_EQ(Action(R"({"action":[]})"), "[]");
  EXPECT_EQ(Action(R"({action:['item1',"item2"]})"), "[item1, item2]");
}

TEST(RoutingReader, FollowsPaths) {
  const char* message = R"({"service":{"do":"x","1":"one"},"list":["a",{"b":"c"},7]})";
  EXPECT_EQ(Value(message, {"service", "do"}), "x");
  EXPECT_EQ(Value(message, {"service", "1"}), "one");
  EXPECT_EQ(Value(message, {"service", "none"}), "");
  EXPECT_EQ(Value(message, {"service", "do", "x"}), "");
  EXPECT_EQ(Value(message, {"list", "0"}), "a");
  EXPECT_EQ(Value(message, {"list", "1", "b"}), "c");
  EXPECT_EQ(Value(message, {"list", "2"}), "7");
  EXPECT_EQ(Value(message, {"list", "3"}), "");
  EXPECT_EQ(Value(message, {"list", "-1"}), "");
  EXPECT_EQ(Value(message, {"list", ""}), "");
  EXPECT_EQ(Value(message, {"list", "0x"}), "");
  EXPECT_EQ(Value(message, {"list", "99999999999999999999999"}), "");
  EXPECT_EQ(Value(message, {}), "");
  EXPECT_EQ(Value(R"({list:['a',{b:'c'}, 7]})", {"list", "1", "b"}), "c");
  EXPECT_EQ(Value(R"({list:['a',{b:'c'}, 7]})", {"list", "2"}), "7");
  EXPECT_EQ(Value(R"({list:['a',{b:'c'}, 7]})", {"list", "3"}), "");
}

TEST(RoutingReader, TakesTheLastOfDuplicates) {
  EXPECT_EQ(Action(R"({"action":"a","action":"b"})"), "b");
  EXPECT_EQ(Action(R"({"action":"a","\u0061ction":5})"), "5");
  EXPECT_EQ(Action(R"({"action":5,"action":null})"), "");
  EXPECT_EQ(Action(R"({action:"a","action":"b"})"), "b");
  EXPECT_EQ(Value(R"({"a":{"b":1},"a":{"c":2}})", {"a", "b"}), "");
  EXPECT_EQ(Value(R"({"a":{"b":1},"a":{"c":2}})", {"a", "c"}), "2");
}

TEST(RoutingReader, IsLenientWhereAwsIs) {
  EXPECT_EQ(Action(R"({"action":"sendMessage", body:"hello"})"), "sendMessage");
  EXPECT_EQ(Action(R"({action:"sendMessage"})"), "sendMessage");
  EXPECT_EQ(Action(R"({'action':'it\'s'})"), "it's");
  EXPECT_EQ(Action(R"({"action":"\ud800"})"), "\ufffd");
  EXPECT_EQ(Action(" \r\n\t{ action : \"x\" } \n"), "x");
}

TEST(RoutingReader, RefusesWhatIsNoObject) {
  for (const char* text : {"",
                           " ",
                           "hello",
                           "[1]",
                           "\"x\"",
                           "7",
                           "null",
                           "{",
                           "}",
                           "{}x",
                           "{} {}",
                           R"({"action":"a"}})",
                           R"({"action":"a",})",
                           R"({"action":})",
                           R"({"action":a})",
                           "{'action':'a}",
                           "\xef\xbb\xbf{}",
                           "\"{}",
                           "{\"action\":\"\xff\"}",
                           "{\"action\":\"\n\"}",
                           "// {}\n{}"}) {
    EXPECT_FALSE(Parses(text)) << text;
    EXPECT_EQ(Action(text), "(no object)") << text;
  }
}

TEST(RoutingReader, GoesSixtyFourDeepAndNoDeeper) {
  const auto nested = [](std::size_t depth, std::string_view inner) {
    return "{\"action\":" + std::string(depth - 1, '[') + std::string(inner) +
           std::string(depth - 1, ']') + "}";
  };
  for (const char* inner : {"", "1", "\"x\"", "1e400"}) {
    EXPECT_TRUE(Parses(nested(63, inner))) << inner;
    EXPECT_TRUE(Parses(nested(64, inner))) << inner;
    EXPECT_FALSE(Parses(nested(65, inner))) << inner;
    EXPECT_FALSE(Parses(nested(66, inner))) << inner;
  }
  EXPECT_FALSE(Parses("{\"a\":" + std::string(131000, '[')));
  EXPECT_FALSE(Parses("{a:" + std::string(131000, '{')));
}

TEST(RoutingReader, ForgetsTheMessageBefore) {
  RoutingReader reader;
  const Padded strict(R"({"action":"a"})"), lenient("{action:'b'}"), broken("{"), plain("hello");
  std::string out;
  const Path path = {"action"};
  for (const Padded* message : {&strict, &lenient, &broken, &strict, &plain, &lenient}) {
    out.append(reader.Parse(message->view()) ? "+" : "-");
    reader.AppendText(path, out);
  }
  EXPECT_EQ(out, "+a+b-+a-+b");
}

TEST(RoutingReader, ReadsLongMessages) {
  RoutingReader reader;
  for (std::size_t size : {10u, 3000u, 131072u, 100u, 2000000u}) {
    const Padded message(R"({"body":")" + std::string(size, 'x') + R"(","action":"a"})");
    ASSERT_TRUE(reader.Parse(message.view()));
    std::string out;
    reader.AppendText(Path{"action"}, out);
    EXPECT_EQ(out, "a");
  }
}

}  // namespace
}  // namespace gatehouse::wire
