#include "apps/chat/client/chat.h"
#include "server/command/check.h"
#include "server/command/env.h"
#include "server/command/exec.h"
#include "server/command/nowhere.h"
#include "server/command/options.h"
#include "server/command/up.h"

int main(int argc, char** argv) {
  using gatehouse::server::Command;
  gatehouse::server::CommandLine line = gatehouse::server::ReadCommandLine(argc, argv);
  switch (line.command) {
    case Command::kUp:
      return gatehouse::server::RunUp(line.up);
    case Command::kChat:
      return gatehouse::chat::RunChat(line.chat);
    case Command::kEnv:
      return gatehouse::server::RunEnv(line.env);
    case Command::kExec:
      return gatehouse::server::RunExec(line.exec);
    case Command::kCheck:
      return gatehouse::server::RunCheck(line.check);
    case Command::kExit:
      break;
  }
  if (line.lead_nowhere) gatehouse::server::LeadNowhere();
  return line.exit_code;
}
