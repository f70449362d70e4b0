// What a C++ handler has at hand, made of this process's rooms: `api`'s connections, `table`'s
// tables, `function`'s functions. Loop thread only.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "api/serve/gateway.h"
#include "base/log.h"
#include "function/invoke/functions.h"
#include "net/loop/loop.h"
#include "server/access/handler_access.h"
#include "server/edge/host_policy.h"
#include "table/operation/tables.h"

namespace gatehouse::server {

// The rooms behind every context; all outlive the functions.
struct HandlerRooms {
  net::Loop* loop = nullptr;
  base::Log* log = nullptr;
  api::Gateway* gateway = nullptr;
  table::Tables* tables = nullptr;
  function::Functions* functions = nullptr;
  const HostPolicy* hosts = nullptr;
  Iam* iam = nullptr;
  AccessFacts access = {};
};

class HandlerContexts final : public function::ContextFactory {
 public:
  HandlerRooms& rooms() { return rooms_; }
  Context& Create(const std::shared_ptr<const function::FunctionDefinition>& function,
                  const Event& event) override;
  void Release(Context& context) override;

 private:
  static constexpr std::size_t kSpareMax = 64;
  HandlerRooms rooms_;
  HandlerAccesses accesses_;
  std::vector<std::unique_ptr<Context>> spare_;  // of runs that are over
};

}  // namespace gatehouse::server
