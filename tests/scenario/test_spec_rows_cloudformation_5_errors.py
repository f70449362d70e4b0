"""The CloudFormation specification's §5, row by row: error texts, over the wire."""

import re
import urllib.parse
import uuid
from xml.etree import ElementTree

import pytest
from harness import Server, ask

TOPIC = "Resources: {T: {Type: AWS::SNS::Topic}}\n"
FIELDS = ["Content-Type: application/x-www-form-urlencoded; charset=utf-8"]
ROLE = ("AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, "
        "Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("errors"), "--empty")
    yield running
    running.stop()


@pytest.fixture
def name():
    """A stack's name that no other test has."""
    return "s" + uuid.uuid4().hex[:12]


def call(server, action, **parameters):
    """(status, code, message) of an error; (200, None, the answer's elements) else."""
    fields = {"Action": action, "Version": "2010-05-15"}
    for key, value in parameters.items():
        fields[key.replace("__", ".")] = value
    answer = ask(server.port, "POST", "/", urllib.parse.urlencode(fields).encode(), fields=FIELDS)
    tree = ElementTree.fromstring(re.sub(rb' xmlns="[^"]*"', b"", answer.body))
    if answer.status == 200:
        return 200, None, tree
    error = tree.find("Error")
    return answer.status, error.find("Code").text, error.find("Message").text


def create(server, stack, template, **more):
    return call(server, "CreateStack", StackName=stack, TemplateBody=template, **more)


def says(server, template, message, name, **more):
    """A template is refused with these words, and nothing is begun."""
    status, code, told = create(server, name, template, **more)
    assert (status, code) == (400, "ValidationError"), told
    assert told == message
    assert call(server, "DescribeStacks", StackName=name)[0] == 400


def test_no_such_stack(server):
    assert call(server, "DescribeStacks", StackName="N") == (
        400, "ValidationError", "Stack with id N does not exist")
    for action in ("DescribeStackEvents", "DescribeStackResources", "UpdateStack"):
        more = {"TemplateBody": TOPIC} if action == "UpdateStack" else {}
        assert call(server, action, StackName="N", **more) == (
            400, "ValidationError", "Stack [N] does not exist"), action


def test_exists(server, name):
    assert create(server, name, TOPIC)[0] == 200
    assert create(server, name, TOPIC) == (
        400, "AlreadyExistsException", f"Stack [{name}] already exists")


def test_create_over_a_live_stack_by_change_set(server, name):
    assert create(server, name, TOPIC)[0] == 200
    assert call(server, "CreateChangeSet", StackName=name, ChangeSetName="c",
                ChangeSetType="CREATE", TemplateBody=TOPIC) == (
        400, "ValidationError",
        f"Stack {name} already exists and cannot be created again with the changeSet c.")


def test_not_updatable(server, name):
    # The second function's name is taken: it fails when it is made, and all is rolled back.
    table = ("{Type: AWS::DynamoDB::Table, Properties: {TableName: %s, BillingMode: "
             "PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: k, AttributeType: S}], "
             "KeySchema: [{AttributeName: k, KeyType: HASH}]}}")
    assert create(server, name + "a", "Resources: {T: %s}\n" % (table % name))[0] == 200
    assert create(server, name, "Resources: {T: %s}\n" % (table % name))[0] == 200
    stack = call(server, "DescribeStacks", StackName=name)[2]
    assert stack.find(".//StackStatus").text == "ROLLBACK_COMPLETE"
    arn = stack.find(".//StackId").text
    assert call(server, "UpdateStack", StackName=name, TemplateBody=TOPIC) == (
        400, "ValidationError",
        f"Stack:{arn} is in ROLLBACK_COMPLETE state and can not be updated.")


@pytest.mark.parametrize("properties,capability", [
    (f"{{{ROLE}}}", "CAPABILITY_IAM"), (f"{{RoleName: r1, {ROLE}}}", "CAPABILITY_NAMED_IAM")])
def test_iam_without_capability(server, name, properties, capability):
    template = f"Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties: {properties}\n"
    said = (400, "InsufficientCapabilitiesException", f"Requires capabilities : [{capability}]")
    assert create(server, name, template) == said
    assert call(server, "CreateChangeSet", StackName=name, ChangeSetName="c",
                ChangeSetType="CREATE", TemplateBody=template) == said


def test_missing_parameter(server, name):
    says(server, "Parameters: {A: {Type: String}, B: {Type: String}}\n" + TOPIC,
         "Parameters: [A, B] must have values", name)


def test_unknown_parameter(server, name):
    says(server, TOPIC, "Parameters: [X] do not exist in the template", name,
         Parameters__member__1__ParameterKey="X", Parameters__member__1__ParameterValue="1")


def test_previous_value_on_create(server, name):
    assert call(server, "CreateChangeSet", StackName=name, ChangeSetName="c",
                ChangeSetType="CREATE", TemplateBody="Parameters: {A: {Type: String}}\n" + TOPIC,
                Parameters__member__1__ParameterKey="A",
                Parameters__member__1__UsePreviousValue="true") == (
        400, "ValidationError",
        "Cannot specify UsePreviousValue on Parameters when ChangeSetType is CREATE")


@pytest.mark.parametrize("constraint,message", [
    ("AllowedValues: [a, b]", "Parameter 'X' must be one of AllowedValues"),
    ("AllowedPattern: '[0-9]+'",
     "Parameter X failed to satisfy constraint: must match pattern [0-9]+"),
    ("AllowedPattern: '[0-9]+', ConstraintDescription: digits please",
     "Parameter X failed to satisfy constraint: digits please")])
def test_not_allowed_value(server, name, constraint, message):
    says(server, f"Parameters: {{X: {{Type: String, {constraint}}}}}\n" + TOPIC, message, name,
         Parameters__member__1__ParameterKey="X", Parameters__member__1__ParameterValue="no")


def test_ref_to_nothing(server, name):
    says(server, "Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref X}}}\n",
         "Template format error: Unresolved resource dependencies [X] in the Resources block of "
         "the template", name)
    says(server, TOPIC + "Outputs: {O: {Value: !Ref X}}\n",
         "Template format error: Unresolved resource dependencies [X] in the Outputs block of "
         "the template", name)


def test_getatt_to_nothing(server, name):
    says(server, TOPIC + "Outputs: {O: {Value: !GetAtt X.Arn}}\n",
         "Template error: instance of Fn::GetAtt references undefined resource X", name)


def test_bad_attribute(server, name):
    says(server, TOPIC + "Outputs: {O: {Value: !GetAtt T.Colour}}\n",
         "Template error: resource T does not support attribute type Colour in Fn::GetAtt", name)


@pytest.mark.parametrize("argument", ["T", "[T]", "[T, '']", "''"])
def test_malformed_getatt(server, name, argument):
    says(server, TOPIC + f"Outputs: {{O: {{Value: {{'Fn::GetAtt': {argument}}}}}}}\n",
         "Template error: every Fn::GetAtt object requires two non-empty parameters, the "
         "resource name and the resource attribute", name)


def test_cycle(server, name):
    says(server, "Resources:\n  A: {Type: AWS::SNS::Topic, DependsOn: B}\n"
         "  B: {Type: AWS::SNS::Topic, DependsOn: A}\n",
         "Circular dependency between resources: [A, B]", name)


def test_unknown_type(server, name):
    says(server, "Resources: {A: {Type: AWS::SNS::Topik}}\n",
         "Template format error: Unrecognized resource types: [AWS::SNS::Topik] (line 1); did you "
         "mean AWS::SNS::Topic?", name)


def test_unknown_property(server, name):
    says(server, "Resources: {R: {Type: AWS::Logs::LogGroup, Properties: {P: 1}}}\n",
         "Properties validation failed for resource R with message: #: extraneous key [P] is not "
         "permitted", name)


@pytest.mark.parametrize("template", ["Resources: {}\n", "Description: none\n", '{"Outputs": {}}'])
def test_no_resources(server, name, template):
    says(server, template, "Template format error: At least one Resources member must be defined.",
         name)


def test_syntax(server, name):
    status, code, told = create(server, name, "Resources: {A: [\n")
    assert (status, code) == (400, "ValidationError")
    assert re.fullmatch(r"Template format error: YAML not well-formed\. \(line \d+, column \d+\).*",
                        told), told
    status, code, told = create(server, name, '{"Resources": {"A": ]}')
    assert (status, code) == (400, "ValidationError")
    assert told.startswith("Template format error: JSON not well-formed. (line 1, column "), told


def test_import(server, name):
    imports = ("Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue "
               f"'{name}-e'}}}}}}\n")
    says(server, imports, f"No export named {name}-e found.", name)
    exports = TOPIC + f"Outputs: {{O: {{Value: v, Export: {{Name: {name}-e}}}}}}\n"
    assert create(server, name, exports)[0] == 200
    assert create(server, name + "i", imports)[0] == 200
    used = f"Export {name}-e cannot be deleted as it is in use by {name}i"
    assert call(server, "DeleteStack", StackName=name) == (400, "ValidationError", used)
    assert call(server, "UpdateStack", StackName=name, TemplateBody=TOPIC) == (
        400, "ValidationError", used)
    listed = call(server, "ListImports", ExportName=f"{name}-e")[2]
    assert [one.text for one in listed.iter("member")] == [name + "i"]
    names = [one.text for one in call(server, "ListExports")[2].iter("Name")]
    assert f"{name}-e" in names
    status, _, told = create(server, name + "j", exports)
    assert status == 400 and told.startswith(f"Export with name {name}-e is already exported by")
    assert call(server, "DeleteStack", StackName=name + "i")[0] == 200
    assert call(server, "DeleteStack", StackName=name)[0] == 200


def test_a_failed_update_leaves_the_old_stack(server, name):
    table = ("{Type: AWS::DynamoDB::Table, Properties: {TableName: %s, BillingMode: "
             "PAY_PER_REQUEST, AttributeDefinitions: [{AttributeName: k, AttributeType: S}], "
             "KeySchema: [{AttributeName: k, KeyType: HASH}]}}")
    assert create(server, name + "a", "Resources: {T: %s}\n" % (table % name))[0] == 200
    assert create(server, name, TOPIC + "Outputs: {O: {Value: old}}\n")[0] == 200
    assert call(server, "UpdateStack", StackName=name, TemplateBody=(
        "Resources: {T: {Type: AWS::SNS::Topic}, U: %s}\nOutputs: {O: {Value: new}}\n"
        % (table % name)))[0] == 200
    stack = call(server, "DescribeStacks", StackName=name)[2]
    assert stack.find(".//StackStatus").text == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.find(".//OutputValue").text == "old"
