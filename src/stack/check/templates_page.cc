#include "stack/check/templates_page.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace gatehouse::stack {
namespace {

using aws::Property;

constexpr std::string_view kHead = R"(# What templates may hold

Written from the tables of the rooms by `./dev docs`, and held to them by a test
(`TemplatesPage.StandsInDocs`). Do not change it by hand: change the row.

- **served**: its service takes and keeps it; what of it does not run yet, or does otherwise than on
  AWS, stands in `docs/compatibility.md`.
- **kept**: taken, and without effect.
- **inert**: taken, without effect, and a notice says so.
- **refused**: an error, with the sentence that is given here.

A bound is of a text's characters, of each text of a list or map, or of a number's value. Properties
of objects stand below their object: `A.B` is B of A, `A[].B` B of each of a list, `A.*.B` B of each
of a map, whose names are the template's own. *Replaces*: a change in a template makes a new
resource. What a type takes from calls and not from templates is not told here.
)";

// In a cell of a table.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (char c : text) escaped.append(c == '|' ? "\\|" : std::string(1, c));
  return escaped;
}

std::string KindOf(const Property& row) {
  static constexpr std::string_view kOne[] = {"text",          "integer", "number",
                                              "true or false", "JSON",    "object"};
  static constexpr std::string_view kMany[] = {"texts",    "integers", "numbers",
                                               "booleans", "JSON",     "objects"};
  std::string kind(row.many == Property::kOne ? kOne[row.kind] : kMany[row.kind]);
  if (row.many == Property::kList) kind = "list of " + kind;
  if (row.many == Property::kMap) kind = "map of " + kind;
  if (row.Is(Property::kJsonInTemplates)) kind += " or JSON";
  return kind;
}

std::string BoundsOf(const Property& row) {
  if (!row.one_of.empty()) {
    std::string words = "`" + std::string(row.one_of) + "`";
    for (std::size_t at = words.find('|'); at != words.npos; at = words.find('|', at + 4)) {
      words.replace(at, 1, "`, `");
    }
    return words;
  }
  const bool is_measured = row.kind == Property::kText || row.kind == Property::kInteger;
  const bool has_min =
      row.min != (row.kind == Property::kInteger ? std::numeric_limits<std::int64_t>::min() : 0);
  const bool has_max = row.max != aws::kUnbounded;
  if (!is_measured || (!has_min && !has_max)) return {};
  if (!has_max) return fmt::format("{} or more", row.min);
  if (!has_min) return fmt::format("at most {}", row.max);
  return fmt::format("{} to {}", row.min, row.max);
}

std::string FateOf(const Property& row) {
  if (row.support == Property::kRefused) return "refused: " + std::string(row.refusal);
  if (!row.calls_refusal.empty()) {
    return fmt::format("refused: {}{}", row.name, row.calls_refusal);
  }
  if (row.support == Property::kInert) return "inert";
  return row.support == Property::kKept ? "kept" : "served";
}

void AddRows(std::span<const Property> rows, const std::string& path, std::string& page) {
  for (const Property& row : rows) {
    if (row.Is(Property::kCallsOnly)) continue;
    const std::string name = path + std::string(row.name);
    const bool required = row.Is(Property::kRequired) || row.Is(Property::kRequiredByCalls);
    std::string more = BoundsOf(row);
    auto add = [&](const std::string& words) {
      if (!words.empty()) more.append(more.empty() ? "" : "; ").append(words);
    };
    if (required) add("required");
    if (!row.initial.empty()) add("default `" + std::string(row.initial) + "`");
    if (row.Is(Property::kReplaces)) add("replaces");
    page += fmt::format("| `{}` | {} | {} | {} |\n", name, KindOf(row), Escaped(more),
                        Escaped(FateOf(row)));
    const bool is_taken = row.support != Property::kRefused;
    static constexpr std::string_view kBelow[] = {".", "[].", ".*."};
    if (is_taken) AddRows(row.members, name + std::string(kBelow[row.many]), page);
  }
}

// "Arn RoleId" → "`Arn`, `RoleId`"
std::string Words(std::string_view text) {
  std::string words;
  for (std::size_t end = 0; !text.empty(); text.remove_prefix(end)) {
    end = std::min(text.find(' '), text.size());
    words.append(words.empty() ? "`" : ", `").append(text.substr(0, end)).append("`");
    end = std::min(end + 1, text.size());
  }
  return words;
}

void AddType(const ResourceType& type, std::string& page) {
  page += fmt::format("\n## {}\n\n", type.name);
  if (type.inert) page += "Inert: it loads, is named in a notice, and does nothing.\n";
  if (!type.source.empty()) page += fmt::format("Law: {}.\n", type.source);
  if (!type.name_property.empty()) {
    page += fmt::format("Its physical id is `{}` where that is given.\n", type.name_property);
  }
  if (!type.attributes.empty()) page += fmt::format("`GetAtt`: {}.\n", Words(type.attributes));
  if (!type.unserved.empty()) page += fmt::format("Not given: {}.\n", Words(type.unserved));
  if (page.ends_with(".\n")) page += "\n";
  page += "| property | kind | bounds | what becomes of it |\n|---|---|---|---|\n";
  AddRows(type.properties, {}, page);
}

}  // namespace

std::string TemplatesPage(std::span<const ResourceType> types) {
  std::vector<const ResourceType*> sorted;
  for (const ResourceType& type : types) sorted.push_back(&type);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return a->inert != b->inert ? b->inert : a->name < b->name;
  });
  std::string page(kHead);
  for (const ResourceType* type : sorted) AddType(*type, page);
  return page;
}

}  // namespace gatehouse::stack
