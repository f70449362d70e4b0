// The functions of this node and their resource policies, durable in the store. Both a template's
// resources and the HTTP control plane write here. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "base/function.h"
#include "function/definition.h"
#include "gatehouse/handler.h"
#include "gatehouse/result.h"
#include "store/documents.h"

namespace gatehouse::function {

class Catalogue {
 public:
  template <class T>
  using Done = base::UniqueFunction<void(Result<T>)>;

  // Reads what the store has. Blocks; for start-up. Everything given must outlive the catalogue.
  // A stored function whose in-process handler this binary does not have is kept, and refused when
  // invoked.
  static Result<std::unique_ptr<Catalogue>> Open(store::Store& store, base::Executor& loop,
                                                 std::span<const HandlerEntry> handlers);

  // Changes; done comes once they are durable. Errors: kInvalidArgument (bounds, names, unknown
  // in-process handler: the message names those there are), kConflict (Create: the name is
  // taken), kNotFound.
  void Create(FunctionDefinition definition, Done<void> done);
  // Replaces the definition of that name whole; its permissions stay.
  void Update(FunctionDefinition definition, Done<void> done);
  void Delete(std::string_view name, Done<void> done);  // with its permissions

  // Errors: kNotFound, kConflict (the statement id is taken).
  void AddPermission(std::string_view function_name, Permission permission, Done<void> done);
  void RemovePermission(std::string_view function_name, std::string_view statement_id,
                        Done<void> done);

  std::shared_ptr<const FunctionDefinition> Find(std::string_view name) const;  // null: none
  std::vector<std::shared_ptr<const FunctionDefinition>> List() const;          // by name
  std::vector<Permission> Permissions(std::string_view function_name) const;
};

}  // namespace gatehouse::function
