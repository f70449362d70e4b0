// For tests: reads HTTP as a socket's owner does, at every cut, and writes down what came.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "wire/http_parser.h"

namespace gatehouse::wire {

inline constexpr auto kRequests = HttpParser::kRequests;
inline constexpr auto kResponses = HttpParser::kResponses;

// Reads as a socket's owner does and writes down what came, one line a message.
class Reader {
 public:
  explicit Reader(HttpParser::Role role, HttpLimits limits = {}) : parser_(role, limits) {}

  void Feed(std::string_view bytes) {
    kept_.append(bytes);
    for (;;) {
      const HttpStep step = parser_.Parse(kept_);
      ASSERT_LE(step.consumed, kept_.size());
      Note(step);
      const bool waits = step.kind == HttpStep::kNeedMore || step.kind == HttpStep::kError;
      kept_.erase(0, step.consumed);
      if (step.kind == HttpStep::kComplete) parser_.Next();
      if (waits) return;
    }
  }

  void End() { Note(parser_.End()); }
  const std::string& told() const { return told_; }

 private:
  void Note(const HttpStep& step) {
    if (step.kind == HttpStep::kHead) {
      const HttpHead& head = parser_.head();
      told_.append(head.method).append(std::to_string(head.status)).append(" ");
      told_.append(head.target).append(head.reason).append(" ");
      for (const HttpField& field : head.fields) {
        told_.append(field.name).append("=").append(field.value).append(";");
      }
      told_.append(" [");
    } else if (step.kind == HttpStep::kBody) {
      told_.append(step.body);
    } else if (step.kind == HttpStep::kComplete) {
      told_.append("]\n");
    } else if (step.kind == HttpStep::kError && error_.empty()) {
      error_ = std::to_string(step.status) + " " + std::string(step.reason);
      told_.append("!").append(error_);
    }
  }

  HttpParser parser_;
  std::string kept_, told_, error_;
};

// What is told of input, which must not depend on how it is cut.
inline std::string Tell(const std::string& input, HttpParser::Role role = kRequests,
                        HttpLimits limits = {}) {
  Reader whole(role, limits);
  whole.Feed(input);
  Reader bytes(role, limits);
  for (const char c : input) bytes.Feed({&c, 1});
  EXPECT_EQ(bytes.told(), whole.told()) << "byte by byte: " << input;
  for (std::size_t cut = 1; cut < input.size(); ++cut) {
    Reader halves(role, limits);
    halves.Feed(std::string_view(input).substr(0, cut));
    halves.Feed(std::string_view(input).substr(cut));
    EXPECT_EQ(halves.told(), whole.told()) << "cut at " << cut << ": " << input;
  }
  return whole.told();
}

inline std::string Get(std::string_view fields) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

inline std::string Chunked(std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
}

inline std::string Error(const std::string& input, HttpParser::Role role = kRequests) {
  const std::string told = Tell(input, role);
  const auto mark = told.rfind('!');
  return mark == told.npos ? "accepted: " + told : told.substr(mark + 1);
}

}  // namespace gatehouse::wire
