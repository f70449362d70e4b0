#include "function/process/function_log.h"

#include <gtest/gtest.h>

namespace gatehouse::function {
namespace {

constexpr std::string_view kTime = "2026-01-01T10:10:10.417Z";
constexpr std::string_view kId = "0cf6d2a4-7b0a-4a8e-9f57-1c2a3b4c5d6e";

// What a log of that format has of one line, from its message on.
std::string Printed(const std::string& line, base::LogFormat format = base::LogFormat::kText) {
  std::string text;
  {
    base::SystemClock clock;
    base::Log log({base::LogLevel::kInfo, format}, clock,
                  [&](std::string_view part) { text += part; });
    FunctionLog function(log, "f");
    function.Print(line + "\n");
    EXPECT_EQ(function.tail(), line + "\n") << "what the caller gets is AWS's";
    log.Flush();
  }
  const std::size_t at = text.find("| ");
  if (format == base::LogFormat::kText && at != text.npos) text.erase(0, at + 2);
  if (const std::size_t end = text.find("\n"); format == base::LogFormat::kText)
    text.resize(std::min(end, text.size()));
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string Columns(std::string_view a, std::string_view b, std::string_view c,
                    std::string_view message) {
  std::string line;
  for (std::string_view part : {a, b, c}) line.append(part).append("\t");
  return line.append(message);
}

TEST(FunctionLog, TheRuntimesColumnsAreLeftOut) {
  EXPECT_EQ(Printed(Columns("[INFO]", kTime, kId, "hello\tyou")), "[INFO] hello\tyou");
  EXPECT_EQ(Printed(Columns("[WARNING]", kTime, "", "before any event")),
            "[WARNING] before any event");
  EXPECT_EQ(Printed(Columns(kTime, kId, "INFO", "hello")), "[INFO] hello");
  EXPECT_EQ(Printed(Columns(kTime, "undefined", "WARN", "")), "[WARN] ");
}

TEST(FunctionLog, WhatIsNoColumnStays) {
  const std::string id(kId);
  for (const std::string& line :
       {std::string("a\tb\tc\td"), Columns(kTime, "no id", "INFO", "x"),
        Columns(kTime, id, "info", "x"), Columns("2026-01-01 10:10:10.417Z", id, "INFO", "x"),
        Columns("[]", kTime, id, "x"), Columns("INFO", kTime, id, "x"),
        Columns("[INFO]", "now", id, "x"), std::string(kTime) + "\t" + id + "\tINFO"}) {
    EXPECT_EQ(Printed(line), line);
  }
}

TEST(FunctionLog, AnErrorOfNodesKeepsItsLines) {
  EXPECT_EQ(
      Printed(Columns(kTime, kId, "ERROR",
                      "Invoke Error \t{\"errorType\":\"Error\",\"stack\":[\"Error: no\",\"    at "
                      "x\"]}")),
      "[ERROR] Invoke Error \tError: no");
}

// All lines of a text log, without time and name.
std::string Block(std::string_view bytes) {
  std::string text;
  {
    base::SystemClock clock;
    base::Log log({base::LogLevel::kInfo, base::LogFormat::kText}, clock,
                  [&](std::string_view part) { text += part; });
    FunctionLog function(log, "f");
    function.Print(bytes);
    log.Flush();
  }
  std::string block;
  while (!text.empty()) {
    std::string line = text.substr(0, text.find('\n'));
    text.erase(0, line.size() + 1);
    block += line.substr(line.find("| ") + 2) + "\n";
  }
  return block;
}

TEST(FunctionLog, AnErrorOfPythonsIsABlockWithoutFramesOfTheImport) {
  const std::string form =
      "[WARNING]\t2026-01-01T10:10:10.417Z\t\tLAMBDA_WARNING: Unhandled exception. The most \r\n"
      "[ERROR] ValueError: v\rTraceback (most recent call last):\r"
      "..File \"/usr/lib/python3.11/importlib/__init__.py\", line 126, in import_module\r"
      "....return _bootstrap._gcd_import(name[level:], package, level)\r"
      "..File \"<frozen importlib._bootstrap>\", line 1, in _load\r"
      "..File \"/task/index.py\", line 1, in <module>\r"
      "....raise ValueError('v')\n";
  std::string bytes;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool is_indent = form[i] == '.' && (bytes.ends_with('\r') || bytes.ends_with("\u00a0"));
    bytes += is_indent ? std::string("\u00a0") : std::string(1, form[i]);
  }
  EXPECT_EQ(Block(bytes),
            "[ERROR] ValueError: v\nTraceback (most recent call last):\n"
            "  File \"/task/index.py\", line 1, in <module>\n    raise ValueError('v')\n");
}

TEST(FunctionLog, FramesOfNodesLoaderAreLeftOut) {
  EXPECT_EQ(Block(Columns(kTime, kId, "ERROR",
                          "Invoke Error \t{\"errorType\":\"E\",\"stack\":[\"E: no\",\"    at x "
                          "(/a.js:1:1)\",\"    at M (node:internal/modules/cjs:1:2)\"]}\n")),
            "[ERROR] Invoke Error \tE: no\n    at x (/a.js:1:1)\n");
}

TEST(FunctionLog, JsonHasTheLineAsItIs) {
  const std::string text = Printed(Columns(kTime, kId, "INFO", "hello"), base::LogFormat::kJson);
  EXPECT_NE(text.find(std::string(kTime) + "\\t" + std::string(kId) + "\\tINFO\\thello"), text.npos)
      << text;
}

}  // namespace
}  // namespace gatehouse::function
