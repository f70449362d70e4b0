#include "net/tls/tls.h"

#include <arpa/inet.h>

#include <cstring>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "base/file.h"
#include "net/tls/tls_errors.h"
#include "net/tls/tls_filter.h"

namespace gatehouse::net {
namespace {

using BioPtr = OpenSslPtr<BIO, BIO_free>;
using X509Ptr = OpenSslPtr<X509, X509_free>;
using KeyPtr = OpenSslPtr<EVP_PKEY, EVP_PKEY_free>;

constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

BioPtr Reader(std::string_view pem) {
  return BioPtr(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

SslContextPtr NewContext(const SSL_METHOD* method) {
  SslContextPtr context(SSL_CTX_new(method));
  CHECK(context);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  return context;
}

// A client that offers protocols and not ours is told so (RFC 7301 §3.2).
int ChooseProtocol(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned int offered_size, void* /*argument*/) {
  unsigned char* chosen = nullptr;
  int found =
      SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11, offered, offered_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Error WrongTls(std::string message) {
  ERR_clear_error();
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Result<void> UseIdentity(SSL_CTX* context, const TlsIdentity& identity) {
  BioPtr chain = Reader(identity.certificate_chain);
  X509Ptr leaf(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) {
    return WrongTls("the server's certificate is no PEM certificate");
  }
  while (X509Ptr next{PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)}) {
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) {
      return WrongTls("a certificate of the server's chain cannot be used");
    }
  }
  ERR_clear_error();  // the end of the chain is told as an error
  KeyPtr key(
      PEM_read_bio_PrivateKey(Reader(identity.private_key).get(), nullptr, nullptr, nullptr));
  if (!key) return WrongTls("the server's private key is no PEM private key");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return WrongTls("the server's private key does not belong to its certificate");
  }
  return {};
}

// Adds all certificates of a PEM text; how many there were.
std::size_t AddRoots(X509_STORE* store, std::string_view pem) {
  BioPtr reader = Reader(pem);
  std::size_t count = 0;
  while (X509Ptr root{PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)}) {
    X509_STORE_add_cert(store, root.get());
    ++count;
  }
  ERR_clear_error();
  return count;
}

Result<void> AddTrust(SSL_CTX* context, const TlsTrust& trust) {
  if (trust.system_roots) SSL_CTX_set_default_verify_paths(context);
  ERR_clear_error();
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const std::string& file : trust.ca_files) {
    Result<std::string> pem = base::SystemFiles().Read(file);
    if (!pem) return Error{ErrorCode::kInvalidArgument, pem.error().message};
    if (AddRoots(store, *pem) == 0) return WrongTls(file + " holds no PEM certificate");
  }
  for (const std::string& pem : trust.ca_pems) {
    if (AddRoots(store, pem) == 0) return WrongTls("an authority given is no PEM certificate");
  }
  return {};
}

bool IsIpAddress(const std::string& name) {
  in6_addr any{};
  return inet_pton(AF_INET, name.c_str(), &any) == 1 ||
         inet_pton(AF_INET6, name.c_str(), &any) == 1;
}

}  // namespace

// ---- Server ----

struct TlsServer::State {
  // One context per identity; the first is the server's own.
  Result<void> Add(const TlsIdentity& identity);
  SSL_CTX* ContextFor(const char* name);
  static int OnName(SSL* ssl, int* alert, void* state);

  std::vector<SslContextPtr> contexts;
  IdentityMaker maker;
  TlsServerOptions options;
  std::shared_ptr<std::size_t> handshakes = std::make_shared<std::size_t>(0);
};

Result<void> TlsServer::State::Add(const TlsIdentity& identity) {
  SslContextPtr context = NewContext(TLS_server_method());
  SSL_CTX_set_alpn_select_cb(context.get(), ChooseProtocol, nullptr);
  if (auto used = UseIdentity(context.get(), identity); !used) return used;
  contexts.push_back(std::move(context));
  return {};
}

SSL_CTX* TlsServer::State::ContextFor(const char* name) {
  for (const SslContextPtr& context : contexts) {
    X509* leaf = SSL_CTX_get0_certificate(context.get());
    if (X509_check_host(leaf, name, std::strlen(name), 0, nullptr) == 1) return context.get();
  }
  SSL_CTX* own = contexts.front().get();
  if (!maker || contexts.size() >= kIdentitiesMax) return own;
  std::optional<TlsIdentity> identity = maker(name);
  return identity && Add(*identity) ? contexts.back().get() : own;
}

int TlsServer::State::OnName(SSL* ssl, int* /*alert*/, void* state) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (!name) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_SSL_CTX(ssl, static_cast<State*>(state)->ContextFor(name));
  ERR_clear_error();
  return SSL_TLSEXT_ERR_OK;
}

TlsServer::TlsServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsServer::~TlsServer() = default;

Result<std::unique_ptr<TlsServer>> TlsServer::Create(const TlsIdentity& identity,
                                                     TlsServerOptions options) {
  auto state = std::make_unique<State>();
  state->options = options;
  if (auto added = state->Add(identity); !added) return added.error();
  SSL_CTX* own = state->contexts.front().get();
  SSL_CTX_set_tlsext_servername_callback(own, State::OnName);
  SSL_CTX_set_tlsext_servername_arg(own, state.get());
  return std::unique_ptr<TlsServer>(new TlsServer(std::move(state)));
}

void TlsServer::UseFurtherIdentities(IdentityMaker maker) { state_->maker = std::move(maker); }

std::unique_ptr<Filter> TlsServer::Accept() {
  if (*state_->handshakes >= state_->options.handshakes_max) return nullptr;
  SslPtr ssl(SSL_new(state_->contexts.front().get()));
  CHECK(ssl);
  SSL_set_accept_state(ssl.get());
  return std::make_unique<TlsFilter>(std::move(ssl), std::string(), state_->handshakes);
}

std::size_t TlsServer::handshakes() const { return *state_->handshakes; }

// ---- Client ----

struct TlsClient::State {
  SslContextPtr context;
};

TlsClient::TlsClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsClient::~TlsClient() = default;

Result<std::unique_ptr<TlsClient>> TlsClient::Create(const TlsTrust& trust) {
  auto state = std::make_unique<State>();
  state->context = NewContext(TLS_client_method());
  SSL_CTX_set_verify(state->context.get(), SSL_VERIFY_PEER, TlsFilter::OnVerify);
  SSL_CTX_set_alpn_protos(state->context.get(), kHttp11, sizeof kHttp11);
  if (auto added = AddTrust(state->context.get(), trust); !added) return added.error();
  return std::unique_ptr<TlsClient>(new TlsClient(std::move(state)));
}

std::unique_ptr<Filter> TlsClient::Connect(const std::string& name) {
  SslPtr ssl(SSL_new(state_->context.get()));
  CHECK(ssl);
  SSL_set_connect_state(ssl.get());
  if (IsIpAddress(name)) {
    CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), name.c_str()) == 1);
  } else {
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    bool fits = SSL_set1_host(ssl.get(), name.c_str()) == 1;
    fits = fits && SSL_set_tlsext_host_name(ssl.get(), name.c_str()) == 1;
    if (!fits) {  // a name of more than 255 characters: no certificate bears it
      ERR_clear_error();
      CHECK(SSL_set1_host(ssl.get(), "name-too-long.invalid") == 1);
    }
  }
  return std::make_unique<TlsFilter>(std::move(ssl), name, nullptr);
}

}  // namespace gatehouse::net
