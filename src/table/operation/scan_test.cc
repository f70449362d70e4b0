#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "table/operation/table_test_fixture.h"
#include "table/value/item_size.h"
#include "table/value/key_codec.h"

namespace gatehouse::table {
namespace {

class ScanTest : public TableTest {
 protected:
  ScanTest() { EXPECT_TRUE(Create(Definition("chat"))); }

  void Fill(int count, std::string text = "v") {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(Put("chat", {{"id", "id" + std::to_string(i)}, {"text", text}}));
    }
  }
  static std::string IdOf(const Item& item) { return *StringAttribute(item, "id"); }
};
INSTANTIATE_TEST_SUITE_P(Stores, ScanTest, kAllKinds);

TEST_P(ScanTest, AnEmptyTableIsAnEmptyPage) {
  auto page = Scan("chat");
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->items.empty());
  EXPECT_EQ(page->last_evaluated_key, std::nullopt);
}

TEST_P(ScanTest, GivesAllItemsInOrderOfThePartitionHash) {
  Fill(50);
  auto page = Scan("chat");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items.size(), 50u);
  EXPECT_EQ(page->last_evaluated_key, std::nullopt);
  for (std::size_t i = 1; i < page->items.size(); ++i) {
    EXPECT_LE(PartitionHash(IdOf(page->items[i - 1])), PartitionHash(IdOf(page->items[i])));
  }
}

TEST_P(ScanTest, PagesByLimitAndEndsWithAnEmptyPage) {
  Fill(10);
  std::set<std::string> seen;
  std::vector<std::size_t> sizes;
  ScanOptions options{.limit = 5, .exclusive_start_key = {}};
  do {
    auto page = Scan("chat", options);
    ASSERT_TRUE(page);
    sizes.push_back(page->items.size());
    for (const Item& item : page->items) EXPECT_TRUE(seen.insert(IdOf(item)).second);
    if (page->last_evaluated_key) {
      EXPECT_EQ(*page->last_evaluated_key, (Item{{"id", IdOf(page->items.back())}}));
    }
    options.exclusive_start_key = page->last_evaluated_key;
  } while (options.exclusive_start_key);
  EXPECT_EQ(seen.size(), 10u);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{5, 5, 0}));
}

TEST_P(ScanTest, DeletionsBetweenPagesLoseNothing) {
  Fill(20);
  auto first = Scan("chat", {.limit = 5, .exclusive_start_key = {}});
  ASSERT_TRUE(first);
  for (const Item& item : first->items) {
    ASSERT_TRUE(Delete("chat", {{"id", IdOf(item)}}));
  }
  auto rest = Scan("chat", {.exclusive_start_key = first->last_evaluated_key});
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->items.size(), 15u);
}

// Up to the item that brings a page to 1 MB, by DynamoDB's sizes.
TEST_P(ScanTest, PagesByOneMegabyte) {
  Fill(9, std::string(200'000, 'x'));
  std::size_t each = ItemSize({{"id", "id1"}, {"text", std::string(200'000, 'x')}});
  std::size_t expected = (kPageBytesMax + each - 1) / each;
  auto first = Scan("chat");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->items.size(), expected);
  ASSERT_TRUE(first->last_evaluated_key);
  auto second = Scan("chat", {.exclusive_start_key = first->last_evaluated_key});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->items.size(), 9 - expected);
  EXPECT_EQ(second->last_evaluated_key, std::nullopt);
}

TEST_P(ScanTest, StartsFromAnyKeyThereIsOrNot) {
  Fill(10);
  auto page = Scan("chat", {.exclusive_start_key = Item{{"id", "never there"}}});
  ASSERT_TRUE(page);
  std::string start = RowKey("never there", nullptr);
  for (const Item& item : page->items) EXPECT_GT(RowKey(IdOf(item), nullptr), start);
}

TEST_P(ScanTest, RefusesAStartKeyThatIsNone) {
  auto message = [this](Item start_key) {
    auto page = Scan("chat", {.exclusive_start_key = start_key});
    EXPECT_EQ(page.error().code, ErrorCode::kInvalidArgument);
    return page.error().message;
  };
  const std::string kMismatch =
      "The provided starting key is invalid: The provided key element does not match the schema";
  EXPECT_EQ(message({}), kMismatch);
  EXPECT_EQ(message({{"id", Binary{"a"}}}), kMismatch);
  EXPECT_EQ(message({{"id", "a"}, {"v", "b"}}), kMismatch);
  EXPECT_EQ(message({{"id", Number{"x"}}}),
            "The provided starting key is invalid: The parameter cannot be converted to a numeric "
            "value: x");
}

TEST_P(ScanTest, SortKeysAscendWithinAPartitionAndKeysHaveBothAttributes) {
  ASSERT_TRUE(Create(Definition("both", ScalarType::kString, ScalarType::kNumber)));
  for (const char* at : {"10", "-1", "2", "0", "-0.5", "1e2"}) {
    ASSERT_TRUE(Put("both", {{"id", "p"}, {"at", Number{at}}, {"v", "x"}}));
  }
  std::string order;
  auto page = Scan("both", {.limit = 6, .exclusive_start_key = {}});
  for (const Item& item : page->items)
    order += item.find("at")->second.get_if<Number>()->text + " ";
  EXPECT_EQ(order, "-1 -0.5 0 2 10 100 ");
  EXPECT_EQ(*page->last_evaluated_key, (Item{{"id", "p"}, {"at", Number{"100"}}}));
  page = Scan("both", {.exclusive_start_key = Item{{"id", "p"}, {"at", Number{"1"}}}});
  EXPECT_EQ(page->items.size(), 3u);
}

}  // namespace
}  // namespace gatehouse::table
