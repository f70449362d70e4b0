#include "stack/template/expand.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "stack/check/template_check.h"
#include "stack/engine/test_stacks.h"

namespace gatehouse::stack {
namespace {

using Lines = std::vector<std::string>;

struct ExpandTest : testing::Test {
  ~ExpandTest() override {
    if (!directory.empty()) std::filesystem::remove_all(directory);
  }
  // A file of the served folder.
  void Write(const std::string& name, const std::string& text) {
    if (directory.empty()) {
      directory = testing::TempDir() + "gatehouse_expand_test_" +
                  testing::UnitTest::GetInstance()->current_test_info()->name();
    }
    std::filesystem::create_directories(
        (directory + "/" + name).substr(0, (directory + "/" + name).rfind('/')));
    std::ofstream(directory + "/" + name) << text;
  }
  Plan Of(std::string_view text, ParameterInputs parameters = {}) {
    problems.clear();
    source = ReadTemplate(text, problems, {&parameters, nullptr, directory});
    PlanInput input;
    input.source = &source;
    input.parameters = ResolveParameters(source, parameters, nullptr, problems);
    input.around = {"us-east-1", "000000000000", "demo", directory, &names};
    return MakePlan(input, problems);
  }
  std::string Why(std::string_view text) {
    (void)Of(text);
    return problems.empty() ? "" : std::to_string(problems[0].line) + ": " + problems[0].message;
  }
  static Lines Ids(const Plan& plan) {
    Lines ids;
    for (const Step& step : plan.steps) ids.push_back(step.next.logical_id);
    return ids;
  }
  TestNames names;
  Template source;
  Problems problems;
  std::string directory;
};

constexpr const char* kLoops = R"(
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: 'One,Two'}
  Keep: {Type: String, Default: Retain}
Mappings: {M: {a: {list: [x, y]}}}
Resources:
  Fn::ForEach::Topics:
    - Name
    - !Ref Names
    - Topic${Name}:
        Type: AWS::SNS::Topic
        DeletionPolicy: !Ref Keep
        Properties:
          TopicName: !Join ['-', [!Ref Name, fifo]]
          Fn::ForEach::Inner: [Part, [DisplayName], {'${Part}': !Sub '${Name}-${AWS::Region}'}]
Outputs:
  Fn::ForEach::Out:
    - N
    - !FindInMap [M, a, list]
    - Out${N}: {Value: !FindInMap [M, !Ref N, list, {DefaultValue: none}]}
)";

TEST_F(ExpandTest, LoopsMakeResourcesPropertiesAndOutputs) {
  const Plan plan = Of(kLoops);
  ASSERT_TRUE(problems.empty()) << problems[0].message;
  EXPECT_EQ(Ids(plan), (Lines{"TopicOne", "TopicTwo"}));
  EXPECT_EQ(plan.steps[0].next.Text("TopicName"), "One-fifo");
  EXPECT_EQ(plan.steps[1].next.Text("DisplayName"), "Two-us-east-1");
  EXPECT_EQ(plan.steps[0].next.deletion_policy, RemovalPolicy::kRetain);
  ASSERT_EQ(plan.outputs.size(), 2u);
  EXPECT_EQ(plan.outputs[1].key, "Outy");
  EXPECT_EQ(plan.outputs[1].value, "none");
  EXPECT_EQ(Ids(Of(kLoops, {{"Names", {"Z", false}}})), Lines{"TopicZ"});
  const std::string keep = kLoops;
  EXPECT_EQ(Why(std::string(keep).replace(keep.find("Default: Retain"), 15, "Default: Keep")),
            "13: Template format error: Unrecognized policy Keep (Delete, Retain or "
            "RetainExceptOnCreate)");
}

TEST_F(ExpandTest, LoopsNeedTheTransform) {
  EXPECT_EQ(Why("Resources:\n  Fn::ForEach::X: [I, [a], {'R${I}': {Type: AWS::SNS::Topic}}]\n"),
            "2: Template format error: Resource name Fn::ForEach::X is non alphanumeric.");
  EXPECT_EQ(Why("Resources:\n  A: {Type: AWS::SNS::Topic, DeletionPolicy: !Ref X}\n"),
            "2: Template format error: Unrecognized DeletionPolicy value (Delete, Retain or "
            "RetainExceptOnCreate)");
}

TEST_F(ExpandTest, WrongLoopsAreToldWithTheirLine) {
  auto why = [this](const std::string& loop) {
    return Why("Transform: AWS::LanguageExtensions\nResources:\n  " + loop + "\n");
  };
  const std::string failed = "3: Transform AWS::LanguageExtensions failed with: ";
  EXPECT_EQ(why("Fn::ForEach::X: [I, [a]]"),
            failed +
                "Fn::ForEach layout is incorrect: Fn::ForEach::X needs a list of an "
                "identifier, a collection and a map");
  EXPECT_TRUE(why("Fn::ForEach::X: [I, !Ref Nothing, {'R${I}': {Type: AWS::SNS::Topic}}]")
                  .starts_with(failed + "Fn::ForEach could not resolve the collection"));
  EXPECT_EQ(why("Fn::ForEach::X: [I, [a, b], {R: {Type: AWS::SNS::Topic}}]"),
            failed + "Fn::ForEach makes R twice");
  EXPECT_EQ(why("'Fn::ForEach::X': [I, [a-b], {'R&{I}': {Type: AWS::SNS::Topic}}]"), "");
}

