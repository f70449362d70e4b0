// Who asks, and whether he may come in: what the table of doors says (door_table.h; design §6
// "auth"), and a signature that a request carries must be right. Loop thread only.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "auth/signature/authenticate.h"
#include "auth/signature/credentials.h"
#include "auth/signature/signing_keys.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "server/access/error_response.h"
#include "server/access/service.h"
#include "server/edge/door_table.h"
#include "wire/service.h"

namespace gatehouse::server {

struct AdmissionOptions {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  std::vector<std::string> cors_origins;  // further origins whose pages may call services
};

// Who came in, or why nobody did.
struct Admission {
  std::optional<auth::Refusal> refusal;
  // ARN; unsigned requests and unknown keys count as the owner's. @connections do not ask for it.
  std::string caller;
  std::shared_ptr<const auth::Principal> role = {};  // null: the owner
};

// The services of which an unsigned request was told, once for all gates of a node. Any thread.
class Notices {
 public:
  // Whether this is the first call with that name.
  bool IsFirst(const std::string& service_name) {
    std::lock_guard lock(mutex_);
    return told_.insert(service_name).second;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> told_;
};

class AdmissionCheck {
 public:
  // credentials: the keys that are known; they may change between requests.
  AdmissionCheck(base::Log& log, base::Clock& clock, const auth::Credentials& credentials,
                 Notices& notices, AdmissionOptions options)
      : log_(log),
        clock_(clock),
        credentials_(credentials),
        notices_(notices),
        options_(std::move(options)) {}

  // Browsers say where a page comes from (Origin, Sec-Fetch-Site), programs do not.
  // tls: whether the request came by TLS.
  Asker AskerOf(const wire::HttpHead& head, bool tls) const;

  // Whether a request may come in, by its signature and the table of doors; asking.signature is
  // filled in here. An unsigned request comes in with one notice per service.
  Admission Admit(const wire::ServiceRequest& request, const ServiceChoice& choice, Asking asking);

  // The service that a GET's URL is signed for, if a key that is known signed it; else empty: any
  // page can write a URL.
  std::string VerifiedUrlService(const wire::HttpHead& head);

 private:
  Admission Refused(const ServiceChoice& choice, auth::Refusal refusal, std::string_view why);

  base::Log& log_;
  base::Clock& clock_;
  const auth::Credentials& credentials_;
  Notices& notices_;
  const AdmissionOptions options_;
  auth::SigningKeys keys_;
  std::set<std::string> noticed_;  // services that need not be asked of notices_ any more
};

// A request to a service that gatehouse does not serve, refused in a form its client understands.
wire::ServiceResponse NotServed(const wire::HttpHead& head, const std::string& service_name,
                                base::Random& random);

wire::ServiceResponse RefusalResponse(Service service, const auth::Refusal& refusal,
                                      base::Random& random);

}  // namespace gatehouse::server
