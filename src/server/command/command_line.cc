// CLI11 lives here alone: its header takes six seconds to compile.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "server/command/options.h"

namespace gatehouse::server {
namespace {

constexpr const char* kVersion = "gatehouse 0.1.0";
constexpr int kUsageError = 2;

// One row's texts, as CLI11 collects them.
struct Given {
  std::vector<std::string> texts;
  bool flag = false;
};

template <class Options>
void Bind(CLI::App& app, std::span<const OptionRow<Options>> rows, std::vector<Given>& given) {
  given.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const OptionRow<Options>& row = rows[i];
    std::string flag = std::string("--") + row.name;
    std::string sentence = row.sentence;
    if (*row.default_text) sentence += std::string(" (default: ") + row.default_text + ")";
    if (!*row.placeholder) {
      app.add_flag(flag, given[i].flag, sentence)->envname(EnvironmentName(row.name));
      continue;
    }
    CLI::Option* option = app.add_option(flag, given[i].texts, sentence);
    option->envname(EnvironmentName(row.name))->type_name(row.placeholder)->expected(1);
    option->allow_extra_args(false);  // what follows a value is a TEMPLATE or another option
    option->multi_option_policy(row.repeatable ? CLI::MultiOptionPolicy::TakeAll
                                               : CLI::MultiOptionPolicy::TakeLast);
  }
}

template <class Options>
Result<void> Apply(std::span<const OptionRow<Options>> rows, const std::vector<Given>& given,
                   Options& options) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<std::string> texts = given[i].texts;
    if (given[i].flag) texts.emplace_back();
    for (const std::string& text : texts) {
      if (Result<void> set = rows[i].set(options, text); !set) return set.error();
    }
  }
  return {};
}

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

  std::vector<Given> up_given, chat_given, env_given, exec_given, check_given;
  CLI::App* up = app.add_subcommand("up", "Serve stacks of CloudFormation templates");
  up->add_option("TEMPLATE", line.up.templates,
                 "Templates; none: template.yaml, .yml or .json of this folder, else the chat");
  Bind(*up, UpRows(), up_given);
  CLI::App* chat = app.add_subcommand("chat", "Chat in the terminal, or as a filter in scripts");
  chat->add_option("URL", line.chat.url,
                   "WebSocket URL of a stage (default: " + line.chat.url + ")")
      ->envname("GATEHOUSE_URL");
  Bind(*chat, ChatRows(), chat_given);
  CLI::App* env = app.add_subcommand(
      "env", "Print what leads this shell's AWS CLI and SDKs here: eval \"$(gatehouse env)\"");
  Bind(*env, EnvRows(), env_given);

  CLI::App* exec = app.add_subcommand(
      "exec", "Run a command against a private instance: exec [TEMPLATE...] -- CMD...");
  exec->add_option("TEMPLATE", line.exec.up.templates, "As for up");
  Bind(*exec, ExecRows(), exec_given);
  CLI::App* check = app.add_subcommand("check", "Say what is wrong in templates, with lines");
  check->add_option("TEMPLATE", line.check.templates, "CloudFormation templates")->required();
  Bind(*check, CheckRows(), check_given);

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
    applied = Apply(UpRows(), up_given, line.up);
  } else if (env->parsed()) {
    line.command = Command::kEnv;
    applied = Apply(EnvRows(), env_given, line.env);
  } else if (check->parsed()) {
    line.command = Command::kCheck;
    applied = Apply(CheckRows(), check_given, line.check);
  } else if (exec->parsed()) {
    line.command = Command::kExec;
    applied = Apply(ExecRows(), exec_given, line.exec);
    if (applied && line.exec.command.empty()) {
      applied = Error{ErrorCode::kInvalidArgument,
                      "exec needs a command after --: gatehouse exec [TEMPLATE...] -- CMD..."};
    }
  } else {
    line.command = Command::kChat;
    applied = Apply(ChatRows(), chat_given, line.chat);
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
