// For tests: tables over a store of any kind, with calls that wait for their answers.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "store/store.h"
#include "store/test_directory.h"
#include "store/test_executor.h"
#include "table/operation/tables.h"

namespace gatehouse::table {

struct StoreKind {
  bool memory;
  bool threads;
};

inline TableDefinition Definition(std::string name, ScalarType partition = ScalarType::kString,
                                  std::optional<ScalarType> sort = {}) {
  TableDefinition definition;
  definition.name = std::move(name);
  definition.attribute_definitions = {{"id", partition}};
  definition.key_schema = {{"id", KeyType::kHash}};
  if (sort) {
    definition.attribute_definitions.push_back({"at", *sort});
    definition.key_schema.push_back({"at", KeyType::kRange});
  }
  definition.provisioned_throughput = {5, 5};
  return definition;
}

class TableTest : public testing::TestWithParam<StoreKind> {
 protected:
  TableTest() { Start(); }

  void Start() {
    store::StoreOptions options;
    options.path = GetParam().memory ? ":memory:" : directory_ / "data";
    options.threads = GetParam().threads;
    auto store = store::Store::Open(options);
    ASSERT_TRUE(store) << store.error().message;
    store_ = *std::move(store);
    auto tables = Tables::Open(*store_);
    ASSERT_TRUE(tables) << tables.error().message;
    tables_ = *std::move(tables);
  }
  void Restart() {
    tables_.reset();
    store_.reset();
    Start();
  }

  // Calls `call(done)` and waits.
  template <class T, class Call>
  Result<T> Wait(Call call) {
    std::optional<Result<T>> answer;
    call(Tables::Done<T>([&answer](Result<T> result) { answer = std::move(result); }));
    return executor_.Wait(answer);
  }
  Result<TableDefinition> Create(TableDefinition definition) {
    return Wait<TableDefinition>(
        [&](auto done) { tables_->CreateTable(definition, executor_, std::move(done)); });
  }
  Result<TableDefinition> Drop(std::string name) {
    return Wait<TableDefinition>(
        [&](auto done) { tables_->DeleteTable(name, executor_, std::move(done)); });
  }
  Result<void> Put(std::string table, Item item) {
    return Wait<void>(
        [&](auto done) { tables_->PutItem(table, item, executor_, std::move(done)); });
  }
  Result<std::optional<Item>> Get(std::string table, Item key) {
    return Wait<std::optional<Item>>(
        [&](auto done) { tables_->GetItem(table, key, executor_, std::move(done)); });
  }
  Result<void> Delete(std::string table, Item key) {
    return Wait<void>(
        [&](auto done) { tables_->DeleteItem(table, key, executor_, std::move(done)); });
  }
  Result<ScanPage> Scan(std::string table, ScanOptions options = {}) {
    return Wait<ScanPage>(
        [&](auto done) { tables_->Scan(table, options, executor_, std::move(done)); });
  }

  store::TestDirectory directory_;
  store::TestExecutor executor_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Tables> tables_;
};

inline const auto kAllKinds = testing::Values(StoreKind{false, true}, StoreKind{true, true},
                                              StoreKind{false, false}, StoreKind{true, false});
inline const auto kFileKinds = testing::Values(StoreKind{false, true}, StoreKind{false, false});

}  // namespace gatehouse::table
