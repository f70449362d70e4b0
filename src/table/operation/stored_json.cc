#include "table/operation/stored_json.h"

#include <cstdint>

#include "base/encoding.h"
#include "gatehouse/json.h"
#include "table/value/item_codec.h"
#include "table/value/item_size.h"
#include "table/value/number.h"

namespace gatehouse::table {
namespace {

// Walks the format of item_codec.h. Each function appends one thing to the text, adds its size, and
// returns false where the bytes cannot be ours.
class StoredWalk {
 public:
  StoredWalk(std::string& out, std::string_view bytes) : out_(out), rest_(bytes) {}

  std::size_t left() const { return rest_.size(); }
  std::size_t size() const { return size_; }

  bool Attributes(int level) {
    std::uint32_t count = 0;
    if (!Count(count)) return false;
    out_ += '{';
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i > 0) out_ += ',';
      std::string_view name;
      if (!Bytes(name)) return false;
      size_ += name.size();
      json::AppendQuoted(out_, name);
      out_ += ':';
      if (!Value(level)) return false;
    }
    out_ += '}';
    return true;
  }

 private:
  bool Value(int level) {
    if (level > kNestingLevelsMax || rest_.empty()) return false;
    char tag = rest_.front();
    rest_.remove_prefix(1);
    switch (tag) {
      case 0:
        return Plain(R"({"NULL":true})");
      case 1:
        return Plain(R"({"BOOL":false})");
      case 2:
        return Plain(R"({"BOOL":true})");
      case 3:
        return Tagged("S", Kind::kText);
      case 4:
        return Tagged("N", Kind::kNumber);
      case 5:
        return Tagged("B", Kind::kBytes);
      case 6:
        return Set("SS", Kind::kText);
      case 7:
        return Set("NS", Kind::kNumber);
      case 8:
        return Set("BS", Kind::kBytes);
      case 9:
        return List(level + 1);
      case 10:
        return Map(level + 1);
      default:
        return false;
    }
  }

  enum class Kind { kText, kNumber, kBytes };

  bool Plain(std::string_view text) {
    out_ += text;
    size_ += 1;
    return true;
  }

  bool Scalar(Kind kind) {
    std::string_view bytes;
    if (!Bytes(bytes)) return false;
    if (kind == Kind::kBytes) {
      json::AppendQuoted(out_, base::EncodeBase64(bytes));
    } else {
      json::AppendQuoted(out_, bytes);
    }
    if (kind != Kind::kNumber) {
      size_ += bytes.size();
      return true;
    }
    Result<Decimal> number = Decimal::Parse(bytes);
    if (number) size_ += NumberSize(*number);
    return number.has_value();
  }

  bool Tagged(std::string_view name, Kind kind) {
    out_.append("{\"").append(name).append("\":");
    if (!Scalar(kind)) return false;
    out_ += '}';
    return true;
  }

  bool Set(std::string_view name, Kind kind) {
    std::uint32_t count = 0;
    if (!Count(count) || count == 0) return false;
    out_.append("{\"").append(name).append("\":[");
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i > 0) out_ += ',';
      if (!Scalar(kind)) return false;
    }
    out_ += "]}";
    return true;
  }

  bool List(int level) {
    std::uint32_t count = 0;
    if (!Count(count)) return false;
    size_ += kContainerSize + count;
    out_ += R"({"L":[)";
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i > 0) out_ += ',';
      if (!Value(level)) return false;
    }
    out_ += "]}";
    return true;
  }

  bool Map(int level) {
    std::uint32_t count = 0;
    std::string_view at = rest_;
    if (!Count(count)) return false;
    size_ += kContainerSize + count;
    rest_ = at;
    out_ += R"({"M":)";
    if (!Attributes(level)) return false;
    out_ += '}';
    return true;
  }

  bool Count(std::uint32_t& count) {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 35 && !rest_.empty(); shift += 7) {
      auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte & 0x80) continue;
      count = static_cast<std::uint32_t>(number);
      return number <= rest_.size();
    }
    return false;
  }

  bool Bytes(std::string_view& bytes) {
    std::uint32_t size = 0;
    if (!Count(size)) return false;
    bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  static constexpr std::size_t kContainerSize = 3;  // docs/aws/dynamodb.md §2.5

  std::string& out_;
  std::string_view rest_;
  std::size_t size_ = 0;
};

}  // namespace

Result<std::size_t> AppendStoredJson(std::string& out, std::string_view encoded) {
  if (!encoded.empty() && encoded.front() == kItemFormatVersion) {
    StoredWalk walk(out, encoded.substr(1));
    if (walk.Attributes(1) && walk.left() == 0) return walk.size();
  }
  // What is wrong says the decoder; it knows all of the format.
  Result<Item> item = DecodeItem(encoded);
  if (!item) return item.error();
  return Error{ErrorCode::kIo, "a stored item is damaged"};
}

}  // namespace gatehouse::table
