// AWS::Include: an object whose member Fn::Transform names a file gets what the file has.
#include <filesystem>

#include "base/file.h"
#include "stack/template/expand.h"
#include "stack/template/template.h"
#include "stack/tree/json_reader.h"
#include "stack/tree/yaml_reader.h"

namespace gatehouse::stack {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIncludeName = "AWS::Include";

class Includer {
 public:
  Includer(const std::string& directory, Problems& problems)
      : directory_(directory), problems_(problems) {}

  // {Name: AWS::Include, Parameters: {Location: FILE}} of the whole template.
  void ExpandTop(Value& root) {
    Value* transform = root.Find("Transform");
    if (!transform) return;
    std::vector<Value> calls =
        transform->is_list() ? transform->items : std::vector<Value>{*transform};
    std::vector<Value> others;
    for (Value& call : calls) {
      if (call.is_object()) {
        Merge(root, call, 0);
      } else {
        others.push_back(std::move(call));
      }
    }
    root.Erase("Transform");
    if (!others.empty()) root.members.push_back({"Transform", Value::List(std::move(others)), 0});
  }

  void Expand(Value& value, int depth) {
    for (Value& item : value.items) Expand(item, depth);
    for (Member& member : value.members) Expand(member.value, depth);
    while (const Value* found = value.Find("Fn::Transform")) {
      const Value call = *found;
      value.Erase("Fn::Transform");
      Merge(value, call, depth);
    }
  }

  bool was_asked() const { return was_asked_; }

 private:
  void Fail(int line, std::string message) { problems_.push_back({line, std::move(message)}); }

  void Merge(Value& into, const Value& call, int depth) {
    was_asked_ = true;
    const std::string name = call.Text("Name");
    if (name != kIncludeName) {
      return Fail(call.line, "No transform named " + (name.empty() ? "that" : name) +
                                 " is supported by gatehouse yet");
    }
    const Value* parameters = call.Find("Parameters");
    const std::string location = parameters ? parameters->Text("Location") : std::string();
    Value included;
    if (!Read(location, call.line, depth, included)) return;
    Expand(included, depth + 1);
    // What stands beside the call wins.
    for (Member& member : included.members) {
      if (!into.Find(member.name)) into.members.push_back(std::move(member));
    }
  }

  // Where the file is; empty: it may not be read, as was told.
  std::string PlaceOf(const std::string& location, int line) {
    const std::string about = "Transform AWS::Include failed with: " + location;
    if (location.empty()) {
      Fail(line, "Transform AWS::Include failed with: its Parameters need a Location, a text");
    } else if (location.find("://") != location.npos) {
      Fail(line, about + ": gatehouse has no S3 yet: name a file beside the template");
    } else if (directory_.empty()) {
      Fail(line, about +
                     ": files can be included by the owner only, from the folder that is "
                     "served");
    } else {
      std::error_code error;
      const fs::path folder = fs::weakly_canonical(directory_, error);
      const fs::path place = fs::weakly_canonical(folder / location, error);
      const fs::path relative = place.lexically_relative(folder);
      const bool is_inside = !error && !relative.empty() && *relative.begin() != "..";
      if (is_inside && fs::is_regular_file(place, error)) return place.string();
      Fail(line, about + (is_inside ? " does not exist" : " is outside of the served folder"));
    }
    return {};
  }

  bool Read(const std::string& location, int line, int depth, Value& out) {
    const std::string about = "Transform AWS::Include failed with: " + location;
    if (depth >= kIncludeDepthMax || ++files_ > kIncludedFilesMax) {
      Fail(line, about + ": too many files include files");
      return false;
    }
    const std::string place = PlaceOf(location, line);
    if (place.empty()) return false;
    std::error_code error;
    bytes_ += fs::file_size(place, error);
    if (error || bytes_ > kTemplateBytesMax) {
      Fail(line, about + ": the included files have more than " +
                     std::to_string(kTemplateBytesMax) + " bytes");
      return false;
    }
    Result<std::string> text = base::SystemFiles().Read(place);
    if (!text) {
      Fail(line, about + ": " + text.error().message);
      return false;
    }
    Problem problem;
    const std::size_t first = text->find_first_not_of(" \t\r\n");
    const bool is_json = first != text->npos && (*text)[first] == '{';
    if (!(is_json ? ReadJson(*text, out, problem) : ReadYaml(*text, out, problem))) {
      Fail(line, about + ":" + std::to_string(problem.line) + ": " + problem.message);
      return false;
    }
    SetLines(out, line);  // of the template that is judged
    if (out.is_object()) return true;
    Fail(line, about + ": the file must be a map");
    return false;
  }

  static void SetLines(Value& value, int line) {
    value.line = line;
    for (Value& item : value.items) SetLines(item, line);
    for (Member& member : value.members) {
      member.line = line;
      SetLines(member.value, line);
    }
  }

  const std::string& directory_;
  Problems& problems_;
  bool was_asked_ = false;
  std::size_t files_ = 0;
  std::uintmax_t bytes_ = 0;
};

}  // namespace

bool ExpandIncludes(Value& root, const std::string& source_directory, Problems& problems) {
  Includer includer(source_directory, problems);
  includer.ExpandTop(root);
  includer.Expand(root, 0);
  return includer.was_asked();
}

}  // namespace gatehouse::stack
