// The methods of texts: java.lang.String's.
#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "api/language/pattern.h"
#include "api/language/template_method_rows.h"

namespace gatehouse::api {
namespace {

using Value = TemplateValue;
using Answer = TemplateAnswer;
using MethodCall = TemplateMethodCall;
using MethodRow = TemplateMethodRow;

// Positions in a text are Java's: UTF-16 units.
struct Units {
  explicit Units(const std::string& given) : text(given) {}

  // The bytes before which `unit` units stand; npos: there are fewer.
  std::size_t ByteOf(std::int64_t unit) const {
    std::int64_t seen = 0;
    std::size_t at = 0;
    while (at < text.size() && seen < unit) {
      auto lead = static_cast<unsigned char>(text[at]);
      at += lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
      seen += lead >= 0xf0 ? 2 : 1;
    }
    return seen >= unit ? std::min(at, text.size()) : std::string::npos;
  }
  std::int64_t UnitOf(std::size_t byte) const {
    std::int64_t units = 0;
    for (std::size_t i = 0; i < byte && i < text.size(); ++i) {
      auto lead = static_cast<unsigned char>(text[i]);
      if (lead < 0x80 || lead >= 0xc0) units += lead >= 0xf0 ? 2 : 1;
    }
    return units;
  }
  std::int64_t size() const { return UnitOf(text.size()); }

  const std::string& text;
};

Answer Found(const std::string& text, std::size_t byte) {
  return Value::Integer(byte == std::string::npos ? -1 : Units(text).UnitOf(byte));
}

Answer Substring(const MethodCall& call, std::int64_t from, std::int64_t to) {
  Units units(call.text());
  std::int64_t size = units.size();
  if (from < 0 || to > size || from > to) {
    return TemplateIndexOutOfBounds(from < 0 || from > size ? from : to,
                                    static_cast<std::size_t>(size));
  }
  std::size_t begin = units.ByteOf(from), end = units.ByteOf(to);
  if (begin > end) begin = end;
  return Value::String(call.text().substr(begin, end - begin));
}

std::string MapAscii(std::string text, int (*function)(int)) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x80) c = static_cast<char>(function(c));
  }
  return text;
}

std::string Trimmed(const std::string& text) {
  auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  auto begin = std::find_if_not(text.begin(), text.end(), is_blank);
  auto end = std::find_if_not(text.rbegin(), std::make_reverse_iterator(begin), is_blank).base();
  return std::string(begin, end);
}

Answer Replaced(const MethodCall& call) {
  const std::string &text = call.text(), &what = call.first().text, &by = call.second().text;
  std::string out;
  std::size_t at = 0;
  while (at <= text.size()) {
    std::size_t next = text.find(what, what.empty() && at > 0 ? at : at);
    if (what.empty()) next = at < text.size() ? at : std::string::npos;
    if (next == std::string::npos) break;
    out.append(text, at, next - at).append(by);
    if (what.empty()) out += text[next];
    at = next + std::max<std::size_t>(what.size(), 1);
    if (out.size() > kTemplateTextBytesMax) return TemplateUsedUp();
  }
  if (at < text.size()) out.append(text, at, std::string::npos);
  if (what.empty()) out += by;
  return Value::String(std::move(out));
}

// $1 and \x of a replacement as Java's Matcher takes them.
Result<std::string> Replacement(std::string_view by, std::span<const std::string_view> groups) {
  std::string out;
  for (std::size_t i = 0; i < by.size(); ++i) {
    bool is_group =
        by[i] == '$' && i + 1 < by.size() && std::isdigit(static_cast<unsigned char>(by[i + 1]));
    if (by[i] == '\\' && i + 1 < by.size()) {
      out += by[++i];
    } else if (is_group) {
      auto group = static_cast<std::size_t>(by[++i] - '0');
      if (group >= groups.size()) {
        return Error{ErrorCode::kInvalidArgument,
                     fmt::format("the pattern has no group {}", group)};
      }
      out += groups[group];
    } else {
      out += by[i];
    }
  }
  return out;
}

Answer ReplacedByPattern(const MethodCall& call, bool all) {
  Result<Pattern> pattern = Pattern::Compile(call.first().text);
  if (!pattern) return pattern.error();
  std::string_view text = call.text();
  std::string out;
  std::size_t at = 0;
  for (std::size_t from = 0; from <= text.size();) {
    std::vector<std::string_view> groups;
    if (!call.heap.Take(0, 50)) return TemplateUsedUp();
    if (!pattern->FindFrom(text, from, groups)) break;
    auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    Result<std::string> by = Replacement(call.second().text, groups);
    if (!by) return by.error();
    out.append(text.substr(at, begin - at)).append(*by);
    at = begin + groups[0].size();
    from = groups[0].empty() ? Units(call.text()).ByteOf(Units(call.text()).UnitOf(at) + 1) : at;
    if (out.size() > kTemplateTextBytesMax) return TemplateUsedUp();
    if (!all || from == std::string::npos) break;
  }
  out.append(text.substr(at));
  return Value::String(std::move(out));
}

