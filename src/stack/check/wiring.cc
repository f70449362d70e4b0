#include "stack/check/wiring.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "aws/arn.h"
#include "function/process/code_fault.h"
#include "stack/check/serving.h"
#include "stack/resource/resource_lambda.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kWiredStageType = "AWS::ApiGatewayV2::Stage";
constexpr std::string_view kWiredRouteType = "AWS::ApiGatewayV2::Route";
constexpr std::string_view kWiredFunctionType = "AWS::Lambda::Function";
constexpr std::string_view kRuleType = "AWS::Events::Rule";
constexpr std::string_view kScheduleType = "AWS::Scheduler::Schedule";

constexpr std::string_view kGateway = "apigateway.amazonaws.com";
constexpr std::string_view kEvents = "events.amazonaws.com";
constexpr std::string_view kInvoke = "lambda:InvokeFunction";

class WiringJudge {
 public:
  WiringJudge(const Template& source, const Plan& plan, const RehearsalResult& rehearsal,
              const Grants& grants, CheckResult& result)
      : source_(source), plan_(plan), rehearsal_(rehearsal), grants_(grants), result_(result) {
    for (const Step& step : plan_.steps) {
      if (step.next.type != kWiredStageType || step.next.inert) continue;
      if (step.unjudged.contains("StageName")) continue;
      stage_names_[step.next.Text("ApiId")].insert(step.next.Text("StageName"));
    }
  }

  void Run(bool look_at_code) {
    for (const Step& step : plan_.steps) {
      if (step.next.type == kWiredRouteType && step.unjudged.empty()) JudgeRoute(step.next);
      if (step.next.type == kRuleType && !step.unjudged.contains("Targets")) JudgeRule(step.next);
      if (step.next.type == kScheduleType && !step.unjudged.contains("Target")) {
        JudgeSchedule(step.next);
      }
    }
    if (!look_at_code) return;
    for (const Step& step : plan_.steps) {
      if (step.next.type == kWiredFunctionType && step.unjudged.empty()) JudgeFunction(step.next);
    }
  }

 private:
  const Step* Find(std::string_view physical_id) const {
    const auto found = std::find_if(plan_.steps.begin(), plan_.steps.end(), [&](const Step& step) {
      return step.next.physical_id == physical_id;
    });
    return found == plan_.steps.end() ? nullptr : &*found;
  }

  // As a template would write it: "${Api}".
  std::string Written(std::string_view physical_id) const {
    const Step* step = Find(physical_id);
    return step ? "${" + step->next.logical_id + "}" : std::string(physical_id);
  }

  std::string LogicalId(std::string_view physical_id) const {
    const Step* step = Find(physical_id);
    return step ? step->next.logical_id : std::string(physical_id);
  }

  std::string ExecuteApiArn(std::string_view api_id, std::string_view rest) const {
    const Surroundings& around = grants_.around();
    return aws::ExecuteApiArn(around.region, around.account_id, api_id, rest);
  }

  std::string WrittenExecuteApiArn(std::string_view api_id, std::string_view rest) const {
    return fmt::format(
        "!Sub 'arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{}/{}'",
        Written(api_id), rest);
  }

  // The template's stages that one of the rehearsal stands for; a stage that nothing is deployed to
  // is not among those. None: nobody knows what stages there will be.
  std::set<std::string> StageNames(const std::string& api_id, const api::Stage& stage) const {
    const auto found = stage_names_.find(api_id);
    if (found == stage_names_.end()) return {};
    return found->second.contains(stage.name()) ? std::set<std::string>{stage.name()}
                                                : found->second;
  }

  void JudgeRoute(const Resource& resource) {
    const std::string api_id = resource.Text("ApiId");
    const auto stages = rehearsal_.stages.find(api_id);
    if (stages == rehearsal_.stages.end()) return;
    for (const auto& stage : stages->second) {
      const api::Route* route = stage->FindRoute(resource.Text("RouteKey"));
      if (!route || !route->InvokesFunction()) continue;
      for (const std::string& name : StageNames(api_id, *stage)) {
        const std::string why = WhyNotInvoked(api_id, name, *route);
        if (!why.empty()) return Tell(resource, why);
      }
    }
  }

  // Empty: it is invoked, or nobody knows.
  std::string WhyNotInvoked(const std::string& api_id, const std::string& stage,
                            const api::Route& route) const {
    const Step* integration = Find(route.integration->integration_id);
    if (!integration || !integration->unjudged.empty()) return {};
    const std::string& function = route.integration->function_name;
    const std::string role = integration->next.Text("CredentialsArn");
    if (!role.empty()) {
      return WhyNotByRole("the role of " + integration->next.logical_id, role, function);
    }
    return WhyNotByPermission("API Gateway", kGateway,
                              ExecuteApiArn(api_id, stage + "/" + route.key), function,
                              WrittenExecuteApiArn(api_id, "*"));
  }

  // Empty: it may invoke the function, or nobody knows.
  std::string WhyNotByPermission(std::string_view who, std::string_view service,
                                 const std::string& source, const std::string& function,
                                 const std::string& written_source) const {
    if (grants_.ServiceMayInvoke(service, source, function).value_or(true)) return {};
    return fmt::format(
        "{0} may not invoke {1}: add an AWS::Lambda::Permission with FunctionName "
        "!Ref {1}, Action {2}, Principal {3} and SourceArn {4}",
        who, LogicalId(function), kInvoke, service, written_source);
  }

