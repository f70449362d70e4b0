#include "wire/websocket_frame.h"

#include <string>

#include <gtest/gtest.h>

namespace gatehouse::wire {
namespace {

using std::string_literals::operator""s;

constexpr MaskKey kMask = {0x37, 0xfa, 0x21, 0x3d};

std::string Encode(Opcode opcode, bool fin, std::string payload, bool masked, bool rsv1 = false) {
  char header[kFrameHeaderBytesMax];
  const auto mask = masked ? std::optional(kMask) : std::nullopt;
  const std::size_t size = WriteFrameHeader(header, opcode, fin, payload.size(), mask, rsv1);
  if (masked) ApplyMask(payload, kMask);
  return std::string(header, size) + payload;
}

std::string_view Text(const Frame& frame) { return {frame.payload.data(), frame.payload.size()}; }

FrameRead Read(std::string& bytes, const FrameRules& rules = {}) { return ReadFrame(bytes, rules); }

// The error of reading bytes, whichever prefix shows it first; every shorter one asks for more.
FrameRead ReadToError(const std::string& bytes, const FrameRules& rules = {}) {
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    std::string prefix = bytes.substr(0, size);
    FrameRead read = ReadFrame(prefix, rules);
    EXPECT_NE(read.status, FrameRead::kFrame) << size;
    if (read.status == FrameRead::kError) return read;
  }
  ADD_FAILURE() << "no error";
  return {};
}

void ExpectRefused(const std::string& bytes, int code, const FrameRules& rules = {}) {
  const FrameRead first = ReadToError(bytes, rules);
  EXPECT_EQ(first.close_code, code) << first.reason;
  EXPECT_FALSE(first.reason.empty());
  std::string whole = bytes;
  const FrameRead read = ReadFrame(whole, rules);
  EXPECT_EQ(read.status, FrameRead::kError);
  EXPECT_EQ(read.close_code, code);
  EXPECT_EQ(read.reason, first.reason);
  EXPECT_EQ(whole, bytes) << "an error must not touch the input";
}

constexpr FrameRules kClient = {.masked = false};

// RFC 6455 §5.7.
TEST(ReadFrame, ReadsTheExamplesOfTheRfc) {
  std::string hello = "\x81\x05Hello"s;
  EXPECT_EQ(Text(Read(hello, kClient).frame), "Hello");

  std::string masked = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s;
  const FrameRead read = Read(masked);
  ASSERT_EQ(read.status, FrameRead::kFrame);
  EXPECT_EQ(Text(read.frame), "Hello");
  EXPECT_EQ(read.frame.opcode, Opcode::kText);
  EXPECT_TRUE(read.frame.fin);
  EXPECT_EQ(read.consumed, masked.size());

  std::string parts = "\x01\x03Hel\x80\x02lo"s;
  const FrameRead first = Read(parts, kClient);
  EXPECT_FALSE(first.frame.fin);
  EXPECT_EQ(Text(first.frame), "Hel");
  std::string rest = parts.substr(first.consumed);
  const FrameRead last = Read(rest, kClient);
  EXPECT_EQ(last.frame.opcode, Opcode::kContinuation);
  EXPECT_TRUE(last.frame.fin);
  EXPECT_EQ(Text(last.frame), "lo");

  std::string pong = "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s;
  EXPECT_EQ(Read(pong).frame.opcode, Opcode::kPong);
  std::string binary256 = "\x82\x7e\x01\x00"s + std::string(256, 'x');
  EXPECT_EQ(Read(binary256, kClient).frame.payload.size(), 256u);
  std::string binary64k = "\x82\x7f\0\0\0\0\0\x01\0\0"s + std::string(65536, 'x');
  EXPECT_EQ(Read(binary64k, {.masked = false, .payload_bytes_max = 65536}).frame.payload.size(),
            65536u);
}

class FrameSizes : public testing::TestWithParam<std::size_t> {};

TEST_P(FrameSizes, ComeBackFromWriteAndRead) {
  std::string payload(GetParam(), 'x');
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(i * 7);
  for (const bool masked : {false, true}) {
    std::string bytes = Encode(Opcode::kBinary, true, payload, masked) + "next";
    const FrameRead read = Read(bytes, {.masked = masked, .payload_bytes_max = 1 << 20});
    ASSERT_EQ(read.status, FrameRead::kFrame);
    EXPECT_EQ(Text(read.frame), payload);
    EXPECT_EQ(read.consumed, bytes.size() - 4);
  }
}

TEST_P(FrameSizes, AnyPrefixAsksForMoreAndStaysUntouched) {
  const std::string bytes = Encode(Opcode::kText, true, std::string(GetParam(), 'x'), true);
  const std::size_t header = bytes.size() - GetParam();
  for (std::size_t size = 0; size < bytes.size(); size += size < 20 ? 1 : 997) {
    std::string prefix = bytes.substr(0, size);
    const FrameRead read = Read(prefix, {.payload_bytes_max = 1 << 20});
    ASSERT_EQ(read.status, FrameRead::kNeedMore) << size;
    EXPECT_EQ(read.needed, size + 4 < header ? 0 : bytes.size()) << size;
    EXPECT_EQ(prefix, bytes.substr(0, size));
  }
}

INSTANTIATE_TEST_SUITE_P(ReadFrame, FrameSizes,
                         testing::Values(0, 1, 7, 125, 126, 127, 65535, 65536, 131072));

TEST(WriteFrameHeader, UsesTheShortestLength) {
  char out[kFrameHeaderBytesMax];
  const auto size = [&](std::uint64_t bytes) {
    return WriteFrameHeader(out, Opcode::kText, true, bytes);
  };
  EXPECT_EQ(size(0), 2u);
  EXPECT_EQ(size(125), 2u);
  EXPECT_EQ(size(126), 4u);
  EXPECT_EQ(size(65535), 4u);
  EXPECT_EQ(size(65536), 10u);
  EXPECT_EQ(std::string(out, 10), "\x81\x7f\0\0\0\0\0\x01\0\0"s);
  EXPECT_EQ(WriteFrameHeader(out, Opcode::kContinuation, false, 1u << 20, kMask), 14u);
  EXPECT_EQ(std::string(out, 2), "\x00\xff"s);
}

TEST(ReadFrame, HoldsDataFramesToTheLimit) {
  const FrameRules rules = {.payload_bytes_max = 32768};
  std::string fits = Encode(Opcode::kText, true, std::string(32768, 'x'), true);
  EXPECT_EQ(Read(fits, rules).status, FrameRead::kFrame);
  ExpectRefused(Encode(Opcode::kText, true, std::string(32769, 'x'), true), kCloseTooBig, rules);
  ExpectRefused(Encode(Opcode::kContinuation, true, std::string(32769, 'x'), true), kCloseTooBig,
                rules);
  std::string ping = Encode(Opcode::kPing, true, std::string(125, 'x'), true);
  EXPECT_EQ(Read(ping, {.payload_bytes_max = 10}).status, FrameRead::kFrame);
}

TEST(ReadFrame, TellsAnErrorAsSoonAsTheHeaderShowsIt) {
  std::string opcode = "\x83"s;
  EXPECT_EQ(Read(opcode).status, FrameRead::kError);
  std::string unmasked = "\x81\x05"s;
  EXPECT_EQ(Read(unmasked).status, FrameRead::kError);
  std::string huge = "\x81\xff\x00\x00\x00\x01\x00\x00\x00\x00"s;
  EXPECT_EQ(Read(huge).close_code, kCloseTooBig);
}

TEST(ReadFrame, RefusesReservedOpcodesAndBits) {
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    std::string bytes = "\x80\x80\0\0\0\0"s;
    bytes[0] = static_cast<char>(0x80 | opcode);
    ExpectRefused(bytes, kCloseProtocolError);
  }
  for (const int bits : {0x10, 0x20, 0x30, 0x40, 0x70}) {
    std::string bytes = "\x81\x80\0\0\0\0"s;
    bytes[0] = static_cast<char>(0x81 | bits);
    ExpectRefused(bytes, kCloseProtocolError);
  }
}

