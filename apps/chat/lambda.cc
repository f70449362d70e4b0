// Offers the chat's handlers to the program of a Lambda package, as a file of --handlers would.
#include "apps/chat/handlers.h"
#include "gatehouse/export.h"

extern "C" const gatehouse::HandlerTable* gatehouse_handlers_v1() {
  static const gatehouse::HandlerTable table = {
      gatehouse::kHandlerLayout, gatehouse::HandlerSizes(), gatehouse::kHandlerLibrary,
      gatehouse::chat::Handlers().data(), gatehouse::chat::Handlers().size()};
  return &table;
}
