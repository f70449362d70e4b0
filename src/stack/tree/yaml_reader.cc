#include "stack/tree/yaml_reader.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "wire/utf8.h"

namespace gatehouse::stack {
namespace {

constexpr std::array<std::string_view, 20> kFnTags = {
    "GetAtt", "Sub",          "Join",        "Select",    "Split",    "If",     "Equals",
    "Not",    "And",          "Or",          "FindInMap", "Base64",   "Cidr",   "GetAZs",
    "Length", "ToJsonString", "ImportValue", "Transform", "Contains", "ForEach"};

constexpr std::string_view kNestedTag = "..";
constexpr int kNestedTagsMax = 100;  // in one template

int LineOf(const YAML::Mark& mark) { return mark.line + 1; }

// YAML 1.1's booleans, as CloudFormation reads them.
bool IsBool(const std::string& text, bool& value) {
  static const std::map<std::string, bool, std::less<>> kWords = {
      {"true", true},   {"True", true},   {"TRUE", true}, {"yes", true}, {"Yes", true},
      {"YES", true},    {"on", true},     {"On", true},   {"ON", true},  {"false", false},
      {"False", false}, {"FALSE", false}, {"no", false},  {"No", false}, {"NO", false},
      {"off", false},   {"Off", false},   {"OFF", false}};
  auto found = kWords.find(text);
  if (found != kWords.end()) value = found->second;
  return found != kWords.end();
}

// What a plain scalar is. Numbers that JSON would not write so stay text: 0123, 1_000, 0x1F.
Value PlainScalar(const std::string& text, int line) {
  bool truth = false;
  if (IsBool(text, truth)) return Value::Bool(truth, line);
  if (IsJsonNumber(text)) return Value::Number(text, line);
  return Value::String(text, line);
}

Value GetAttArgument(Value argument) {
  if (!argument.is_string()) return argument;
  const std::size_t dot = argument.text.find('.');
  if (dot == std::string::npos) return argument;
  return Value::List({Value::String(argument.text.substr(0, dot), argument.line),
                      Value::String(argument.text.substr(dot + 1), argument.line)},
                     argument.line);
}

// Once something is wrong the events that follow are ignored: yaml-cpp knows no way to stop.
class TreeBuilder final : public YAML::EventHandler {
 public:
  bool has_document() const { return has_document_; }
  bool failed() const { return !why_.empty(); }
  const YAML::Mark& mark() const { return mark_; }
  const std::string& why() const { return why_; }
  Value& root() { return root_; }
  const Problems& duplicates() const { return duplicates_; }

