#include "stack/resource/known_types.h"

#include <algorithm>
#include <numeric>

namespace gatehouse::stack {

// known_types.txt: a comment, then a line for each type: its name; the property that names it, or
// "-"; further properties whose change replaces.
extern const std::string_view kKnownTypesText;

namespace {

constexpr std::size_t kComparedBytesMax = 128;  // of a name that is looked for; the longest has 81

// The part before a blank, which goes as well.
std::string_view TakeWord(std::string_view& line) {
  const std::size_t blank = line.find(' ');
  const std::string_view word = line.substr(0, blank);
  line.remove_prefix(blank == line.npos ? line.size() : blank + 1);
  return word;
}

std::vector<KnownType> ReadTypes() {
  std::vector<KnownType> types;
  std::string_view text = kKnownTypesText;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('#')) continue;
    KnownType type;
    type.name = TakeWord(line);
    type.replacing = line;
    type.name_property = TakeWord(line);
    if (type.name_property == "-") type.name_property = {};
    types.push_back(type);
  }
  return types;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// How many letters must change to make one of the other, not counting their case.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      const std::size_t changed = diagonal + (Lower(a[i]) == Lower(b[j]) ? 0 : 1);
      row[j + 1] = std::min({above + 1, row[j] + 1, changed});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

const std::vector<KnownType>& KnownTypes() {
  static const auto* const kTypes = new std::vector<KnownType>(ReadTypes());
  return *kTypes;
}

bool IsKnownType(std::string_view name) {
  const auto& types = KnownTypes();
  const auto found =
      std::lower_bound(types.begin(), types.end(), name,
                       [](const KnownType& type, std::string_view n) { return type.name < n; });
  return found != types.end() && found->name == name;
}

std::string NearestTypeName(std::string_view name) {
  if (name.size() > kComparedBytesMax) return {};
  std::size_t least = name.size() / 4 + 1;  // as much may differ, and less than that
  std::string_view nearest;
  for (const KnownType& type : KnownTypes()) {
    const std::size_t longer = std::max(type.name.size(), name.size());
    if (longer - std::min(type.name.size(), name.size()) >= least) continue;
    const std::size_t distance = Distance(type.name, name);
    if (distance >= least) continue;
    least = distance;
    nearest = type.name;
  }
  return std::string(nearest);
}

}  // namespace gatehouse::stack
