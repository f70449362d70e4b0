#include "function/process/inspect.h"

#include <gtest/gtest.h>

namespace gatehouse::function {
namespace {

TEST(Inspect, AFunctionAndPerhapsAPort) {
  using Pair = std::pair<std::string, std::uint16_t>;
  EXPECT_EQ(*ReadInspect("Send"), Pair("Send", 0));
  EXPECT_EQ(*ReadInspect("Send=9300"), Pair("Send", 9300));
  EXPECT_EQ(*ReadInspect("a-b_c=65535"), Pair("a-b_c", 65535));
  for (const char* wrong : {"", "=1", "Send=", "Send=0", "Send=65536", "Send=x", "Send=1x"}) {
    Result<Pair> read = ReadInspect(wrong);
    ASSERT_FALSE(read) << wrong;
    EXPECT_NE(read.error().message.find("FUNCTION=PORT"), std::string::npos);
  }
}

std::optional<std::uint16_t> PortOf(const std::string& name, const std::string& runtime) {
  const Inspected inspected{{"Send", 0}, {"other", 9300}};
  FunctionDefinition function;
  function.name = name;
  function.runtime = runtime;
  return InspectPort(inspected, function);
}

TEST(Inspect, ByNameOrLogicalId) {
  EXPECT_EQ(PortOf("other", "nodejs20.x"), 9300);
  EXPECT_EQ(PortOf("Send", "nodejs20.x"), 9229);
  EXPECT_EQ(PortOf("Send", "python3.12"), 5678);
  EXPECT_EQ(PortOf("app-Send-A1B2C3D4E5F6", "python3.12"), 5678);
  EXPECT_EQ(PortOf("app-Resend-A1B2C3D4E5F6", "python3.12"), std::nullopt);
  EXPECT_EQ(PortOf("Send", "provided.al2023"), std::nullopt);
}

TEST(Inspect, EachLanguageHasItsDebugger) {
  EXPECT_EQ(DebuggerArguments(RuntimeFamily::kNode, 9300),
            std::vector<std::string>{"--inspect=127.0.0.1:9300"});
  const std::vector<std::string> python = DebuggerArguments(RuntimeFamily::kPython, 5678);
  EXPECT_EQ(python.back(), "127.0.0.1:5678");
}

}  // namespace
}  // namespace gatehouse::function
