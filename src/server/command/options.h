// The command line: what each command may be told. Flags, GATEHOUSE_… variables, --help and
// docs/options.md come from rows that stand beside their fields (base/option.h): here, in
// up_options.h, in api/stage/quotas.h, in apps/chat/client/chat_options.h. No thread rules.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "apps/chat/client/chat_options.h"
#include "base/option.h"
#include "server/command/up_options.h"

namespace gatehouse::server {

struct EnvOptions {
  std::uint16_t port = 0;  // 0: the only live instance
  std::string ready_file;
  bool json = false;
  bool unset = false;
};

inline std::span<const base::OptionRow<EnvOptions>> EnvRows() {
  static constexpr base::OptionRow<EnvOptions> kRows[] = {
      base::WholeOption<&EnvOptions::port>({.name = "port",
                                            .unit = "PORT",
                                            .sentence = "Which running gatehouse",
                                            .default_words = "the only one that runs",
                                            .min = 0,
                                            .max = 65535,
                                            .expected = "a port from 0 to 65535"}),
      base::TextOption<&EnvOptions::ready_file>(
          {"ready-file", "FILE", "Which running gatehouse, by the file it wrote"}),
      base::SwitchOption<&EnvOptions::json>(
          {"json", "", "One JSON object instead of shell lines; null: unset"}),
      base::SwitchOption<&EnvOptions::unset>({"unset", "", "Bring back what was there before"}),
  };
  return kRows;
}

// Beside these an instance of its own takes up's, but for those of IsForAttached.
struct ExecOptions {
  UpOptions up;
  bool attach = false;
  std::uint16_t port = 0;  // of attach
  std::vector<std::string> command;
};

inline std::span<const base::OptionRow<ExecOptions>> ExecRows() {
  static constexpr base::OptionRow<ExecOptions> kRows[] = {
      base::SwitchOption<&ExecOptions::attach>(
          {"attach", "", "Use the gatehouse that runs instead of a private one"}),
      base::WholeOption<&ExecOptions::port>({.name = "port",
                                             .unit = "PORT",
                                             .sentence = "With --attach: which one",
                                             .default_words = "the only one that runs",
                                             .min = 0,
                                             .max = 65535,
                                             .expected = "a port from 0 to 65535"}),
  };
  return kRows;
}

// What a private instance is not asked: it has a port, a folder and an end of its own.
constexpr bool IsOfUpAlone(std::string_view name) {
  return name == "host" || name == "port" || name == "data" || name == "journal" ||
         name == "ready-file";
}

struct CheckOptions {
  std::vector<std::string> templates;
  std::vector<std::string> handlers;
  std::vector<std::string> parameters;  // Key=Value
  bool strict_types = false;
  bool json = false;
  std::string python, node;
  bool print_expanded = false;
};

inline std::span<const base::OptionRow<CheckOptions>> CheckRows() {
  static constexpr base::OptionRow<CheckOptions> kRows[] = {
      base::TextOption<&CheckOptions::handlers>({"handlers", "FILE", "As for up"}),
      base::TextOption<&CheckOptions::parameters, IsParameter>({.name = "parameter",
                                                                .unit = "KEY=VALUE",
                                                                .sentence = "As for up",
                                                                .expected = "Key=Value"}),
      base::SwitchOption<&CheckOptions::strict_types>({"strict-types", "", "As for up"}),
      base::SwitchOption<&CheckOptions::json>({"json", "", "One JSON object instead of lines"}),
      base::TextOption<&CheckOptions::python>({"python", "FILE", "As for up"}),
      base::TextOption<&CheckOptions::node>({"node", "FILE", "As for up"}),
      base::SwitchOption<&CheckOptions::print_expanded>(
          {"print-expanded", "",
           "Print each template as SAM's transform leaves it, as JSON, instead of judging it"}),
  };
  return kRows;
}

enum class Command { kUp, kChat, kEnv, kExec, kCheck, kExit };

struct CommandLine {
  Command command = Command::kExit;
  int exit_code = 0;  // kExit: help or version was printed, or the line was wrong (2)
  // kExit with an error, and a shell may be evaluating what env would have printed.
  bool lead_nowhere = false;
  UpOptions up;
  chat::ChatOptions chat;
  EnvOptions env;
  ExecOptions exec;
  CheckOptions check;
};

// Reads the command line and the environment; prints help, version and usage errors itself.
CommandLine ReadCommandLine(int argc, char** argv);

// The text of docs/options.md: every option of every command.
std::string OptionsReference();

}  // namespace gatehouse::server
