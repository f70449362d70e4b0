// For tests: a catalogue over a store in memory, whose changes are waited for.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <gtest/gtest.h>

#include "function/define/function_catalogue.h"
#include "store/test_executor.h"

namespace gatehouse::function {

class TestCatalogue {
 public:
  explicit TestCatalogue(std::span<const HandlerEntry> handlers = {}) : handlers_(handlers) {
    Reopen(handlers_);
  }

  Catalogue& operator*() { return *catalogue_; }
  Catalogue* operator->() { return catalogue_.get(); }

  // As after a restart, with the same store.
  void Reopen() { Reopen(handlers_); }
  void Reopen(std::span<const HandlerEntry> handlers) {
    auto opened = Catalogue::Open(*store_, executor_, handlers);
    ASSERT_TRUE(opened) << opened.error().message;
    catalogue_ = std::move(*opened);
  }

  Result<void> Create(FunctionDefinition definition) {
    return Wait([&](auto done) { catalogue_->Create(std::move(definition), std::move(done)); });
  }
  Result<void> Update(FunctionDefinition definition) {
    return Wait([&](auto done) { catalogue_->Update(std::move(definition), std::move(done)); });
  }
  Result<void> Delete(std::string_view name) {
    return Wait([&](auto done) { catalogue_->Delete(name, std::move(done)); });
  }
  Result<void> AddPermission(std::string_view name, Permission permission) {
    return Wait([&](auto done) {
      catalogue_->AddPermission(name, std::move(permission), std::move(done));
    });
  }
  Result<void> RemovePermission(std::string_view name, std::string_view id) {
    return Wait([&](auto done) { catalogue_->RemovePermission(name, id, std::move(done)); });
  }

  store::TestExecutor& executor() { return executor_; }

 private:
  template <class Begin>
  Result<void> Wait(Begin begin) {
    std::optional<Result<void>> answer;
    begin([&](Result<void> result) { answer = std::move(result); });
    return executor_.Wait(answer);
  }
  static std::unique_ptr<store::Store> OpenStore() {
    store::StoreOptions options;
    options.path = ":memory:";
    options.threads = false;
    return std::move(*store::Store::Open(options));
  }

  std::span<const HandlerEntry> handlers_;
  store::TestExecutor executor_;
  std::unique_ptr<store::Store> store_ = OpenStore();
  std::unique_ptr<Catalogue> catalogue_;
};

}  // namespace gatehouse::function
