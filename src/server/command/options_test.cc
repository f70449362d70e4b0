#include "server/command/options.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

CommandLine Read(std::vector<std::string> words) {
  words.insert(words.begin(), "gatehouse");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  return ReadCommandLine(static_cast<int>(argv.size()), argv.data());
}

TEST(Options, EveryRowHasAFlagAVariableAndASentence) {
  std::set<std::string> names;
  auto check = [&](auto rows) {
    for (const auto& row : rows) {
      EXPECT_TRUE(names.insert(base::EnvironmentName(row.name)).second) << row.name;
      EXPECT_NE(std::string(row.sentence), "");
      EXPECT_TRUE(row.set);
    }
  };
  check(UpRows());
  check(api::QuotaRows());
  EXPECT_EQ(base::EnvironmentName("ready-file"), "GATEHOUSE_READY_FILE");
}

TEST(Options, AWrongLineThatMayBeEnvsLeadsNowhere) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"env", "--prot", "1"},
                                                                 {"env", "--port", "x"},
                                                                 {"env", "more"},
                                                                 {"evn"},
                                                                 {},
                                                                 {"--port", "1", "env"},
                                                                 {"env", "--unset", "--port"}}) {
    EXPECT_TRUE(Read(words).lead_nowhere) << testing::PrintToString(words);
  }
  for (const auto& words : std::vector<std::vector<std::string>>{{"env", "--json", "--prot"},
                                                                 {"up", "--prot"},
                                                                 {"chat", "--x"},
                                                                 {"env"},
                                                                 {"--version"}}) {
    EXPECT_FALSE(Read(words).lead_nowhere) << testing::PrintToString(words);
  }
}

TEST(Options, FlagsReachTheirFields) {
  CommandLine line = Read({"up",
                           "--port",
                           "0",
                           "--data",
                           ":memory:",
                           "--parameter",
                           "A=1",
                           "--parameter",
                           "B=2=3",
                           "--limits",
                           "server",
                           "--idle-seconds",
                           "6",
                           "--log",
                           "json",
                           "--domain",
                           "a.b",
                           "--pings-count-as-traffic",
                           "--deflate-bytes-min",
                           "512",
                           "--function-processes",
                           "40",
                           "--function-queue",
                           "0",
                           "--ready-file",
                           "r"});
  ASSERT_EQ(line.command, Command::kUp);
  EXPECT_EQ(line.up.port, 0);
  EXPECT_EQ(line.up.data, ":memory:");
  EXPECT_EQ(line.up.parameters, (std::vector<std::string>{"A=1", "B=2=3"}));
  EXPECT_EQ(line.up.limits, Limits::kServer);
  EXPECT_EQ(line.up.quotas.idle_seconds, 6);
  EXPECT_EQ(line.up.log_format, base::LogFormat::kJson);
  EXPECT_EQ(line.up.domains, std::vector<std::string>{"a.b"});
  EXPECT_TRUE(line.up.quotas.pings_count_as_traffic);
  EXPECT_EQ(line.up.quotas.deflate_bytes_min, 512u);
  EXPECT_EQ(line.up.function_processes, 40);
  EXPECT_EQ(line.up.function_queue, 0);
  EXPECT_EQ(line.up.ready_file, "r");
}

TEST(Options, TheEnvironmentStandsInForFlags) {
  setenv("GATEHOUSE_STACK_NAME", "from-environment", 1);
  EXPECT_EQ(Read({"up"}).up.stack_name, "from-environment");
  EXPECT_EQ(Read({"up", "--stack-name", "x"}).up.stack_name, "x");
  unsetenv("GATEHOUSE_STACK_NAME");
  EXPECT_EQ(Read({"up"}).up.stack_name, "");
}

