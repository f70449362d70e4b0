// PutItem, GetItem, DeleteItem.
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "table/operation/table_test_fixture.h"

namespace gatehouse::table {
namespace {

class ItemOperationsTest : public TableTest {
 protected:
  ItemOperationsTest() {
    EXPECT_TRUE(Create(Definition("chat")));
    EXPECT_TRUE(Create(Definition("both", ScalarType::kNumber, ScalarType::kBinary)));
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, ItemOperationsTest, kAllKinds);

TEST_P(ItemOperationsTest, AllTypesComeBack) {
  Item item{{"id", "key"},
            {"n", Number{"1.50"}},
            {"b", Binary{std::string("\0\xff", 2)}},
            {"null", Null()},
            {"bool", false},
            {"ss", StringSet{{"b", "a"}}},
            {"ns", NumberSet{{"1e2", "3"}}},
            {"bs", BinarySet{{"x"}}},
            {"l", AttributeValue::List{"a", AttributeValue::List{Null()}}},
            {"m", Item{{"deep", Item{{"er", ""}}}}}};
  ASSERT_TRUE(Put("chat", item));
  item["n"] = Number{"1.5"};
  item["ns"] = NumberSet{{"100", "3"}};
  EXPECT_EQ(**Get("chat", {{"id", "key"}}), item);
}

TEST_P(ItemOperationsTest, PutReplacesTheWholeItem) {
  ASSERT_TRUE(Put("chat", {{"id", "a"}, {"old", true}}));
  ASSERT_TRUE(Put("chat", {{"id", "a"}, {"new", true}}));
  EXPECT_EQ(**Get("chat", {{"id", "a"}}), (Item{{"id", "a"}, {"new", true}}));
}

TEST_P(ItemOperationsTest, AnAbsentItemIsNothing) {
  EXPECT_EQ(*Get("chat", {{"id", "a"}}), std::nullopt);
  EXPECT_TRUE(Delete("chat", {{"id", "a"}}));
}

TEST_P(ItemOperationsTest, DeleteRemovesOneItem) {
  ASSERT_TRUE(Put("chat", {{"id", "a"}}));
  ASSERT_TRUE(Put("chat", {{"id", "b"}}));
  ASSERT_TRUE(Delete("chat", {{"id", "a"}}));
  EXPECT_EQ(*Get("chat", {{"id", "a"}}), std::nullopt);
  EXPECT_TRUE(Get("chat", {{"id", "b"}})->has_value());
}

TEST_P(ItemOperationsTest, EqualNumbersAreOneKey) {
  ASSERT_TRUE(Put("both", {{"id", Number{"1e3"}}, {"at", Binary{"x"}}, {"v", "first"}}));
  ASSERT_TRUE(Put("both", {{"id", Number{"+1000.0"}}, {"at", Binary{"x"}}, {"v", "second"}}));
  EXPECT_EQ((**Get("both", {{"id", Number{"1000"}}, {"at", Binary{"x"}}}))["v"], "second");
  EXPECT_EQ(Scan("both")->items.size(), 1u);
}

TEST_P(ItemOperationsTest, KeysThatLookAlikeAreApart) {
  ASSERT_TRUE(Create(Definition("text", ScalarType::kString, ScalarType::kString)));
  std::vector<std::pair<std::string, std::string>> keys = {
      {"a", "bc"}, {"ab", "c"}, {std::string("a\0", 2), "b"}, {"a", std::string("\0b", 2)}};
  for (const auto& [id, at] : keys) {
    ASSERT_TRUE(Put("text", {{"id", id}, {"at", at}, {"v", id + "|" + at}}));
  }
  for (const auto& [id, at] : keys) {
    EXPECT_EQ((**Get("text", {{"id", id}, {"at", at}}))["v"], id + "|" + at);
  }
}

TEST_P(ItemOperationsTest, WrongInputIsAnsweredInsideTheCallInAwsWords) {
  auto message = [](auto result) {
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    return result.error().message;
  };
  const std::string kInvalid = "One or more parameter values were invalid: ";
  EXPECT_EQ(message(Put("chat", {{"v", "x"}})), kInvalid + "Missing the key id in the item");
  EXPECT_EQ(message(Put("chat", {{"id", Number{"1"}}})),
            kInvalid + "Type mismatch for key id expected: S actual: N");
  EXPECT_EQ(message(Put("chat", {{"id", "a"}, {"ss", StringSet{}}})),
            kInvalid + "An string set  may not be empty");
  EXPECT_EQ(message(Put("chat", {{"id", "a"}, {"big", std::string(409600, 'x')}})),
            "Item size has exceeded the maximum allowed size");
  EXPECT_EQ(message(Get("chat", {{"id", "a"}, {"v", "x"}})),
            "The provided key element does not match the schema");
  EXPECT_EQ(message(Delete("chat", {})), "The provided key element does not match the schema");
  EXPECT_EQ(executor_.waiting(), 0u);
}

TEST_P(ItemOperationsTest, ValuesAreCheckedBeforeTheTableIsLookedUp) {
  EXPECT_EQ(Put("none", {{"id", Number{"x"}}}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Put("none", {{"id", "a"}}).error().message, "Requested resource not found");
  EXPECT_EQ(Put("none", {{"id", "a"}}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Get("none", {{"id", "a"}}).error().message, "Requested resource not found");
  EXPECT_EQ(Delete("none", {{"id", "a"}}).error().message, "Requested resource not found");
  EXPECT_EQ(Scan("none").error().message, "Requested resource not found");
}

TEST_P(ItemOperationsTest, TheLargestItemAndKeysFit) {
  Item item{{"id", std::string(2048, 'k')}, {"v", std::string(409600 - 2048 - 3, 'x')}};
  ASSERT_TRUE(Put("chat", item));
  EXPECT_EQ(**Get("chat", {{"id", item["id"]}}), item);
}

TEST_P(ItemOperationsTest, DamagedItemsAreErrors) {
  ASSERT_TRUE(Put("chat", {{"id", "a"}}));
  ASSERT_TRUE(store_->WriteAndWait([](store::Transaction& transaction) -> Result<void> {
    auto keyspace = **transaction.FindKeyspace("table:chat");
    std::string key;
    (void)transaction.Scan(keyspace, {}, [&](std::string_view k, std::string_view) {
      key = k;
      return true;
    });
    return transaction.Put(keyspace, key, "\x01junk");
  }));
  EXPECT_EQ(Get("chat", {{"id", "a"}}).error().code, ErrorCode::kIo);
  EXPECT_EQ(Scan("chat").error().code, ErrorCode::kIo);
}

// As a transaction does it: several writes in one closure, and the first error undoes them all.
TEST_P(ItemOperationsTest, WritesOfOneClosureStandOrFallTogether) {
  ASSERT_TRUE(Put("chat", {{"id", "a"}, {"v", "1"}}));
  ItemWrite remove{.action = ItemWrite::Action::kDelete};
  ItemWrite put{.action = ItemWrite::Action::kPut};
  ItemWrite check{.action = ItemWrite::Action::kCheck};
  remove.item = check.item = {{"id", "a"}};
  put.item = {{"id", "b"}};
  check.condition = Condition{.function = Function::kAttributeExists,
                              .operands = {Operand{.path = {std::string("v")}}}};
  for (ItemWrite* write : {&remove, &put, &check}) {
    write->table = tables_->Find("chat");
    ASSERT_TRUE(PrepareItemWrite(*write));
  }
  EXPECT_TRUE(
      store_->WriteAndWait([&](store::Transaction& t) { return ApplyItemWrite(t, check); }));
  EXPECT_EQ(check.outcome.old_item, (Item{{"id", "a"}, {"v", "1"}}));
  auto outcome = store_->WriteAndWait([&](store::Transaction& t) -> Result<void> {
    EXPECT_TRUE(ApplyItemWrite(t, remove));
    EXPECT_TRUE(ApplyItemWrite(t, put));
    return ApplyItemWrite(t, check);
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kConditionFailed);
  EXPECT_FALSE(check.outcome.old_item);  // what the condition saw
  EXPECT_TRUE(Get("chat", {{"id", "a"}})->has_value());
  EXPECT_FALSE(Get("chat", {{"id", "b"}})->has_value());
}

class ItemThreadsTest : public TableTest {};
INSTANTIATE_TEST_SUITE_P(Stores, ItemThreadsTest,
                         testing::Values(StoreKind{false, true}, StoreKind{true, true}));

TEST_P(ItemThreadsTest, LoopsShareTables) {
  ASSERT_TRUE(Create(Definition("chat")));
  auto loop = [this](int number) {
    store::TestExecutor executor;
    std::string id = "loop" + std::to_string(number);
    for (int i = 0; i < 30; ++i) {
      std::optional<Result<void>> put;
      tables_->PutItem("chat", {{"id", id}, {"n", Number{std::to_string(i)}}}, executor,
                       [&](Result<void> r) { put = r; });
      EXPECT_TRUE(executor.Wait(put));
      std::optional<Result<std::optional<Item>>> got;
      tables_->GetItem("chat", {{"id", id}}, executor, [&](auto r) { got = r; });
      EXPECT_EQ((**executor.Wait(got))["n"], Number{std::to_string(i)});
      std::optional<Result<ScanPage>> page;
      tables_->Scan("chat", {}, executor, [&](Result<ScanPage> r) { page = r; });
      EXPECT_GE(executor.Wait(page)->items.size(), 1u);
    }
  };
  std::thread first(loop, 1);
  std::thread second(loop, 2);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Create(Definition("more" + std::to_string(i))));
  first.join();
  second.join();
}

}  // namespace
}  // namespace gatehouse::table
