#include "server/command/region.h"

#include <gtest/gtest.h>

namespace gatehouse::server {
namespace {

constexpr std::string_view kConfig =
    "# region = no\n"
    "[default]\n"
    "output = json\n"
    "region = eu-west-1\n"
    "\n"
    "[profile work]\n"
    "region=ap-south-1\r\n"
    "[services s]\n"
    "region = no\n";

TEST(RegionTest, AProfilesRegionIsReadFromTheConfig) {
  EXPECT_EQ(ProfileRegion(kConfig, "default"), "eu-west-1");
  EXPECT_EQ(ProfileRegion(kConfig, "work"), "ap-south-1");
  EXPECT_EQ(ProfileRegion(kConfig, "services s"), std::nullopt);
  EXPECT_EQ(ProfileRegion("[default]\nbroken\n[", "default"), std::nullopt);
}

TEST(RegionTest, TheNearestWordCounts) {
  Variables none;
  EXPECT_EQ(ChooseRegion("us-west-2", {{"AWS_REGION", "x"}}, kConfig), "us-west-2");
  EXPECT_EQ(ChooseRegion("", {{"AWS_REGION", "x"}, {"AWS_DEFAULT_REGION", "y"}}, kConfig), "x");
  EXPECT_EQ(ChooseRegion("", {{"AWS_REGION", ""}, {"AWS_DEFAULT_REGION", "y"}}, kConfig), "y");
  EXPECT_EQ(ChooseRegion("", {{"AWS_PROFILE", "work"}}, kConfig), "ap-south-1");
  EXPECT_EQ(ChooseRegion("", none, kConfig), "eu-west-1");
  EXPECT_EQ(ChooseRegion("", none, ""), "us-east-1");
}

}  // namespace
}  // namespace gatehouse::server
