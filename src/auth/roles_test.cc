#include "auth/roles.h"

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

Role Sample(std::string name) {
  Role role;
  role.arn = "arn:aws:iam::000000000000:role/" + name;
  role.name = std::move(name);
  role.inline_policies = {{"own", "{}"}};
  return role;
}

TEST(Roles, AreFoundByNameAndArn) {
  Roles roles;
  roles.Put(Sample("a"));
  ASSERT_TRUE(roles.Find("a"));
  EXPECT_EQ(roles.FindByArn("arn:aws:iam::000000000000:role/a"), roles.Find("a"));
  EXPECT_FALSE(roles.FindByArn("arn:aws:iam::111111111111:role/a"));
  EXPECT_FALSE(roles.FindByArn("a"));
  roles.Remove("a");
  roles.Remove("a");
  EXPECT_FALSE(roles.Find("a"));
}

TEST(Roles, AttachedPoliciesOutliveTheirRoles) {
  Roles roles;
  roles.PutPolicy("p1", {"attached", "{}"}, {"a", "b"});
  EXPECT_EQ(roles.PoliciesOf("a").size(), 1u);
  roles.Put(Sample("a"));
  std::vector<NamedPolicy> expected{{"own", "{}"}, {"attached", "{}"}};
  EXPECT_EQ(roles.PoliciesOf("a"), expected);
  roles.Put(Sample("a"));
  EXPECT_EQ(roles.PoliciesOf("a"), expected);
  roles.RemovePolicy("p1");
  EXPECT_EQ(roles.PoliciesOf("a").size(), 1u);
  EXPECT_TRUE(roles.PoliciesOf("b").empty());
}

}  // namespace
}  // namespace gatehouse::auth