TEST(ReadFrame, TakesRsv1OnTheFirstDataFrameOnlyAndIfNegotiated) {
  const FrameRules rules = {.allow_rsv1 = true};
  std::string text = Encode(Opcode::kText, false, "x", true, true);
  ASSERT_EQ(Read(text, rules).status, FrameRead::kFrame);
  std::string again = Encode(Opcode::kText, false, "x", true, true);
  EXPECT_TRUE(Read(again, rules).frame.rsv1);
  ExpectRefused("\xc0\x80\0\0\0\0"s, kCloseProtocolError, rules);  // continuation
  ExpectRefused("\xc9\x80\0\0\0\0"s, kCloseProtocolError, rules);  // ping
  ExpectRefused("\xa1\x80\0\0\0\0"s, kCloseProtocolError, rules);  // RSV2
}

TEST(ReadFrame, RefusesWrongMasking) {
  ExpectRefused("\x81\x05Hello"s, kCloseProtocolError);
  ExpectRefused("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s, kCloseProtocolError, kClient);
}

TEST(ReadFrame, RefusesFragmentedAndLongControlFrames) {
  ExpectRefused("\x08\x80\0\0\0\0"s, kCloseProtocolError);
  ExpectRefused("\x09\x80\0\0\0\0"s, kCloseProtocolError);
  ExpectRefused("\x0a\x80\0\0\0\0"s, kCloseProtocolError);
  ExpectRefused("\x89\xfe\x00\x7e\0\0\0\0"s + std::string(126, 'x'), kCloseProtocolError);
  ExpectRefused("\x88\xff\0\0\0\0\0\0\0\x7e\0\0\0\0"s, kCloseProtocolError);
}

TEST(ReadFrame, RefusesLengthsThatAreNotMinimal) {
  ExpectRefused("\x82\xfe\x00\x7d\0\0\0\0"s, kCloseProtocolError);
  ExpectRefused("\x82\xfe\x00\x00\0\0\0\0"s, kCloseProtocolError);
  ExpectRefused("\x82\xff\0\0\0\0\0\0\xff\xff\0\0\0\0"s, kCloseProtocolError);
  ExpectRefused("\x82\xff\0\0\0\0\0\0\0\x7d\0\0\0\0"s, kCloseProtocolError);
  ExpectRefused("\x82\xff\x80\0\0\0\0\0\0\0\0\0\0\0"s, kCloseProtocolError);
  ExpectRefused("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"s, kCloseProtocolError);
  std::string minimal = Encode(Opcode::kText, true, std::string(126, 'x'), true);
  EXPECT_EQ(Read(minimal).status, FrameRead::kFrame);
}

TEST(ReadFrame, RefusesTheLongestLengthWithoutOverflow) {
  ExpectRefused("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"s, kCloseTooBig);
  std::string same = "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"s;
  const FrameRead read = Read(same, {.payload_bytes_max = ~std::uint64_t{0}});
  EXPECT_EQ(read.status, FrameRead::kNeedMore);
  EXPECT_EQ(read.needed, 0x7fffffffffffffffu + 14);
}

TEST(ApplyMask, IsTheSameAsByteByByteForEverySizeAndOffset) {
  for (std::size_t size = 0; size < 140; ++size) {
    for (std::size_t offset = 0; offset < 5; ++offset) {
      std::string data(size, 'a');
      std::string expected = data;
      for (std::size_t i = 0; i < size; ++i) {
        expected[i] = static_cast<char>(expected[i] ^ kMask[(i + offset) % 4]);
      }
      ApplyMask(data, kMask, offset);
      ASSERT_EQ(data, expected) << size << " from " << offset;
    }
  }
}

TEST(ApplyMask, InPartsIsTheSameAsAtOnce) {
  std::string whole(200, 'q');
  ApplyMask(whole, kMask);
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    std::string parts(200, 'q');
    ApplyMask(std::span(parts).first(cut), kMask);
    ApplyMask(std::span(parts).subspan(cut), kMask, cut);
    ASSERT_EQ(parts, whole) << cut;
  }
}

