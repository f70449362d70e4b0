// What a C++ handler has at hand, made of this process's rooms: `api`'s connections, `table`'s
// tables, `function`'s functions. Loop thread only.
#pragma once

#include <memory>
#include <string_view>

#include "api/gateway.h"
#include "base/log.h"
#include "function/functions.h"
#include "net/loop.h"
#include "server/host_policy.h"
#include "table/tables.h"

namespace gatehouse::server {

// The rooms behind every context; all outlive the functions.
struct HandlerRooms {
  net::Loop* loop = nullptr;
  base::Log* log = nullptr;
  api::Gateway* gateway = nullptr;
  table::Tables* tables = nullptr;
  function::Functions* functions = nullptr;
  const HostPolicy* hosts = nullptr;
};

class HandlerContexts final : public function::ContextFactory {
 public:
  HandlerRooms& rooms() { return rooms_; }
  std::unique_ptr<Context> Create(const function::FunctionDefinition& function,
                                  const Event& event) override;

 private:
  HandlerRooms rooms_;
};

}  // namespace gatehouse::server
