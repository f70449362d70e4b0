#include "wire/http_parser.h"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "base/check.h"
#include "wire/ascii.h"
#include "wire/chunked_body.h"
#include "wire/http_head.h"

namespace gatehouse::wire {
namespace {

namespace beast = boost::beast;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

// Beast reads one whole head; its idea of the body is never asked for.
template <bool kIsRequest>
class HeadReader final : public beast::http::basic_parser<kIsRequest> {
 public:
  HeadReader(HttpHead& head, std::size_t bytes) : head_(head) {
    this->header_limit(static_cast<std::uint32_t>(bytes + 1));
    this->body_limit(boost::none);
  }
  const HeadFacts& facts() const { return facts_; }

 private:
  using Code = beast::error_code;
  using Text = beast::string_view;
  using Length = boost::optional<std::uint64_t>;

  void on_request_impl(beast::http::verb, Text method, Text target, int version, Code&) override {
    head_.method = View(method);
    head_.target = View(target);
    head_.version = version;
  }
  void on_response_impl(int status, Text reason, int version, Code&) override {
    head_.status = status;
    head_.reason = View(reason);
    head_.version = version;
  }
  void on_field_impl(beast::http::field id, Text name, Text value, Code&) override {
    head_.fields.push_back({View(name), View(value)});
    Note(id, View(value));
  }
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const Length&, Code&) override {}
  std::size_t on_body_impl(Text body, Code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, Code&) override { return body.size(); }
  void on_finish_impl(Code&) override {}

  void Note(beast::http::field id, std::string_view value);

  HttpHead& head_;
  HeadFacts facts_;
};

template <bool kIsRequest>
void HeadReader<kIsRequest>::Note(beast::http::field id, std::string_view value) {
  using beast::http::field;
  switch (id) {
    case field::host:
      ++facts_.hosts;
      break;
    case field::content_length:
      ++facts_.lengths;
      facts_.length = value;
      break;
    case field::transfer_encoding:
      ++facts_.encodings;
      facts_.encoding = value;
      break;
    case field::connection:
      facts_.close |= ListHolds(value, "close");
      facts_.keep_alive |= ListHolds(value, "keep-alive");
      head_.upgrade |= ListHolds(value, "upgrade");
      break;
    case field::expect:
      head_.expect_continue |= ListHolds(value, "100-continue");
      break;
    default:
      break;
  }
}

// Beast says "bad version" of HTTP/2.0 and of garbage alike; only the first is 505.
HttpFault VersionFault(std::string_view bytes, bool is_request) {
  const auto line = bytes.substr(0, bytes.find('\r'));
  const auto text =
      is_request && line.size() > 8 ? line.substr(line.size() - 8) : line.substr(0, 8);
  const bool is_version = text.size() == 8 && text.starts_with("HTTP/") && IsDigit(text[5]) &&
                          text[6] == '.' && IsDigit(text[7]);
  if (is_version && text != "HTTP/1.1" && text != "HTTP/1.0") {
    return {505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  }
  return {400, "malformed start line"};
}

HttpFault BeastFault(const beast::error_code& code, std::string_view bytes, bool is_request) {
  using beast::http::error;
  if (code == error::bad_version) return VersionFault(bytes, is_request);
  if (code == error::bad_method) return {400, "malformed method"};
  if (code == error::bad_target) return {400, "malformed target"};
  if (code == error::bad_status || code == error::bad_reason) return {400, "malformed status line"};
  if (code == error::bad_line_ending) return {400, "bare CR"};
  if (code == error::bad_field) return {400, "malformed field name"};
  if (code == error::bad_value) return {400, "malformed field value"};
  if (code == error::bad_content_length || code == error::multiple_content_length) {
    return {400, "malformed Content-Length"};
  }
  if (code == error::bad_transfer_encoding) return {400, "malformed Transfer-Encoding"};
  return {400, "malformed head"};
}

template <bool kIsRequest>
HttpFault ReadHead(std::string_view bytes, HttpHead& head) {
  HeadReader<kIsRequest> reader(head, bytes.size());
  beast::error_code code;
  const std::size_t used = reader.put(boost::asio::buffer(bytes.data(), bytes.size()), code);
  if (code) return BeastFault(code, bytes, kIsRequest);
  if (used != bytes.size()) return {400, "malformed head"};
  return CheckHead(head, reader.facts(), kIsRequest);
}

}  // namespace

struct HttpParser::State {
  enum class At { kHead, kLengthBody, kChunkedBody, kBodyToEnd, kNoBody, kFailed };

