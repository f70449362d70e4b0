#include "stack/schema.h"

#include <vector>

#include "base/check.h"

namespace gatehouse::stack {
namespace {

using aws::Property;

class SchemaReader {
 public:
  explicit SchemaReader(std::string_view text) : rest_(text) {}

  // Kept for the life of the program.
  std::vector<Property>& Fields() {
    auto* rows = new std::vector<Property>;
    for (SkipBlanks(); !rest_.empty() && rest_.front() != '}'; SkipBlanks()) {
      Property row;
      const std::size_t end = rest_.find_first_of(":~^-");
      CHECK(end != rest_.npos);
      row.name = rest_.substr(0, end);
      rest_.remove_prefix(end);
      if (Take('~')) row = row.Inert();
      if (Take('-')) row = row.Kept();
      if (Take('^')) row = row.Refused();
      CHECK(Take(':'));
      Type(row);
      if (Take('!')) row = row.Required();
      rows->push_back(row);
    }
    return *rows;
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

  void Type(Property& row) {
    static constexpr std::string_view kLetters = "sinbj";
    if (Take('[')) {
      row.many = Property::kList;
      Type(row);
      CHECK(Take(']'));
    } else if (Take('<')) {
      row.many = Property::kMap;
      Type(row);
      CHECK(Take('>'));
    } else if (Take('{')) {
      row.kind = Property::kObject;
      row.members = Fields();
      CHECK(Take('}'));
    } else {
      const std::size_t kind = rest_.empty() ? kLetters.npos : kLetters.find(rest_.front());
      CHECK(kind != kLetters.npos);
      row.kind = static_cast<Property::Kind>(kind);
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
};

}  // namespace

std::span<const Property> ParseSchema(std::string_view text, std::string_view replacing) {
  std::vector<Property>& rows = SchemaReader(text).Fields();
  for (Property& row : rows) {
    if (replacing == "*" || aws::Lists(replacing, row.name)) row = row.Replaces();
  }
  return rows;
}

}  // namespace gatehouse::stack