// Java's split: empty texts at the end go.
Answer SplitByPattern(const MethodCall& call) {
  Result<Pattern> pattern = Pattern::Compile(call.first().text);
  if (!pattern) return pattern.error();
  std::string_view text = call.text();
  Value::List parts;
  std::size_t at = 0;
  std::vector<std::string_view> groups;
  for (std::size_t from = 0; from < text.size() && pattern->FindFrom(text, from, groups);) {
    auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    std::size_t end = begin + groups[0].size();
    if (!call.heap.Take(begin - at, 50)) return TemplateUsedUp();
    if (end > 0 && (begin > at || !groups[0].empty())) {
      parts.push_back(Value::String(std::string(text.substr(at, begin - at))));
      at = end;
    }
    from = end > from ? end : from + 1;
    groups.clear();
  }
  parts.push_back(Value::String(std::string(text.substr(at))));
  while (parts.size() > 1 && parts.back().text.empty()) parts.pop_back();
  return call.heap.List(std::move(parts));
}

const MethodRow kTextMethods[] = {
    {"length", "",
     [](const MethodCall& c) -> Answer { return Value::Integer(Units(c.text()).size()); }},
    {"isEmpty", "", [](const MethodCall& c) -> Answer { return Value::Bool(c.text().empty()); }},
    {"toString", "", [](const MethodCall& c) -> Answer { return c.on; }},
    {"trim", "", [](const MethodCall& c) -> Answer { return Value::String(Trimmed(c.text())); }},
    {"toUpperCase", "",
     [](const MethodCall& c) -> Answer { return Value::String(MapAscii(c.text(), std::toupper)); }},
    {"toLowerCase", "",
     [](const MethodCall& c) -> Answer { return Value::String(MapAscii(c.text(), std::tolower)); }},
    {"equalsIgnoreCase", "s",
     [](const MethodCall& c) -> Answer {
       return Value::Bool(MapAscii(c.text(), std::tolower) ==
                          MapAscii(c.first().text, std::tolower));
     }},
    {"contains", "s",
     [](const MethodCall& c) -> Answer {
       return Value::Bool(c.text().find(c.first().text) != std::string::npos);
     }},
    {"startsWith", "s",
     [](const MethodCall& c) -> Answer {
       return Value::Bool(c.text().starts_with(c.first().text));
     }},
    {"endsWith", "s",
     [](const MethodCall& c) -> Answer { return Value::Bool(c.text().ends_with(c.first().text)); }},
    {"indexOf", "s",
     [](const MethodCall& c) -> Answer { return Found(c.text(), c.text().find(c.first().text)); }},
    {"indexOf", "si",
     [](const MethodCall& c) -> Answer {
       std::size_t from = Units(c.text()).ByteOf(std::max<std::int64_t>(c.second().integer, 0));
       return Found(c.text(),
                    from == std::string::npos ? from : c.text().find(c.first().text, from));
     }},
    {"lastIndexOf", "s",
     [](const MethodCall& c) -> Answer { return Found(c.text(), c.text().rfind(c.first().text)); }},
    {"substring", "i",
     [](const MethodCall& c) -> Answer {
       return Substring(c, c.first().integer, Units(c.text()).size());
     }},
    {"substring", "ii",
     [](const MethodCall& c) -> Answer {
       return Substring(c, c.first().integer, c.second().integer);
     }},
    {"charAt", "i",
     [](const MethodCall& c) -> Answer {
       std::int64_t at = c.first().integer;
       return Substring(c, at, at < 0 ? at : at + 1);
     }},
    {"concat", "s",
     [](const MethodCall& c) -> Answer { return Value::String(c.text() + c.first().text); }},
    {"compareTo", "s",
     [](const MethodCall& c) -> Answer {
       return Value::Integer(c.text().compare(c.first().text));
     }},
    {"replace", "ss", Replaced},
    {"replaceAll", "ss", [](const MethodCall& c) -> Answer { return ReplacedByPattern(c, true); }},
    {"replaceFirst", "ss",
     [](const MethodCall& c) -> Answer { return ReplacedByPattern(c, false); }},
    {"matches", "s",
     [](const MethodCall& c) -> Answer {
       Result<Pattern> pattern = Pattern::Compile(c.first().text);
       if (!pattern) return pattern.error();
       if (!c.heap.Take(0, 2000)) return TemplateUsedUp();
       return Value::Bool(pattern->MatchesWhole(c.text()));
     }},
    {"split", "s", SplitByPattern},
};

}  // namespace

std::span<const TemplateMethodRow> TemplateTextMethods() { return kTextMethods; }

}  // namespace gatehouse::api
