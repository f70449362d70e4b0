// Events whose services call the function themselves: topics, buckets, logs, rules of IoT, skills,
// user pools. gatehouse serves none of these services; what stands in the template is SAM's.
#include <algorithm>

#include "stack/sam/events.h"
#include "stack/sam/policies.h"

namespace gatehouse::stack::sam {
namespace {

std::string Arn(const Event& event, std::string_view service, std::string_view resource) {
  return "arn:" + event.expansion.partition() + ":" + std::string(service) +
         ":${AWS::Region}:${AWS::AccountId}:" + std::string(resource);
}

void AddSubscription(const Event& event, std::string_view protocol, Value endpoint) {
  Made& subscription = event.Add(event.id, "AWS::SNS::Subscription");
  subscription.Set("Protocol", Text(protocol));
  subscription.Set("Endpoint", std::move(endpoint));
  subscription.Set("TopicArn", event.Find("Topic"));
  for (const char* name : {"Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"}) {
    subscription.Set(name, event.Find(name));
  }
}

bool IsFifoTopic(const Event& event) {
  const Value* topic = event.expansion.original().Find(LogicalIdOf(*event.Find("Topic")));
  const Value* properties = topic ? topic->Find("Properties") : nullptr;
  const Value* fifo = properties ? properties->Find("FifoTopic") : nullptr;
  return fifo && !IsEmpty(fifo) && event.expansion.Resolved(*fifo).text == "true";
}

// The topic writes into a queue, which the function reads.
void AddQueueBetween(const Event& event, const Value& subscription) {
  Value queue_arn = GetAtt(event.id + "Queue", "Arn");
  Value queue_url = RefTo(event.id + "Queue");
  std::string policy_id = event.id + "QueuePolicy";
  Value batch_size = Value::Number("10");
  if (subscription.is_object()) {
    const Value* arn = subscription.Find("QueueArn");
    const Value* url = subscription.Find("QueueUrl");
    if (IsEmpty(arn) || IsEmpty(url)) return event.Fail("No QueueARN or QueueURL provided.");
    queue_arn = *arn;
    queue_url = *url;
    const std::string given = subscription.Text("QueuePolicyLogicalId");
    if (!given.empty()) policy_id = given;
    if (const Value* size = subscription.Find("BatchSize"); !IsEmpty(size)) batch_size = *size;
  } else {
    Made& queue = event.Add(event.id + "Queue", "AWS::SQS::Queue");
    if (IsFifoTopic(event)) queue.Set("FifoQueue", Value::Bool(true));
  }
  Made& mapping = event.Add(event.id + "EventSourceMapping", "AWS::Lambda::EventSourceMapping");
  mapping.Set("FunctionName", event.target.name);
  mapping.Set("EventSourceArn", queue_arn);
  mapping.Set("BatchSize", std::move(batch_size));
  mapping.Set("Enabled", Value::Bool(true));
  if (event.role) {
    AddManagedPolicy(*event.role,
                     event.expansion.PolicyArn("service-role/AWSLambdaSQSQueueExecutionRole"));
  }
  Made& policy = event.Add(policy_id, "AWS::SQS::QueuePolicy");
  Value statement = Object(
      {{"Action", Text("sqs:SendMessage")},
       {"Effect", Text("Allow")},
       {"Principal", Text("*")},
       {"Resource", queue_arn},
       {"Condition", Object({{"ArnEquals", Object({{"aws:SourceArn", *event.Find("Topic")}})}})}});
  policy.Set("PolicyDocument", Object({{"Version", Text("2012-10-17")},
                                       {"Statement", List({std::move(statement)})}}));
  policy.Set("Queues", List({std::move(queue_url)}));
  AddSubscription(event, "sqs", std::move(queue_arn));
}

// The resource that the property refers to, in the template as it comes out; null and told: none.
Value* Referred(const Event& event, std::string_view property, const std::string& complaint) {
  const Value& given = *event.Find(property);
  const bool is_ref = given.is_object() && given.Find("Ref") && given.Find("Ref")->is_string();
  Value* found = is_ref ? event.expansion.resources().Find(given.Text("Ref")) : nullptr;
  if (!found) event.Fail(complaint);
  return found;
}

std::vector<Value> OneOrMore(const Value& value) {
  return value.is_list() ? value.items : std::vector<Value>{value};
}

// A bucket tells functions only if it may call them: it comes after the permission.
void DependOnPermission(const Event& event, Value& bucket, const std::string& permission_id) {
  const Value* condition = event.source.body.Find("Condition");
  if (condition) {
    Value& tags = ListAt(ObjectAt(bucket, "Properties"), "Tags");
    tags.items.push_back(
        Object({{"Key", Text("sam:ConditionalDependsOn:" + permission_id)},
                {"Value", If(condition->text, RefTo(permission_id), Text("no dependency"))}}));
    return;
  }
  Value depends = Value::List();
  if (const Value* given = bucket.Find("DependsOn")) depends.items = OneOrMore(*given);
  const Value id = Text(permission_id);
  const bool there = std::any_of(depends.items.begin(), depends.items.end(),
                                 [&](const Value& one) { return Same(one, id); });
  if (!there) depends.items.push_back(id);
  bucket.Set("DependsOn", std::move(depends));
}

}  // namespace

void ExpandSns(const Event& event) {
  if (!event.Requires("Topic")) return;
  const Value* queue = event.Find("SqsSubscription");
  if (!IsEmpty(queue)) return AddQueueBetween(event, *queue);
  AddPermission(event, "sns.amazonaws.com").Set("SourceArn", event.Find("Topic"));
  AddSubscription(event, "lambda", event.target.arn);
}

void ExpandS3(const Event& event) {
  if (!event.Requires("Bucket") || !event.Requires("Events")) return;
  Value* bucket =
      Referred(event, "Bucket", "S3 events must reference an S3 bucket in the same template.");
  if (!bucket) return;
  Made& permission = AddPermission(event, "s3.amazonaws.com");
  permission.Set("SourceAccount", RefTo("AWS::AccountId"));
  DependOnPermission(event, *bucket, permission.id);
  Value& config = ObjectAt(ObjectAt(*bucket, "Properties"), "NotificationConfiguration");
  Value& list = ListAt(config, "LambdaConfigurations");
  const Value* condition = event.source.body.Find("Condition");
  for (const Value& kind : OneOrMore(*event.Find("Events"))) {
    Value one = Object({{"Function", event.target.arn}});
    SetIfAny(one, "Filter", event.Find("Filter"));
    one.Set("Event", kind);
    if (!event.expansion.Charge(BytesOf(one), event.source.line)) return;
    if (condition) one = If(condition->text, std::move(one), RefTo("AWS::NoValue"));
    const bool there = std::any_of(list.items.begin(), list.items.end(),
                                   [&](const Value& other) { return Same(other, one); });
    if (!there) list.items.push_back(std::move(one));
    if (list.items.size() > kResourcesMax) return event.Fail("A bucket has too many events.");
  }
}

void ExpandLogs(const Event& event) {
  if (!event.Requires("LogGroupName") || !event.Requires("FilterPattern")) return;
  Made& permission = AddPermission(event, "logs.amazonaws.com");
  permission.Set("SourceArn", Sub(Arn(event, "logs", "log-group:${__LogGroupName__}:*"),
                                  {{"__LogGroupName__", *event.Find("LogGroupName")}}));
  const std::string permission_id = permission.id;
  Made& filter = event.Add(event.id, "AWS::Logs::SubscriptionFilter");
  filter.body.Set("DependsOn", List({Text(permission_id)}));
  filter.Set("LogGroupName", event.Find("LogGroupName"));
  filter.Set("FilterPattern", event.Find("FilterPattern"));
  filter.Set("DestinationArn", event.target.arn);
}

void ExpandIotRule(const Event& event) {
  if (!event.Requires("Sql")) return;
  Made& permission = AddPermission(event, "iot.amazonaws.com");
  permission.Set("SourceArn",
                 Sub(Arn(event, "iot", "rule/${RuleName}"), {{"RuleName", RefTo(event.id)}}));
  permission.Set("SourceAccount", Sub("${AWS::AccountId}"));
  Value payload = Object(
      {{"Sql", *event.Find("Sql")},
       {"RuleDisabled", Value::Bool(false)},
       {"Actions", List({Object({{"Lambda", Object({{"FunctionArn", event.target.arn}})}})})}});
  if (const Value* version = event.Find("AwsIotSqlVersion"); !IsEmpty(version)) {
    payload.Set("AwsIotSqlVersion", *version);
  }
  event.Add(event.id, "AWS::IoT::TopicRule").Set("TopicRulePayload", std::move(payload));
}

void ExpandAlexaSkill(const Event& event) {
  AddPermission(event, "alexa-appkit.amazon.com").Set("EventSourceToken", event.Find("SkillId"));
}

void ExpandCognito(const Event& event) {
  if (!event.Requires("UserPool") || !event.Requires("Trigger")) return;
  Value* pool = Referred(event, "UserPool",
                         "Cognito events must reference a Cognito UserPool in the same template.");
  if (!pool) return;
  Made& permission = event.Add(event.target.id + "CognitoPermission", "AWS::Lambda::Permission");
  permission.Set("Action", Text("lambda:InvokeFunction"));
  permission.Set("FunctionName", event.target.name);
  permission.Set("Principal", Text("cognito-idp.amazonaws.com"));
  permission.Set("SourceArn", GetAtt(event.Find("UserPool")->Text("Ref"), "Arn"));
  Value& config = ObjectAt(ObjectAt(*pool, "Properties"), "LambdaConfig");
  for (const Value& trigger : OneOrMore(*event.Find("Trigger"))) {
    if (config.Find(trigger.text)) {
      event.Fail("Cognito trigger \"" + trigger.text + "\" defined multiple times.");
    } else {
      config.Set(trigger.text, event.target.arn);
    }
  }
}

}  // namespace gatehouse::stack::sam
