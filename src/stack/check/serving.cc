#include "stack/check/serving.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "api/define/stage_compile.h"
#include "api/language/mapping_template.h"
#include "stack/resource/resource_lambda.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kServedRouteType = "AWS::ApiGatewayV2::Route";
constexpr std::string_view kServedFunctionType = "AWS::Lambda::Function";

class ServingJudge {
 public:
  ServingJudge(const Template& source, const Plan& plan, const RehearsalResult& rehearsal,
               CheckResult& result)
      : source_(source), plan_(plan), rehearsal_(rehearsal), result_(result) {}

  void Run(const CodeFault& code_fault) {
    for (const Step& step : plan_.steps) {
      if (!step.unjudged.empty()) unjudged_.insert(step.next.physical_id);
    }
    for (const Step& step : plan_.steps) {
      if (step.next.type == kServedRouteType && step.unjudged.empty()) JudgeRoute(step.next);
    }
    for (const Step& step : plan_.steps) {
      if (step.next.type == kServedFunctionType && code_fault) JudgeFunction(step, code_fault);
    }
    WarnOfTemplates();
  }

 private:
  int LineOf(const Resource& resource, std::string_view property) const {
    return stack::LineOf(source_, resource, property);
  }

  bool HasResponse(const Resource& route) const {
    return std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const Step& step) {
      return step.next.type == "AWS::ApiGatewayV2::RouteResponse" &&
             step.next.Text("RouteId") == route.physical_id;
    });
  }

  void JudgeRoute(const Resource& resource) {
    const std::string key = resource.Text("RouteKey");
    if (resource.properties.Find("RouteResponseSelectionExpression") && !HasResponse(resource)) {
      result_.warnings.push_back(
          {LineOf(resource, "RouteResponseSelectionExpression"),
           resource.logical_id + ": it has no RouteResponse: its answers are not sent"});
    }
    const bool is_connect = key == "$connect";
    auto stages = rehearsal_.stages.find(resource.Text("ApiId"));
    if (stages == rehearsal_.stages.end()) return;
    for (const auto& stage : stages->second) {
      const api::Route* route = stage->FindRoute(key);
      if (!route) continue;
      const api::IntegrationDefinition* integration = route->integration;
      if (integration && unjudged_.contains(integration->integration_id)) continue;
      if (is_connect && integration)
        behind_connect_[integration->function_name] = resource.logical_id;
      if (route->refusal.empty()) continue;
      if (is_connect) {
        result_.unserved.push_back({LineOf(resource, {}), resource.logical_id +
                                                              ": $connect always answers 500: " +
                                                              route->refusal + Advice(resource)});
      } else {
        result_.warnings.push_back(
            {LineOf(resource, {}), fmt::format("{}: route {} answers Internal server error: {}",
                                               resource.logical_id, key, route->refusal)});
      }
      return;
    }
  }

  static std::string Advice(const Resource& route) {
    const std::string type = route.Text("AuthorizationType");
    if (!type.empty() && type != "NONE") {
      return "; let a condition of the template choose AuthorizationType NONE here";
    }
    if (route.Text("ApiKeyRequired") == "true") {
      return "; let a condition of the template leave it out here";
    }
    return "; AWS_PROXY and MOCK are served";
  }

  void JudgeFunction(const Step& step, const CodeFault& code_fault) {
    for (const char* name : {"Code", "Handler", "Runtime"}) {
      if (step.unjudged.contains(name)) return;
    }
    const Resource& resource = step.next;
    std::string fault = code_fault(ToFunctionDefinition(resource));
    if (fault.empty()) return;
    const int line = LineOf(resource, "Handler");
    auto connect = behind_connect_.find(resource.physical_id);
    if (connect == behind_connect_.end()) {
      result_.warnings.push_back(
          {line, fmt::format("{}: every invocation fails: {}", resource.logical_id, fault)});
    } else {
      result_.unserved.push_back({line, fmt::format("{}: $connect ({}) always answers 502: {}",
                                                    resource.logical_id, connect->second, fault)});
    }
  }

  // The mapping templates of MOCK integrations that gatehouse will not run.
  void WarnOfTemplates() {
    for (const Step& step : plan_.steps) {
      const Resource& next = step.next;
      bool is_response = next.type == "AWS::ApiGatewayV2::IntegrationResponse";
      bool is_mock =
          next.type == "AWS::ApiGatewayV2::Integration" && next.Text("IntegrationType") == "MOCK";
      if (next.inert || (!is_response && !is_mock)) continue;
      const char* property = is_response ? "ResponseTemplates" : "RequestTemplates";
      const Value* templates = next.properties.Find(property);
      if (!templates || step.unjudged.contains(property)) continue;
      for (const Member& entry : templates->members) {
        auto compiled = api::MappingTemplate::Compile(entry.value.text);
        if (compiled) continue;
        result_.warnings.push_back({entry.line, next.logical_id + ": " + property + " " +
                                                    entry.name + ", " + compiled.error().message});
      }
    }
  }

  const Template& source_;
  const Plan& plan_;
  const RehearsalResult& rehearsal_;
  CheckResult& result_;
  std::set<std::string> unjudged_;                     // physical ids
  std::map<std::string, std::string> behind_connect_;  // function → the route's logical id
};

}  // namespace

int LineOf(const Template& source, const Resource& resource, std::string_view property) {
  const ResourceDeclaration* declaration = source.FindResource(resource.logical_id);
  if (!declaration) return 0;
  for (const Member& member : declaration->properties.members) {
    if (!property.empty() && member.name == property) return member.line;
  }
  return declaration->line;
}

void JudgeServing(const Template& source, const Plan& plan, const RehearsalResult& rehearsal,
                  const CodeFault& code_fault, CheckResult& result) {
  ServingJudge(source, plan, rehearsal, result).Run(code_fault);
}

}  // namespace gatehouse::stack