  void OnDocumentStart(const YAML::Mark&) override { has_document_ = true; }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (failed()) return;
    Value value;
    value.line = LineOf(mark);
    Finish(mark, "", anchor, std::move(value));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (failed()) return;
    auto found = anchors_.find(anchor);
    if (found == anchors_.end()) return Stop(mark, "an alias refers to what contains it");
    if ((values_ += found->second.values) > kYamlValuesMax) return Stop(mark, "too many aliases");
    if (found->second.depth + static_cast<int>(frames_.size()) > kValueDepthMax) {
      return Stop(mark, "nested too deeply");
    }
    Finish(mark, "", 0, found->second.value);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (failed()) return;
    if (ExpectsKey()) return TakeKey(mark, frames_.back(), text);
    const bool plain = tag == "?" || tag.empty();
    if (plain && (text == "~" || text == "null" || text == "Null" || text == "NULL")) {
      return OnNull(mark, anchor);
    }
    Finish(mark, tag, anchor,
           plain ? PlainScalar(text, LineOf(mark)) : Value::String(text, LineOf(mark)));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, Value::List({}, LineOf(mark)));
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, Value::Object({}, LineOf(mark)));
  }
  void OnMapEnd() override { Close(); }

 private:
  void Stop(const YAML::Mark& mark, std::string why) {
    if (failed()) return;
    mark_ = mark;
    why_ = std::move(why);
  }

  bool ExpectsKey() const {
    return !frames_.empty() && frames_.back().value.is_object() && !frames_.back().has_key;
  }

  struct Frame {
    Value value;
    YAML::Mark mark;
    std::string tag;
    YAML::anchor_t anchor = 0;
    std::size_t values_before = 0;
    int depth = 1;  // of the deepest below
    bool has_key = false;
    std::string key;
    int key_line = 0;
    std::map<std::string, std::size_t, std::less<>> names;  // to the place among the members
    std::vector<Value> merged;                              // of "<<"
  };
  struct Anchored {
    Value value;
    std::size_t values = 0;
    int depth = 0;
  };

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Value value) {
    if (failed()) return;
    if (ExpectsKey()) return Stop(mark, "a key must be text");
    if (frames_.size() >= static_cast<std::size_t>(kValueDepthMax)) {
      return Stop(mark, "nested too deeply");
    }
    Frame frame;
    frame.value = std::move(value);
    frame.mark = mark;
    frame.tag = tag;
    frame.anchor = anchor;
    frame.values_before = values_;
    frames_.push_back(std::move(frame));
  }

  void Close() {
    if (failed()) return;
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    for (Value& merged : frame.merged) {
      for (Member& member : merged.members) {
        if (frame.names.emplace(member.name, frame.value.members.size()).second) {
          frame.value.members.push_back(std::move(member));
        }
      }
    }
    Finish(frame.mark, frame.tag, frame.anchor, std::move(frame.value), frame.values_before,
           frame.depth);
  }

  void Finish(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Value value) {
    Finish(mark, tag, anchor, std::move(value), values_, 0);
  }

  void Finish(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Value value,
              std::size_t values_before, int depth) {
    if (++values_ > kYamlValuesMax) return Stop(mark, "too many values");
    if (ExpectsKey()) return Stop(mark, "a key must be text");
    value = Tagged(mark, tag, std::move(value));
    if (failed()) return;
    if (anchor != 0) anchors_[anchor] = {value, values_ - values_before, depth};
    if (frames_.empty()) {
      root_ = std::move(value);
      return;
    }
    Frame& parent = frames_.back();
    parent.depth = std::max(parent.depth, depth + 1);
    if (parent.value.is_list()) {
      parent.value.items.push_back(std::move(value));
    } else {
      TakeMember(mark, parent, std::move(value));
    }
  }

  Value Tagged(const YAML::Mark& mark, const std::string& tag, Value value) {
    if (tag.size() < 2 || tag[0] != '!') {
      const bool known =
          tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:");
      if (!known) Stop(mark, "unknown tag " + tag);
      if (tag == "tag:yaml.org,2002:int" && IsJsonNumber(value.text)) value.kind = Value::kNumber;
      return value;
    }
    // "!Base64..Sub" stands for "!Base64 !Sub": the inner one first.
    std::string_view names = std::string_view(tag).substr(1);
    while (!names.empty()) {
      const std::size_t dots = names.rfind(kNestedTag);
      const std::string_view name = dots == names.npos ? names : names.substr(dots + 2);
      names = dots == names.npos ? std::string_view() : names.substr(0, dots);
      value = TaggedOnce(mark, std::string(name), std::move(value));
      if (failed()) break;
    }
    return value;
  }

  Value TaggedOnce(const YAML::Mark& mark, std::string name, Value value) {
    const int line = LineOf(mark);
    if (name != "Ref" && name != "Condition") {
      if (std::find(kFnTags.begin(), kFnTags.end(), name) == kFnTags.end()) {
        Stop(mark, "unknown tag !" + name);
      }
      if (name == "GetAtt") value = GetAttArgument(std::move(value));
      name.insert(0, "Fn::");
    }
    return Value::Object({{std::move(name), std::move(value), line}}, line);
  }

  // Keys are taken as written: "on" is a name, not a truth.
  void TakeKey(const YAML::Mark& mark, Frame& parent, const std::string& key) {
    parent.key = key;
    parent.key_line = LineOf(mark);
    parent.has_key = true;
  }

  void TakeMember(const YAML::Mark& mark, Frame& parent, Value value) {
    parent.has_key = false;
    if (value.kind == Value::kNull)
      value.line = parent.key_line;  // yaml-cpp's mark is the next one
    if (parent.key != "<<") {
      auto& members = parent.value.members;
      auto [place, is_new] = parent.names.emplace(parent.key, members.size());
      if (is_new) {
        members.push_back({parent.key, std::move(value), parent.key_line});
      } else {
        duplicates_.push_back({parent.key_line, "duplicate key " + parent.key +
                                                    ": the last one counts, the one of line " +
                                                    std::to_string(members[place->second].line) +
                                                    " does not"});
        members[place->second] = {parent.key, std::move(value), parent.key_line};
      }
    } else if (value.is_object()) {
      parent.merged.push_back(std::move(value));
    } else if (value.is_list() && std::all_of(value.items.begin(), value.items.end(),
                                              [](const Value& v) { return v.is_object(); })) {
      for (Value& item : value.items) parent.merged.push_back(std::move(item));
    } else {
      Stop(mark, "a merge key takes a map or a list of maps");
    }
  }

  Problems duplicates_;
  bool has_document_ = false;
  YAML::Mark mark_;
  std::string why_;
  Value root_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t values_ = 0;
};

