#include "stack/template/json_reader.h"

#include <map>
#include <optional>

#include "gatehouse/json.h"

namespace gatehouse::stack {
namespace {

class JsonTreeReader {
 public:
  JsonTreeReader(std::string_view text, Problem& problem, Problems* duplicates)
      : text_(text), problem_(problem), duplicates_(duplicates) {}

  bool ReadWhole(Value& value) {
    if (!Read(value, 0)) return false;
    SkipBlanks();
    return at_ == text_.size() || Fail("");
  }

 private:
  bool Fail(std::string_view why) {
    const std::size_t column = at_ - line_start_ + 1;
    problem_.line = line_;
    problem_.message = "Template format error: JSON not well-formed. (line " +
                       std::to_string(line_) + ", column " + std::to_string(column) + ")";
    if (!why.empty()) problem_.message.append(": ").append(why);
    return false;
  }

  void SkipBlanks() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  bool Take(char c) {
    SkipBlanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool Read(Value& value, int depth) {
    SkipBlanks();
    if (depth > kValueDepthMax) return Fail("nested too deeply");
    if (at_ == text_.size()) return Fail("");
    value.line = line_;
    switch (text_[at_]) {
      case '{':
        return ReadObject(value, depth);
      case '[':
        return ReadList(value, depth);
      case '"':
        value.kind = Value::kString;
        return ReadString(value.text);
      default:
        return ReadWord(value);
    }
  }

  bool ReadObject(Value& value, int depth) {
    value.kind = Value::kObject;
    std::map<std::string, std::size_t, std::less<>> names;  // to the place among the members
    ++at_;
    if (Take('}')) return true;
    do {
      SkipBlanks();
      Member member;
      member.line = line_;
      if (at_ == text_.size() || text_[at_] != '"') return Fail("");
      if (!ReadString(member.name)) return false;
      if (!Take(':')) return Fail("");
      if (!Read(member.value, depth + 1)) return false;
      auto [place, is_new] = names.emplace(member.name, value.members.size());
      if (is_new) {
        value.members.push_back(std::move(member));
        continue;
      }
      Member& former = value.members[place->second];
      if (duplicates_) {
        duplicates_->push_back({member.line, "duplicate key " + member.name +
                                                 ": the last one counts, the one of line " +
                                                 std::to_string(former.line) + " does not"});
      }
      former = std::move(member);
    } while (Take(','));
    return Take('}') || Fail("");
  }

  bool ReadList(Value& value, int depth) {
    value.kind = Value::kList;
    ++at_;
    if (Take(']')) return true;
    do {
      Value item;
      if (!Read(item, depth + 1)) return false;
      value.items.push_back(std::move(item));
    } while (Take(','));
    return Take(']') || Fail("");
  }

  bool ReadString(std::string& out) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') {
      if (text_[end] == '\n') break;  // no string goes over it
      end += text_[end] == '\\' ? 2 : 1;
    }
    if (end >= text_.size() || text_[end] != '"') return Fail("");
    std::optional<std::string> decoded = json::String(text_.substr(at_, end + 1 - at_));
    if (!decoded) return Fail("");
    out = *std::move(decoded);
    at_ = end + 1;
    return true;
  }

  bool ReadWord(Value& value) {
    const std::size_t end = text_.find_first_of(" \t\r\n,]}:\"", at_);
    const std::string_view word = text_.substr(at_, end == text_.npos ? end : end - at_);
    value.text = word;
    if (word == "null") {
      value.text.clear();
    } else if (word == "true" || word == "false") {
      value.kind = Value::kBool;
    } else if (IsJsonNumber(word)) {
      value.kind = Value::kNumber;
    } else {
      return Fail("");
    }
    at_ += word.size();
    return true;
  }

  const std::string_view text_;
  Problem& problem_;
  Problems* const duplicates_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::size_t line_start_ = 0;
};

}  // namespace

bool ReadJson(std::string_view text, Value& value, Problem& problem, Problems* duplicates) {
  return JsonTreeReader(text, problem, duplicates).ReadWhole(value);
}

}  // namespace gatehouse::stack