TEST_F(ExpandTest, BombsOfLoopsAreRefusedAtOnce) {
  std::string loop = "{'R${A}${B}${C}${D}${E}': {Type: AWS::SNS::Topic}}";
  std::string many;
  for (int i = 0; i < 60; ++i) many += (i > 0 ? ", v" : "v") + std::to_string(i);
  for (const char* id : {"E", "D", "C", "B", "A"}) {
    loop = std::string("{'Fn::ForEach::L") + id + "': [" + id + ", [" + many + "], " + loop + "]}";
  }
  EXPECT_EQ(Why("Transform: AWS::LanguageExtensions\nResources: " + loop + "\n"),
            "2: Transform AWS::LanguageExtensions failed with: Fn::ForEach makes too much of this "
            "template");
}

TEST_F(ExpandTest, BombsOfFunctionsAreRefusedForTheWholeTemplate) {
  std::string text =
      "Parameters: {P: {Type: String, Default: '" + std::string(4000, 'x') + "'}}\nResources:\n";
  std::string sub;
  for (int i = 0; i < 100; ++i) sub += "${P}";
  for (int i = 0; i < 100; ++i) {
    text += "  T" + std::to_string(i) +
            ": {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub '" + sub + "'}}\n";
  }
  EXPECT_NE(Why(text).find("the functions of the template make more than 8388608 bytes"),
            std::string::npos);
  std::string copies = "Mappings: {M: {k: {l: [" + std::string(40'000, ',') + "]}}}\nResources:\n";
  copies = "Mappings: {M: {k: {l: [a";
  for (int i = 0; i < 20'000; ++i) copies += ",a";
  copies += "]}}}\nResources:\n";
  for (int i = 0; i < 300; ++i) {
    copies += "  T" + std::to_string(i) +
              ": {Type: AWS::SNS::Topic, Properties: {X: !FindInMap [M, k, l]}}\n";
  }
  EXPECT_NE(Why(copies).find("the functions of the template make more than 2000000 values"),
            std::string::npos);
}

TEST_F(ExpandTest, FilesAreIncluded) {
  Write("parts/topic.yaml", "TopicName: from-file\nDisplayName: of the file\n");
  Write("all.json", R"({"Outputs": {"O": {"Value": "x"}}, "Resources": {"Z": {"Type": "N"}}})");
  const Plan plan = Of(R"(
Transform: {Name: AWS::Include, Parameters: {Location: all.json}}
Resources:
  T:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: of the template
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: ./parts/topic.yaml}}
)");
  ASSERT_TRUE(problems.empty()) << problems[0].message;
  ASSERT_EQ(Ids(plan), Lines{"T"});
  EXPECT_EQ(plan.steps[0].next.Text("TopicName"), "from-file");
  EXPECT_EQ(plan.steps[0].next.Text("DisplayName"), "of the template");
  EXPECT_EQ(plan.outputs[0].value, "x");
}

TEST_F(ExpandTest, NothingOutsideOfTheFolderIsIncluded) {
  Write("inside/a.yaml", "TopicName: a\n");
  Write("outside.yaml", "TopicName: secret\n");
  const std::string folder = directory;
  directory += "/inside";
  std::filesystem::create_symlink("../outside.yaml", directory + "/link.yaml");
  auto why = [this](const std::string& location) {
    return Why(
        "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n"
        "      Fn::Transform: {Name: AWS::Include, Parameters: {Location: '" +
        location + "'}}\n");
  };
  const std::string failed = "5: Transform AWS::Include failed with: ";
  EXPECT_EQ(why("a.yaml"), "");
  EXPECT_EQ(why("../inside/a.yaml"), "");
  for (const std::string& place : {std::string("../outside.yaml"), folder + "/outside.yaml",
                                   std::string("link.yaml"), std::string("/etc/passwd")}) {
    EXPECT_EQ(why(place), failed + place + " is outside of the served folder");
  }
  EXPECT_EQ(why("gone.yaml"), failed + "gone.yaml does not exist");
  EXPECT_TRUE(why("s3://b/k").starts_with(failed + "s3://b/k: gatehouse has no S3 yet"));
  directory.clear();
  EXPECT_TRUE(why("a.yaml").starts_with(failed + "a.yaml: files can be included by the owner"));
  directory = folder;
}

TEST_F(ExpandTest, FilesThatIncludeThemselvesEnd) {
  Write("me.yaml", "Fn::Transform: {Name: AWS::Include, Parameters: {Location: me.yaml}}\n");
  EXPECT_EQ(Why("Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n"
                "      Fn::Transform: {Name: AWS::Include, Parameters: {Location: me.yaml}}\n"),
            "5: Transform AWS::Include failed with: me.yaml: too many files include files");
  EXPECT_EQ(Why("Resources:\n  T: {Fn::Transform: {Name: Mine}}\n"),
            "2: No transform named Mine is supported by gatehouse yet");
}

TEST_F(ExpandTest, OnlyTheOwnersTemplatesReadFiles) {
  Write("a.yaml", "DisplayName: a\n");
  StackOptions options;
  options.source_directory = directory;
  StacksWorld world(options);
  StackRequest request = StacksWorld::Request(
      "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n"
      "      Fn::Transform: {Name: AWS::Include, Parameters: {Location: a.yaml}}\n");
  EXPECT_TRUE(world.Create(request));
  request.name = "t";
  request.may_read_files = false;
  EXPECT_FALSE(world.Create(request));
}

}  // namespace
}  // namespace gatehouse::stack
