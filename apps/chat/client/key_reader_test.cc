#include "apps/chat/client/key_reader.h"

#include <gtest/gtest.h>

namespace gatehouse::chat {
namespace {

using Keys = std::vector<KeyPress>;

Keys Read(std::string_view bytes, std::size_t cut) {
  KeyReader reader;
  Keys keys;
  while (!bytes.empty()) {
    reader.Read(bytes.substr(0, cut), keys);
    bytes.remove_prefix(std::min(cut, bytes.size()));
  }
  return keys;
}

KeyPress Text(char32_t c) { return {Key::kText, c}; }

void Expect(const Keys& keys, std::string_view bytes) {
  for (std::size_t cut = 1; cut <= bytes.size(); ++cut) EXPECT_EQ(keys, Read(bytes, cut)) << cut;
}

TEST(KeyReader, TextInUtf8) {
  Expect({Text('a'), Text(0xe9), Text(0x20ac), Text(0x1f600), Text('b')}, "aé€😀b");
}

TEST(KeyReader, BrokenUtf8IsLeftOut) {
  Expect({Text('a'), Text('b'), Text('c')},
         "a\xff\xc3"
         "b\x80\xe0\x80\x80\xed\xa0\x80"
         "c");
  Expect({Text(0xe9)}, "\xf0\x9f\xc3\xa9");
}

TEST(KeyReader, Controls) {
  Expect({{Key::kHome}, {Key::kEndOfInput}, {Key::kEnter}, {Key::kEnter}, {Key::kBackspace}},
         "\x01\x04\r\n\x7f");
  Expect({}, std::string_view("\0\x1c\x1d\x07\t", 5));
}

TEST(KeyReader, Sequences) {
  Expect({{Key::kUp}, {Key::kLeft}, {Key::kEnd}, {Key::kDelete}, {Key::kHome}, {Key::kWordRight}},
         "\x1b[A\x1bOD\x1b[F\x1b[3~\x1b[7~\x1b[1;5C");
  Expect({{Key::kWordLeft}, {Key::kKillWordLeft}, Text('\n'), Text(0xe9)},
         "\x1b"
         "b\x1b\x7f\x1b\r\x1bé");
  Expect({Text('x')}, "\x1b[?1;2c\x1b[99~\x1b[12;34Rx");
  Expect({Text('x')}, "\x1b[" + std::string(1000, '1') + "~x");
  Expect({{Key::kEnter}}, "\x1b[1\r");
}

TEST(KeyReader, PasteIsText) {
  Expect({Text('a'),
          Text('\n'),
          Text('b'),
          Text('\n'),
          Text('\n'),
          Text('\t'),
          Text(4),
          {Key::kEnter}},
         "\x1b[200~a\r\nb\r\r\t\x04\x1b[A\x1b[201~\r");
}

}  // namespace
}  // namespace gatehouse::chat
