#include "aws/xml_writer.h"

#include <utility>

#include "base/check.h"

namespace gatehouse::aws {
namespace {

void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r') {
      out += "&#xD;";
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') {
      out += "\xef\xbf\xbd";
    } else {
      out += c;
    }
  }
}

}  // namespace

void XmlWriter::Open(std::string_view name) {
  out_.append("<").append(name).append(">");
  open_.emplace_back(name);
}

void XmlWriter::Close() {
  CHECK(!open_.empty());
  out_.append("</").append(open_.back()).append(">");
  open_.pop_back();
}

void XmlWriter::Text(std::string_view name, std::string_view text) {
  out_.append("<").append(name).append(">");
  AppendEscaped(out_, text);
  out_.append("</").append(name).append(">");
}

void XmlWriter::TextIfAny(std::string_view name, std::string_view text) {
  if (!text.empty()) Text(name, text);
}

std::string XmlWriter::Take() {
  CHECK(open_.empty());
  return std::exchange(out_, {});
}

}  // namespace gatehouse::aws
