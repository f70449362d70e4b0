#include "stack/engine/rehearsal.h"

#include <optional>
#include <set>
#include <utility>

#include "api/define/api_change.h"
#include "api/define/api_deployments.h"
#include "api/define/stage_compile.h"
#include "function/define/definition_check.h"
#include "stack/resource/resource_apigateway.h"
#include "stack/resource/resource_lambda.h"

namespace gatehouse::stack {
namespace {

using api::ResourceKind;

class Rehearsal {
 public:
  Rehearsal(const Template& source, const Surroundings& around)
      : source_(source), options_{around.region, around.account_id} {}

  RehearsalResult Run(const Plan& plan) {
    for (const Step& step : plan.steps) Make(step);
    for (auto& [api_id, draft] : apis_) Finish(api_id, draft);
    return std::move(result_);
  }

 private:
  // Functions, tables and roles are judged by their types' own checks when they are planned.
  void Make(const Step& step) {
    const Resource& resource = step.next;
    if (resource.inert) return;
    if (auto place = ApiPlaceOf(resource)) return MakeInApi(step, *std::move(place));
    if (resource.type == "AWS::Lambda::Function") permissions_.try_emplace(resource.physical_id);
    if (resource.type == "AWS::Lambda::Permission") MakePermission(step);
  }

  // property: as the template writes it; empty: none in particular.
  void Tell(const Resource& resource, std::string_view property, const std::string& why) {
    const ResourceDeclaration* declaration = source_.FindResource(resource.logical_id);
    int line = declaration ? declaration->line : 0;
    if (declaration && !property.empty()) {
      for (const Member& member : declaration->properties.members) {
        if (member.name == property) line = member.line;
      }
    }
    result_.problems.push_back({line, resource.logical_id + ": " + why});
  }

  static std::string WithCapital(std::string name) {
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
      name[0] = static_cast<char>(name[0] - 32);
    return name;
  }

  void MakeInApi(const Step& step, api::ResourcePlace place) {
    const Resource& resource = step.next;
    api::Properties given = ApiPropertiesOf(resource);
    api::Properties own = given;
    for (const char* name : {"apiId", "routeId", "integrationId"}) own.erase(name);
    if (place.kind == ResourceKind::kDeployment) own.erase("stageName");
    std::vector<api::PropertyError> errors = api::PropertyErrors(place.kind, own);
    const std::string api_id = place.kind == ResourceKind::kApi ? place.id : place.api_id;
    auto found = apis_.find(api_id);
    if (place.kind != ResourceKind::kApi && found == apis_.end()) return;  // of somebody else
    if (place.kind == ResourceKind::kApi) found = apis_.emplace(api_id, api::Draft()).first;
    for (const api::PropertyError& error : errors) {
      const std::string property = WithCapital(error.property);
      if (!step.unjudged.contains(property)) Tell(resource, property, error.sentence);
    }
    if (errors.empty() && step.unjudged.empty()) {
      api::Draft next = found->second;
      Result<api::Properties> made = api::CreateResource(next, place, std::move(given), Context());
      if (made) {
        found->second = std::move(next);
        return CheckStages(resource, api_id, *found->second);
      }
      Tell(resource, {}, made.error().message);
    }
    broken_.insert(api_id);
    StandIn(found->second, place, std::move(own));
  }

  // So that what refers to a resource that was refused is judged for itself.
  static void StandIn(api::Draft& draft, const api::ResourcePlace& place, api::Properties given) {
    if (place.kind == ResourceKind::kApi) {
      draft.emplace();
      draft->api = {{"apiId", place.id},
                    {"protocolType", "WEBSOCKET"},
                    {"routeSelectionExpression", "$request.body.action"}};
    } else if (draft && place.kind != ResourceKind::kStage && !draft->Find(place)) {
      draft->Of(place.kind).push_back({place.id, place.parent_id, std::move(given)});
    }
  }

  // As the catalogue does after each change: what cannot be compiled is refused.
  void CheckStages(const Resource& resource, const std::string& api_id,
                   const api::ApiState& state) {
    for (const api::Served& served : api::ServedStages(state)) {
      if (broken_.contains(api_id)) return;
      auto compiled = api::CompileStage(*served.snapshot, served.stage->properties);
      if (compiled) continue;
      broken_.insert(api_id);
      Tell(resource, {}, compiled.error().message);
    }
  }

  void Finish(const std::string& api_id, api::Draft& draft) {
    if (!draft) return;
    api::RedeployStages(*draft);
    auto& stages = result_.stages[api_id];
    for (const api::Served& served : api::ServedStages(*draft)) {
      auto compiled = api::CompileStage(*served.snapshot, served.stage->properties);
      if (compiled) stages.push_back(std::move(compiled->stage));
    }
    if (!stages.empty()) return;
    auto compiled = api::CompileStage(*draft->Snapshot(), {{"stageName", "none"}});
    if (compiled) stages.push_back(std::move(compiled->stage));
  }

  void MakePermission(const Step& step) {
    if (!step.unjudged.empty()) return;
    const Resource& resource = step.next;
    function::Permission permission = ToPermission(resource);
    if (Result<void> fine = function::CheckPermission(permission); !fine) {
      return Tell(resource, {}, fine.error().message);
    }
    auto found = permissions_.find(FunctionNameOf(resource.Text("FunctionName")));
    if (found == permissions_.end()) return;  // of somebody else
    found->second.push_back(std::move(permission));
    Result<void> fine = function::CheckPolicySize(found->second);
    if (!fine) Tell(resource, {}, fine.error().message);
  }

  api::ChangeContext Context() { return {options_, random_, base::Millis{0}}; }

  const Template& source_;
  const api::CatalogueOptions options_;
  base::SeededRandom random_{0};
  std::map<std::string, api::Draft> apis_;
  std::set<std::string> broken_;  // apis with something wrong
  std::map<std::string, std::vector<function::Permission>> permissions_;  // by function
  RehearsalResult result_;
};

}  // namespace

RehearsalResult Rehearse(const Template& source, const Plan& plan, const Surroundings& around) {
  return Rehearsal(source, around).Run(plan);
}

}  // namespace gatehouse::stack
