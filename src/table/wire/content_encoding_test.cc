#include "table/wire/content_encoding.h"

#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

#include "table/wire/dynamodb_api_test_fixture.h"

namespace gatehouse::table {
namespace {

// windowBits of deflateInit2: 31 gzip, 15 zlib, -15 raw.
std::string Compressed(std::string_view text, int window_bits) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(ContentEncoding, ReadsGzipAndBothMeaningsOfDeflate) {
  EXPECT_TRUE(IsCompressed("GZip"));
  EXPECT_FALSE(IsCompressed("br"));
  EXPECT_FALSE(IsCompressed(""));
  const std::string text(100'000, 'a');
  EXPECT_EQ(*Decompress("gzip", Compressed(text, 31)), text);
  EXPECT_EQ(*Decompress("deflate", Compressed(text, 15)), text);
  EXPECT_EQ(*Decompress("deflate", Compressed(text, -15)), text);
}

TEST(ContentEncoding, RefusesWhatIsNoneAndBombs) {
  const std::string whole = Compressed("{}", 31);
  EXPECT_EQ(Decompress("gzip", "{}").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Decompress("gzip", "").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Decompress("gzip", whole.substr(0, whole.size() - 9)).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(Decompress("gzip", Compressed(std::string(kRequestBytesMax + 1, 'a'), 31)).error().code,
            ErrorCode::kPayloadTooLarge);
}

class CompressedApiTest : public ApiTest {};

TEST_F(CompressedApiTest, RequestsMayBeCompressed) {
  std::string body = Compressed(R"({"Limit":1})", 31);
  ApiRequest request{.target = "DynamoDB_20120810.ListTables",
                     .content_type = "application/x-amz-json-1.0",
                     .content_encoding = "gzip",
                     .body = body};
  EXPECT_EQ(Send(request).body, R"({"LastEvaluatedTableName":"both","TableNames":["both"]})");
  request.body = R"({"Limit":1})";
  EXPECT_EQ(Send(request).body, R"({"__type":"com.amazon.coral.service#SerializationException"})");
  body = Compressed(std::string(kRequestBytesMax + 1, ' '), 31);
  request.body = body;
  EXPECT_EQ(Send(request).status, 413);
}

}  // namespace
}  // namespace gatehouse::table
