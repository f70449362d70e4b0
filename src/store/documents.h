// Small texts under names, all of them in memory and every change durable before it is answered:
// what a room keeps its definitions in. One thread; the store must outlive this object.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "base/function.h"
#include "gatehouse/result.h"
#include "store/store.h"

namespace gatehouse::store {

class Documents {
 public:
  // The keyspace of that name, made on first use; reads what is there. Blocks; for start-up.
  // Errors: those of the store.
  static Result<Documents> Open(Store& store, const std::string& keyspace_name);

  // As of the last change that was answered. What a room builds from them at start.
  const std::map<std::string, std::string, std::less<>>& all() const { return texts_; }

  struct Change {
    std::string name;
    std::optional<std::string> text;  // nothing: the document goes
  };
  // Applies all or nothing. done comes by reply_to once it is durable; only then `all` shows it.
  // This object must live until then.
  void Commit(std::vector<Change> changes, base::Executor& reply_to,
              base::UniqueFunction<void(Result<void>)> done);

 private:
  Documents(Store& store, KeyspaceId keyspace) : store_(&store), keyspace_(keyspace) {}

  Store* store_;
  KeyspaceId keyspace_;
  std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace gatehouse::store
