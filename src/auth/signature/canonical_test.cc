#include "auth/signature/canonical.h"

#include <gtest/gtest.h>

namespace gatehouse::auth {
namespace {

TEST(CanonicalPath, IsEncodedOnceMoreAsItCame) {
  EXPECT_EQ(CanonicalPath("/production/@connections/Ab-c_1%3D", "execute-api"),
            "/production/%40connections/Ab-c_1%253D");
  EXPECT_EQ(CanonicalPath("/functions/arn%3Aaws%3alambda", "lambda"),
            "/functions/arn%253Aaws%253alambda");
  EXPECT_EQ(CanonicalPath("/a//b/../c/./", "lambda"), "/a//b/../c/./");
  EXPECT_EQ(CanonicalPath("/azAZ09-_.~", "lambda"), "/azAZ09-_.~");
  EXPECT_EQ(CanonicalPath("/\xc3\xa9", "lambda"), "/%C3%A9");
}

TEST(CanonicalPath, S3EncodesEachByteOnce) {
  EXPECT_EQ(CanonicalPath("/b/a%20b/c%2bd@e%", "s3"), "/b/a%20b/c%2Bd%40e%25");
}

TEST(CanonicalQuery, IsDecodedEncodedAndSorted) {
  const auto canonical = [](std::string_view query) {
    return CanonicalQuery(query, false, PlusSign::kSpace);
  };
  EXPECT_EQ(canonical(""), "");
  EXPECT_EQ(canonical("b=2&a=1&B=3"), "B=3&a=1&b=2");
  EXPECT_EQ(canonical("a=2&a=10&a="), "a=&a=10&a=2");
  EXPECT_EQ(canonical("flag&empty="), "empty=&flag=");
  EXPECT_EQ(canonical("&&a=1&"), "a=1");
  EXPECT_EQ(canonical("=x"), "=x");
  EXPECT_EQ(canonical("a=b=c"), "a=b%3Dc");
  EXPECT_EQ(canonical("a=%7e%2f/%20%2b"), "a=~%2F%2F%20%2B");
  EXPECT_EQ(canonical("a=1&a-b=2&%61=0"), "a=0&a=1&a-b=2");
  EXPECT_EQ(canonical("a=%zz%"), "a=%25zz%25");
}

TEST(CanonicalQuery, ReadsAPlusBothWays) {
  EXPECT_EQ(CanonicalQuery("a+b=c+d", false, PlusSign::kSpace), "a%20b=c%20d");
  EXPECT_EQ(CanonicalQuery("a+b=c+d", false, PlusSign::kPlus), "a%2Bb=c%2Bd");
}

TEST(CanonicalQuery, LeavesOutTheSignatureIfPresigned) {
  EXPECT_EQ(CanonicalQuery("X-Amz-Signature=1&X-Amz-Date=2", true, PlusSign::kPlus),
            "X-Amz-Date=2");
  EXPECT_EQ(CanonicalQuery("X-Amz-%53ignature=1&X-Amz-Security-Token=t", true, PlusSign::kPlus),
            "X-Amz-Security-Token=t");
  EXPECT_EQ(CanonicalQuery("X-Amz-Signature=1", false, PlusSign::kPlus), "X-Amz-Signature=1");
}

TEST(CanonicalHeaders, AreTheListedOnesFolded) {
  const std::vector<wire::HttpField> fields = {
      {"Host", "a:80"}, {"X-B", "  one \t two  "}, {"x-c", ""}, {"x-b", "three"}, {"Other", "x"}};
  const std::vector<std::string> names = {"host", "x-b", "x-c"};
  EXPECT_EQ(CanonicalHeaders(fields, names), "host:a:80\nx-b:one two,three\nx-c:\n");
  const std::vector<std::string> absent = {"host", "x-d"};
  EXPECT_EQ(CanonicalHeaders(fields, absent), std::nullopt);
}

TEST(SplitTarget, KnowsTheFormsOfTargets) {
  const auto split = [](std::string_view target) {
    const TargetParts parts = SplitTarget(target);
    return std::string(parts.path) + " " + std::string(parts.query);
  };
  EXPECT_EQ(split("/a?b=c?d"), "/a b=c?d");
  EXPECT_EQ(split("/a?"), "/a ");
  EXPECT_EQ(split(""), "/ ");
  EXPECT_EQ(split("http://host:1/a?b"), "/a b");
  EXPECT_EQ(split("http://host:1?b"), "/ b");
  EXPECT_EQ(split("http://host"), "/ ");
  EXPECT_EQ(split("//host/a"), "//host/a ");
  EXPECT_EQ(split("/http://host/a"), "/http://host/a ");
}

}  // namespace
}  // namespace gatehouse::auth
