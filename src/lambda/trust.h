// Which authorities AWS's hosts are believed by.
#pragma once

#include <functional>
#include <string>

#include "gatehouse/result.h"
#include "net/loop/env_variables.h"

namespace gatehouse::lambda {

// Where systems keep their authorities: Amazon Linux and Fedora, Debian, others.
inline constexpr const char* kBundles[] = {
    "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem"};

// AWS_CA_BUNDLE's file, else SSL_CERT_FILE's, else the first of kBundles that exists. Errors:
// kNotFound.
Result<std::string> CaBundle(const net::EnvironmentLookup& environment,
                             const std::function<bool(const std::string&)>& exists);

}  // namespace gatehouse::lambda