std::string CodeBytes(int code) {
  return {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
}

TEST(ReadClosePayload, ReadsCodeAndReason) {
  std::uint16_t error = 0;
  EXPECT_EQ(ReadClosePayload("", &error)->code, kCloseNoStatus);
  const std::string bye = CodeBytes(1000) + "byé";
  const auto close = ReadClosePayload(bye, &error);
  ASSERT_TRUE(close);
  EXPECT_EQ(close->code, 1000);
  EXPECT_EQ(close->reason, "byé");
  EXPECT_EQ(error, 0);
}

TEST(ReadClosePayload, TakesTheCodesThatMayBeOnTheWire) {
  for (int code = 0; code < 65536; ++code) {
    const bool allowed = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                         (code >= 3000 && code <= 4999);
    std::uint16_t error = 0;
    EXPECT_EQ(ReadClosePayload(CodeBytes(code), &error).has_value(), allowed) << code;
    EXPECT_EQ(error, allowed ? 0 : kCloseProtocolError) << code;
  }
}

TEST(ReadClosePayload, RefusesHalfACodeAndBrokenText) {
  std::uint16_t error = 0;
  EXPECT_FALSE(ReadClosePayload("\x03", &error));
  EXPECT_EQ(error, kCloseProtocolError);
  EXPECT_FALSE(ReadClosePayload(CodeBytes(1000) + "\xce\xba\xe1\xbd\xb9\xcf\x83\xed", &error));
  EXPECT_EQ(error, kCloseInvalidPayload);
}

}  // namespace
}  // namespace gatehouse::wire
