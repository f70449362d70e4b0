#include "stack/resource/schema.h"

#include "base/check.h"

namespace gatehouse::stack {
namespace {

class SchemaReader {
 public:
  explicit SchemaReader(std::string_view text) : rest_(text) {}

  Schema Fields() {
    Schema schema;
    schema.kind = Schema::kObject;
    for (SkipBlanks(); !rest_.empty() && rest_.front() != '}'; SkipBlanks()) {
      Schema::Field field;
      const std::size_t end = rest_.find_first_of(":~^-");
      CHECK(end != rest_.npos);
      field.name = rest_.substr(0, end);
      rest_.remove_prefix(end);
      if (Take('~')) field.support = Schema::kInert;
      if (Take('-')) field.support = Schema::kSilent;
      if (Take('^')) field.support = Schema::kRefused;
      CHECK(Take(':'));
      field.schema = Type();
      field.required = Take('!');
      schema.fields.push_back(std::move(field));
    }
    return schema;
  }

 private:
  void SkipBlanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  bool Take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  Schema Type() {
    CHECK(!rest_.empty());
    const char c = rest_.front();
    rest_.remove_prefix(1);
    Schema schema;
    switch (c) {
      case 's':
        schema.kind = Schema::kText;
        return schema;
      case 'i':
        schema.kind = Schema::kInteger;
        return schema;
      case 'n':
        schema.kind = Schema::kNumber;
        return schema;
      case 'b':
        schema.kind = Schema::kBool;
        return schema;
      case 'j':
        return schema;
      case '{':
        schema = Fields();
        CHECK(Take('}'));
        return schema;
      default:
        CHECK(c == '[' || c == '<');
        schema.kind = c == '[' ? Schema::kList : Schema::kMap;
        schema.inner = std::make_shared<Schema>(Type());
        CHECK(Take(c == '[' ? ']' : '>'));
        return schema;
    }
  }

  std::string_view rest_;
};

std::string_view Wanted(Schema::Kind kind) {
  static constexpr std::string_view kNames[] = {"String",     "Integer",    "Number",
                                                "Boolean",    "JSONObject", "JSONArray",
                                                "JSONObject", "JSONObject"};
  return kNames[kind];
}

std::string_view Found(Value::Kind kind) {
  static constexpr std::string_view kNames[] = {"Null",   "Boolean",   "Number",
                                                "String", "JSONArray", "JSONObject"};
  return kNames[kind];
}

bool IsInteger(std::string_view text) {
  return IsJsonNumber(text) && text.find_first_of(".eE") == text.npos && text.size() <= 18;
}

class Conformer {
 public:
  Conformer(const std::set<std::string, std::less<>>& unjudged, const std::string& logical_id,
            Problems& problems, ConformResult& result)
      : unjudged_(unjudged), logical_id_(logical_id), problems_(problems), result_(result) {}

  Value Convert(const Schema& schema, const Value& value, const std::string& path) {
    switch (schema.kind) {
      case Schema::kAny:
        return value;
      case Schema::kText:
        return value.is_scalar() ? Value::String(value.text, value.line)
                                 : Wrong(schema, value, path);
      case Schema::kInteger:
        return value.is_scalar() && IsInteger(value.text) ? Value::Number(value.text, value.line)
                                                          : Wrong(schema, value, path);
      case Schema::kNumber:
        return value.is_scalar() && IsJsonNumber(value.text) ? Value::Number(value.text, value.line)
                                                             : Wrong(schema, value, path);
      case Schema::kBool:
        return ToBool(schema, value, path);
      case Schema::kList:
        return ToList(schema, value, path);
      case Schema::kMap:
        return ToMap(schema, value, path);
      case Schema::kObject:
        return ToObject(schema, value, path);
    }
    return value;
  }

 private:
  // path: "/Tags/0/Key"; empty: the resource's properties.
  void Add(int line, const std::string& path, const std::string& message) {
    if (!path.empty()) result_.wrong.insert(path.substr(1, path.find('/', 1) - 1));
    problems_.push_back({line, "Properties validation failed for resource " + logical_id_ +
                                   " with message: #" + path + ": " + message});
  }

  Value Wrong(const Schema& schema, const Value& value, const std::string& path) {
    Add(value.line, path,
        "expected type: " + std::string(Wanted(schema.kind)) +
            ", found: " + std::string(Found(value.kind)));
    return value;
  }

  Value ToBool(const Schema& schema, const Value& value, const std::string& path) {
    const std::string& text = value.text;
    if (value.is_scalar() && (text == "true" || text == "True"))
      return Value::Bool(true, value.line);
    if (value.is_scalar() && (text == "false" || text == "False")) {
      return Value::Bool(false, value.line);
    }
    return Wrong(schema, value, path);
  }

  Value ToList(const Schema& schema, const Value& value, const std::string& path) {
    if (!value.is_list()) return Wrong(schema, value, path);
    Value list = Value::List({}, value.line);
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      list.items.push_back(Convert(*schema.inner, value.items[i], path + "/" + std::to_string(i)));
    }
    return list;
  }

  Value ToMap(const Schema& schema, const Value& value, const std::string& path) {
    if (!value.is_object()) return Wrong(schema, value, path);
    Value map = Value::Object({}, value.line);
    for (const Member& member : value.members) {
      map.members.push_back({member.name,
                             Convert(*schema.inner, member.value, path + "/" + member.name),
                             member.line});
    }
    return map;
  }

  Value ToObject(const Schema& schema, const Value& value, const std::string& path) {
    if (!value.is_object()) return Wrong(schema, value, path);
    Value object = Value::Object({}, value.line);
    for (const Member& member : value.members) {
      const Schema::Field* field = schema.Find(member.name);
      if (!field) {
        Add(member.line, path, "extraneous key [" + member.name + "] is not permitted");
        continue;
      }
      if (field->support == Schema::kRefused) {
        Add(member.line, path + "/" + member.name, "gatehouse does not support it yet");
        continue;
      }
      if (field->support == Schema::kInert) result_.inert.push_back(member.name);
      if (path.empty() && unjudged_.contains(member.name)) {
        object.members.push_back(member);
        continue;
      }
      object.members.push_back({member.name,
                                Convert(field->schema, member.value, path + "/" + member.name),
                                member.line});
    }
    for (const Schema::Field& field : schema.fields) {
      if (field.required && !object.Find(field.name)) {
        if (path.empty()) result_.wrong.insert(field.name);
        Add(value.line, path, "required key [" + field.name + "] not found");
      }
    }
    return object;
  }

  const std::set<std::string, std::less<>>& unjudged_;
  const std::string& logical_id_;
  Problems& problems_;
  ConformResult& result_;
};

}  // namespace

const Schema::Field* Schema::Find(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

Schema ParseSchema(std::string_view text) { return SchemaReader(text).Fields(); }

ConformResult Conform(const Schema& schema, const Value& value,
                      const std::set<std::string, std::less<>>& unjudged,
                      const std::string& logical_id, Problems& problems) {
  ConformResult result;
  result.value = Conformer(unjudged, logical_id, problems, result).Convert(schema, value, "");
  return result;
}

}  // namespace gatehouse::stack