TEST(Options, WrongValuesAreUsageErrors) {
  const std::vector<std::string> wrong[] = {
      {"up", "--port", "65536"},
      {"up", "--port", "x"},
      {"up", "--port", "-1"},
      {"up", "--idle-seconds", "-1"},
      {"up", "--idle-seconds", "nan"},
      {"up", "--deflate-bytes-min", "-1"},
      {"up", "--deflate-bytes-min", "1k"},
      {"up", "--deflate-bytes-min", "99999999999999999999"},
      {"up", "--limits", "none"},
      {"up", "--log", "xml"},
      {"up", "--log-level", "loud"},
      {"up", "--parameter", "novalue"},
      {"up", "--threads", "0"},
      {"up", "--threads", "65"},
      {"up", "--threads", "two"},
      {"up", "--threads", "2x"},
      {"up", "--auth", "strict"},
      {"up", "--account-id", "12"},
      {"up", "--nonsense"},
      {"serve"},
      {"chat", "--attempts", "0"},
      {},
  };
  for (const auto& words : wrong) {
    CommandLine line = Read(words);
    EXPECT_EQ(line.command, Command::kExit) << (words.empty() ? "" : words.back());
    EXPECT_EQ(line.exit_code, 2) << (words.empty() ? "" : words.back());
  }
}

TEST(Options, AnOptionTakesOneValueAndTheRestAreTemplates) {
  UpOptions up = Read({"up", "--ready-file", "r.json", "a.yaml", "--domain", "x", "b.yaml"}).up;
  EXPECT_EQ(up.ready_file, "r.json");
  EXPECT_EQ(up.domains, std::vector<std::string>{"x"});
  EXPECT_EQ(up.templates, (std::vector<std::string>{"a.yaml", "b.yaml"}));
}

TEST(Options, ExecSplitsAtTheTwoHyphens) {
  CommandLine line = Read({"exec", "--region", "eu-west-1", "a.yaml", "--", "env", "--json"});
  EXPECT_EQ(line.command, Command::kExec);
  EXPECT_EQ(line.exec.up.templates, std::vector<std::string>{"a.yaml"});
  EXPECT_EQ(line.exec.up.region, "eu-west-1");
  EXPECT_EQ(line.exec.command, (std::vector<std::string>{"env", "--json"}));
  EXPECT_EQ(Read({"exec", "a.yaml"}).exit_code, 2);
  EXPECT_EQ(Read({"exec", "a.yaml", "--"}).exit_code, 2);
  EXPECT_EQ(Read({"check"}).exit_code, 2);
}

TEST(Options, UpExecAndCheckTakeFilesOfHandlers) {
  const std::vector<std::string> files{"a.so", "b.so"};
  CommandLine up = Read({"up", "--handlers", "a.so", "--handlers", "b.so", "t.yaml"});
  EXPECT_EQ(up.up.handlers, files);
  EXPECT_EQ(up.up.templates, std::vector<std::string>{"t.yaml"});
  CommandLine exec = Read({"exec", "--handlers", "a.so", "--handlers", "b.so", "--", "true"});
  EXPECT_EQ(exec.exec.up.handlers, files);
  CommandLine check = Read({"check", "--handlers", "a.so", "t.yaml", "--handlers", "b.so"});
  ASSERT_EQ(check.command, Command::kCheck);
  EXPECT_EQ(check.check.handlers, files);
  EXPECT_EQ(check.check.templates, std::vector<std::string>{"t.yaml"});
  EXPECT_FALSE(check.check.print_expanded);
  EXPECT_TRUE(Read({"check", "t.yaml", "--print-expanded"}).check.print_expanded);
}

TEST(Options, ChatTakesAUrlAndAName) {
  CommandLine line =
      Read({"chat", "ws://localhost:1/p", "--username", "ann", "--json", "--ping-seconds", "0.5"});
  ASSERT_EQ(line.command, Command::kChat);
  EXPECT_EQ(line.chat.url, "ws://localhost:1/p");
  EXPECT_EQ(line.chat.username, "ann");
  EXPECT_TRUE(line.chat.json);
  EXPECT_EQ(line.chat.ping_interval, std::chrono::milliseconds(500));
  EXPECT_EQ(Read({"chat"}).chat.url, "ws://localhost:4566/production");
}

TEST(Options, HelpIsNoError) {
  EXPECT_EQ(Read({"--help"}).exit_code, 0);
  EXPECT_EQ(Read({"up", "--help"}).exit_code, 0);
  EXPECT_EQ(Read({"--version"}).exit_code, 0);
}

