// A handshake's head: whatever it offers, the answer is one that a client of the RFC understands,
// and is itself an offer that would be taken.
#include "wire/websocket_extensions.h"

#include <string>

#include "base/check.h"
#include "base/fuzz.h"
#include "wire/websocket_handshake.h"

void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse::wire;
  HttpParser parser(HttpParser::kRequests);
  const HttpStep step = parser.Parse({reinterpret_cast<const char*>(input.data()), input.size()});
  if (step.kind != HttpStep::kHead) return;
  const HttpHead& head = parser.head();
  const UpgradeCheck check = CheckUpgrade(head);
  CHECK(check.ok == (check.status == 0));
  CHECK(check.ok || (check.status == 400 || check.status == 426));
  if (check.ok) CHECK(AcceptKey(check.key).size() == 28);

  const ExtensionChoice choice = ChooseExtensions(head);
  CHECK(!(choice.malformed && choice.deflate));
  const std::string answer = ExtensionsAnswer(choice);
  CHECK(answer.empty() == !choice.deflate);
  if (answer.empty()) return;
  HttpHead again;
  again.fields.push_back({"Sec-WebSocket-Extensions", answer});
  CHECK(ExtensionsAnswer(ChooseExtensions(again)) == answer);
}
