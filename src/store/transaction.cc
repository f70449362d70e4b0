#include "store/transaction.h"

#include <utility>

#include "store/keyspaces.h"

namespace gatehouse::store {

Result<std::optional<std::string>> View::Get(KeyspaceId keyspace, std::string_view key) {
  return keyspaces_.Get(keyspace, key);
}

Result<ScanEnd> View::Scan(KeyspaceId keyspace, const ScanRange& range, Visitor visit) {
  return keyspaces_.Scan(keyspace, range, visit);
}

Result<std::optional<KeyspaceId>> View::FindKeyspace(std::string_view name) {
  return keyspaces_.Find(name);
}

Result<void> Transaction::Remember(Result<void> outcome) {
  if (!outcome && failure_) failure_ = outcome;
  return outcome;
}

Result<void> Transaction::Put(KeyspaceId keyspace, std::string_view key, std::string_view value) {
  return Remember(keyspaces_.Put(keyspace, key, value));
}

Result<void> Transaction::Delete(KeyspaceId keyspace, std::string_view key) {
  return Remember(keyspaces_.Delete(keyspace, key));
}

Result<KeyspaceId> Transaction::CreateKeyspace(std::string_view name) {
  Result<KeyspaceId> created = keyspaces_.Create(name);
  if (!created && failure_) failure_ = created.error();
  return created;
}

Result<void> Transaction::DropKeyspace(KeyspaceId keyspace) {
  return Remember(keyspaces_.Drop(keyspace));
}

void Transaction::AfterCommit(base::UniqueFunction<void()> hook) {
  after_commit_.push_back(std::move(hook));
}

}  // namespace gatehouse::store
