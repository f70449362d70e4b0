#include "wire/http_head.h"

#include <algorithm>
#include <charconv>

#include "wire/ascii.h"

namespace gatehouse::wire {
namespace {

HttpFault CheckLength(const HeadFacts& facts, HttpHead& head) {
  if (facts.lengths == 0) return {};
  if (facts.lengths > 1) return {400, "two Content-Lengths"};
  std::uint64_t length = 0;
  const char* const last = facts.length.data() + facts.length.size();
  const auto [end, error] = std::from_chars(facts.length.data(), last, length);
  // from_chars reads no sign for an unsigned type, so all that is left to refuse is what follows.
  if (error != std::errc() || end != last) return {400, "malformed Content-Length"};
  head.content_length = length;
  return {};
}

HttpFault CheckTransferEncoding(const HeadFacts& facts, HttpHead& head) {
  if (facts.encodings == 0) return {};
  if (head.version == 10) return {400, "Transfer-Encoding in HTTP/1.0"};
  if (head.content_length) return {400, "Transfer-Encoding with Content-Length"};
  if (facts.encodings > 1 || !EqualsIgnoreCase(facts.encoding, "chunked")) {
    return {400, "Transfer-Encoding other than chunked"};
  }
  head.chunked = true;
  return {};
}

constexpr std::string_view kSchemes[] = {"http", "https", "ws", "wss"};

// What a client of a proxy sends, "http://host/path", as the origin server sees it: the path is the
// target, and the authority is the Host, whatever the Host beside it says (RFC 9112 §3.2.2).
HttpFault TakeAbsoluteForm(HttpHead& head) {
  const auto target = head.target;
  if (target.starts_with('/') || head.method == "CONNECT" || target == "*") return {};
  constexpr HttpFault kMalformed{400, "malformed target"};
  const auto colon = target.find("://");
  if (colon == target.npos) return kMalformed;
  const auto is_scheme = [&](std::string_view s) {
    return EqualsIgnoreCase(s, target.substr(0, colon));
  };
  if (std::none_of(std::begin(kSchemes), std::end(kSchemes), is_scheme)) return kMalformed;
  const auto rest = target.substr(colon + 3);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto authority = rest.substr(0, end);
  const auto path = rest.substr(end);
  if (authority.empty() || authority.find('@') != authority.npos) return kMalformed;
  if (!path.empty() && path.front() != '/') return kMalformed;
  head.target = path.empty() ? std::string_view("/") : path;
  const auto host =
      std::find_if(head.fields.begin(), head.fields.end(),
                   [](const HttpField& field) { return EqualsIgnoreCase(field.name, "Host"); });
  if (host == head.fields.end()) {
    head.fields.push_back({"Host", authority});
  } else {
    host->value = authority;
  }
  return {};
}

}  // namespace

std::size_t HeadScan::Find(std::string_view input, const HttpLimits& limits, bool is_request,
                           HttpFault* fault) {
  if (input.size() < next_) *this = {};
  const auto text = input.substr(0, limits.head_bytes_max);
  for (auto end = text.find('\n', next_); end != text.npos; end = text.find('\n', next_)) {
    const auto line = text.substr(line_, end - line_);
    next_ = line_ = end + 1;
    if (!line.ends_with('\r')) {
      *fault = {400, "bare LF"};
      return 0;
    }
    if (line.size() == 1) {
      if (lines_ > 0) return end + 1;
      // RFC 9112 §2.2: one empty line before a request is forgiven.
      if (is_request && end == 1) continue;
      *fault = {400, "empty start line"};
      return 0;
    }
    if (lines_ > 0 && IsBlank(line.front())) {
      *fault = {400, "folded field"};
      return 0;
    }
    if (lines_++ > limits.fields_max) {
      *fault = {431, "too many fields"};
      return 0;
    }
  }
  next_ = text.size();
  if (input.size() >= limits.head_bytes_max) *fault = {431, "head too long"};
  return 0;
}

HttpFault CheckHead(HttpHead& head, const HeadFacts& facts, bool is_request) {
  if (const HttpFault fault = CheckLength(facts, head); fault.status) return fault;
  if (const HttpFault fault = CheckTransferEncoding(facts, head); fault.status) return fault;
  if (is_request) {
    if (facts.hosts > 1) return {400, "two Hosts"};
    if (facts.hosts == 0 && head.version == 11) return {400, "no Host"};
    if (const HttpFault fault = TakeAbsoluteForm(head); fault.status) return fault;
  } else if (head.status < 100) {
    return {400, "malformed status line"};
  }
  head.keep_alive = !facts.close && (head.version == 11 || facts.keep_alive);
  if (head.version == 10) head.expect_continue = false;  // RFC 9110 §10.1.1
  return {};
}

bool ListHolds(std::string_view list, std::string_view token) {
  for (;;) {
    const auto comma = list.find(',');
    if (EqualsIgnoreCase(TrimBlanks(list.substr(0, comma)), token)) return true;
    if (comma == list.npos) return false;
    list.remove_prefix(comma + 1);
  }
}

std::optional<std::string_view> HttpHead::Find(std::string_view name) const {
  for (const HttpField& field : fields) {
    if (EqualsIgnoreCase(field.name, name)) return field.value;
  }
  return std::nullopt;
}

bool HttpHead::HasToken(std::string_view name, std::string_view token) const {
  return std::any_of(fields.begin(), fields.end(), [&](const HttpField& field) {
    return EqualsIgnoreCase(field.name, name) && ListHolds(field.value, token);
  });
}

std::size_t HttpHead::Count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(),
                    [&](const HttpField& field) { return EqualsIgnoreCase(field.name, name); }));
}

std::string HttpHead::List(std::string_view name) const {
  std::string list;
  for (const HttpField& field : fields) {
    if (!EqualsIgnoreCase(field.name, name)) continue;
    if (!list.empty()) list += ", ";
    list += field.value;
  }
  return list;
}

}  // namespace gatehouse::wire
