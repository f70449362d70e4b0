#include "api/define/api_catalogue.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/define/api_deployments.h"
#include "base/check.h"

namespace gatehouse::api {
namespace {

constexpr const char* kKeyspace = "apis";

std::string ApiIdOf(const ResourcePlace& place) {
  return place.kind == ResourceKind::kApi ? place.id : place.api_id;
}

Catalogue::Done<Properties> WithoutValue(Catalogue::Done<void> done) {
  return [done = std::move(done)](Result<Properties> answer) mutable {
    done(answer ? Result<void>() : Result<void>(std::move(answer).error()));
  };
}

}  // namespace

Catalogue::Catalogue(store::Documents documents, GatewayGroup& group, base::Executor& loop,
                     base::Clock& clock, base::Random& random, CatalogueOptions options)
    : documents_(std::move(documents)),
      group_(group),
      gateway_(group.home()),
      loop_(loop),
      clock_(clock),
      random_(random),
      options_(std::move(options)) {}

Result<std::unique_ptr<Catalogue>> Catalogue::Open(store::Store& store, GatewayGroup& group,
                                                   base::Executor& loop, base::Clock& clock,
                                                   base::Random& random, CatalogueOptions options) {
  Result<store::Documents> documents = store::Documents::Open(store, kKeyspace);
  if (!documents) return documents.error();
  std::unique_ptr<Catalogue> catalogue(
      new Catalogue(*std::move(documents), group, loop, clock, random, std::move(options)));
  if (Result<void> loaded = catalogue->Load(); !loaded) return loaded.error();
  return catalogue;
}

Result<void> Catalogue::Load() {
  for (const auto& [api_id, text] : documents_.all()) {
    Result<ApiState> state = DecodeApiState(text);
    if (!state) {
      return Error{state.error().code, fmt::format("API {}: {}", api_id, state.error().message)};
    }
    for (const Served& served : ServedStages(*state)) {
      Result<CompiledStage> compiled = CompileStage(*served.snapshot, served.stage->properties);
      if (compiled) {
        Keep(*compiled);
        group_.Deploy({compiled->stage}, {});
      } else {
        gateway_.log().Error(fmt::format("stage {} of API {} is not served: {}", served.stage->id,
                                         api_id, compiled.error().message));
      }
    }
    apis_.emplace(api_id, *std::move(state));
  }
  return {};
}

// ---- Asking for changes ----

void Catalogue::Create(ResourcePlace place, Properties properties, Done<Properties> done) {
  bool is_api = place.kind == ResourceKind::kApi;
  if (is_api && place.id.empty()) place.id = FreeApiId();
  std::string api_id = ApiIdOf(place);
  Enqueue(
      std::move(api_id),
      [this, is_api, place = std::move(place), properties = std::move(properties)](
          Draft& draft, const ChangeContext& context) mutable -> Result<Properties> {
        if (is_api && apis_.size() >= RowOf(ResourceKind::kApi).count_max) {
          return Error{ErrorCode::kInvalidArgument,
                       fmt::format("{} APIs are the most that are kept", apis_.size())};
        }
        return CreateResource(draft, place, std::move(properties), context);
      },
      std::move(done));
}

void Catalogue::Update(ResourcePlace place, Properties properties, Done<Properties> done) {
  ChangeOne(std::move(place), std::move(properties), ChangeKind::kUpdate, std::move(done));
}

void Catalogue::Replace(ResourcePlace place, Properties properties, Done<Properties> done) {
  ChangeOne(std::move(place), std::move(properties), ChangeKind::kReplace, std::move(done));
}

void Catalogue::ChangeOne(ResourcePlace place, Properties properties, ChangeKind kind,
                          Done<Properties> done) {
  std::string api_id = ApiIdOf(place);
  Enqueue(
      std::move(api_id),
      [kind, place = std::move(place), properties = std::move(properties)](
          Draft& draft, const ChangeContext& context) mutable {
        return ChangeResource(draft, place, std::move(properties), kind, context);
      },
      std::move(done));
}

void Catalogue::Delete(ResourcePlace place, Done<void> done) {
  std::string api_id = ApiIdOf(place);
  Enqueue(
      std::move(api_id),
      [place = std::move(place)](Draft& draft, const ChangeContext& context) -> Result<Properties> {
        Result<void> deleted = DeleteResource(draft, place, context);
        if (!deleted) return deleted.error();
        return Properties();
      },
      WithoutValue(std::move(done)));
}

void Catalogue::Redeploy(std::string_view api_id, Done<void> done) {
  Enqueue(
      std::string(api_id),
      [api_id = std::string(api_id)](Draft& draft,
                                     const ChangeContext& context) -> Result<Properties> {
        Result<void> redeployed = api::Redeploy(draft, api_id, context);
        if (!redeployed) return redeployed.error();
        return Properties();
      },
      WithoutValue(std::move(done)));
}

std::string Catalogue::FreeApiId() {
  while (true) {
    std::string id = NewResourceId(random_, RowOf(ResourceKind::kApi).type.id_size);
    if (!apis_.contains(id) && !changes_.contains(id)) return id;
  }
}

// ---- One change after another ----

void Catalogue::Enqueue(std::string api_id, Plan plan, Done<Properties> done) {
  if (waiting_ >= kChangesWaitingMax) {
    return loop_.Post([done = std::move(done)]() mutable {
      done(Error{ErrorCode::kLimitExceeded, "too many changes wait; try again later"});
    });
  }
  ++waiting_;
  bool idle = !changes_.contains(api_id);
  changes_[api_id].push_back({std::move(plan), std::move(done)});
  if (idle) loop_.Post([this, api_id = std::move(api_id)] { RunNext(api_id); });
}

void Catalogue::RunNext(const std::string& api_id) {
  auto it = changes_.find(api_id);
  CHECK(it != changes_.end());
  if (it->second.empty()) {
    changes_.erase(it);
    return;
  }
  Change change = std::move(it->second.front());
  it->second.pop_front();
  --waiting_;
  Result<Outcome> outcome = PlanOutcome(api_id, change.plan);
  if (!outcome) return Finish(api_id, std::move(change.done), outcome.error());
  outcome->done = std::move(change.done);
  Commit(std::make_shared<Outcome>(*std::move(outcome)));
}

Result<Catalogue::Outcome> Catalogue::PlanOutcome(const std::string& api_id, Plan& plan) {
  Outcome outcome;
  outcome.api_id = api_id;
  auto it = apis_.find(api_id);
  const ApiState* before = it == apis_.end() ? nullptr : &it->second;
  if (before) outcome.draft = *before;
  Result<Properties> answer = plan(outcome.draft, Now());
  if (!answer) return answer.error();
  outcome.answer = *std::move(answer);
  if (!outcome.draft) return outcome;
  for (const Served& served : ServedStages(*outcome.draft)) {
    if (IsServedAlike(before, served)) continue;
    Result<CompiledStage> compiled = CompileStage(*served.snapshot, served.stage->properties);
    if (!compiled) return compiled.error();
    outcome.stages.push_back(*std::move(compiled));
  }
  return outcome;
}

void Catalogue::Commit(std::shared_ptr<Outcome> outcome) {
  std::vector<store::Documents::Change> changes{{outcome->api_id, std::nullopt}};
  if (outcome->draft) {
    std::string text = EncodeApiState(*outcome->draft);
    if (text.size() > kDocumentBytesMax) {
      Error error{ErrorCode::kInvalidArgument,
                  fmt::format("the API with its deployments has {} bytes; {} are the most: delete "
                              "deployments that no stage uses",
                              text.size(), kDocumentBytesMax)};
      return Finish(outcome->api_id, std::move(outcome->done), std::move(error));
    }
    changes[0].text = std::move(text);
  }
  documents_.Commit(std::move(changes), loop_, [this, outcome](Result<void> committed) {
    if (committed) return Serve(outcome);
    Finish(outcome->api_id, std::move(outcome->done), std::move(committed).error());
  });
}

void Catalogue::Serve(std::shared_ptr<Outcome> outcome) {
  std::vector<StagePlace*> going = StagesToClose(*outcome);
  if (outcome->draft) {
    apis_.insert_or_assign(outcome->api_id, *std::move(outcome->draft));
  } else {
    apis_.erase(outcome->api_id);
    std::erase_if(warnings_,
                  [&](const auto& entry) { return entry.first.first == outcome->api_id; });
  }
  std::vector<std::shared_ptr<const Stage>> stages;
  for (const CompiledStage& compiled : outcome->stages) {
    Keep(compiled);
    stages.push_back(compiled.stage);
  }
  group_.Deploy(std::move(stages),
                [this, outcome, going = std::move(going)] { CloseStages(outcome, going); });
}

void Catalogue::CloseStages(std::shared_ptr<Outcome> outcome,
                            const std::vector<StagePlace*>& going) {
  if (going.empty()) {
    return Finish(outcome->api_id, std::move(outcome->done), std::move(outcome->answer));
  }
  auto left = std::make_shared<std::size_t>(going.size());
  for (StagePlace* place : going) {
    group_.CloseStage(*place, [this, left, outcome] {
      if (--*left > 0) return;
      Finish(outcome->api_id, std::move(outcome->done), std::move(outcome->answer));
    });
  }
}

// The stages of the API that are served now and shall not be after the change.
std::vector<StagePlace*> Catalogue::StagesToClose(const Outcome& outcome) {
  std::vector<StagePlace*> going;
  for (const auto& place : gateway_.stages().places()) {
    if (place->current->api_id() != outcome.api_id) continue;
    bool stays = false;
    if (outcome.draft) {
      for (const Served& served : ServedStages(*outcome.draft)) {
        stays = stays || served.stage->id == place->current->name();
      }
    }
    if (!stays) going.push_back(place.get());
  }
  return going;
}

void Catalogue::Finish(const std::string& api_id, Done<Properties> done,
                       Result<Properties> answer) {
  loop_.Post([this, api_id] { RunNext(api_id); });
  done(std::move(answer));
}

void Catalogue::Keep(const CompiledStage& compiled) {
  Warnings& kept = warnings_[{compiled.stage->api_id(), compiled.stage->name()}];
  Warnings now{compiled.warnings, {}};
  for (const std::string& sentence : now.sentences) {
    if (kept.told.contains(sentence)) now.told.insert(sentence);
  }
  kept = std::move(now);
}

void Catalogue::Tell(const StageKey& stage, Warnings& warnings) {
  for (const std::string& sentence : warnings.sentences) {
    if (!warnings.told.insert(sentence).second) continue;
    gateway_.log().Warning(sentence, {{"api", stage.first}, {"stage", stage.second}});
  }
}

void Catalogue::Warn(std::string_view api_id) {
  for (auto& [stage, warnings] : warnings_) {
    if (stage.first == api_id) Tell(stage, warnings);
  }
}

void Catalogue::WarnOfAll() {
  for (auto& [stage, warnings] : warnings_) Tell(stage, warnings);
}

void Catalogue::MarkWarned(std::string_view api_id) {
  for (auto& [stage, warnings] : warnings_) {
    if (stage.first != api_id) continue;
    warnings.told.insert(warnings.sentences.begin(), warnings.sentences.end());
  }
}

// ---- Reading ----

const ApiState* Catalogue::FindApi(const ResourcePlace& place) const {
  auto it = apis_.find(ApiIdOf(place));
  return it == apis_.end() ? nullptr : &it->second;
}

Result<Properties> Catalogue::Get(const ResourcePlace& place) const {
  const ApiState* state = FindApi(place);
  if (!state) return NoSuchResource({ResourceKind::kApi, {}, {}, ApiIdOf(place)}, options_);
  if (place.kind == ResourceKind::kApi) return state->api;
  const Resource* resource = state->Find(place);
  if (!resource) return NoSuchResource(place, options_);
  return resource->properties;
}

Result<std::vector<Properties>> Catalogue::List(const ResourcePlace& place) const {
  std::vector<Properties> list;
  if (place.kind == ResourceKind::kApi) {
    std::vector<const ApiState*> states;
    for (const auto& [id, state] : apis_) states.push_back(&state);
    std::stable_sort(states.begin(), states.end(), [](const ApiState* a, const ApiState* b) {
      return a->created_ms < b->created_ms;
    });
    for (const ApiState* state : states) list.push_back(state->api);
    return list;
  }
  const ApiState* state = FindApi(place);
  if (!state) return NoSuchResource({ResourceKind::kApi, {}, {}, place.api_id}, options_);
  if (HasParent(place.kind)) {
    ResourcePlace parent{ParentOf(place.kind), place.api_id, {}, place.parent_id};
    if (!state->Find(parent)) return NoSuchResource(parent, options_);
  }
  for (const Resource& resource : state->Of(place.kind)) {
    if (resource.parent_id == place.parent_id) list.push_back(resource.properties);
  }
  return list;
}

}  // namespace gatehouse::api
