#include "base/log.h"

#include <gtest/gtest.h>

namespace gatehouse::base {
namespace {

class FixedClock final : public Clock {
 public:
  std::chrono::nanoseconds Now() override { return {}; }
  Millis WallNow() override { return Millis{1767262210417}; }
};

struct Captured {
  std::string text;
  int writes = 0;
  Log::Sink Sink() {
    return [this](std::string_view lines) {
      text += lines;
      ++writes;
    };
  }
};

TEST(Log, GathersLinesUntilFlush) {
  FixedClock clock;
  Captured out;
  Log log({LogLevel::kDebug, LogFormat::kText}, clock, out.Sink());
  log.Debug("message", {{"route", "sendMessage"}, {"bytes", 12}, {"ms", 1.5}});
  log.Warning("careful");
  EXPECT_EQ(out.writes, 0);
  log.Flush();
  EXPECT_EQ(out.writes, 1);
  EXPECT_EQ(out.text,
            "10:10:10.417 message route=sendMessage bytes=12 ms=1.500\n"
            "10:10:10.417 warning: careful\n");
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  FixedClock clock;
  Captured out;
  Log log({LogLevel::kInfo, LogFormat::kText}, clock, out.Sink());
  log.Debug("no");
  log.Flush();
  EXPECT_EQ(out.writes, 0);
}

TEST(Log, JsonLinesEscapeWhatClientsSend) {
  FixedClock clock;
  Captured out;
  Log log({LogLevel::kDebug, LogFormat::kJson}, clock, out.Sink());
  log.Info("no route", {{"route", "a\"b\n\x1b[31m"}});
  log.Flush();
  EXPECT_EQ(out.text,
            "{\"time\":\"2026-01-01T10:10:10.417Z\",\"level\":\"info\",\"message\":\"no route\","
            "\"route\":\"a\\\"b\\\\n\\\\x1b[31m\"}\n");
}

// What a test's functions are called: what stands before the first dash.
std::string_view BeforeDash(std::string_view name) { return name.substr(0, name.find('-')); }

TEST(Log, LinesOfFunctionsAreAlignedAndNamedOnce) {
  FixedClock clock;
  Captured out;
  Log::Options options;
  options.name_for_people = BeforeDash;
  Log log(options, clock, out.Sink());
  log.Print("f-X", "one");
  log.Print("f-X", "\ttwo\x1b");
  log.Print("Longer-X", "three");
  log.Print("f-X", "four");
  log.Info("stopping", {{"function", "f-X"}, {"other", "f-X"}});
  log.Print("f-X", "five");
  log.Print("a23456789_123456789_123456789", "six");
  log.Print("f-Y", "another function of that name");
  log.Flush();
  EXPECT_EQ(out.text,
            "10:10:10.417 f | one\n"
            "10:10:10.417   | \ttwo\\x1b\n"
            "10:10:10.417 Longer | three\n"
            "10:10:10.417 f      | four\n"
            "10:10:10.417 stopping function=f other=f-X\n"
            "10:10:10.417 f      | five\n"
            "10:10:10.417 a23456789_123456789_123456789 | six\n"
            "10:10:10.417 f                        | another function of that name\n");
}

TEST(Log, JsonHasWholeNamesAndNoColours) {
  FixedClock clock;
  Captured out;
  Log log({LogLevel::kInfo, LogFormat::kJson, true, BeforeDash}, clock, out.Sink());
  for (int i = 0; i < 2; ++i) log.Print("f-X", "one");
  log.Warning("careful", {{"function", "f-X"}});
  log.Flush();
  std::string start = R"({"time":"2026-01-01T10:10:10.417Z","level":")";
  std::string line = start + "info\",\"message\":\"one\",\"function\":\"f-X\"}\n";
  EXPECT_EQ(out.text,
            line + line + start + "warning\",\"message\":\"careful\",\"function\":\"f-X\"}\n");
}

TEST(Log, ColoursForATerminal) {
  FixedClock clock;
  Captured out;
  Log log({LogLevel::kInfo, LogFormat::kText, true}, clock, out.Sink());
  log.Error("bad", {{"n", 1}});
  log.Print("f", "one");
  log.Print("f", "two");
  log.Flush();
  std::string time = "\x1b[2m10:10:10.417\x1b[0m ";
  std::size_t colour = out.text.find("f\x1b[0m | one");
  ASSERT_NE(colour, std::string::npos) << out.text;
  EXPECT_EQ(out.text, time + "\x1b[31merror:\x1b[0m bad \x1b[2mn=\x1b[0m1\n" + time +
                          out.text.substr(colour - 5, 5) + "f\x1b[0m | one\n" + time + "  | two\n");
}

TEST(Log, ATabStaysOne) {
  FixedClock clock;
  Captured text, json;
  for (auto& [format, out] : {std::pair{LogFormat::kText, &text}, {LogFormat::kJson, &json}}) {
    Log log({LogLevel::kInfo, format}, clock, out->Sink());
    log.Info("[INFO]\tid\t\x1b[2J", {{"function", "f\tg"}});
  }
  EXPECT_EQ(text.text, "10:10:10.417 [INFO]\tid\t\\x1b[2J function=f\\tg\n");
  EXPECT_EQ(json.text,
            "{\"time\":\"2026-01-01T10:10:10.417Z\",\"level\":\"info\","
            "\"message\":\"[INFO]\\tid\\t\\\\x1b[2J\",\"function\":\"f\\tg\"}\n");
}

TEST(Log, EscapesWhatIsShownAsNothing) {
  EXPECT_EQ(EscapeForTerminal("ad\u200bmin"), "ad\\u200bmin");
  EXPECT_EQ(EscapeForTerminal("a\u00adb\u2060c\u3164d\U000e0100"),
            "a\\xadb\\u2060c\\u3164d\\U000e0100");
  // Joiners where they join, and nowhere else.
  EXPECT_EQ(EscapeForTerminal("👩\u200d💻 ❤️\u200d🔥 می\u200cخواهم"),
            "👩\u200d💻 ❤️\u200d🔥 می\u200cخواهم");
  EXPECT_EQ(EscapeForTerminal("ad\u200dmin"), "ad\\u200dmin");
  EXPECT_EQ(EscapeForTerminal("é\u200c\u200cé\u200d"), "é\\u200c\\u200cé\\u200d");
  EXPECT_EQ(EscapeForTerminal("\u200d💻"), "\\u200d💻");
}

TEST(Log, EscapesWhatDrivesATerminal) {
  EXPECT_EQ(EscapeForTerminal("plain é 📨"), "plain é 📨");
  EXPECT_EQ(EscapeForTerminal("\x1b]0;x\x07"), "\\x1b]0;x\\x07");
  EXPECT_EQ(EscapeForTerminal("a\u202eb\u2066c"), "a\\u202eb\\u2066c");
  EXPECT_EQ(EscapeForTerminal("\u009b31m"), "\\x9b31m");
  EXPECT_EQ(EscapeForTerminal("\xff\xc0\xaf"), "\\xff\\xc0\\xaf");
  EXPECT_EQ(EscapeForTerminal(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(EscapeForTerminal("\xe2\x82"), "\\xe2\\x82");
}

}  // namespace
}  // namespace gatehouse::base
