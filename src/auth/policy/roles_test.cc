#include "auth/policy/roles.h"

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

TEST(Roles, SnapshotsHaveWhatIsTrueWhenTheyAreTaken) {
  constexpr char kArn[] = "arn:aws:iam::000000000000:role/a";
  Roles roles;
  std::shared_ptr<const RoleSnapshot> before = roles.snapshot();
  std::uint64_t version = roles.version();
  Role role = Sample("a");
  role.inline_policies = {
      {"own", R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})"}};
  role.managed_policy_arns = {"arn:aws:iam::1:policy/theirs",
                              "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"};
  roles.Put(role);
  EXPECT_NE(roles.version(), version);
  EXPECT_TRUE(before->empty());
  auto policies = roles.snapshot()->at(kArn);
  EXPECT_EQ(roles.snapshot(), roles.snapshot());  // nothing is read twice
  EXPECT_EQ(policies->policies.size(), 2u);
  EXPECT_EQ(policies->unknown_policies, std::vector<std::string>{"arn:aws:iam::1:policy/theirs"});
  EXPECT_FALSE(policies->is_unknown());
  EXPECT_FALSE(policies->is_lenient);

  roles.SetLenient("a", true);
  EXPECT_TRUE(roles.snapshot()->at(kArn)->is_lenient);
  role.inline_policies.clear();
  role.managed_policy_arns.pop_back();
  roles.Put(role);
  EXPECT_TRUE(roles.snapshot()->at(kArn)->is_unknown());
  roles.Remove("a");
  EXPECT_TRUE(roles.snapshot()->empty());
}

}  // namespace
}  // namespace gatehouse::auth
