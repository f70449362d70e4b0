"""EventBridge and EventBridge Scheduler by boto3: rules, events, schedules that call functions."""

import datetime
import json

import botocore.exceptions
import pytest
from harness import until
from test_functions import client, create, template

ROLE = "arn:aws:iam::000000000000:role/r"
OFF = {"Mode": "OFF"}


def arn(name):
    return f"arn:aws:lambda:us-east-1:000000000000:function:{name}"


def refused(call, **arguments):
    """AWS's code, status and sentence."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"],
            response["Error"]["Message"])


def worker(server, every_rule=True):
    """The name of a function that prints what it gets, from every rule."""
    text = json.loads(template(
        Worker=("python3.12", "print('GOT ' + __import__('json').dumps(event))", {})))
    if every_rule:
        text["Resources"]["May"] = {"Type": "AWS::Lambda::Permission", "Properties": {
            "FunctionName": {"Ref": "Worker"}, "Action": "lambda:InvokeFunction",
            "Principal": "events.amazonaws.com"}}
    return create(server, "events", json.dumps(text))["Worker"]


def got(server):
    """What it has got so far."""
    lines = [line.partition("GOT ")[2] for line in server.log().splitlines(True)
             if "GOT " in line and line.endswith("\n")]
    return [json.loads(line) for line in lines]


def wait_for(server, count):
    until(lambda: len(got(server)) >= count, f"{count} invocations")
    return got(server)


def test_events_reach_functions(start_gatehouse):
    server = start_gatehouse("--empty")
    name = worker(server)
    events = client(server, "events")
    pattern = {"source": ["shop"], "detail": {"price": [{"numeric": [">", 10]}]}}
    answer = events.put_rule(Name="dear", EventPattern=json.dumps(pattern), Description="dear ones",
                             Tags=[{"Key": "a", "Value": "b"}])
    rule_arn = "arn:aws:events:us-east-1:000000000000:rule/dear"
    assert answer["RuleArn"] == rule_arn
    client(server, "lambda").add_permission(
        FunctionName=name, StatementId="rule", Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com", SourceArn=rule_arn)
    answer = events.put_targets(Rule="dear", Targets=[
        {"Id": "whole", "Arn": arn(name)},
        {"Id": "part", "Arn": arn(name), "InputPath": "$.detail"},
        {"Id": "text", "Arn": arn(name), "InputTransformer": {
            "InputPathsMap": {"price": "$.detail.price"},
            "InputTemplate": '"<aws.events.rule-name>: <price>"'}},
        {"Id": "constant", "Arn": arn(name), "Input": '{"a": 1}'}])
    assert answer["FailedEntryCount"] == 0

    when = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    answer = events.put_events(Entries=[
        {"Source": "shop", "DetailType": "sold", "Detail": '{"price": 9}'},
        {"Source": "shop", "DetailType": "sold", "Detail": '{"price": 12.50}', "Time": when,
         "Resources": ["r1", "r2"]},
        {"Source": "shop", "DetailType": "sold", "Detail": "no JSON"},
        {"Source": "aws.ec2", "DetailType": "sold", "Detail": "{}"},
        {"DetailType": "sold", "Detail": "{}"}])
    assert answer["FailedEntryCount"] == 3
    codes = [entry.get("ErrorCode") for entry in answer["Entries"]]
    assert codes == [None, None, "MalformedDetail", "NotAuthorizedForSourceException",
                     "InvalidArgument"]
    whole = {"version": "0", "id": answer["Entries"][1]["EventId"], "detail-type": "sold",
             "source": "shop", "account": "000000000000", "time": "2026-01-02T03:04:05Z",
             "region": "us-east-1", "resources": ["r1", "r2"], "detail": {"price": 12.50}}
    assert sorted(map(str, wait_for(server, 4))) == \
        sorted(map(str, [whole, {"price": 12.50}, "dear: 12.50", {"a": 1}]))

    assert events.describe_rule(Name="dear")["State"] == "ENABLED"
    events.disable_rule(Name="dear")
    assert events.describe_rule(Name="dear")["State"] == "DISABLED"
    entry = {"Source": "shop", "DetailType": "sold", "Detail": '{"price": 99}'}
    events.put_events(Entries=[entry])
    events.enable_rule(Name="dear")
    events.remove_targets(Rule="dear", Ids=["part", "text", "constant"])
    answer = events.put_events(Entries=[{**entry, "Detail": '{"price": 100}'}])
    assert wait_for(server, 5)[4]["detail"] == {"price": 100}, "not what came while disabled"

    assert events.list_tags_for_resource(ResourceARN=rule_arn)["Tags"] == \
        [{"Key": "a", "Value": "b"}]
    listed = events.list_targets_by_rule(Rule="dear")["Targets"]
    assert listed == [{"Id": "whole", "Arn": arn(name)}]
    assert events.list_rule_names_by_target(TargetArn=arn(name))["RuleNames"] == ["dear"]
    assert "targets" in refused(events.delete_rule, Name="dear")[2]
    events.remove_targets(Rule="dear", Ids=["whole"])
    events.delete_rule(Name="dear")
    assert events.list_rules()["Rules"] == []


def test_a_rule_needs_the_functions_permission(start_gatehouse):
    server = start_gatehouse("--empty")
    name = worker(server, every_rule=False)
    events = client(server, "events")
    for rule in ("may", "may-not"):
        events.put_rule(Name=rule, EventPattern=json.dumps({"source": [rule]}))
        events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": arn(name)}])
    client(server, "lambda").add_permission(
        FunctionName=name, StatementId="rule", Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn="arn:aws:events:us-east-1:000000000000:rule/may")
    for source in ("may-not", "may"):
        events.put_events(Entries=[{"Source": source, "DetailType": "t", "Detail": "{}"}])
    assert [event["source"] for event in wait_for(server, 1)] == ["may"]
    server.wait_for_log("events.amazonaws.com may not invoke function")


def test_a_schedule_needs_its_roles_permission(start_gatehouse):
    server = start_gatehouse("--empty")
    text = json.loads(template(
        Worker=("python3.12", "print('GOT ' + __import__('json').dumps(event))", {})))

    def role(*statements):
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole",
                 "Principal": {"Service": "scheduler.amazonaws.com"}}
        return {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "p", "PolicyDocument": {
                "Version": "2012-10-17", "Statement": list(statements)}}]}}

    worker_arn = {"Fn::GetAtt": ["Worker", "Arn"]}
    allow = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": worker_arn}
    other = {**allow, "Action": "lambda:GetFunction"}
    text["Resources"] |= {"Good": role(allow), "Bad": role(other)}
    for name in ("Bad", "Good"):
        text["Resources"][f"By{name}"] = {
            "Type": "AWS::Scheduler::Schedule", "DependsOn": "ByBad" if name == "Good" else [],
            "Properties": {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": OFF,
                           "Target": {"Arn": worker_arn, "Input": json.dumps({"by": name}),
                                      "RoleArn": {"Fn::GetAtt": [name, "Arn"]}}}}
    create(server, "schedules", json.dumps(text))
    assert wait_for(server, 1) == [{"by": "Good"}]
    server.wait_for_log("may not lambda:InvokeFunction")


def test_destinations_of_asynchronous_invocations(start_gatehouse):
    server = start_gatehouse("--empty")
    names = create(server, "events", template(
        Sink=("python3.12", "print('GOT ' + __import__('json').dumps(event))", {}),
        Bad=("python3.12", "raise ValueError('no')", {}), Good=("python3.12", "return 5", {})))
    functions = client(server, "lambda")
    sink = arn(names["Sink"])
    for name in ("Bad", "Good"):
        answer = functions.put_function_event_invoke_config(
            FunctionName=names[name], MaximumRetryAttempts=0, MaximumEventAgeInSeconds=60,
            DestinationConfig={"OnSuccess": {"Destination": sink},
                               "OnFailure": {"Destination": sink}})
        assert answer["MaximumRetryAttempts"] == 0
        answer = functions.get_function_event_invoke_config(FunctionName=names[name])
        assert answer["DestinationConfig"]["OnFailure"] == {"Destination": sink}
        functions.invoke(FunctionName=names[name], InvocationType="Event", Payload=b'{"n": 1}')
    records = {record["requestContext"]["condition"]: record for record in wait_for(server, 2)}
    assert set(records) == {"Success", "RetriesExhausted"}
    assert records["Success"]["responsePayload"] == 5
    failed = records["RetriesExhausted"]
    assert failed["requestPayload"] == {"n": 1}
    assert failed["responseContext"]["functionError"] == "Unhandled"
    assert failed["responsePayload"]["errorType"] == "ValueError"

    functions.update_function_event_invoke_config(FunctionName=names["Bad"], MaximumRetryAttempts=1)
    listed = functions.list_function_event_invoke_configs(FunctionName=names["Bad"])
    one = listed["FunctionEventInvokeConfigs"][0]
    assert (one["MaximumRetryAttempts"], one["MaximumEventAgeInSeconds"]) == (1, 60)
    functions.delete_function_event_invoke_config(FunctionName=names["Bad"])
    for call in (functions.get_function_event_invoke_config,
                 functions.delete_function_event_invoke_config):
        assert refused(call, FunctionName=names["Bad"])[0] == "ResourceNotFoundException"
    assert refused(functions.put_function_event_invoke_config, FunctionName=names["Bad"],
                   MaximumRetryAttempts=3)[0] == "InvalidParameterValueException"


def test_rules_are_listed_in_pages_and_survive_a_restart(start_gatehouse, tmp_path):
    data = tmp_path / "data"
    server = start_gatehouse("--empty", data=data)
    events = client(server, "events")
    for i in range(5):
        events.put_rule(Name=f"tick{i}", ScheduleExpression="cron(0 12 * * ? *)", State="DISABLED")
    events.put_rule(Name="other", EventPattern='{"source":["a"]}')
    page = events.list_rules(NamePrefix="tick", Limit=3)
    assert [rule["Name"] for rule in page["Rules"]] == ["tick0", "tick1", "tick2"]
    page = events.list_rules(NamePrefix="tick", Limit=3, NextToken=page["NextToken"])
    assert [rule["Name"] for rule in page["Rules"]] == ["tick3", "tick4"]
    assert "NextToken" not in page
    before = events.list_rules()["Rules"]
    server.stop()
    server = start_gatehouse("--empty", data=data)
    assert client(server, "events").list_rules()["Rules"] == before
    buses = client(server, "events").list_event_buses()["EventBuses"]
    assert [bus["Name"] for bus in buses] == ["default"]
    assert client(server, "events").describe_event_bus()["Name"] == "default"


def test_what_eventbridge_refuses(gatehouse):
    events = client(gatehouse, "events")
    unknown = "Rule none does not exist on EventBus default."
    for call in (events.describe_rule, events.enable_rule, events.disable_rule):
        assert refused(call, Name="none") == ("ResourceNotFoundException", 400, unknown)
    assert refused(events.list_targets_by_rule, Rule="none")[0] == "ResourceNotFoundException"
    target = {"Id": "1", "Arn": arn("f")}
    assert refused(events.put_targets, Rule="none", Targets=[target])[2] == unknown
    events.delete_rule(Name="none")
    for expression in ("rate(1 minutes)", "rate(5 minute)", "cron(0 10 * * * *)", "every day",
                       "at(2026-11-20T13:00:00)"):
        assert refused(events.put_rule, Name="r", ScheduleExpression=expression) == \
            ("ValidationException", 400, "Parameter ScheduleExpression is not valid.")
    code, status, message = refused(events.put_rule, Name="r", EventPattern='{"source":"a"}')
    assert (code, status) == ("InvalidEventPatternException", 400)
    assert message.startswith("Event pattern is not valid. Reason: "
                              '"source" must be an object or an array')
    assert refused(events.put_rule, Name="r")[0] == "ValidationException"
    assert refused(events.put_rule, Name="r", EventBusName="mine", EventPattern="{}")[2] == \
        "Event bus mine does not exist."
    assert "regular expression pattern" in refused(events.put_rule, Name="a b")[2]

    events.put_rule(Name="r", EventPattern='{"source":["a"]}')
    many = [{"Id": str(i), "Arn": arn("f")} for i in range(6)]
    assert refused(events.put_targets, Rule="r", Targets=many)[0] == "LimitExceededException"
    both = {**target, "Input": "{}", "InputPath": "$.a"}
    assert "Only one of" in refused(events.put_targets, Rule="r", Targets=[both])[2]
    queue = {"Id": "q", "Arn": "arn:aws:sqs:us-east-1:000000000000:q"}
    assert "functions only" in refused(events.put_targets, Rule="r", Targets=[queue])[2]
    assert events.list_targets_by_rule(Rule="r")["Targets"] == []
    events.delete_rule(Name="r")

    entry = {"Source": "s", "DetailType": "t", "Detail": "{}"}
    assert refused(events.put_events, Entries=[entry] * 11)[0] == "ValidationException"
    large = {**entry, "Detail": json.dumps({"a": "x" * 256 * 1024})}
    assert refused(events.put_events, Entries=[large])[2] == \
        "Total size of the entries in the request is over the limit."


def test_a_pattern_is_tested(gatehouse):
    events = client(gatehouse, "events")
    event = {"id": "1", "account": "1", "source": "a", "time": "2026-01-01T00:00:00Z",
             "region": "r", "resources": [], "detail-type": "t", "detail": {"state": "on"}}
    for pattern, result in (({"detail": {"state": ["on"]}}, True),
                            ({"detail": {"state": [{"anything-but": "on"}]}}, False)):
        assert events.test_event_pattern(EventPattern=json.dumps(pattern),
                                         Event=json.dumps(event))["Result"] is result
    code = refused(events.test_event_pattern, EventPattern="{", Event=json.dumps(event))[0]
    assert code == "InvalidEventPatternException"
    assert refused(events.test_event_pattern, EventPattern='{"a":[1]}', Event="{}")[0] == \
        "ValidationException"


def test_schedules(start_gatehouse, tmp_path):
    data = tmp_path / "data"
    server = start_gatehouse("--empty", data=data)
    name = worker(server)
    scheduler = client(server, "scheduler")
    target = {"Arn": arn(name), "RoleArn": ROLE}
    answer = scheduler.create_schedule(Name="s", ScheduleExpression="rate(12 hours)",
                                       FlexibleTimeWindow=OFF, Target=target)
    schedule_arn = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/s"
    assert answer["ScheduleArn"] == schedule_arn
    event = wait_for(server, 1)[0]
    assert event.pop("id") and event.pop("time").endswith("Z")
    assert event == {"version": "0", "detail-type": "Scheduled Event", "source": "aws.scheduler",
                     "account": "000000000000", "region": "us-east-1", "resources": [schedule_arn],
                     "detail": "{}"}

    schedule = scheduler.get_schedule(Name="s")
    assert schedule["State"] == "ENABLED"
    assert schedule["ScheduleExpressionTimezone"] == "UTC"
    assert schedule["Target"] == {**target, "RetryPolicy": {
        "MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}}
    text = '{"at": "<aws.scheduler.scheduled-time>", "arn": "<aws.scheduler.schedule-arn>"}'
    start = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    scheduler.update_schedule(
        Name="s", ScheduleExpression="cron(0 12 ? * MON-FRI 2199)", StartDate=start,
        ScheduleExpressionTimezone="Europe/Berlin", State="DISABLED", Description="d",
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        Target={**target, "Input": text})
    schedule = scheduler.get_schedule(Name="s")
    assert (schedule["StartDate"], schedule["State"]) == (start, "DISABLED")
    assert schedule["FlexibleTimeWindow"]["MaximumWindowInMinutes"] == 15
    scheduler.create_schedule(Name="t", ScheduleExpression="rate(12 hours)", FlexibleTimeWindow=OFF,
                              Target={**target, "Input": text})
    assert wait_for(server, 2)[1]["arn"] == schedule_arn.replace("/s", "/t")

    scheduler.create_schedule_group(Name="g")
    scheduler.create_schedule(Name="s", GroupName="g", ScheduleExpression="at(2199-01-01T00:00:00)",
                              FlexibleTimeWindow=OFF, Target=target)
    assert [(s["GroupName"], s["Name"]) for s in scheduler.list_schedules()["Schedules"]] == \
        [("default", "s"), ("default", "t"), ("g", "s")]
    page = scheduler.list_schedules(MaxResults=2)
    assert len(page["Schedules"]) == 2
    assert len(scheduler.list_schedules(NextToken=page["NextToken"])["Schedules"]) == 1
    listed = scheduler.list_schedules(GroupName="default", State="DISABLED", NamePrefix="s")
    assert [s["Name"] for s in listed["Schedules"]] == ["s"]
    groups = scheduler.list_schedule_groups()["ScheduleGroups"]
    assert [group["Name"] for group in groups] == ["default", "g"]
    client(server, "cloudformation").delete_stack(StackName="events")
    server.stop()

    server = start_gatehouse("--empty", data=data)
    scheduler = client(server, "scheduler")
    assert scheduler.get_schedule(Name="s")["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert scheduler.get_schedule_group(Name="g")["State"] == "ACTIVE"
    scheduler.delete_schedule(Name="t")
    scheduler.delete_schedule_group(Name="g")
    assert [s["Name"] for s in scheduler.list_schedules()["Schedules"]] == ["s"]
    scheduler.delete_schedule(Name="s")
    assert scheduler.list_schedules()["Schedules"] == []
    assert got(server) == [], "what a restart missed is not made up for"


def test_what_the_scheduler_refuses(gatehouse):
    scheduler = client(gatehouse, "scheduler")
    good = {"Name": "s", "ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": OFF,
            "State": "DISABLED", "Target": {"Arn": arn("f"), "RoleArn": ROLE}}
    rows = [({"ScheduleExpression": "rate(1 week)"},
             "Invalid Schedule Expression rate(1 week)."),
            ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Mars/Olympus"),
            ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "MaximumWindowInMinutes"),
            ({"StartDate": 2000, "EndDate": 1000}, "EndDate"),
            ({"Target": {"Arn": "arn:aws:sqs:us-east-1:000000000000:q", "RoleArn": ROLE}},
             "functions only")]
    for change, words in rows:
        code, status, message = refused(scheduler.create_schedule, **{**good, **change})
        assert (code, status) == ("ValidationException", 400)
        assert words in message
    missing = refused(scheduler.get_schedule, Name="none")
    assert missing == ("ResourceNotFoundException", 404, "Schedule none does not exist.")
    assert refused(scheduler.update_schedule, **good)[0] == "ResourceNotFoundException"
    assert refused(scheduler.delete_schedule, Name="none")[0] == "ResourceNotFoundException"
    assert refused(scheduler.create_schedule, **good, GroupName="none")[2] == \
        "Schedule group none does not exist."
    scheduler.create_schedule(**good)
    assert refused(scheduler.create_schedule, **good) == \
        ("ConflictException", 409, "Schedule s already exists.")
    scheduler.delete_schedule(Name="s")
    assert refused(scheduler.delete_schedule_group, Name="default")[0] == "ValidationException"


def stack_of(**resources):
    text = json.loads(template(Worker=("python3.12", "pass", {})))
    text["Resources"] |= {name: {"Type": kind, "Properties": properties}
                          for name, (kind, properties) in resources.items()}
    return json.dumps(text)


def test_templates_make_change_and_delete_them(start_gatehouse):
    server = start_gatehouse("--empty")
    stacks = client(server, "cloudformation")
    events, scheduler = client(server, "events"), client(server, "scheduler")
    worker_arn = {"Fn::GetAtt": ["Worker", "Arn"]}

    def text(expression):
        return stack_of(
            Group=("AWS::Scheduler::ScheduleGroup", {"Name": "g"}),
            Tick=("AWS::Events::Rule", {"ScheduleExpression": expression, "State": "DISABLED",
                                        "Targets": [{"Id": "1", "Arn": worker_arn}]}),
            Heard=("AWS::Events::Rule", {"EventPattern": {"source": [{"prefix": "a"}],
                                                          "detail": {"n": [1, True]}}}),
            Once=("AWS::Scheduler::Schedule", {
                "GroupName": {"Ref": "Group"}, "ScheduleExpression": "at(2199-01-01T00:00:00)",
                "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": "5"},
                "Target": {"Arn": worker_arn, "RoleArn": ROLE,
                           "RetryPolicy": {"MaximumRetryAttempts": "2"}}}),
            Asynchronous=("AWS::Lambda::EventInvokeConfig", {
                "FunctionName": {"Ref": "Worker"}, "Qualifier": "$LATEST",
                "MaximumRetryAttempts": 1,
                "DestinationConfig": {"OnFailure": {"Destination": worker_arn}}}))

    names = create(server, "made", text("rate(1 hour)"))
    rule = events.describe_rule(Name=names["Tick"])
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(1 hour)", "DISABLED")
    assert events.list_targets_by_rule(Rule=names["Tick"])["Targets"] == \
        [{"Id": "1", "Arn": arn(names["Worker"])}]
    assert json.loads(events.describe_rule(Name=names["Heard"])["EventPattern"]) == \
        {"source": [{"prefix": "a"}], "detail": {"n": [1, True]}}
    schedule = scheduler.get_schedule(GroupName="g", Name=names["Once"])
    assert schedule["FlexibleTimeWindow"]["MaximumWindowInMinutes"] == 5
    assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 2
    functions = client(server, "lambda")
    config = functions.get_function_event_invoke_config(FunctionName=names["Worker"])
    assert config["MaximumRetryAttempts"] == 1
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == arn(names["Worker"])

    stacks.update_stack(StackName="made", TemplateBody=text("rate(2 hours)"))
    assert events.describe_rule(Name=names["Tick"])["ScheduleExpression"] == "rate(2 hours)"
    stacks.delete_stack(StackName="made")
    assert events.list_rules()["Rules"] == []
    assert scheduler.list_schedules()["Schedules"] == []
    assert len(scheduler.list_schedule_groups()["ScheduleGroups"]) == 1


def test_templates_are_told_what_is_wrong(gatehouse):
    stacks = client(gatehouse, "cloudformation")
    target = {"Arn": {"Fn::GetAtt": ["Worker", "Arn"]}, "RoleArn": ROLE}
    rows = [(("AWS::Events::Rule", {"ScheduleExpression": "cron(0 10 * * *)"}),
             "Parameter ScheduleExpression is not valid."),
            (("AWS::Events::Rule", {"EventPattern": {"source": "a"}}),
             "Event pattern is not valid"),
            (("AWS::Events::Rule", {"EventPattern": {"source": ["a"]}, "EventBusName": "mine"}),
             "event bus default only"),
            (("AWS::Scheduler::Schedule", {"ScheduleExpression": "rate(0 hours)", "Target": target,
                                           "FlexibleTimeWindow": OFF}), "Invalid Schedule"),
            (("AWS::Scheduler::Schedule", {"ScheduleExpression": "rate(1 hours)",
                                           "Target": target}),
             "FlexibleTimeWindow")]
    for resource, words in rows:
        code, status, message = refused(stacks.create_stack, StackName="wrong",
                                        TemplateBody=stack_of(Wrong=resource))
        assert (code, status) == ("ValidationError", 400)
        assert words in message
