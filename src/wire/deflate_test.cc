#include "wire/deflate.h"

#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

namespace gatehouse::wire {
namespace {

using Status = Inflater::Status;
using namespace std::string_literals;

constexpr std::size_t kPadding = 64;

// As another implementation would: any level and window, one flush for each part.
std::string DeflatedParts(const std::vector<std::string>& parts, int level = 9, int window = -15) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, level, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out;
  for (std::string part : parts) {
    std::string room(part.size() * 2 + 100, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(part.data());
    stream.avail_in = static_cast<uInt>(part.size());
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    EXPECT_EQ(deflate(&stream, Z_SYNC_FLUSH), Z_OK);
    out += room.substr(0, room.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  return out.substr(0, out.size() - 4);
}

std::string Deflated(const std::string& text) { return DeflatedParts({text}); }

// Bytes that do not compress.
std::string Noise(std::size_t size) {
  std::string bytes;
  unsigned state = 7;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    bytes += static_cast<char>(state >> 24);
  }
  return bytes;
}

class InflaterTest : public testing::Test {
 protected:
  std::string Inflate(std::string_view compressed) {
    Inflater::Inflated result = inflater_.Inflate(compressed);
    if (result.status == Status::kTooBig) return "too big";
    if (result.status == Status::kMalformed) return "malformed";
    return std::string(result.data);
  }
  Inflater inflater_{1000, kPadding};
};

// RFC 7692 §7.2.3.1, §7.2.3.3, §7.2.3.4, §7.2.3.5, §7.2.3.6.
TEST_F(InflaterTest, ReadsTheExamplesOfTheRfc) {
  EXPECT_EQ(Inflate("\xf2\x48\xcd\xc9\xc9\x07\x00"s), "Hello");
  EXPECT_EQ(Inflate("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s), "Hello");
  EXPECT_EQ(Inflate("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s), "Hello");
  EXPECT_EQ(Inflate("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s), "Hello");
  EXPECT_EQ(Inflate("\x00"s), "");
}

TEST_F(InflaterTest, AnEmptyPayloadIsAnEmptyMessage) { EXPECT_EQ(Inflate(""), ""); }

TEST_F(InflaterTest, ReadsWhateverLevelWindowAndFlushesTheSenderChose) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "{\"n\":" + std::to_string(i) + "}";
  for (int level = 0; level <= 9; ++level) {
    for (int window = 9; window <= 15; ++window) {
      EXPECT_EQ(Inflate(DeflatedParts({text}, level, -window)), text) << level << " " << window;
    }
  }
  EXPECT_EQ(Inflate(DeflatedParts({text.substr(0, 10), text.substr(10, 1), text.substr(11)})),
            text);
}

TEST_F(InflaterTest, TellsTheLimitToTheByte) {
  EXPECT_EQ(Inflate(Deflated(std::string(1000, 'x'))), std::string(1000, 'x'));
  EXPECT_EQ(Inflate(Deflated(std::string(1001, 'x'))), "too big");
  EXPECT_EQ(Inflate(Deflated(Noise(1000))), Noise(1000));
  EXPECT_EQ(Inflate(Deflated(Noise(1001))), "too big");
  EXPECT_EQ(Inflate(Deflated(std::string(10'000'000, 'x'))), "too big");
}

TEST_F(InflaterTest, IsGoodAgainAfterEachFailure) {
  for (const char* bad : {"\xff\xff\xff", "\x07", "\x06"}) {
    EXPECT_EQ(Inflate(bad), "malformed");
    EXPECT_EQ(Inflate(Deflated("after")), "after");
  }
  EXPECT_EQ(Inflate(Deflated(std::string(5000, 'x'))), "too big");
  EXPECT_EQ(Inflate(Deflated("after")), "after");
}

TEST_F(InflaterTest, RefusesWhatStopsAmidABlock) {
  std::string whole = Deflated("hello hello hello, this is cut");
  for (std::size_t size = 1; size + 1 < whole.size(); ++size) {
    EXPECT_EQ(Inflate(whole.substr(0, size)), "malformed") << size;
  }
}

// No context: a message cannot reach back into the one before.
TEST_F(InflaterTest, RefusesReferencesToAnEarlierMessage) {
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string text = "an uncommon sentence, said twice";
  std::vector<std::string> messages;
  for (int i = 0; i < 2; ++i) {
    std::string room(200, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = 200;
    ASSERT_EQ(deflate(&stream, Z_SYNC_FLUSH), Z_OK);
    messages.push_back(room.substr(0, 200 - stream.avail_out - 4));
  }
  deflateEnd(&stream);
  EXPECT_EQ(Inflate(messages[0]), text);
  EXPECT_EQ(Inflate(messages[1]), "malformed");
}

TEST_F(InflaterTest, HasPaddingBehindTheMessage) {
  const std::string text(1000, 'x');
  const Inflater::Inflated result = inflater_.Inflate(Deflated(text));
  unsigned sum = 0;
  for (std::size_t i = 0; i < kPadding; ++i) {
    const_cast<char*>(result.data.data())[text.size() + i] = 1;
    sum += static_cast<unsigned char>(result.data.data()[text.size() + i]);
  }
  EXPECT_EQ(sum, kPadding);  // the address sanitizer judges too
}

TEST(Deflater, MakesWhatInflates) {
  Deflater deflater;
  Inflater inflater(1 << 20, 0);
  for (std::size_t size : {100u, 4000u, 32768u, 131072u, 1000000u}) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i % 977) + ",";
    text.resize(size);
    const std::string compressed(deflater.Deflate(text));
    ASSERT_FALSE(compressed.empty()) << size;
    EXPECT_LT(compressed.size(), size);
    EXPECT_EQ(inflater.Inflate(compressed).data, text) << size;
  }
}

TEST(Deflater, SaysWhenNothingIsGained) {
  Deflater deflater;
  EXPECT_EQ(deflater.Deflate(""), "");
  EXPECT_EQ(deflater.Deflate("abc"), "");
  EXPECT_EQ(deflater.Deflate(Noise(5000)), "");
  EXPECT_NE(deflater.Deflate(std::string(5000, 'x')), "");
}

TEST(Deflater, MessagesStandAlone) {
  Deflater deflater;
  const std::string text(300, 'y');
  const std::string first(deflater.Deflate(text));
  EXPECT_EQ(deflater.Deflate(text), first);
}

}  // namespace
}  // namespace gatehouse::wire
