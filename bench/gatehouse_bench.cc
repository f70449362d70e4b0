// gatehouse with the handlers of the benchmarks instead of the chat's; else the same program. Only
// `up` is of use: gatehouse_bench up bench/bench.yaml.
#include <cstdio>

#include "bench/handlers.h"
#include "server/command/options.h"
#include "server/command/up.h"

int main(int argc, char** argv) {
  gatehouse::server::CommandLine line = gatehouse::server::ReadCommandLine(argc, argv);
  if (line.command == gatehouse::server::Command::kUp) {
    return gatehouse::server::RunUp(line.up, gatehouse::bench::Handlers());
  }
  if (line.command != gatehouse::server::Command::kExit) {
    std::fprintf(stderr, "gatehouse_bench: only up\n");
    return 2;
  }
  return line.exit_code;
}
