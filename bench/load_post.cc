#include <array>
#include <optional>
#include <string>
#include <vector>

#include "auth/signature/sigv4.h"
#include "base/clock.h"
#include "bench/clients.h"
#include "bench/load.h"
#include "gatehouse/json.h"

namespace gatehouse::bench {
namespace {

// The id by which each connection can be posted to, as it stands in a path.
Result<std::vector<std::string>> AskIds(Clients& clients) {
  std::string ask = ClientFrame(R"({"action":"id"})");
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    if (Result<void> sent = clients.Send(i, ask); !sent) return sent.error();
    Result<ServerMessage> answer = clients.Await(i);
    if (!answer) return answer.error();
    std::string id = answer->text;
    if (id.ends_with('=')) id.replace(id.size() - 1, 1, "%3D");
    ids.push_back(std::move(id));
  }
  return ids;
}

// The credentials of a function's role, as it answers them: {"id":…,"secret":…,"token":…}.
Result<auth::KeyPair> BorrowKey(const LoadOptions& options) {
  Clients clients(options.port, options.path);
  if (Result<void> opened = clients.OpenPlain(1); !opened) return opened.error();
  std::string request = "POST /2015-03-31/functions/" + options.lender +
                        "/invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
  if (Result<void> sent = clients.Send(0, request); !sent) return sent.error();
  std::string answer;
  while (!answer.ends_with("}")) {
    Result<void> polled = clients.Poll([&](std::size_t, std::string_view part) { answer += part; });
    if (!polled) return polled.error();
  }
  std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
  auto member = [&](std::string_view name) {
    std::optional<std::string_view> value = json::Member(body, name);
    return value ? json::String(*value).value_or("") : std::string();
  };
  auth::KeyPair key{member("id"), member("secret"), member("token")};
  if (key.security_token.empty()) return Error{ErrorCode::kInternal, answer};
  return key;
}

// Signed once, before the clock runs: a signature counts for five minutes.
Result<std::vector<std::string>> Requests(const LoadOptions& options,
                                          const std::vector<std::string>& ids) {
  const std::string body(options.bytes, 'x');
  const std::string host = "localhost:" + std::to_string(options.port);
  std::optional<auth::KeyPair> key;
  if (!options.lender.empty()) {
    Result<auth::KeyPair> borrowed = BorrowKey(options);
    if (!borrowed) return borrowed.error();
    key = *std::move(borrowed);
  }
  base::SystemClock clock;
  auth::SigningKeys keys;
  std::vector<std::string> requests;
  for (const std::string& id : ids) {
    const std::string target = options.path + "/@connections/" + id;
    std::string request =
        "POST " + target + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: application/json\r\n";
    if (key) {
      const std::array<wire::HttpField, 2> fields{
          {{"Host", host}, {"Content-Type", "application/json"}}};
      const auth::Request unsigned_request{"POST", target, fields, std::string_view(body)};
      for (const auth::NewField& field : auth::Sign(
               unsigned_request, *key, {"us-east-1", "execute-api"}, clock.WallNow(), keys)) {
        request += field.name + ": " + field.value + "\r\n";
      }
    }
    requests.push_back(request + "Content-Length: " + std::to_string(options.bytes) + "\r\n\r\n" +
                       body);
  }
  return requests;
}

// The first post of all: the size of its answer, and that its text arrived.
Result<std::size_t> Check(Clients& clients, std::size_t sender, const std::string& request,
                          std::size_t bytes) {
  if (Result<void> sent = clients.Send(sender, request); !sent) return sent.error();
  std::string answer, arrived;
  auto take = [&](std::size_t i, std::string_view part) {
    if (i == sender) answer += part;
    if (i == 0) arrived += part;
  };
  while (!answer.ends_with("\r\n\r\n") || ReadServerMessage(arrived).wire_bytes == 0) {
    if (Result<void> polled = clients.Poll(take); !polled) return polled.error();
  }
  if (!answer.starts_with("HTTP/1.1 200")) return Error{ErrorCode::kInternal, answer};
  if (ReadServerMessage(arrived).text != std::string(bytes, 'x')) {
    return Error{ErrorCode::kInternal, "what was posted did not arrive"};
  }
  return answer.size();
}

}  // namespace

Result<std::string> LoadPost(const LoadOptions& options) {
  Clients clients(options.port, options.path);
  if (Result<void> opened = clients.Open(options.connections); !opened) return opened.error();
  Result<std::vector<std::string>> ids = AskIds(clients);
  if (!ids) return ids.error();
  Result<std::vector<std::string>> made = Requests(options, *ids);
  if (!made) return made.error();
  const std::vector<std::string>& requests = *made;
  const std::size_t first = clients.size();
  if (Result<void> opened = clients.OpenPlain(options.senders); !opened) return opened.error();
  Result<std::size_t> answer_bytes = Check(clients, first, requests[0], options.bytes);
  if (!answer_bytes) return answer_bytes.error();

  std::size_t next = 0;
  std::vector<std::size_t> received(options.senders);
  Result<void> sent;
  auto post = [&](std::size_t sender) {
    if (sent) sent = clients.Send(first + sender, requests[next++ % requests.size()]);
  };
  for (std::size_t sender = 0; sender < options.senders; ++sender) post(sender);
  Window window = WindowOf(options);
  std::string wrong;
  while (!window.IsOver()) {
    Result<void> polled = clients.Poll([&](std::size_t i, std::string_view bytes) {
      if (i < first) return;
      if (received[i - first] == 0 && !bytes.starts_with("HTTP/1.1 200")) wrong = bytes;
      received[i - first] += bytes.size();
      if (received[i - first] < *answer_bytes) return;
      received[i - first] = 0;
      window.Count(1);
      post(i - first);
    });
    if (!polled) return polled.error();
    if (!sent) return sent.error();
    if (!wrong.empty()) return Error{ErrorCode::kInternal, wrong};
  }
  return window.Json();
}

}  // namespace gatehouse::bench
