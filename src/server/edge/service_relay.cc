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

ServiceHandler ServiceRelay::Through(base::Executor& own, Service service,
                                     ServiceHandler& handler) {
  return
      [this, &own, service, &handler](const wire::ServiceRequest& request, wire::ServiceDone done) {
        base::Mailbox::Place place = home_.Reserve(TextBytes(request.head) + request.body.size());
        if (!place) {
          return done(ErrorResponse(service, 503, "ServiceUnavailable",
                                    "too many requests wait; try again later", random_));
        }
        home_.AskSlowly(
            std::move(place), own,
            [&handler, kept = Keep(request)](auto&& reply) {
              handler({kept->head, kept->body, kept->caller}, std::move(reply));
            },
            std::move(done));
      };
}

}  // namespace gatehouse::server
