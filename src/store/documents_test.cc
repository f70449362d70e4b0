#include "store/documents.h"

#include <gtest/gtest.h>

#include "store/test_directory.h"
#include "store/test_executor.h"

namespace gatehouse::store {
namespace {

using Texts = std::map<std::string, std::string, std::less<>>;

class DocumentsTest : public testing::Test {
 protected:
  std::unique_ptr<Store> OpenStore() {
    StoreOptions options;
    options.path = directory_ / "data";
    return std::move(*Store::Open(options));
  }
  Result<void> Commit(Documents& documents, std::vector<Documents::Change> changes) {
    std::optional<Result<void>> answer;
    documents.Commit(std::move(changes), executor_,
                     [&](Result<void> committed) { answer = std::move(committed); });
    return executor_.Wait(answer);
  }

  TestDirectory directory_;
  TestExecutor executor_;
};

TEST_F(DocumentsTest, ChangesAreThereAfterReopening) {
  {
    std::unique_ptr<Store> store = OpenStore();
    Result<Documents> documents = Documents::Open(*store, "things");
    ASSERT_TRUE(documents);
    EXPECT_TRUE(documents->all().empty());
    ASSERT_TRUE(Commit(*documents, {{"a", "1"}, {"b", std::string("\0x", 2)}, {"c", ""}}));
    ASSERT_TRUE(Commit(*documents, {{"a", "2"}, {"c", std::nullopt}, {"never", std::nullopt}}));
    EXPECT_EQ(documents->all(), (Texts{{"a", "2"}, {"b", std::string("\0x", 2)}}));
  }
  std::unique_ptr<Store> store = OpenStore();
  Result<Documents> documents = Documents::Open(*store, "things");
  ASSERT_TRUE(documents);
  EXPECT_EQ(documents->all(), (Texts{{"a", "2"}, {"b", std::string("\0x", 2)}}));
  Result<Documents> others = Documents::Open(*store, "others");
  ASSERT_TRUE(others);
  EXPECT_TRUE(others->all().empty());
}

TEST_F(DocumentsTest, WhatWasNotCommittedIsNotShown) {
  std::unique_ptr<Store> store = OpenStore();
  Result<Documents> documents = Documents::Open(*store, "things");
  ASSERT_TRUE(documents);
  store->Close();
  Result<void> committed = Commit(*documents, {{"a", "1"}});
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(documents->all().empty());
}

}  // namespace
}  // namespace gatehouse::store
