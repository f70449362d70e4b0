// CloudFormation's query protocol: bodies as both AWS CLIs send them, answers as they read them.
#include "stack/wire/cloudformation_api.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "stack/engine/test_stacks.h"

namespace gatehouse::stack {
namespace {

constexpr const char* kTemplate =
    "Parameters:\n  Secret: {Type: String, Default: '<&>', NoEcho: true}\n"
    "Resources:\n  A: {Type: AWS::Logs::LogGroup}\n  B: {Type: AWS::Logs::LogGroup}\n"
    "Outputs:\n  Name: {Value: !Ref A, Export: {Name: a-name}, Description: its name}\n";

std::string Encoded(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out.append("%").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
  }
  return out;
}

struct ApiTest : testing::Test, StacksWorld {
  explicit ApiTest(StackOptions stack_options = {})
      : StacksWorld(std::move(stack_options)), api(*stacks, random) {}

  wire::ServiceResponse Call(const std::string& action, const std::string& fields,
                             const std::string& caller = {}) {
    const std::string body = "Action=" + action + "&Version=2010-05-15" + fields;
    wire::HttpHead head;
    head.method = "POST";
    head.target = "/";
    std::optional<wire::ServiceResponse> response;
    api.Handle({head, body, caller},
               [&](wire::ServiceResponse r) { response.emplace(std::move(r)); });
    return executor->Wait(response);
  }
  // The text of the element of that name in the last answer; "-" if there is none.
  std::string In(const wire::ServiceResponse& response, const std::string& name) {
    const std::size_t open = response.body.find("<" + name + ">");
    if (open == std::string::npos) return "-";
    const std::size_t begin = open + name.size() + 2;
    return response.body.substr(begin, response.body.find("</" + name + ">", begin) - begin);
  }
  std::string Failure(const wire::ServiceResponse& response) {
    return std::to_string(response.status) + " " + In(response, "Code") + ": " +
           In(response, "Message");
  }
  std::string Template(std::string_view text = kTemplate) {
    return "&TemplateBody=" + Encoded(text);
  }
  CloudFormationApi api;
};

TEST_F(ApiTest, DeployOfANewStackThenOfTheSame) {
  EXPECT_EQ(Failure(Call("DescribeStacks", "&StackName=N")),
            "400 ValidationError: Stack with id N does not exist");
  auto made = Call("CreateChangeSet",
                   "&ChangeSetName=awscli-cloudformation-package-deploy-1&StackName=N"
                   "&ChangeSetType=CREATE&Parameters=&Capabilities.member.1=CAPABILITY_IAM"
                   "&Description=Created+by+AWS+CLI&Tags=" +
                       Template());
  ASSERT_EQ(made.status, 200) << made.body;
  const std::string id = In(made, "Id");
  EXPECT_TRUE(id.starts_with("arn:aws:cloudformation:us-east-1:000000000000:changeSet/awscli-"));
  EXPECT_EQ(Status("N"), "REVIEW_IN_PROGRESS");
  auto described = Call("DescribeChangeSet", "&StackName=N&ChangeSetName=" + Encoded(id));
  EXPECT_EQ(In(described, "Status"), "CREATE_COMPLETE");
  EXPECT_NE(described.body.find("<Action>Add</Action><LogicalResourceId>A<"), std::string::npos);
  auto executed =
      Call("ExecuteChangeSet", "&StackName=N&DisableRollback=false&ChangeSetName=" + Encoded(id));
  EXPECT_NE(executed.body.find("<ExecuteChangeSetResult></ExecuteChangeSetResult>"),
            std::string::npos);
  auto stack = Call("DescribeStacks", "&StackName=N");
  EXPECT_EQ(In(stack, "StackStatus"), "CREATE_COMPLETE");
  EXPECT_EQ(In(stack, "ParameterValue"), "****");
  EXPECT_EQ(In(stack, "ExportName"), "a-name");
  EXPECT_EQ(In(Call("GetTemplateSummary", "&StackName=N"), "ParameterKey"), "Secret");

  auto same = Call("CreateChangeSet",
                   "&ChangeSetName=second&StackName=N&ChangeSetType=UPDATE"
                   "&Parameters.member.1.ParameterKey=Secret"
                   "&Parameters.member.1.UsePreviousValue=true" +
                       Template());
  ASSERT_EQ(same.status, 200) << same.body;
  auto failed = Call("DescribeChangeSet", "&StackName=N&ChangeSetName=second");
  EXPECT_EQ(In(failed, "Status"), "FAILED");
  EXPECT_TRUE(
      In(failed, "StatusReason").starts_with("The submitted information didn't contain changes."));
  EXPECT_TRUE(Failure(Call("ExecuteChangeSet", "&StackName=N&ChangeSetName=second"))
                  .starts_with("400 InvalidChangeSetStatus: ChangeSet ["));
  EXPECT_EQ(Call("DeleteChangeSet", "&StackName=N&ChangeSetName=second").status, 200);
  EXPECT_EQ(Failure(Call("DescribeChangeSet", "&StackName=N&ChangeSetName=second")),
            "404 ChangeSetNotFound: ChangeSet [second] does not exist");
}

TEST_F(ApiTest, AReviewedStackMayBeCreatedAgain) {
  const std::string fields = "&StackName=N&ChangeSetType=CREATE" + Template();
  EXPECT_EQ(Call("CreateChangeSet", "&ChangeSetName=one" + fields).status, 200);
  EXPECT_EQ(Failure(Call("CreateChangeSet", "&ChangeSetName=one" + fields)),
            "400 AlreadyExistsException: ChangeSet one already exists");
  EXPECT_EQ(Call("CreateChangeSet", "&ChangeSetName=two" + fields).status, 200);
  EXPECT_EQ(Call("ExecuteChangeSet", "&StackName=N&ChangeSetName=two").status, 200);
  EXPECT_EQ(Status("N"), "CREATE_COMPLETE");
  EXPECT_EQ(In(Call("ListChangeSets", "&StackName=N"), "ChangeSetName"), "two");
  EXPECT_EQ(Failure(Call("CreateChangeSet", "&ChangeSetName=three" + fields)),
            "400 ValidationError: Stack N already exists and cannot be created again with the "
            "changeSet three.");
}

TEST_F(ApiTest, CreateUpdateDelete) {
  ASSERT_EQ(Call("CreateStack", "&StackName=N" + Template()).status, 200);
  EXPECT_EQ(Failure(Call("CreateStack", "&StackName=N" + Template())),
            "400 AlreadyExistsException: Stack [N] already exists");
  EXPECT_EQ(Failure(Call("UpdateStack", "&StackName=N" + Template())),
            "400 ValidationError: No updates are to be performed.");
  EXPECT_EQ(Failure(Call("UpdateStack", "&StackName=M" + Template())),
            "400 ValidationError: Stack [M] does not exist");
  EXPECT_EQ(Call("UpdateStack",
                 "&StackName=N&UsePreviousTemplate=true&Tags.member.1.Key=k"
                 "&Tags.member.1.Value=v&Parameters.member.1.ParameterKey=Secret"
                 "&Parameters.member.1.ParameterValue=x")
                .status,
            200);
  EXPECT_EQ(stacks->Find("N")->definition.parameters.at("Secret"), "x");
  EXPECT_EQ(In(Call("ListExports", ""), "Name"), "a-name");
  EXPECT_EQ(In(Call("GetTemplate", "&StackName=N"), "TemplateBody").substr(0, 11), "Parameters:");
  EXPECT_NE(In(Call("GetTemplate", "&StackName=N"), "TemplateBody").find("'&lt;&amp;&gt;'"),
            std::string::npos);
  auto resources = Call("DescribeStackResources", "&StackName=N");
  EXPECT_EQ(In(resources, "ResourceStatus"), "CREATE_COMPLETE");
  EXPECT_EQ(In(Call("DescribeStackResource", "&StackName=N&LogicalResourceId=B"), "ResourceType"),
            "AWS::Logs::LogGroup");
  EXPECT_EQ(Failure(Call("DescribeStackResource", "&StackName=N&LogicalResourceId=X")),
            "400 ValidationError: Resource X does not exist for stack N");
  auto deleted = Call("DeleteStack", "&StackName=N");
  EXPECT_EQ(deleted.status, 200);
  EXPECT_EQ(deleted.body.find("DeleteStackResult"), std::string::npos);
  EXPECT_EQ(Call("DeleteStack", "&StackName=N").status, 200);
  EXPECT_EQ(In(Call("ListStacks", ""), "StackStatus"), "DELETE_COMPLETE");
  EXPECT_EQ(Failure(Call("DescribeStackEvents", "&StackName=N")),
            "400 ValidationError: Stack [N] does not exist");
}

TEST_F(ApiTest, EventsTellWhyNewestFirst) {
  provider.failing = {"create B"};
  ASSERT_EQ(Call("CreateStack", "&StackName=N" + Template()).status, 200);
  auto events = Call("DescribeStackEvents", "&StackName=N");
  EXPECT_EQ(In(events, "ResourceStatus"), "ROLLBACK_COMPLETE");
  EXPECT_NE(events.body.find("<ResourceStatusReason>create B was to fail<"), std::string::npos);
  EXPECT_NE(events.body.find("The following resource(s) failed to create: [B]. Rollback requested "
                             "by user."),
            std::string::npos);
}

TEST_F(ApiTest, LongListsHavePages) {
  std::string many = "Resources:\n";
  for (int i = 0; i < 120; ++i)
    many += "  R" + std::to_string(i) + ": {Type: AWS::Logs::LogGroup}\n";
  ASSERT_EQ(Call("CreateStack", "&StackName=N" + Template(many)).status, 200);
  auto first = Call("ListStackResources", "&StackName=N");
  EXPECT_EQ(In(first, "NextToken"), "100");
  auto second = Call("ListStackResources", "&StackName=N&NextToken=100");
  EXPECT_EQ(In(second, "NextToken"), "-");
  EXPECT_NE(second.body.find("<LogicalResourceId>R119<"), std::string::npos);
  EXPECT_EQ(In(Call("DescribeStackEvents", "&StackName=N"), "NextToken"), "100");
  EXPECT_EQ(Failure(Call("ListStackResources", "&StackName=N&NextToken=x1")),
            "400 ValidationError: Invalid NextToken x1");
}

TEST_F(ApiTest, ValidateTemplate) {
  auto valid = Call("ValidateTemplate",
                    Template("Parameters: {P: {Type: String}}\nResources:\n  R:\n    Type: "
                             "AWS::IAM::Role\n    Properties: {RoleName: x}\n"));
  EXPECT_EQ(In(valid, "ParameterKey"), "P");
  EXPECT_EQ(In(valid, "Capabilities"), "<member>CAPABILITY_NAMED_IAM</member>");
  EXPECT_EQ(Failure(Call("ValidateTemplate", Template("Resources: {A: {Type: X, DependsOn: B}}"))),
            "400 ValidationError: Template format error: Unresolved resource dependencies [B] in "
            "the Resources block of the template");
}

struct IncludingApiTest : ApiTest {
  static StackOptions WithFolder() {
    StackOptions options;
    options.source_directory = testing::TempDir() + "gatehouse_api_test_include";
    std::filesystem::create_directories(options.source_directory);
    std::ofstream(options.source_directory + "/a.yaml") << "TopicName: a\n";
    return options;
  }
  IncludingApiTest() : ApiTest(WithFolder()) {}
  ~IncludingApiTest() override { std::filesystem::remove_all(options.source_directory); }
};

TEST_F(IncludingApiTest, SummariesKnowWhatIsIncluded) {
  const std::string text = Template(
      "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n"
      "      Fn::Transform: {Name: AWS::Include, Parameters: {Location: a.yaml}}\n");
  EXPECT_EQ(Call("ValidateTemplate", text).status, 200);
  EXPECT_EQ(Call("CreateStack", "&StackName=N" + text).status, 200);
  EXPECT_EQ(Call("GetTemplateSummary", "&StackName=N").status, 200);
  const std::string role = "arn:aws:sts::000000000000:assumed-role/r/s";
  EXPECT_NE(Failure(Call("ValidateTemplate", text, role)).find("by the owner only"),
            std::string::npos);
  EXPECT_NE(Failure(Call("CreateStack", "&StackName=M" + text, role)).find("by the owner only"),
            std::string::npos);
}

TEST_F(ApiTest, Refusals) {
  EXPECT_EQ(Failure(Call("CreateStack", "&StackName=N")),
            "400 ValidationError: Either Template URL or Template Body must be specified.");
  EXPECT_TRUE(Failure(Call("CreateStack", "&StackName=N&TemplateURL=http://x"))
                  .starts_with("400 ValidationError: gatehouse has no S3 yet"));
  EXPECT_TRUE(Failure(Call("CreateStack", "&StackName=N" + Template(std::string(51'201, ' '))))
                  .starts_with("400 ValidationError: 1 validation error detected"));
  EXPECT_EQ(Failure(Call("CreateStack", "&StackName=N" + Template("Resources:\n  A: {Type: "
                                                                  "AWS::SQS::Que}\n"))),
            "400 ValidationError: Template format error: Unrecognized resource types: "
            "[AWS::SQS::Que] (line 2); did you mean AWS::SQS::Queue?");
  const char* role =
      "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      "
      "AssumeRolePolicyDocument: "
      "{Statement: []}\n";
  EXPECT_EQ(Failure(Call("CreateStack", "&StackName=N" + Template(role))),
            "400 InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_IAM]");
  EXPECT_EQ(Failure(Call("CreateStack", "&StackName=N&Capabilities.member.1=CAPABILITY_IAM" +
                                            Template(std::string(role) + "      RoleName: x\n"))),
            "400 InsufficientCapabilitiesException: Requires capabilities : "
            "[CAPABILITY_NAMED_IAM]");
  EXPECT_EQ(Failure(Call("UpdateStack", "&UsePreviousTemplate=true&StackName=Q")),
            "400 ValidationError: Stack [Q] does not exist");
  EXPECT_TRUE(Failure(Call("Nonsense", "")).starts_with("400 InvalidAction: "));
  EXPECT_TRUE(Failure(Call("DeleteStack", "")).starts_with("400 ValidationError: 1 validation"));
  EXPECT_EQ(Failure(Call("ListImports", "&ExportName=e")),
            "400 ValidationError: Export 'e' is not imported by any stack.");
  EXPECT_TRUE(stacks->List().empty());
}

}  // namespace
}  // namespace gatehouse::stack
