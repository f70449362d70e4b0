#include "stack/sam/logical_id.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/encoding.h"
#include "stack/sam/values.h"

namespace gatehouse::stack::sam {
namespace {

constexpr std::size_t kHashDigits = 10;

// One code point from the front of valid UTF-8; a stray byte is taken as it is.
std::uint32_t TakeCodePoint(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length == 1 || length > text.size()) {
    text.remove_prefix(1);
    return first;
  }
  std::uint32_t code = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  text.remove_prefix(length);
  return code;
}

void AppendAscii(std::string& out, std::string_view text) {
  static constexpr std::string_view kShort = "\b\f\n\r\t\"\\";
  static constexpr std::string_view kLetters = "bfnrt\"\\";
  out += '"';
  while (!text.empty()) {
    const std::uint32_t code = TakeCodePoint(text);
    if (const std::size_t at = code < 0x80 ? kShort.find(static_cast<char>(code)) : kShort.npos;
        at != kShort.npos) {
      out += '\\';
      out += kLetters[at];
    } else if (code >= 0x20 && code < 0x7f) {
      out += static_cast<char>(code);
    } else if (code > 0xffff) {
      const std::uint32_t rest = code - 0x10000;
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff));
    } else if (code == 0x7f) {
      out += '\x7f';
    } else {
      out += fmt::format("\\u{:04x}", code);
    }
  }
  out += '"';
}

class PythonWriter {
 public:
  PythonWriter(std::string& out, int indent) : out_(out), indent_(indent) {}

  void Write(const Value& value, int level) {
    if (value.is_list()) {
      Enclose('[', ']', value.items.size(), level,
              [&](std::size_t i) { Write(value.items[i], level + 1); });
    } else if (value.is_object()) {
      WriteObject(value, level);
    } else if (value.is_string()) {
      AppendAscii(out_, value.text);
    } else {
      out_ += value.kind == Value::kNull ? "null" : value.text;
    }
  }

 private:
  void WriteObject(const Value& value, int level) {
    std::vector<const Member*> members;
    for (const Member& member : value.members) members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const Member* a, const Member* b) { return a->name < b->name; });
    Enclose('{', '}', members.size(), level, [&](std::size_t i) {
      AppendAscii(out_, members[i]->name);
      out_ += indent_ > 0 ? ": " : ":";
      Write(members[i]->value, level + 1);
    });
  }

  template <class WriteOne>
  void Enclose(char open, char close, std::size_t size, int level, WriteOne write_one) {
    out_ += open;
    for (std::size_t i = 0; i < size; ++i) {
      if (i > 0) out_ += ',';
      Break(level + 1);
      write_one(i);
    }
    if (size > 0) Break(level);
    out_ += close;
  }

  void Break(int level) {
    if (indent_ == 0) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(indent_ * level), ' ');
  }

  std::string& out_;
  const int indent_;
};

}  // namespace

std::string PythonJson(const Value& value, int indent) {
  std::string out;
  PythonWriter(out, indent).Write(value, 0);
  return out;
}

std::string Sha1Hex(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha1(), nullptr);
  return base::EncodeHex({reinterpret_cast<const char*>(digest), size});
}

std::string HashedId(std::string_view prefix, const Value& data) {
  std::string id(prefix);
  if (IsEmpty(&data)) return id;
  const std::string text = data.is_string() ? data.text : PythonJson(data);
  return id + Sha1Hex(text).substr(0, kHashDigits);
}

}  // namespace gatehouse::stack::sam
