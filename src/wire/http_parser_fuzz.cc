// Bytes are read whole and in the pieces that they arrive in; both must tell the same messages.
#include "wire/http_parser.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "base/fuzz.h"

namespace gatehouse::wire {
namespace {

void NoteHead(const HttpHead& head, HttpParser::Role role, std::string& told) {
  CHECK(!(head.chunked && head.content_length));
  CHECK(head.Count("Content-Length") <= 1 && head.Count("Transfer-Encoding") <= 1);
  CHECK(head.version == 10 || head.version == 11);
  if (role == HttpParser::kRequests) {
    CHECK(!head.method.empty() && !head.target.empty());
    CHECK(head.Count("Host") == 1 || (head.version == 10 && head.Count("Host") == 0));
  }
  told.append(head.method).append(head.target).append(std::to_string(head.status));
  told.append(head.reason).append(std::to_string(head.version));
  for (const HttpField& field : head.fields) {
    constexpr std::string_view kForbidden("\r\n\0", 3);
    CHECK(!field.name.empty() && field.name.find_first_of(" \t\r\n:") == field.name.npos);
    CHECK(field.value.find_first_of(kForbidden) == field.value.npos);
    told.append(field.name).append("=").append(field.value).append(";");
  }
}

// piece: how many bytes arrive at a time.
std::string Tell(std::string_view input, HttpParser::Role role, std::size_t piece) {
  HttpParser parser(role, {.head_bytes_max = 2000, .fields_max = 20});
  std::string told, kept;
  while (!input.empty()) {
    kept.append(input.substr(0, piece));
    input.remove_prefix(std::min(piece, input.size()));
    std::string_view rest = kept;
    for (bool more = true; more;) {
      const HttpStep step = parser.Parse(rest);
      CHECK(step.consumed <= rest.size());
      rest.remove_prefix(step.consumed);
      more = step.kind != HttpStep::kNeedMore;
      if (step.kind == HttpStep::kHead) NoteHead(parser.head(), role, told);
      if (step.kind == HttpStep::kBody) told.append(step.body);
      if (step.kind == HttpStep::kError) return told + "!" + std::string(step.reason);
      if (step.kind == HttpStep::kComplete) {
        told.append("|");
        parser.Next();
      }
    }
    kept.erase(0, kept.size() - rest.size());
    CHECK(kept.size() < 2000);  // only an incomplete head is kept
  }
  return told + (parser.End().kind == HttpStep::kComplete ? "." : "?");
}

}  // namespace
}  // namespace gatehouse::wire

// The first byte chooses role and cut, the rest are messages.
void gatehouse::base::FuzzOne(std::span<const std::byte> input) {
  using namespace gatehouse::wire;
  if (input.empty()) return;
  const auto choice = static_cast<unsigned>(input[0]);
  const std::string_view bytes(reinterpret_cast<const char*>(input.data()) + 1, input.size() - 1);
  const auto role = choice & 1 ? HttpParser::kResponses : HttpParser::kRequests;
  const std::size_t piece = 1 + (choice >> 1) + bytes.size() / 500;
  CHECK(Tell(bytes, role, piece) == Tell(bytes, role, bytes.size() + 1));
}
