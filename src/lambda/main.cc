// A package's bootstrap: its handlers are those that its sources export (gatehouse/export.h).
#include "gatehouse/export.h"
#include "lambda/program.h"

int main() {
  const gatehouse::HandlerTable& table = *gatehouse_handlers_v1();
  return gatehouse::lambda::RunProgram({table.entries, table.count});
}
