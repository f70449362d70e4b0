#include "store/documents.h"

#include <memory>
#include <utility>

namespace gatehouse::store {
namespace {

Result<void> ReadAll(View& view, KeyspaceId keyspace,
                     std::map<std::string, std::string, std::less<>>& texts) {
  ScanRange range;
  range.bytes_max = std::numeric_limits<std::size_t>::max();
  Result<ScanEnd> scanned =
      view.Scan(keyspace, range, [&](std::string_view name, std::string_view text) {
        texts.emplace(name, text);
        return true;
      });
  if (!scanned) return scanned.error();
  return {};
}

}  // namespace

Result<Documents> Documents::Open(Store& store, const std::string& keyspace_name) {
  Documents documents(store, KeyspaceId{});
  Result<void> read = store.WriteAndWait([&](Transaction& transaction) -> Result<void> {
    auto found = transaction.FindKeyspace(keyspace_name);
    if (!found) return found.error();
    if (!*found) {
      Result<KeyspaceId> created = transaction.CreateKeyspace(keyspace_name);
      if (!created) return created.error();
      *found = *created;
    }
    documents.keyspace_ = **found;
    return ReadAll(transaction, **found, documents.texts_);
  });
  if (!read) return read.error();
  return documents;
}

void Documents::Commit(std::vector<Change> changes, base::Executor& reply_to,
                       base::UniqueFunction<void(Result<void>)> done) {
  auto shared = std::make_shared<const std::vector<Change>>(std::move(changes));
  store_->Write<void>(
      [keyspace = keyspace_, shared](Transaction& transaction) -> Result<void> {
        for (const Change& change : *shared) {
          Result<void> applied = change.text ? transaction.Put(keyspace, change.name, *change.text)
                                             : transaction.Delete(keyspace, change.name);
          if (!applied) return applied;
        }
        return {};
      },
      reply_to,
      [this, shared, done = std::move(done)](Result<void> committed) mutable {
        if (committed) {
          for (const Change& change : *shared) {
            if (change.text) {
              texts_.insert_or_assign(change.name, *change.text);
            } else {
              texts_.erase(change.name);
            }
          }
        }
        done(std::move(committed));
      });
}

}  // namespace gatehouse::store
