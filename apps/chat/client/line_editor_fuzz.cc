// Whatever bytes a terminal sends, the line stays within its bounds, its text is UTF-8, and what is
// drawn holds no control but our own.
#include <array>
#include <string_view>
#include <vector>

#include "apps/chat/client/edit_line.h"
#include "apps/chat/client/key_reader.h"
#include "apps/chat/client/line_view.h"
#include "base/check.h"
#include "base/fuzz.h"
#include "wire/utf8.h"

namespace gatehouse::base {

void FuzzOne(std::span<const std::byte> input) {
  if (input.size() < 2) return;
  chat::ScreenSize size{std::to_integer<std::size_t>(input[0]) % 100,
                        std::to_integer<std::size_t>(input[1]) % 30};
  chat::KeyReader reader;
  chat::EditLine line;
  chat::LineView view;
  std::vector<chat::KeyPress> keys;
  input = input.subspan(2);
  reader.Read({reinterpret_cast<const char*>(input.data()), input.size()}, keys);
  CHECK(keys.size() <= input.size());
  for (chat::KeyPress press : keys) {
    if (press.key == chat::Key::kEnter) CHECK(wire::IsUtf8(line.Finish()));
    line.Apply(press);
    CHECK(line.cursor() <= line.text().size());
    CHECK(line.text().size() <= chat::EditLine::kCharactersMax);
  }
  std::string drawn = view.Draw("> ", line.text(), line.cursor(), size);
  CHECK(wire::IsUtf8(drawn));
  CHECK(drawn.find_first_of(std::string_view("\0\x07\x08\t\x7f", 5)) == std::string::npos);
}

}  // namespace gatehouse::base
