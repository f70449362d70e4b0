// What went wrong in a TLS connection, in one sentence a person can act on.
#pragma once

#include <string>

#include <openssl/ssl.h>

namespace gatehouse::net {

// The last thing OpenSSL complained about on this thread, in its words; forgets all of them.
std::string TakeOpenSslError();

// For a connection that just failed. name: whom a client meant to reach; empty for a server.
// Forgets OpenSSL's complaints.
std::string TlsFailure(const std::string& name, bool after_handshake);

// For a certificate that verification refuses with that error (X509_V_ERR_…).
std::string VerifyFailure(const X509* certificate, const std::string& name, int error);

}  // namespace gatehouse::net