  std::string WhyNotByRole(std::string_view who, const std::string& role,
                           const std::string& function) const {
    if (grants_.RoleMay(role, kInvoke, grants_.FunctionArnOf(function)).value_or(true)) return {};
    return fmt::format("{0} may not invoke {1}: let it allow {2} on !GetAtt {1}.Arn", who,
                       LogicalId(function), kInvoke);
  }

  void Warn(const Resource& resource, std::string_view property, const std::string& why) {
    result_.warnings.push_back(
        {LineOf(source_, resource, property), resource.logical_id + ": " + why});
  }

  void JudgeRule(const Resource& rule) {
    const Value* targets = rule.properties.Find("Targets");
    const auto arn = rule.values.attributes.find("Arn");
    if (!targets || arn == rule.values.attributes.end()) return;
    for (const Value& target : targets->items) {
      const std::string function = FunctionNameOf(target.Text("Arn"));
      const std::string role = target.Text("RoleArn");
      const std::string why =
          role.empty()
              ? WhyNotByPermission("EventBridge", kEvents, arn->second, function,
                                   "!GetAtt " + rule.logical_id + ".Arn")
              : WhyNotByRole("the role of its target " + target.Text("Id"), role, function);
      if (!why.empty()) Warn(rule, "Targets", why);
    }
  }

  void JudgeSchedule(const Resource& schedule) {
    const Value* target = schedule.properties.Find("Target");
    if (!target || target->Text("Arn").find(":function:") == std::string::npos) return;
    const std::string why =
        WhyNotByRole("its role", target->Text("RoleArn"), FunctionNameOf(target->Text("Arn")));
    if (!why.empty()) Warn(schedule, "Target", why);
  }

  void Tell(const Resource& route, const std::string& why) {
    const std::string key = route.Text("RouteKey");
    const int line = LineOf(source_, route, {});
    if (key == "$connect") {
      result_.unserved.push_back(
          {line, fmt::format("{}: $connect always answers 500: {}", route.logical_id, why)});
    } else if (key == "$disconnect") {
      result_.warnings.push_back(
          {line, fmt::format("{}: $disconnect invokes nothing: {}", route.logical_id, why)});
    } else {
      result_.warnings.push_back(
          {line, fmt::format("{}: route {} answers Internal server error: {}", route.logical_id,
                             key, why)});
    }
  }

  void JudgeFunction(const Resource& resource) {
    const function::FunctionDefinition function = ToFunctionDefinition(resource);
    const function::CodeLook look = function::LookAtCode(function);
    if (look.names_connections) JudgePosts(resource, function);
    if (look.names_lambda) JudgeInvocations(resource, function);
  }

  // It posts to one of the template's APIs; to which, nobody knows: one that it may is enough.
  void JudgePosts(const Resource& resource, const function::FunctionDefinition& function) {
    std::string denied;  // an API
    for (const auto& [api_id, names] : stage_names_) {
      for (const std::string& name : names) {
        const std::string connection = ExecuteApiArn(api_id, name + "/POST/@connections/x=");
        if (grants_.RoleMay(function.role, "execute-api:ManageConnections", connection)
                .value_or(true)) {
          return;
        }
        if (denied.empty()) denied = api_id;
      }
    }
    if (denied.empty()) return;
    result_.warnings.push_back(
        {LineOf(source_, resource, "Role"),
         fmt::format("{}: its code names the management API of connections, but its role may not "
                     "post: let it allow execute-api:ManageConnections on {}",
                     resource.logical_id, WrittenExecuteApiArn(denied, "*/POST/@connections/*"))});
  }

  // Its environment has another function of the template, by name or ARN.
  void JudgeInvocations(const Resource& resource, const function::FunctionDefinition& function) {
    std::set<std::string> told;
    for (const auto& [name, value] : function.environment) {
      for (const Step& step : plan_.steps) {
        const std::string& other = step.next.physical_id;
        if (step.next.type != kWiredFunctionType || other == function.name) continue;
        if (value != other && value != grants_.FunctionArnOf(other)) continue;
        const auto may = grants_.RoleMay(function.role, kInvoke, grants_.FunctionArnOf(other));
        if (may.value_or(true) || !told.insert(other).second) continue;
        result_.warnings.push_back(
            {LineOf(source_, resource, "Role"),
             fmt::format("{0}: its code names Lambda and its {1} is {2}, but its role may not "
                         "invoke that: let it allow lambda:InvokeFunction on !GetAtt {2}.Arn",
                         resource.logical_id, name, step.next.logical_id)});
      }
    }
  }

  const Template& source_;
  const Plan& plan_;
  const RehearsalResult& rehearsal_;
  const Grants& grants_;
  CheckResult& result_;
  std::map<std::string, std::set<std::string>> stage_names_;  // by api
};

}  // namespace

void JudgeWiring(const Template& source, const Plan& plan, const RehearsalResult& rehearsal,
                 const Grants& grants, bool look_at_code, CheckResult& result) {
  WiringJudge(source, plan, rehearsal, grants, result).Run(look_at_code);
}

}  // namespace gatehouse::stack
