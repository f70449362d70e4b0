#include "net/tls/tls_errors.h"

#include <arpa/inet.h>

#include <ctime>

#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace gatehouse::net {
namespace {

constexpr std::size_t kNamesShownMax = 6;

std::string TimeText(const ASN1_TIME* time) {
  std::tm parts{};
  if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return "an unknown date";
  return fmt::format("{}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

std::string NameText(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) {
    const auto* text = ASN1_STRING_get0_data(name.d.dNSName);
    return {reinterpret_cast<const char*>(text),
            static_cast<std::size_t>(ASN1_STRING_length(name.d.dNSName))};
  }
  char text[INET6_ADDRSTRLEN] = "";
  if (name.type == GEN_IPADD) {
    int size = ASN1_STRING_length(name.d.iPAddress);
    int family = size == 4 ? AF_INET : AF_INET6;
    if (size == 4 || size == 16) {
      inet_ntop(family, ASN1_STRING_get0_data(name.d.iPAddress), text, sizeof text);
    }
  }
  return text;
}

// "localhost, 127.0.0.1 and 3 more"
std::string NamesOf(const X509* certificate) {
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  if (!names) return "no name at all";
  std::string text;
  int count = sk_GENERAL_NAME_num(names);
  for (int i = 0; i < count; ++i) {
    if (static_cast<std::size_t>(i) == kNamesShownMax) {
      text += fmt::format(" and {} more", count - i);
      break;
    }
    text += (i > 0 ? ", " : "") + NameText(*sk_GENERAL_NAME_value(names, i));
  }
  GENERAL_NAMES_free(names);
  return text;
}

}  // namespace

std::string VerifyFailure(const X509* certificate, const std::string& name, int error) {
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return fmt::format("the certificate of {} comes from an authority that is not trusted here",
                         name);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return fmt::format("the certificate is not for {} but for {}", name,
                         certificate ? NamesOf(certificate) : "others");
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return fmt::format("the certificate of {} has expired (on {})", name,
                         TimeText(certificate ? X509_get0_notAfter(certificate) : nullptr));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return fmt::format("the certificate of {} is not valid before {}; is the clock right?", name,
                         TimeText(certificate ? X509_get0_notBefore(certificate) : nullptr));
    default:
      return fmt::format("the certificate of {} is refused: {}", name,
                         X509_verify_cert_error_string(error));
  }
}

std::string TakeOpenSslError() {
  unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code ? ERR_reason_error_string(code) : nullptr;
  return reason ? reason : "unknown error";
}

std::string TlsFailure(const std::string& name, bool after_handshake) {
  unsigned long code = ERR_peek_error();
  std::string why = TakeOpenSslError();
  int reason = ERR_GET_REASON(code);
  if (!after_handshake && (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST)) {
    return name.empty() ? "the client does not speak TLS" : name + " does not speak TLS there";
  }
  return (after_handshake ? "TLS failed: " : "the TLS handshake failed: ") + why;
}

}  // namespace gatehouse::net
