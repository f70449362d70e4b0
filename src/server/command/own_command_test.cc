#include "server/command/own_command.h"

#include <gtest/gtest.h>

#include "server/command/shell_word.h"

namespace gatehouse::server {
namespace {

TEST(OwnCommand, IsANameOnlyWhereEveryShellFindsIt) {
  EXPECT_EQ(CommandFor("/usr/local/bin/gatehouse"), "gatehouse");
  EXPECT_EQ(CommandFor("/usr/bin/gatehouse"), "gatehouse");
  EXPECT_EQ(CommandFor("/usr/bin/gatehouse-0.1"), "/usr/bin/gatehouse-0.1");
  EXPECT_EQ(CommandFor("/home/ann/gatehouse/build/gatehouse"),
            "/home/ann/gatehouse/build/gatehouse");
  EXPECT_EQ(CommandFor("/home/ann/my app's/gatehouse"), "'/home/ann/my app'\\''s/gatehouse'");
  EXPECT_EQ(CommandFor(""), "gatehouse");
  EXPECT_TRUE(OwnCommand().ends_with("/tests/server_test")) << OwnCommand();
}

TEST(OwnCommand, WordsThatShellsWouldReadAreQuoted) {
  EXPECT_EQ(ShellWord("ws://localhost:4566/production"), "ws://localhost:4566/production");
  for (const char* text : {"a b", "$x", "`id`", "a;b", "a&b", "~x", "*", "\n", "a\"b", "#x", ""}) {
    EXPECT_EQ(ShellWord(text), "'" + std::string(text) + "'");
  }
}

}  // namespace
}  // namespace gatehouse::server