bool Fail(const YAML::Mark& mark, std::string_view why, Problem& problem) {
  problem.line = mark.is_null() ? 0 : LineOf(mark);
  problem.message = "Template format error: YAML not well-formed. (line " +
                    std::to_string(mark.line + 1) + ", column " + std::to_string(mark.column + 1) +
                    ")";
  if (!why.empty()) problem.message.append(": ").append(why);
  return false;
}

// yaml-cpp's own words for it lead nowhere.
bool IsIndentedByTab(std::string_view text, const YAML::Mark& mark) {
  if (mark.is_null()) return false;
  auto at = std::min(static_cast<std::size_t>(mark.pos), text.size());
  const std::size_t before = text.substr(0, at).rfind('\n');
  text.remove_prefix(before == text.npos ? 0 : before + 1);
  return text.substr(0, text.find_first_not_of(" \t")).find('\t') != text.npos;
}

bool ReadOnce(const std::string& text, Value& value, Problem& problem, Problems* duplicates,
              YAML::Mark& mark) {
  try {
    std::istringstream in{text};
    YAML::Parser parser(in);
    TreeBuilder builder;
    if (!parser.HandleNextDocument(builder) || !builder.has_document()) {
      return Fail(YAML::Mark(), "the template is empty", problem);
    }
    if (builder.failed()) return Fail(builder.mark(), builder.why(), problem);
    value = std::move(builder.root());
    if (duplicates) *duplicates = builder.duplicates();
    TreeBuilder second;
    if (parser.HandleNextDocument(second) && second.has_document()) {
      return Fail(YAML::Mark(), "a template is one document", problem);
    }
    return true;
  } catch (const YAML::Exception& error) {
    mark = error.mark;
    const bool tab = IsIndentedByTab(text, error.mark);
    return Fail(error.mark, tab ? "a tab indents this line; YAML takes blanks" : error.msg,
                problem);
  } catch (const std::exception& error) {
    return Fail(YAML::Mark(), error.what(), problem);
  }
}

// yaml-cpp refuses two tags on one node, which templates have ("!Base64 !Sub x"). Makes them one
// where it stopped; false if that is not what it stopped at.
bool JoinTags(std::string& text, const YAML::Mark& mark) {
  const auto at = static_cast<std::size_t>(mark.pos);
  if (mark.is_null() || at < 2 || at >= text.size() || text[at] != '!' || text[at - 1] != ' ') {
    return false;
  }
  const std::size_t end = text.find_last_not_of(' ', at - 1);
  const std::size_t tag = end == text.npos ? end : text.find_last_of(" !\n", end);
  if (tag == text.npos || text[tag] != '!') return false;
  // "!Base64   !Sub" → "  !Base64..Sub", so that no line or column after it moves.
  const std::string outer = text.substr(tag, end + 1 - tag);
  text.replace(tag, at + 1 - tag, std::string(at - 1 - end - 1, ' ') + outer + "..");
  return true;
}

}  // namespace

bool ReadYaml(std::string_view text, Value& value, Problem& problem, Problems* duplicates) {
  if (!wire::IsUtf8(text)) {
    problem.message = "Template format error: the template is not UTF-8 text";
    return false;
  }
  std::string joined(text);
  for (int tries = 0;; ++tries) {
    YAML::Mark mark = YAML::Mark::null_mark();
    problem = {};
    if (ReadOnce(joined, value, problem, duplicates, mark)) return true;
    const bool two_tags = problem.message.find("multiple tags") != std::string::npos;
    if (!two_tags || tries == kNestedTagsMax || !JoinTags(joined, mark)) return false;
  }
}

}  // namespace gatehouse::stack
