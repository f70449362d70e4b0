#include "lambda/trust.h"

#include <map>

#include <gtest/gtest.h>

namespace gatehouse::lambda {
namespace {

std::string Chosen(std::map<std::string, std::string> variables, std::string present) {
  auto bundle = CaBundle(
      [&](const std::string& name) {
        auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      },
      [&](const std::string& file) { return file == present; });
  return bundle ? *bundle : bundle.error().message;
}

TEST(TrustTest, VariablesComeFirstThenWhereSystemsKeepTheirs) {
  const std::string amazon = "/etc/pki/tls/certs/ca-bundle.crt";
  const std::string debian = "/etc/ssl/certs/ca-certificates.crt";
  EXPECT_EQ(Chosen({}, amazon), amazon);
  EXPECT_EQ(Chosen({}, debian), debian);
  EXPECT_EQ(Chosen({{"SSL_CERT_FILE", "/s"}}, amazon), "/s");
  EXPECT_EQ(Chosen({{"SSL_CERT_FILE", "/s"}, {"AWS_CA_BUNDLE", "/a"}}, amazon), "/a");
  EXPECT_EQ(Chosen({{"SSL_CERT_FILE", ""}}, ""),
            "there are no authorities in /etc/pki/tls/certs/ca-bundle.crt; SSL_CERT_FILE can name "
            "a file of them");
}

}  // namespace
}  // namespace gatehouse::lambda
