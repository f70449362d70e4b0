// Writes XML elements into a text: all that AWS's query protocol needs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::aws {

class XmlWriter {
 public:
  void Open(std::string_view name);
  void Close();  // the one opened last
  // <name>text</name>, escaped; characters that XML cannot say become U+FFFD.
  void Text(std::string_view name, std::string_view text);
  // Likewise, but nothing if text is empty.
  void TextIfAny(std::string_view name, std::string_view text);
  void Bool(std::string_view name, bool value) { Text(name, value ? "true" : "false"); }

  // Everything must be closed.
  std::string Take();

 private:
  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace gatehouse::aws
