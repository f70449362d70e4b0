#include "stack/check/aws_faults.h"

#include <algorithm>
#include <map>
#include <set>

#include "stack/check/serving.h"
#include "stack/engine/references.h"

namespace gatehouse::stack {
namespace {

constexpr std::string_view kDeploymentType = "AWS::ApiGatewayV2::Deployment";

bool IsUsed(const Plan& plan, const Resource& deployment) {
  return deployment.properties.Find("StageName") ||
         std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
           return step.next.type == "AWS::ApiGatewayV2::Stage" &&
                  step.next.Text("DeploymentId") == deployment.physical_id;
         });
}

// All that a resource needs, directly or not, as the template says it.
std::set<std::string> NeededBy(const Dependencies& needs, const std::string& logical_id) {
  std::set<std::string> all;
  std::vector<std::string> open{logical_id};
  while (!open.empty()) {
    const auto found = needs.find(open.back());
    open.pop_back();
    if (found == needs.end()) continue;
    for (const std::string& need : found->second) {
      if (all.insert(need).second) open.push_back(need);
    }
  }
  return all;
}

// AWS makes a Deployment as soon as what it depends on is there, and it has what is there then.
void JudgeDeployments(const Template& source, const Plan& plan, Problems& notices) {
  const Dependencies needs = WrittenDependencies(source);
  for (const Step& step : plan.steps) {
    const Resource& deployment = step.next;
    if (deployment.type != kDeploymentType || deployment.inert || !step.unjudged.empty()) continue;
    if (!IsUsed(plan, deployment)) continue;
    const std::set<std::string> before = NeededBy(needs, deployment.logical_id);
    std::string missed;
    for (const Step& other : plan.steps) {
      if (other.next.type != "AWS::ApiGatewayV2::Route") continue;
      if (other.next.Text("ApiId") != deployment.Text("ApiId")) continue;
      if (before.contains(other.next.logical_id)) continue;
      missed.append(missed.empty() ? "" : ", ").append(other.next.logical_id);
    }
    if (missed.empty()) continue;
    notices.push_back({LineOf(source, deployment, {}),
                       deployment.logical_id + ": its DependsOn does not name " + missed +
                           ": AWS may deploy without them, gatehouse does not"});
  }
}

void JudgeAuthorizers(const Template& source, const Plan& plan, Problems& notices) {
  std::set<std::string> used;
  bool has_unknown = false;
  for (const Step& step : plan.steps) {
    if (step.next.type != "AWS::ApiGatewayV2::Route") continue;
    has_unknown = has_unknown || step.unjudged.contains("AuthorizerId");
    used.insert(step.next.Text("AuthorizerId"));
  }
  for (const Step& step : plan.steps) {
    const Resource& authorizer = step.next;
    if (authorizer.type != "AWS::ApiGatewayV2::Authorizer" || authorizer.inert || has_unknown) {
      continue;
    }
    if (used.contains(authorizer.physical_id)) continue;
    notices.push_back({LineOf(source, authorizer, {}),
                       authorizer.logical_id + ": no route has it as its AuthorizerId: nobody is "
                                               "asked, on AWS neither"});
  }
}

// check fills in what up and AWS want to be told.
void JudgeParameters(const Template& source, const std::set<std::string, std::less<>>& samples,
                     Problems& notices) {
  for (const ParameterDeclaration& parameter : source.parameters) {
    if (!samples.contains(parameter.name)) continue;
    notices.push_back({parameter.line, "Parameter " + parameter.name +
                                           " has no default: up needs --parameter " +
                                           parameter.name + "=VALUE"});
  }
}

}  // namespace

void JudgeOnAws(const Template& source, const Plan& plan,
                const std::set<std::string, std::less<>>& samples, CheckResult& result) {
  JudgeDeployments(source, plan, result.notices);
  JudgeAuthorizers(source, plan, result.notices);
  JudgeParameters(source, samples, result.notices);
  std::stable_sort(result.notices.begin(), result.notices.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
}

}  // namespace gatehouse::stack
