// What a function that runs in the process may do, as its role says: the same answers as over the
// wire, looked up once where no condition depends on the request. One loop's thread only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "api/stage/stages.h"
#include "function/define/definition.h"
#include "gatehouse/handler.h"
#include "gatehouse/item.h"
#include "gatehouse/result.h"
#include "server/access/access_table.h"
#include "server/access/iam.h"

namespace gatehouse::server {

// One function's, with the roles of one version.
class HandlerAccess {
 public:
  // iam: null: everything. Both outlive this.
  HandlerAccess(Iam* iam, const AccessFacts& facts,
                std::shared_ptr<const function::FunctionDefinition> function);

  const StageGrants& GrantsOn(const api::StagePlace& place);
  // Errors of all: kForbidden, in AWS's words.
  // verb: POST, GET, DELETE; id: "*" for all.
  Result<void> Manage(std::string_view verb, const api::StagePlace& place, std::string_view id);
  // operation: "PutItem"; item: what has the key, or null.
  Result<void> UseTable(std::string_view operation, std::string_view table, const Item* item);
  // A write with expressions.
  Result<void> WriteTable(std::string_view operation, std::string_view table, const Item& item);
  Result<void> QueryTable(std::string_view table, const QueryOptions& options);
  Result<void> Invoke(std::string_view function_name);

 private:
  static constexpr std::size_t kGrantsMax = 4096;

  bool IsFree(std::string_view action, const std::string& resource);
  Result<void> Ask(Access access);

  Iam* const iam_;
  const AccessFacts& facts_;
  const std::shared_ptr<const function::FunctionDefinition> function_;
  const auth::Principal principal_;
  std::map<const api::StagePlace*, StageGrants> stages_;
  std::map<std::string, bool, std::less<>> free_;  // by action and resource
};

// Those of all functions of a loop. A change of roles makes them anew.
class HandlerAccesses {
 public:
  std::shared_ptr<HandlerAccess> Of(
      Iam* iam, const AccessFacts& facts,
      const std::shared_ptr<const function::FunctionDefinition>& function);

 private:
  static constexpr std::size_t kFunctionsMax = 1024;

  std::uint64_t version_ = 0;
  std::map<std::shared_ptr<const function::FunctionDefinition>, std::shared_ptr<HandlerAccess>>
      by_function_;
};

}  // namespace gatehouse::server
