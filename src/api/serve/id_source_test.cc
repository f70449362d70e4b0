#include "api/serve/id_source.h"

#include <set>

#include <gtest/gtest.h>

#include "api/serve/connection_id.h"

namespace gatehouse::api {
namespace {

TEST(IdSourceTest, IdsAreWellFormedAndDiffer) {
  IdSource source({1, 2}, 3, 0);
  std::set<std::string> seen;
  for (int i = 0; i < 100'000; ++i) {
    std::string id = source.New();
    ASSERT_TRUE(ConnectionIdCodec::IsWellFormed(id)) << id;
    ASSERT_TRUE(seen.insert(id).second) << id << " came twice";
  }
}

TEST(IdSourceTest, LoopsStartsAndKeysHavePrefixesOfTheirOwn) {
  std::set<std::string> prefixes;
  for (std::uint32_t loop : {0u, 1u}) {
    for (std::uint32_t incarnation : {7u, 8u}) {
      for (std::uint64_t key : {1u, 2u}) {
        prefixes.insert(IdSource({key, 0}, incarnation, loop).New().substr(0, 7));
      }
    }
  }
  EXPECT_EQ(prefixes.size(), 8u);
}

TEST(IdSourceTest, AssignReplacesWhatWasThere) {
  IdSource one({1, 2}, 3, 0), other({1, 2}, 3, 0);
  std::string id = "what was there before, and is longer than an id";
  one.Assign(id);
  EXPECT_EQ(id, other.New());
}

}  // namespace
}  // namespace gatehouse::api
