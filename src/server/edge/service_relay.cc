#include "server/edge/service_relay.h"

#include <memory>
#include <string>
#include <utility>

namespace gatehouse::server {
namespace {

// A request with bytes of its own.
struct KeptRequest {
  std::string texts;  // what the head's views point to
  wire::HttpHead head;
  std::string body;
  std::string caller;
};

std::size_t TextBytes(const wire::HttpHead& head) {
  std::size_t bytes = head.method.size() + head.target.size();
  for (const wire::HttpField& field : head.fields) bytes += field.name.size() + field.value.size();
  return bytes;
}

std::unique_ptr<KeptRequest> Keep(const wire::ServiceRequest& request) {
  auto kept = std::make_unique<KeptRequest>();
  kept->texts.reserve(TextBytes(request.head));  // so that it never moves
  auto keep = [&](std::string_view text) {
    std::size_t begin = kept->texts.size();
    kept->texts += text;
    return std::string_view(kept->texts).substr(begin);
  };
  kept->head = request.head;
  kept->head.method = keep(request.head.method);
  kept->head.target = keep(request.head.target);
  for (wire::HttpField& field : kept->head.fields) {
    field = {keep(field.name), keep(field.value)};
  }
  kept->body = request.body;
  kept->caller = request.caller;
  return kept;
}

}  // namespace

bool ServiceRelay::Enter(std::size_t bytes) {
  bool fits = waiting_.fetch_add(1) < kWaitingMax;
  std::size_t before = waiting_bytes_.fetch_add(bytes);
  if (fits && before + bytes <= kWaitingBytesMax) return true;
  Leave(bytes);
  return false;
}

void ServiceRelay::Leave(std::size_t bytes) {
  waiting_.fetch_sub(1);
  waiting_bytes_.fetch_sub(bytes);
}

ServiceHandler ServiceRelay::Through(base::Executor& own, Service service,
                                     ServiceHandler& handler) {
  return [this, &own, service, &handler](const wire::ServiceRequest& request,
                                         wire::ServiceDone done) {
    std::size_t bytes = TextBytes(request.head) + request.body.size();
    if (!Enter(bytes)) {
      return done(ErrorResponse(service, 503, "ServiceUnavailable",
                                "too many requests wait; try again later", random_));
    }
    auto back = [this, &own, bytes, done = std::move(done)](wire::ServiceResponse answer) mutable {
      Leave(bytes);
      own.Post([done = std::move(done), answer = std::move(answer)]() mutable {
        done(std::move(answer));
      });
    };
    home_.Post([&handler, kept = Keep(request), back = std::move(back)]() mutable {
      handler({kept->head, kept->body, kept->caller}, std::move(back));
    });
  };
}

}  // namespace gatehouse::server
