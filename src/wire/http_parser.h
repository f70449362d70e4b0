// HTTP/1.1 messages as they arrive, RFC 9112, by Boost.Beast's basic_parser with the traps closed
// that it leaves open (design §7.15). A parser reads one message after another of one socket. It
// copies the head it reads, so the views it gives live until the next message begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::wire {

struct HttpField {
  std::string_view name;   // as the peer wrote it
  std::string_view value;  // without surrounding blanks
};

struct HttpLimits {
  std::size_t head_bytes_max = 16384;
  std::size_t fields_max = 100;
  // Of a chunked body; a Content-Length is the caller's to judge.
  std::uint64_t chunked_bytes_max = std::numeric_limits<std::uint64_t>::max();
};

struct HttpHead {
  std::string_view method;  // request
  // Request: as on the wire, never decoded; but of "http://host/path" it is "/path", and Host is
  // "host", whatever the peer wrote there. "*", and CONNECT's, stay.
  std::string_view target;
  int status = 0;           // response
  std::string_view reason;  // response
  int version = 11;         // 10 or 11
  std::vector<HttpField> fields;
  bool keep_alive = true;  // by version and Connection
  bool chunked = false;
  std::optional<std::uint64_t> content_length;
  bool upgrade = false;          // Connection has the token "upgrade"
  bool expect_continue = false;  // "Expect: 100-continue"

  // The first field of that name (compared without case); nothing if absent.
  std::optional<std::string_view> Find(std::string_view name) const;
  // Whether the comma-separated list in all fields of that name holds token (without case).
  bool HasToken(std::string_view name, std::string_view token) const;
  std::size_t Count(std::string_view name) const;
  // The values of all fields of that name as the one list that they are (RFC 9110 §5.3).
  std::string List(std::string_view name) const;
};

struct HttpStep {
  enum Kind {
    kNeedMore,  // everything was consumed that can be without more bytes
    kHead,      // head() is there; a body may follow
    kBody,      // `body` is the next part, inside the input
    kComplete,  // the message has ended; call Next() for the one after it
    kError,     // answer `status` (400, 413, 431, 505 …) with `reason` and close
  };
  Kind kind = kNeedMore;
  std::size_t consumed = 0;
  std::string_view body;
  int status = 0;
  std::string_view reason;  // a literal
};

// Refused with 400: any Transfer-Encoding but exactly "chunked", Transfer-Encoding with
// Content-Length, Transfer-Encoding in HTTP/1.0, two Content-Lengths (equal ones too), folded
// fields, two Hosts, no Host in HTTP/1.1, a target that is neither path nor URL, blanks before a
// colon, bare CR or LF, NUL. Refused with 431: head over the limits (reported while it is still
// incomplete). 505: versions other than 1.0 and 1.1. A request head in the middle of which the
// input is cut gives kNeedMore and consumes nothing; callers keep those bytes and bring them again
// with more. One empty line before a request is forgiven. Chunk extensions and trailers are checked
// and skipped, up to 16 KB of them (431). A chunk's size that leads beyond chunked_bytes_max is 413
// before a byte of the chunk is read.
class HttpParser {
 public:
  enum Role { kRequests, kResponses };
  explicit HttpParser(Role role, HttpLimits limits = {});
  ~HttpParser();
  HttpParser(HttpParser&&) noexcept;
  HttpParser& operator=(HttpParser&&) noexcept;

  // The next event of the message at the start of input. Call again with the rest until kNeedMore.
  HttpStep Parse(std::string_view input);

  // From kHead until Next().
  const HttpHead& head() const;

  // Responses: after kHead, says that no body follows whatever the head says (HEAD, 204, 101 …).
  void SkipBody();

  // Responses without a length end when the socket ends: kComplete if that is allowed here.
  HttpStep End();

  void Next();  // forgets this message, ready for the next

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::wire
