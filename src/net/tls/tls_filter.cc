#include "net/tls/tls_filter.h"

#include <algorithm>
#include <climits>

#include <openssl/bio.h>
#include <openssl/err.h>

#include "base/check.h"
#include "net/tls/tls_errors.h"

namespace gatehouse::net {
namespace {

TlsFilter::Wire& WireOf(BIO* bio) { return *static_cast<TlsFilter::Wire*>(BIO_get_data(bio)); }

int ReadWire(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  TlsFilter::Wire& wire = WireOf(bio);
  if (wire.in.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::size_t n = wire.in.copy(to, static_cast<std::size_t>(std::max(size, 0)));
  wire.in.remove_prefix(n);
  return static_cast<int>(n);
}

int WriteWire(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  TlsFilter::Wire& wire = WireOf(bio);
  if (!wire.out || size < 0) return -1;
  wire.out->append(from, static_cast<std::size_t>(size));
  return size;
}

long ControlWire(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

// Immutable once made, shared by all connections.
const BIO_METHOD* WireMethod() {
  static const BIO_METHOD* const kMethod = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gatehouse");
    CHECK(method);
    BIO_meth_set_read(method, ReadWire);
    BIO_meth_set_write(method, WriteWire);
    BIO_meth_set_ctrl(method, ControlWire);
    return method;
  }();
  return kMethod;
}

}  // namespace

TlsFilter::TlsFilter(SslPtr ssl, std::string name, std::shared_ptr<std::size_t> handshakes)
    : ssl_(std::move(ssl)), name_(std::move(name)), handshakes_(std::move(handshakes)) {
  BIO* bio = BIO_new(WireMethod());
  CHECK(bio);
  BIO_set_data(bio, &wire_);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
  if (handshakes_) ++*handshakes_;
}

TlsFilter::~TlsFilter() { HandshakeOver(); }

void TlsFilter::HandshakeOver() {
  if (handshakes_) --*handshakes_;
  handshakes_.reset();
}

int TlsFilter::OnVerify(int ok, X509_STORE_CTX* store) {
  if (ok == 1) return 1;
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* filter = static_cast<TlsFilter*>(SSL_get_app_data(ssl));
  if (filter->verify_error_.empty()) {
    filter->verify_error_ = VerifyFailure(X509_STORE_CTX_get_current_cert(store), filter->name_,
                                          X509_STORE_CTX_get_error(store));
  }
  return 0;
}

void TlsFilter::Start(std::string& sealed) {
  if (SSL_is_server(ssl_.get())) return;
  wire_ = {{}, &sealed};
  ERR_clear_error();
  Judge(SSL_do_handshake(ssl_.get()));
  wire_ = {};
}

std::size_t TlsFilter::Unseal(std::string_view bytes, std::span<char> plain, std::string& sealed) {
  wire_ = {bytes, &sealed};
  std::size_t size = 0;
  while (state_ == State::kHandshake || state_ == State::kOpen) {
    CHECK(size < plain.size());
    std::size_t room = std::min<std::size_t>(plain.size() - size, INT_MAX);
    ERR_clear_error();
    int n = SSL_read(ssl_.get(), plain.data() + size, static_cast<int>(room));
    if (n <= 0) {
      Judge(n);
      break;
    }
    size += static_cast<std::size_t>(n);
  }
  wire_ = {};
  return size;
}

bool TlsFilter::Seal(std::string_view plain, std::string& sealed) {
  CHECK(plain.size() <= INT_MAX);
  wire_ = {{}, &sealed};
  ERR_clear_error();
  int n = SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size()));
  if (n <= 0) Judge(n);
  wire_ = {};
  return n == static_cast<int>(plain.size());
}

void TlsFilter::End(std::string& sealed) {
  if (state_ == State::kHandshake || state_ == State::kFailed) return;
  wire_ = {{}, &sealed};
  ERR_clear_error();
  SSL_shutdown(ssl_.get());  // 0: sent, the peer's has not come; nobody waits for it
  ERR_clear_error();
  wire_ = {};
}

// What a call that returned no bytes means; SSL_get_error comes first of all (it looks at what the
// last call left behind).
void TlsFilter::Judge(int result) {
  int what = SSL_get_error(ssl_.get(), result);
  bool done = SSL_is_init_finished(ssl_.get()) == 1;
  secured_ = secured_ || done;
  if (done) HandshakeOver();
  if (result > 0 || what == SSL_ERROR_WANT_READ) {
    state_ = done ? State::kOpen : State::kHandshake;
  } else if (what == SSL_ERROR_ZERO_RETURN) {
    state_ = State::kEnded;
  } else {
    HandshakeOver();
    state_ = State::kFailed;
    error_ = TlsFailure(name_, done);
    if (!verify_error_.empty()) error_ = verify_error_;
  }
}

}  // namespace gatehouse::net
