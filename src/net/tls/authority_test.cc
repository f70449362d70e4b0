#include "net/tls/authority.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <thread>

#include <gtest/gtest.h>

#include "base/file.h"
#include "net/tls/certificates.h"
#include "net/tls/test_tls.h"

namespace gatehouse::net {
namespace {

using std::chrono::hours;

class AuthorityTest : public testing::Test {
 protected:
  AuthorityTest() {
    char name[] = "/tmp/gatehouse-ca-XXXXXX";
    root_ = ::mkdtemp(name);
    folder_ = root_ + "/data/gatehouse/ca";
  }
  ~AuthorityTest() override { std::filesystem::remove_all(root_); }

  std::string Read(const std::string& name) {
    auto text = base::SystemFiles().Read(folder_ + name);
    return text ? *text : "";
  }
  void Write(const std::string& name, std::string_view text, unsigned mode = 0600) {
    std::filesystem::remove(folder_ + name);
    ASSERT_TRUE(base::SystemFiles().WriteAtomically(folder_ + name, text, mode));
  }
  Authority Open() {
    auto authority = Authority::Open(folder_, now_);
    EXPECT_TRUE(authority) << (authority ? "" : authority.error().message);
    return *authority;
  }
  std::string Complaint() {
    auto authority = Authority::Open(folder_, now_);
    EXPECT_FALSE(authority);
    return authority ? "" : authority.error().message;
  }
  // Whether OpenSSL, trusting `root`, accepts a server of that identity under that name.
  static bool Accepts(const std::string& root, const TlsIdentity& identity,
                      const std::string& name) {
    TlsTrust trust;
    trust.system_roots = false;
    trust.ca_pems = {root};
    auto client = TlsClient::Create(trust);
    auto server = TlsServer::Create(identity);
    EXPECT_TRUE(client && server);
    auto near = (*client)->Connect(name);
    auto far = (*server)->Accept();
    std::string to_far, to_near;
    std::vector<char> plain(100'000);
    near->Start(to_far);
    for (int i = 0; i < 10 && !(to_far.empty() && to_near.empty()); ++i) {
      far->Unseal(std::exchange(to_far, {}), plain, to_near);
      near->Unseal(std::exchange(to_near, {}), plain, to_far);
    }
    return near->state() == Filter::State::kOpen && far->state() == Filter::State::kOpen;
  }

  std::string root_, folder_;
  base::Millis now_ = base::SystemClock().WallNow();
};

TEST_F(AuthorityTest, IsMadeOnceWithAKeyOfTheOwnersAlone) {
  Authority first = Open();
  struct stat facts {};
  ASSERT_EQ(::stat((folder_ + "/authority.key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(folder_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700u);
  EXPECT_EQ(Open().certificate(), first.certificate());
  EXPECT_EQ(Authority::Find(folder_), first.certificate());
}

TEST_F(AuthorityTest, FindMakesNothing) {
  EXPECT_EQ(Authority::Find(folder_), std::nullopt);
  EXPECT_FALSE(std::filesystem::exists(root_ + "/data"));
}

TEST_F(AuthorityTest, ServersAreAcceptedUnderAwsNamesAndLocalOnes) {
  Authority authority = Open();
  auto identity = authority.IssueServer({"eu-west-1", {"chat.localhost", "shop.example"}}, now_);
  ASSERT_TRUE(identity);
  for (const char* name :
       {"localhost", "127.0.0.1", "::1", "abc123.execute-api.eu-west-1.amazonaws.com",
        "dynamodb.eu-west-1.amazonaws.com", "sts.amazonaws.com", "b.s3.eu-west-1.amazonaws.com",
        "b.s3.amazonaws.com", "chat.localhost"}) {
    EXPECT_TRUE(Accepts(authority.certificate(), *identity, name)) << name;
  }
  for (const char* name : {"shop.example", "127.0.0.2", "a.execute-api.us-east-1.amazonaws.com",
                           "x.y.amazonaws.com", "amazonaws.com", "localhost.evil.example"}) {
    EXPECT_FALSE(Accepts(authority.certificate(), *identity, name)) << name;
  }
  EXPECT_FALSE(Accepts(TheAuthority().certificate, *identity, "localhost"));
}

TEST_F(AuthorityTest, ItsKeyVouchesForNothingElse) {
  Authority authority = Open();
  for (const char* name : {"shop.example", "amazonaws.com.evil.example", "notamazonaws.com"}) {
    LeafRequest request{name, {name}, {}, {now_ - hours(1), now_ + hours(1)}};
    TlsIdentity forged;
    forged.private_key = NewPrivateKey();
    auto leaf =
        MakeLeaf(forged.private_key, request, Read("/authority.pem"), Read("/authority.key"));
    ASSERT_TRUE(leaf);
    forged.certificate_chain = *leaf;
    EXPECT_FALSE(Accepts(authority.certificate(), forged, name)) << name;
  }
  LeafRequest request{"x", {}, {"192.0.2.1"}, {now_ - hours(1), now_ + hours(1)}};
  TlsIdentity forged;
  forged.private_key = NewPrivateKey();
  forged.certificate_chain =
      *MakeLeaf(forged.private_key, request, Read("/authority.pem"), Read("/authority.key"));
  EXPECT_FALSE(Accepts(authority.certificate(), forged, "192.0.2.1"));
}

TEST_F(AuthorityTest, CoversWhatItMayVouchFor) {
  for (const char* name : {"localhost", "a.LOCALHOST", "127.0.0.9", "::1", "x.amazonaws.com"}) {
    EXPECT_TRUE(Authority::Covers(name)) << name;
  }
  for (const char* name : {"", "example.com", "10.0.0.1", "amazonaws.com.x", "notlocalhost",
                           "a,DNS:b.localhost", "a b.localhost", "::2"}) {
    EXPECT_FALSE(Authority::Covers(name)) << name;
  }
}

TEST_F(AuthorityTest, RegionOfAwsNames) {
  const std::pair<const char*, const char*> cases[] = {
      {"abc.execute-api.eu-west-1.amazonaws.com", "eu-west-1"},
      {"dynamodb.US-gov-East-1.amazonaws.com", "us-gov-east-1"},
      {"b.s3.ap-southeast-3.amazonaws.com", "ap-southeast-3"},
      {"eu-west-1.amazonaws.com", "eu-west-1"},
      {"sts.amazonaws.com", ""},
      {"b.s3.amazonaws.com", ""},
      {"localhost", ""},
      {"eu-west-1.example.com", ""},
      {"-west-1.amazonaws.com", ""},
      {"eu_west-1-1.amazonaws.com", ""},
      {".amazonaws.com", ""},
      {"", ""},
  };
  for (const auto& [host, region] : cases) EXPECT_EQ(Authority::RegionOf(host), region) << host;
}

TEST_F(AuthorityTest, ProcessesThatStartAtOnceEndWithOne) {
  for (int round = 0; round < 5; ++round) {
    std::filesystem::remove_all(root_ + "/data");
    std::vector<pid_t> children;
    int pipes[2];
    ASSERT_EQ(::pipe(pipes), 0);
    for (int i = 0; i < 6; ++i) {
      pid_t child = ::fork();
      if (child == 0) {
        auto authority = Authority::Open(folder_, now_);
        char good = authority && authority->certificate().size() > 100 ? 'y' : 'n';
        std::size_t hash = authority ? std::hash<std::string>()(authority->certificate()) : 0;
        char line[sizeof hash + 1];
        line[0] = good;
        std::memcpy(line + 1, &hash, sizeof hash);
        if (::write(pipes[1], line, sizeof line) < 0) ::_exit(1);
        ::_exit(0);
      }
      children.push_back(child);
    }
    for (pid_t child : children) ::waitpid(child, nullptr, 0);
    ::close(pipes[1]);
    std::size_t expected = std::hash<std::string>()(Open().certificate());
    char line[sizeof expected + 1];
    int lines = 0;
    while (::read(pipes[0], line, sizeof line) == static_cast<ssize_t>(sizeof line)) {
      std::size_t hash = 0;
      std::memcpy(&hash, line + 1, sizeof hash);
      EXPECT_EQ(line[0], 'y');
      EXPECT_EQ(hash, expected);
      ++lines;
    }
    ::close(pipes[0]);
    EXPECT_EQ(lines, 6);
  }
}

TEST_F(AuthorityTest, IsRenewedBeforeItExpiresWithTheSameKey) {
  Authority old = Open();
  std::string key = Read("/authority.key");
  now_ += hours(24) * (3650 - 91);
  EXPECT_EQ(Open().certificate(), old.certificate());
  now_ += hours(24) * 2;
  Authority renewed = Open();
  EXPECT_NE(renewed.certificate(), old.certificate());
  EXPECT_EQ(Read("/authority.key"), key);
  now_ = base::SystemClock().WallNow();
  auto identity = renewed.IssueServer({"us-east-1", {}}, now_);
  ASSERT_TRUE(identity);
  EXPECT_TRUE(Accepts(old.certificate(), *identity, "localhost")) << "who trusts the old is lost";
}

TEST_F(AuthorityTest, DamagedFilesAreOneSentence) {
  Open();
  std::string certificate = Read("/authority.pem"), key = Read("/authority.key");
  const std::string end = "); remove that folder and a new one is made";
  const std::string begin = "the local authority in " + folder_ + " is damaged (";
  Write("/authority.pem", "garbage");
  EXPECT_EQ(Complaint(), begin + "no PEM certificate" + end);
  EXPECT_EQ(Authority::Find(folder_), std::nullopt);
  Write("/authority.pem", certificate.substr(0, certificate.size() / 2));
  EXPECT_EQ(Complaint(), begin + "no PEM certificate" + end);
  Write("/authority.pem", certificate);
  Write("/authority.key", "");
  EXPECT_EQ(Complaint(), begin + "no PEM private key" + end);
  Write("/authority.key", NewPrivateKey());
  EXPECT_EQ(Complaint(), begin + "certificate and key do not belong together" + end);
  std::filesystem::remove(folder_ + "/authority.key");
  EXPECT_EQ(Complaint(), begin + "authority.key is missing" + end);
  Write("/authority.key", key, 0644);
  EXPECT_NE(Complaint().find("others may read the key"), std::string::npos);
  Write("/authority.key", key);
  EXPECT_EQ(Open().certificate(), certificate);
}

TEST_F(AuthorityTest, ALeafIsNoAuthority) {
  Open();
  TlsIdentity leaf = TheAuthority().Issue("localhost");
  Write("/authority.pem", leaf.certificate_chain);
  Write("/authority.key", leaf.private_key);
  EXPECT_NE(Complaint().find("no authority's"), std::string::npos);
}

TEST_F(AuthorityTest, AnInterruptedStartIsMadeGood) {
  Open();
  std::filesystem::remove(folder_ + "/authority.pem");
  Open();
  EXPECT_NE(Read("/authority.pem"), "");
}

TEST_F(AuthorityTest, AFolderThatCannotBeMadeIsSaid) {
  std::filesystem::create_directories(root_);
  ASSERT_TRUE(base::SystemFiles().WriteAtomically(root_ + "/data", "a file", 0600));
  EXPECT_EQ(Authority::Open(folder_, now_).error().code, ErrorCode::kIo);
}

TEST_F(AuthorityTest, StandsWhereTheEnvironmentSays) {
  auto folder = [](std::map<std::string, std::string> variables) {
    return Authority::DefaultFolder([&](const std::string& name) {
      auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
  };
  EXPECT_EQ(*folder({{"XDG_DATA_HOME", "/x"}, {"HOME", "/h"}}), "/x/gatehouse/ca");
  EXPECT_EQ(*folder({{"XDG_DATA_HOME", ""}, {"HOME", "/h"}}), "/h/.local/share/gatehouse/ca");
  EXPECT_EQ(*folder({{"XDG_DATA_HOME", "rel"}, {"HOME", "/h"}}), "/h/.local/share/gatehouse/ca");
  EXPECT_FALSE(folder({}));
}

TEST_F(AuthorityTest, TheBundleIsTheSystemsAndOurs) {
  std::string own = Open().certificate();
  std::string system = root_ + "/system.pem";
  ASSERT_TRUE(base::SystemFiles().WriteAtomically(system, "ROOTS", 0600));
  EXPECT_EQ(*CaBundle(own, system), "ROOTS\n" + own);
  EXPECT_FALSE(CaBundle(own, root_ + "/absent"));
  auto bundle = CaBundle(own, std::nullopt);
  ASSERT_TRUE(bundle);
  EXPECT_TRUE(bundle->ends_with(own));
}

}  // namespace
}  // namespace gatehouse::net
