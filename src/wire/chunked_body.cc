#include "wire/chunked_body.h"

#include <algorithm>

#include "wire/ascii.h"

namespace gatehouse::wire {
namespace {

constexpr int kSizeDigitsMax = 16;  // 64 bits; longer ones overflow or are padded to deceive
constexpr std::string_view kTooManyExtras = "chunk extensions or trailers too long";
constexpr std::string_view kTooLarge = "Request Entity Too Large";

int StatusOf(std::string_view reason) {
  if (reason == kTooLarge) return 413;
  return reason == kTooManyExtras ? 431 : 400;
}

HttpStep RefuseChunk(std::string_view reason) {
  HttpStep step;
  step.kind = HttpStep::kError;
  step.status = StatusOf(reason);
  step.reason = reason;
  return step;
}

}  // namespace

HttpStep ChunkedBody::Parse(std::string_view input) {
  HttpStep step;
  for (; step.consumed < input.size() && at_ != At::kEnd; ++step.consumed) {
    if (at_ == At::kData) {
      const auto size = std::min<std::uint64_t>(left_, input.size() - step.consumed);
      step.kind = HttpStep::kBody;
      step.body = input.substr(step.consumed, static_cast<std::size_t>(size));
      step.consumed += step.body.size();
      left_ -= size;
      if (left_ == 0) at_ = At::kDataCr;
      return step;
    }
    if (const auto fault = Take(input[step.consumed]); !fault.empty()) return RefuseChunk(fault);
  }
  if (at_ == At::kEnd) step.kind = HttpStep::kComplete;
  return step;
}

std::string_view ChunkedBody::Take(char c) {
  switch (at_) {
    case At::kSizeStart:
    case At::kSize:
      return TakeSize(c);
    case At::kExtensionBlank:
      if (!CountExtra()) return kTooManyExtras;
      if (c == ';') at_ = At::kExtension;
      return c == ';' || IsBlank(c) ? "" : "malformed chunk size";
    case At::kExtension:
      return TakeText(c, At::kSizeLf);
    case At::kSizeLf:
      digits_ = 0;
      room_ -= left_;
      at_ = left_ == 0 ? At::kTrailerStart : At::kData;
      return c == '\n' ? "" : "bare CR in chunk size";
    case At::kDataCr:
      at_ = At::kDataLf;
      return c == '\r' ? "" : "chunk longer than its size";
    case At::kDataLf:
      at_ = At::kSizeStart;
      return c == '\n' ? "" : "chunk longer than its size";
    case At::kTrailerStart:
      at_ = c == '\r' ? At::kLastLf : At::kTrailerName;
      if (c != '\r' && !CountExtra()) return kTooManyExtras;
      return c == '\r' || IsTokenChar(c) ? "" : "malformed trailer";
    case At::kTrailerName:
      if (!CountExtra()) return kTooManyExtras;
      if (c == ':') at_ = At::kTrailerValue;
      return c == ':' || IsTokenChar(c) ? "" : "malformed trailer";
    case At::kTrailerValue:
      return TakeText(c, At::kTrailerLf);
    case At::kTrailerLf:
      at_ = At::kTrailerStart;
      return c == '\n' ? "" : "bare CR in trailer";
    case At::kLastLf:
      at_ = At::kEnd;
      return c == '\n' ? "" : "bare CR in trailer";
    case At::kData:
    case At::kEnd:
      break;
  }
  return {};
}

std::string_view ChunkedBody::TakeSize(char c) {
  if (const int digit = HexDigit(c); digit >= 0) {
    if (++digits_ > kSizeDigitsMax) return "chunk size too large";
    left_ = left_ << 4 | static_cast<unsigned>(digit);
    at_ = At::kSize;
    return left_ > room_ ? kTooLarge : "";
  }
  if (at_ == At::kSizeStart) return "malformed chunk size";
  if (c == '\r') {
    at_ = At::kSizeLf;
  } else if (c == ';') {
    at_ = At::kExtension;
  } else if (IsBlank(c)) {
    at_ = At::kExtensionBlank;
  } else {
    return "malformed chunk size";
  }
  return {};
}

// Skips the rest of a line; a bare LF here is how two servers are made to see different chunks.
std::string_view ChunkedBody::TakeText(char c, At after) {
  if (!CountExtra()) return kTooManyExtras;
  if (c == '\r') at_ = after;
  return c == '\r' || IsFieldValueChar(c) ? "" : "control character in chunked body";
}

}  // namespace gatehouse::wire