// Every number: what is just outside its bounds is refused, what is at them is taken.
TEST(Options, EveryBoundIsKept) {
  int bounded = 0;
  auto check = [&](auto rows, auto options) {
    for (const auto& row : rows) {
      if (row.max < row.min) continue;
      ++bounded;
      for (double good : {row.min, row.max}) {
        EXPECT_TRUE(row.Set(options, base::ShowNumber(good))) << row.name;
      }
      for (double bad : {row.min - 1, row.max + 1}) {
        EXPECT_FALSE(row.Set(options, base::ShowNumber(bad))) << row.name;
      }
    }
  };
  check(UpRows(), UpOptions());
  check(api::QuotaRows(), api::Quotas());
  check(chat::ChatRows(), chat::ChatOptions());
  check(EnvRows(), EnvOptions());
  check(ExecRows(), ExecOptions());
  EXPECT_GT(bounded, 20);
}

TEST(Options, DefaultsAreWhatTheFieldsHold) {
  std::map<std::string, std::string> defaults;
  for (const auto& row : UpRows()) defaults[row.name] = row.DefaultText();
  for (const auto& row : api::QuotaRows()) defaults[row.name] = row.DefaultText();
  EXPECT_EQ(defaults["port"], "4566");
  EXPECT_EQ(defaults["journal"], "on");
  EXPECT_EQ(defaults["iam"], "enforce");
  EXPECT_EQ(defaults["auth"], "local");
  EXPECT_EQ(defaults["idle-seconds"], "600");
  EXPECT_EQ(defaults["frame-bytes"], "32768");
  EXPECT_EQ(defaults["integration-seconds"], "29");
  EXPECT_EQ(defaults["function-processes"], "10");
  EXPECT_EQ(defaults["ready-file"], "");
  EXPECT_EQ(defaults["host"], "127.0.0.1 and ::1");
}

// GATEHOUSE_RENEW=1 writes it anew.
TEST(Options, TheReferenceIsUpToDate) {
  const std::string path = std::string(GATEHOUSE_DOCS) + "/options.md";
  if (std::getenv("GATEHOUSE_RENEW")) std::ofstream(path) << OptionsReference();
  std::ifstream in(path);
  std::string written{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(written, OptionsReference());
}

TEST(Options, QuotasHaveBounds) {
  auto wrong = [](const char* name, const char* text) {
    UpOptions options;
    std::string said = "no such option";
    auto try_rows = [&](auto rows, auto& target) {
      for (const auto& row : rows) {
        if (std::string(row.name) != name) continue;
        Result<void> set = row.Set(target, text);
        said = set ? std::string("fine") : set.error().message;
      }
    };
    try_rows(UpRows(), options);
    try_rows(api::QuotaRows(), options.quotas);
    return said;
  };
  EXPECT_EQ(wrong("frame-bytes", "124"),
            "--frame-bytes: \"124\" is not a whole number from 125 to 16777216");
  EXPECT_EQ(wrong("message-bytes", "1e5"),
            "--message-bytes: \"1e5\" is not a whole number from 125 to 16777216");
  EXPECT_EQ(wrong("integration-seconds", "30"),
            "--integration-seconds: \"30\" is not a number from 0.05 to 29");
  EXPECT_EQ(wrong("connects-per-second", "nan"),
            "--connects-per-second: \"nan\" is not a number from 0 to 1000000");
  EXPECT_EQ(wrong("requests-burst", "0"),
            "--requests-burst: \"0\" is not a number from 1 to 1000000");
  EXPECT_EQ(wrong("limits", "none"), "--limits: \"none\" is not aws or server");
  for (const char* name : {"url-bytes", "in-flight-messages", "pending-handshakes",
                           "send-queue-bytes", "throttled-messages", "requests-per-second"}) {
    EXPECT_NE(wrong(name, "-1"), "fine") << name;
    EXPECT_EQ(wrong(name, "1000"), "fine") << name;
  }
}

}  // namespace
}  // namespace gatehouse::server