  Role role;
  HttpLimits limits;
  At at = At::kHead;
  HeadScan scan;
  std::string bytes;  // of the head; the views of head point here
  HttpHead head;
  std::uint64_t left = 0;  // kLengthBody
  ChunkedBody chunks;
  HttpFault fault;

  HttpStep ParseHead(std::string_view input);
  HttpStep ParseLengthBody(std::string_view input);
  HttpStep Fail(int status, std::string_view reason);
  At BodyKind() const;
};

HttpStep HttpParser::State::Fail(int status, std::string_view reason) {
  at = At::kFailed;
  fault = {status, reason};
  HttpStep step;
  step.kind = HttpStep::kError;
  step.status = status;
  step.reason = reason;
  return step;
}

HttpStep HttpParser::State::ParseHead(std::string_view input) {
  HttpFault found;
  const bool is_request = role == kRequests;
  const std::size_t size = scan.Find(input, limits, is_request, &found);
  if (found.status) return Fail(found.status, found.reason);
  if (size == 0) return {};
  const std::size_t forgiven = input.starts_with("\r\n") ? 2 : 0;
  bytes.assign(input.substr(forgiven, size - forgiven));
  found = is_request ? ReadHead<true>(bytes, head) : ReadHead<false>(bytes, head);
  if (found.status) return Fail(found.status, found.reason);
  at = BodyKind();
  chunks = ChunkedBody(limits.chunked_bytes_max);
  left = head.content_length.value_or(0);
  HttpStep step;
  step.kind = HttpStep::kHead;
  step.consumed = size;
  return step;
}

// RFC 9112 §6.3.
HttpParser::State::At HttpParser::State::BodyKind() const {
  const bool never = head.status / 100 == 1 || head.status == 204 || head.status == 304;
  if (role == kResponses && never) return At::kNoBody;
  if (head.chunked) return At::kChunkedBody;
  if (head.content_length) return *head.content_length > 0 ? At::kLengthBody : At::kNoBody;
  return role == kRequests ? At::kNoBody : At::kBodyToEnd;
}

HttpStep HttpParser::State::ParseLengthBody(std::string_view input) {
  HttpStep step;
  if (input.empty()) return step;
  step.kind = HttpStep::kBody;
  step.body =
      input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, input.size())));
  step.consumed = step.body.size();
  left -= step.consumed;
  if (left == 0) at = At::kNoBody;
  return step;
}

HttpParser::HttpParser(Role role, HttpLimits limits) : state_(std::make_unique<State>()) {
  state_->role = role;
  state_->limits = limits;
}
HttpParser::~HttpParser() = default;
HttpParser::HttpParser(HttpParser&&) noexcept = default;
HttpParser& HttpParser::operator=(HttpParser&&) noexcept = default;

HttpStep HttpParser::Parse(std::string_view input) {
  HttpStep step;
  switch (state_->at) {
    case State::At::kHead:
      return state_->ParseHead(input);
    case State::At::kLengthBody:
      return state_->ParseLengthBody(input);
    case State::At::kChunkedBody:
      step = state_->chunks.Parse(input);
      if (step.kind == HttpStep::kError) return state_->Fail(step.status, step.reason);
      if (step.kind == HttpStep::kComplete) state_->at = State::At::kNoBody;
      return step;
    case State::At::kBodyToEnd:
      step.kind = input.empty() ? HttpStep::kNeedMore : HttpStep::kBody;
      step.body = input;
      step.consumed = input.size();
      return step;
    case State::At::kNoBody:
      step.kind = HttpStep::kComplete;
      return step;
    case State::At::kFailed:
      break;
  }
  return state_->Fail(state_->fault.status, state_->fault.reason);
}

const HttpHead& HttpParser::head() const {
  CHECK(state_->at != State::At::kHead);
  return state_->head;
}

void HttpParser::SkipBody() {
  CHECK(state_->at != State::At::kHead && state_->at != State::At::kFailed);
  state_->at = State::At::kNoBody;
}

HttpStep HttpParser::End() {
  HttpStep step;
  step.kind = HttpStep::kComplete;
  if (state_->at == State::At::kNoBody) return step;
  if (state_->at == State::At::kFailed) return Parse({});
  if (state_->at != State::At::kBodyToEnd) return state_->Fail(400, "message cut short");
  state_->at = State::At::kNoBody;
  return step;
}

void HttpParser::Next() {
  auto fields = std::move(state_->head.fields);
  fields.clear();
  state_->head = {};
  state_->head.fields = std::move(fields);
  state_->scan = {};
  state_->at = State::At::kHead;
}

}  // namespace gatehouse::wire
