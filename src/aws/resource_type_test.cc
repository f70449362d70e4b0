#include "aws/resource_type.h"

#include <gtest/gtest.h>

namespace gatehouse::aws {
namespace {

constexpr Property kTag[] = {Text("Key", 1, 128).Required(), Text("Value")};
constexpr Property kSample[] = {
    Text("ApiId").Required().Replaces().InTemplates(),
    Text("Kind", 1, 16).OneOf("NONE|AWS_IAM").Default(R"("NONE")"),
    Integer("Timeout", 1, 900),
    ObjectList("Tags", kTag).Inert(),
    Text("Target").Refused(),
    Text("Body").Refused("it is for HTTP APIs").RefusedByCalls(" cannot be set"),
};

TEST(ResourceTypeTest, RowsSayWhatTheyAreToldAndNothingElse) {
  const Property& id = *FindProperty(kSample, "ApiId");
  EXPECT_TRUE(id.Is(Property::kRequired) && id.Is(Property::kReplaces));
  EXPECT_TRUE(id.Is(Property::kTemplatesOnly));
  EXPECT_FALSE(id.Is(Property::kImmutable) || id.Is(Property::kCallsOnly));
  EXPECT_EQ(id.support, Property::kServed);

  const Property& kind = *FindProperty(kSample, "Kind");
  EXPECT_EQ(kind.max, 16);
  EXPECT_EQ(kind.one_of, "NONE|AWS_IAM");
  EXPECT_EQ(kind.initial, R"("NONE")");

  const Property& tags = *FindProperty(kSample, "Tags");
  EXPECT_EQ(tags.many, Property::kList);
  EXPECT_EQ(tags.support, Property::kInert);
  EXPECT_EQ(FindProperty(tags.members, "Key")->max, 128);
}

TEST(ResourceTypeTest, WhatIsRefusedSaysWhy) {
  EXPECT_EQ(FindProperty(kSample, "Target")->refusal, "gatehouse does not support it yet");
  EXPECT_EQ(FindProperty(kSample, "Body")->refusal, "it is for HTTP APIs");
  EXPECT_EQ(FindProperty(kSample, "Body")->calls_refusal, " cannot be set");
}

TEST(ResourceTypeTest, FindsWholeNamesAndWords) {
  EXPECT_EQ(FindProperty(kSample, "Time"), nullptr);
  EXPECT_EQ(FindProperty(kSample, "timeout"), nullptr);
  EXPECT_TRUE(Lists("Arn RoleId", "RoleId"));
  EXPECT_FALSE(Lists("Arn RoleId", "Role"));
  EXPECT_FALSE(Lists("", "Arn"));
  EXPECT_TRUE(Lists("NONE|AWS_IAM", "AWS_IAM", '|'));
}

}  // namespace
}  // namespace gatehouse::aws
