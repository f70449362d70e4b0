#include "net/tls/certificates.h"

#include <array>
#include <ctime>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "net/tls/tls_filter.h"

namespace gatehouse::net {
namespace {

using BioPtr = OpenSslPtr<BIO, BIO_free>;
using X509Ptr = OpenSslPtr<X509, X509_free>;
using KeyPtr = OpenSslPtr<EVP_PKEY, EVP_PKEY_free>;
using ExtensionPtr = OpenSslPtr<X509_EXTENSION, X509_EXTENSION_free>;

Error WrongCertificate(std::string message) {
  ERR_clear_error();
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

BioPtr PemReader(std::string_view pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

std::string Written(BIO* bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

KeyPtr ReadKey(const std::string& pem) {
  return KeyPtr(PEM_read_bio_PrivateKey(PemReader(pem).get(), nullptr, nullptr, nullptr));
}

X509Ptr ReadX509(const std::string& pem) {
  return X509Ptr(PEM_read_bio_X509(PemReader(pem).get(), nullptr, nullptr, nullptr));
}

void SetTime(ASN1_TIME* time, base::Millis wall) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wall).count();
  CHECK(ASN1_TIME_set(time, static_cast<time_t>(seconds)));
}

base::Millis ReadTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::seconds(::timegm(&parts));
}

// 126 random bits: positive, and no two certificates of an authority share one.
void SetSerial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3f) | 0x40);
  using NumberPtr = OpenSslPtr<BIGNUM, BN_free>;
  NumberPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  CHECK(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)));
}

// A certificate with everything but issuer, extensions and signature.
X509Ptr NewCertificate(EVP_PKEY* key, const std::string& common_name,
                       const CertificateLifetime& lifetime) {
  X509Ptr certificate(X509_new());
  CHECK(certificate && X509_set_version(certificate.get(), 2) == 1);
  SetSerial(certificate.get());
  SetTime(X509_getm_notBefore(certificate.get()), lifetime.from);
  SetTime(X509_getm_notAfter(certificate.get()), lifetime.to);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  for (auto [field, text] :
       {std::pair<const char*, const char*>{"O", "gatehouse"}, {"CN", common_name.c_str()}}) {
    CHECK(X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(text), -1, -1, 0) == 1);
  }
  CHECK(X509_set_pubkey(certificate.get(), key) == 1);
  return certificate;
}

struct Extension {
  int nid;
  std::string value;
};

Result<std::string> Sign(X509* certificate, const std::vector<Extension>& extensions, X509* issuer,
                         EVP_PKEY* issuer_key) {
  CHECK(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const Extension& extension : extensions) {
    ExtensionPtr made(
        X509V3_EXT_conf_nid(nullptr, &context, extension.nid, extension.value.c_str()));
    if (!made || X509_add_ext(certificate, made.get(), -1) != 1) {
      return WrongCertificate("a certificate cannot bear \"" + extension.value + "\"");
    }
  }
  if (X509_sign(certificate, issuer_key, EVP_sha256()) == 0) {
    return WrongCertificate("the authority's key cannot sign");
  }
  BioPtr out(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_X509(out.get(), certificate) == 1);
  return Written(out.get());
}

std::string List(std::string_view prefix, const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    text.append(",").append(prefix).append(value);
  }
  return text;
}

}  // namespace

std::string NewPrivateKey() {
  KeyPtr key(EVP_EC_gen("P-256"));
  CHECK(key);
  BioPtr out(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return Written(out.get());
}

Result<std::string> MakeAuthority(const std::string& key, const AuthorityRequest& request) {
  KeyPtr own = ReadKey(key);
  if (!own) return WrongCertificate("the authority's private key is no PEM private key");
  X509Ptr certificate = NewCertificate(own.get(), request.common_name, request.lifetime);
  std::vector<Extension> extensions{
      {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
      {NID_key_usage, "critical,keyCertSign,cRLSign"},
      {NID_ext_key_usage, "serverAuth"},
      {NID_subject_key_identifier, "hash"},
      {NID_name_constraints, "critical" + List("permitted;DNS:", request.dns_names) +
                                 List("permitted;IP:", request.address_ranges)}};
  return Sign(certificate.get(), extensions, certificate.get(), own.get());
}

Result<std::string> MakeLeaf(const std::string& key, const LeafRequest& request,
                             const std::string& authority, const std::string& authority_key) {
  KeyPtr own = ReadKey(key);
  KeyPtr issuer_key = ReadKey(authority_key);
  X509Ptr issuer = ReadX509(authority);
  if (!own || !issuer_key || !issuer)
    return WrongCertificate("a key or the authority is no PEM text");
  X509Ptr certificate = NewCertificate(own.get(), request.common_name, request.lifetime);
  std::string names = List("DNS:", request.dns_names) + List("IP:", request.addresses);
  if (names.empty()) return WrongCertificate("a server's certificate needs a name");
  std::vector<Extension> extensions{{NID_basic_constraints, "critical,CA:FALSE"},
                                    {NID_key_usage, "critical,digitalSignature"},
                                    {NID_ext_key_usage, "serverAuth"},
                                    {NID_subject_key_identifier, "hash"},
                                    {NID_authority_key_identifier, "keyid:always"},
                                    {NID_subject_alt_name, names.substr(1)}};
  return Sign(certificate.get(), extensions, issuer.get(), issuer_key.get());
}

Result<CertificateFacts> ReadCertificate(const std::string& certificate, const std::string& key) {
  X509Ptr read = ReadX509(certificate);
  if (!read) return WrongCertificate("no PEM certificate");
  KeyPtr own = ReadKey(key);
  if (!own) return WrongCertificate("no PEM private key");
  if (X509_check_private_key(read.get(), own.get()) != 1) {
    return WrongCertificate("certificate and key do not belong together");
  }
  CertificateFacts facts;
  facts.is_authority = X509_check_ca(read.get()) == 1;
  facts.lifetime = {ReadTime(X509_get0_notBefore(read.get())),
                    ReadTime(X509_get0_notAfter(read.get()))};
  return facts;
}

}  // namespace gatehouse::net
