#include "stack/check/templates_page.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace gatehouse::stack {
namespace {

constexpr aws::Property kMembers[] = {aws::Integer("Limit", 0, 9).Kept()};
constexpr aws::Property kSample[] = {
    aws::Text("Name", 1, 8).Required().Replaces(),
    aws::Text("Kind").OneOf("A|B").Default(R"("A")"),
    aws::ObjectMap("Settings", kMembers).Inert(),
    aws::TextList("Layers").Refused(),
    aws::Text("Ours").InCalls(),
};

TEST(TemplatesPage, TellsOfEachPropertyWhatItsRowSays) {
  ResourceType type;
  type.name = "AWS::Sample::Thing";
  type.properties = kSample;
  type.attributes = "Arn Id";
  const ResourceType types[] = {type};
  const std::string page = TemplatesPage(types);
  EXPECT_NE(page.find("## AWS::Sample::Thing\n\n`GetAtt`: `Arn`, `Id`.\n"), page.npos) << page;
  const std::string_view rows[] = {
      "| `Name` | text | 1 to 8; required; replaces | served |\n",
      "| `Kind` | text | `A`, `B`; default `\"A\"` | served |\n",
      "| `Settings` | map of objects |  | inert |\n",
      "| `Settings.*.Limit` | integer | 0 to 9 | kept |\n",
      "| `Layers` | list of texts |  | refused: gatehouse does not support it yet |\n",
  };
  for (std::string_view row : rows) EXPECT_NE(page.find(row), page.npos) << row;
  EXPECT_EQ(page.find("Ours"), page.npos);
}

// GATEHOUSE_WRITE_DOCS=1 (./dev docs) writes the page instead.
TEST(TemplatesPage, StandsInDocs) {
  const std::string path = GATEHOUSE_DOCS "/templates.md";
  const std::string page = TemplatesPage(ResourceTypes());
  if (std::getenv("GATEHOUSE_WRITE_DOCS") != nullptr) {
    std::ofstream(path, std::ios::binary) << page;
    return;
  }
  std::ostringstream there;
  there << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_TRUE(there.str() == page) << path << " is not what the tables say: run ./dev docs";
}

}  // namespace
}  // namespace gatehouse::stack
