#include "apps/chat/client/line_splitter.h"

#include <vector>

#include <gtest/gtest.h>

namespace gatehouse::chat {
namespace {

std::vector<std::string> Split(std::string_view input, std::size_t cut) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  while (!input.empty()) {
    std::string_view part = input.substr(0, cut);
    input.remove_prefix(part.size());
    while (!part.empty()) {
      if (auto line = splitter.Take(part)) lines.push_back(line->too_long ? "LONG" : line->text);
    }
  }
  if (auto line = splitter.TakeLast()) lines.push_back(line->too_long ? "LONG" : line->text);
  return lines;
}

TEST(LineSplitter, AnyCut) {
  const std::string input = "a\n\nbc\r\n\xc3\xa9\n last";
  const std::vector<std::string> lines{"a", "", "bc\r", "\xc3\xa9", " last"};
  for (std::size_t cut = 1; cut <= input.size(); ++cut) EXPECT_EQ(lines, Split(input, cut));
  EXPECT_TRUE(Split("", 1).empty());
  EXPECT_EQ(std::vector<std::string>{"x"}, Split("x\n", 1));
}

TEST(LineSplitter, LongLinesAreMarkedAndTheNextIsWhole) {
  std::string longest(LineQueue::kLineBytesMax, 'a');
  EXPECT_EQ((std::vector<std::string>{longest, "LONG", "b"}),
            Split(longest + "\n" + longest + "a\nb", 5000));
}

}  // namespace
}  // namespace gatehouse::chat
