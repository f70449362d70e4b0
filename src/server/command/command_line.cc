// CLI11 lives here alone: its header takes six seconds to compile.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "server/command/options.h"

namespace gatehouse::server {
namespace {

constexpr const char* kVersion = "gatehouse 0.1.0";
constexpr int kUsageError = 2;

// The options of a command, and where their values go.
class Rows {
 public:
  explicit Rows(CLI::App& app) : app_(app) {}

  // Options must outlive this; without those that is_left_out names.
  template <class Options>
  void Add(std::span<const base::OptionRow<Options>> rows, Options& options,
           bool (*is_left_out)(std::string_view) = nullptr) {
    for (const base::OptionRow<Options>& row : rows) {
      if (is_left_out && is_left_out(row.name)) continue;
      Given& given = Bind(row, row.DefaultText());
      given.set = [&row, &options](const std::string& text) { return row.Set(options, text); };
    }
  }

  // Gives each its texts, in the order of the rows.
  Result<void> Apply() {
    for (Given& given : given_) {
      if (given.flag) given.texts.emplace_back();
      for (const std::string& text : given.texts) {
        if (Result<void> set = given.set(text); !set) return set.error();
      }
    }
    return {};
  }

 private:
  struct Given {
    std::vector<std::string> texts;
    bool flag = false;
    std::function<Result<void>(const std::string&)> set;
  };

  Given& Bind(const base::OptionText& row, const std::string& default_text) {
    Given& given = given_.emplace_back();
    std::string flag = std::string("--") + row.name;
    std::string sentence = base::HelpText(row, default_text);
    if (!*row.unit) {
      app_.add_flag(flag, given.flag, sentence)->envname(base::EnvironmentName(row.name));
      return given;
    }
    CLI::Option* option = app_.add_option(flag, given.texts, sentence);
    option->envname(base::EnvironmentName(row.name))->type_name(row.unit)->expected(1);
    option->allow_extra_args(false);  // what follows a value is a TEMPLATE or another option
    option->multi_option_policy(row.repeatable ? CLI::MultiOptionPolicy::TakeAll
                                               : CLI::MultiOptionPolicy::TakeLast);
    return given;
  }

  CLI::App& app_;
  std::deque<Given> given_;  // CLI11 holds references to them
};

// Whether what env would have printed may be awaited: by a line that is neither another command's
// nor for a program. A command that we do not know may be env mistyped.
bool IsForEval(std::span<char* const> words) {
  constexpr std::string_view kOthers[] = {"up", "chat", "exec", "check"};
  std::string_view first = words.size() > 1 ? words[1] : "";
  return std::find(std::begin(kOthers), std::end(kOthers), first) == std::end(kOthers) &&
         std::find(words.begin(), words.end(), std::string_view("--json")) == words.end();
}

CommandLine Read(int argc, char** argv) {
  CommandLine line;
  CLI::App app("AWS WebSocket apps anywhere: API Gateway, Lambda and DynamoDB in one binary.",
               "gatehouse");
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(1);

  CLI::App* up = app.add_subcommand("up", "Serve stacks of CloudFormation templates");
  up->add_option("TEMPLATE", line.up.templates,
                 "Templates; none: template.yaml, .yml or .json of this folder, else the chat");
  Rows up_rows(*up);
  up_rows.Add(UpRows(), line.up);
  up_rows.Add(api::QuotaRows(), line.up.quotas);
  CLI::App* talk = app.add_subcommand("chat", "Chat in the terminal, or as a filter in scripts");
  talk->add_option("URL", line.chat.url,
                   "WebSocket URL of a stage (default: " + line.chat.url + ")")
      ->envname("GATEHOUSE_URL");
  Rows chat_rows(*talk);
  chat_rows.Add(chat::ChatRows(), line.chat);
  CLI::App* env = app.add_subcommand(
      "env", "Print what leads this shell's AWS CLI and SDKs here: eval \"$(gatehouse env)\"");
  Rows env_rows(*env);
  env_rows.Add(EnvRows(), line.env);

  CLI::App* exec = app.add_subcommand(
      "exec", "Run a command against a private instance: exec [TEMPLATE...] -- CMD...");
  exec->add_option("TEMPLATE", line.exec.up.templates, "As for up");
  Rows exec_rows(*exec);
  exec_rows.Add(UpRows(), line.exec.up, IsOfUpAlone);
  exec_rows.Add(api::QuotaRows(), line.exec.up.quotas);
  exec_rows.Add(ExecRows(), line.exec);
  CLI::App* check = app.add_subcommand("check", "Say what is wrong in templates, with lines");
  check->add_option("TEMPLATE", line.check.templates, "CloudFormation templates")->required();
  Rows check_rows(*check);
  check_rows.Add(CheckRows(), line.check);

  std::string_view word = argc > 1 ? argv[1] : "-";
  auto has_name = [&](const CLI::App* command) { return command->get_name() == word; };
  if (!word.starts_with('-') && app.get_subcommands(has_name).empty()) {
    std::fprintf(stderr, "gatehouse: there is no command \"%s\" (up, chat, check, env, exec)\n",
                 argv[1]);
    line.exit_code = kUsageError;
    return line;
  }
  int words = argc;  // without the command of exec
  if (word == exec->get_name()) {
    words = static_cast<int>(std::find(argv, argv + argc, std::string_view("--")) - argv);
    line.exec.command.assign(argv + std::min(words + 1, argc), argv + argc);
  }
  try {
    app.parse(words, argv);
  } catch (const CLI::ParseError& error) {
    line.exit_code = app.exit(error) == 0 ? 0 : kUsageError;
    return line;
  }
  Result<void> applied;
  if (up->parsed()) {
    line.command = Command::kUp;
    applied = up_rows.Apply();
  } else if (env->parsed()) {
    line.command = Command::kEnv;
    applied = env_rows.Apply();
  } else if (check->parsed()) {
    line.command = Command::kCheck;
    applied = check_rows.Apply();
  } else if (exec->parsed()) {
    line.command = Command::kExec;
    applied = exec_rows.Apply();
    if (applied && line.exec.command.empty()) {
      applied = Error{ErrorCode::kInvalidArgument,
                      "exec needs a command after --: gatehouse exec [TEMPLATE...] -- CMD..."};
    }
  } else {
    line.command = Command::kChat;
    applied = chat_rows.Apply();
  }
  if (!applied) {
    std::fprintf(stderr, "gatehouse: %s\n", applied.error().message.c_str());
    line.command = Command::kExit;
    line.exit_code = kUsageError;
  }
  return line;
}

}  // namespace

CommandLine ReadCommandLine(int argc, char** argv) {
  CommandLine line = Read(argc, argv);
  line.lead_nowhere = line.command == Command::kExit && line.exit_code != 0 &&
                      IsForEval({argv, static_cast<std::size_t>(argc)});
  return line;
}

}  // namespace gatehouse::server
