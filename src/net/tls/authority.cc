#include "net/tls/authority.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "net/tls/certificates.h"
#include "wire/ascii.h"

namespace gatehouse::net {
namespace {

using std::chrono::hours;

constexpr hours kDay{24};
constexpr auto kAuthorityLife = 3650 * kDay;
constexpr auto kRenewBefore = 90 * kDay;
constexpr auto kLeafLife = 800 * kDay;  // Apple's systems refuse more than 825
constexpr auto kClockSkew = hours(24);  // certificates begin that much before now

constexpr const char* kKeyFile = "/authority.key";
constexpr const char* kCertificateFile = "/authority.pem";

Error IoError(const std::string& what, const std::string& path) {
  return {ErrorCode::kIo, what + " " + path + ": " + std::strerror(errno)};
}

Error Damaged(const std::string& folder, const std::string& why) {
  return {ErrorCode::kInvalidArgument, "the local authority in " + folder + " is damaged (" + why +
                                           "); remove that folder and a new one is made"};
}

// Holds the folder's lock while it lives.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder)
      : fd_(::open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    while (fd_ >= 0 && !held_) {
      held_ = ::flock(fd_, LOCK_EX) == 0;
      if (!held_ && errno != EINTR) break;
    }
  }
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  bool held() const { return held_; }

 private:
  int fd_;
  bool held_ = false;
};

struct Pair {
  std::string key;
  std::string certificate;
  base::Millis until{};
};

// The key must be the owner's alone.
Result<void> CheckMode(const std::string& folder) {
  struct stat facts {};
  if (::stat((folder + kKeyFile).c_str(), &facts) != 0) return {};
  if ((facts.st_mode & 077) == 0) return {};
  return Error{ErrorCode::kInvalidArgument, "others may read the key of the local authority, " +
                                                folder + kKeyFile +
                                                "; remove that folder and a new authority is made"};
}

// Nothing when there is no authority yet: a key without a certificate counts as none, for it is
// what a process that was interrupted leaves.
Result<std::optional<Pair>> ReadPair(const std::string& folder) {
  base::SystemFiles files;
  if (!files.Exists(folder + kCertificateFile)) return std::optional<Pair>();
  if (!files.Exists(folder + kKeyFile)) return Damaged(folder, "authority.key is missing");
  if (auto mode = CheckMode(folder); !mode) return mode.error();
  Pair pair;
  Result<std::string> key = files.Read(folder + kKeyFile);
  if (!key) return key.error();
  Result<std::string> certificate = files.Read(folder + kCertificateFile);
  if (!certificate) return certificate.error();
  Result<CertificateFacts> facts = ReadCertificate(*certificate, *key);
  if (!facts) return Damaged(folder, facts.error().message);
  if (!facts->is_authority) return Damaged(folder, "its certificate is no authority's");
  pair = {std::move(*key), std::move(*certificate), facts->lifetime.to};
  return std::optional(std::move(pair));
}

constexpr std::string_view kPemStart = "-----BEGIN CERTIFICATE-----";

bool IsFresh(const std::optional<Pair>& pair, base::Millis now) {
  return pair && pair->until > now + kRenewBefore;
}

AuthorityRequest OwnRequest(base::Millis now) {
  AuthorityRequest request;
  request.common_name = "gatehouse local authority";
  request.dns_names = {"localhost", "amazonaws.com"};
  request.address_ranges = {"127.0.0.0/255.0.0.0", "::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
  request.lifetime = {now - kClockSkew, now + kAuthorityLife};
  return request;
}

// Makes or renews, under the lock; the key is written first.
Result<Pair> MakePair(const std::string& folder, const std::optional<Pair>& old, base::Millis now) {
  base::SystemFiles files;
  AuthorityRequest request = OwnRequest(now);
  Pair pair;
  pair.key = old ? old->key : NewPrivateKey();
  pair.until = request.lifetime.to;
  Result<std::string> certificate = MakeAuthority(pair.key, request);
  if (!certificate) return certificate.error();
  pair.certificate = std::move(*certificate);
  if (!old) {
    auto written = files.WriteAtomically(folder + kKeyFile, pair.key, 0600);
    if (!written) return written.error();
  }
  auto written = files.WriteAtomically(folder + kCertificateFile, pair.certificate, 0644);
  if (!written) return written.error();
  return pair;
}

Result<void> MakeFolder(const std::string& folder) {
  std::string parent = folder.substr(0, folder.rfind('/'));
  if (!parent.empty()) {
    if (auto made = base::SystemFiles().CreateDirectories(parent); !made) return made;
  }
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return IoError("cannot create", folder);
}

bool IsNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_';
}

bool IsAddress(const std::string& text) {
  in6_addr any{};
  return inet_pton(AF_INET, text.c_str(), &any) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &any) == 1;
}

bool IsAtOrBelow(const std::string& name, const std::string& domain) {
  return name == domain || name.ends_with("." + domain);
}

void AddOnce(std::vector<std::string>& list, std::string value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

}  // namespace

Result<std::string> Authority::DefaultFolder(const EnvironmentLookup& environment) {
  std::string data = environment("XDG_DATA_HOME").value_or("");
  if (data.starts_with('/')) return data + "/gatehouse/ca";  // a relative one is to be ignored
  std::string home = environment("HOME").value_or("");
  if (home.starts_with('/')) return home + "/.local/share/gatehouse/ca";
  return Error{ErrorCode::kInvalidArgument,
               "neither XDG_DATA_HOME nor HOME says where the local authority is kept"};
}

std::optional<std::string> Authority::Find(const std::string& folder) {
  base::SystemFiles files;
  if (!files.Exists(folder + kKeyFile)) return std::nullopt;
  Result<std::string> certificate = files.Read(folder + kCertificateFile);
  if (!certificate || !certificate->starts_with(kPemStart)) return std::nullopt;
  return *std::move(certificate);
}

Result<Authority> Authority::Open(const std::string& folder, base::Millis now) {
  auto pair = ReadPair(folder);
  if (!pair) return pair.error();
  if (!IsFresh(*pair, now)) {
    if (auto made = MakeFolder(folder); !made) return made.error();
    FolderLock lock(folder);
    if (!lock.held()) return IoError("cannot lock", folder + "/lock");
    pair = ReadPair(folder);  // another process may have been first
    if (!pair) return pair.error();
    if (!IsFresh(*pair, now)) {
      Result<Pair> made = MakePair(folder, *pair, now);
      if (!made) return made.error();
      *pair = std::move(*made);
    }
  }
  return Authority((*pair)->key, (*pair)->certificate, (*pair)->until);
}

bool Authority::Covers(const std::string& domain) {
  std::string name = wire::ToLower(domain);
  if (IsAddress(name)) return name.starts_with("127.") || name == "::1";
  if (name.empty() || !std::all_of(name.begin(), name.end(), IsNameCharacter)) return false;
  return IsAtOrBelow(name, "localhost") || IsAtOrBelow(name, "amazonaws.com");
}

std::string Authority::RegionOf(const std::string& host) {
  static constexpr std::string_view kSuffix = ".amazonaws.com";
  std::string name = wire::ToLower(host);
  if (!name.ends_with(kSuffix)) return {};
  name.resize(name.size() - kSuffix.size());
  std::string region = name.substr(name.rfind('.') + 1);
  auto is_part = [](char c) { return IsNameCharacter(c) && c != '.' && c != '_'; };
  bool is_region = std::count(region.begin(), region.end(), '-') >= 2 &&
                   std::all_of(region.begin(), region.end(), is_part) && region.front() != '-' &&
                   region.back() >= '0' && region.back() <= '9';
  return is_region ? region : std::string();
}

Result<TlsIdentity> Authority::IssueServer(const Names& names, base::Millis now) const {
  LeafRequest request;
  request.common_name = "gatehouse";
  request.dns_names = {"localhost", "*.amazonaws.com", "*.s3.amazonaws.com"};
  request.addresses = {"127.0.0.1", "::1"};
  std::string region = wire::ToLower(names.region);
  if (!region.empty() && std::all_of(region.begin(), region.end(), IsNameCharacter)) {
    for (const char* service : {"*.", "*.execute-api.", "*.s3."}) {
      AddOnce(request.dns_names, service + region + ".amazonaws.com");
    }
  }
  for (const std::string& domain : names.domains) {
    if (!Covers(domain)) continue;
    AddOnce(IsAddress(domain) ? request.addresses : request.dns_names, wire::ToLower(domain));
  }
  request.lifetime = {now - kClockSkew, std::min<base::Millis>(now + kLeafLife, until_)};
  TlsIdentity identity;
  identity.private_key = NewPrivateKey();
  Result<std::string> leaf = MakeLeaf(identity.private_key, request, certificate_, key_);
  if (!leaf) return leaf.error();
  identity.certificate_chain = std::move(*leaf);  // who trusts the authority has it
  return identity;
}

Result<std::string> CaBundle(const std::string& own,
                             const std::optional<std::string>& system_file) {
  base::SystemFiles files;
  std::string bundle;
  if (system_file) {
    Result<std::string> read = files.Read(*system_file);
    if (!read) return read.error();
    bundle = std::move(*read);
  } else {
    // Debian; Fedora; SUSE; Alpine.
    for (const char* file :
         {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
      Result<std::string> read = files.Read(file);
      if (!read) continue;
      bundle = std::move(*read);
      break;
    }
  }
  if (!bundle.empty() && !bundle.ends_with('\n')) bundle += '\n';
  return bundle + own;
}

}  // namespace gatehouse::net
