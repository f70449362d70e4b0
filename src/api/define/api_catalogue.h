// The WebSocket APIs of this node as API Gateway's control plane knows them: apis with their
// routes, integrations, responses, authorizers, models, deployments and stages, durable in the
// store, and the stages that are served from them. Both a template's resources and the HTTP
// control plane write here. On the first loop's thread only.
// Source: API Gateway V2 API 2018-11-29; docs/aws/cloudformation.md §9.
//
// Changes of one API run one after another; those of different APIs do not wait for each other.
// Each is planned on a copy (api_change.h), its stages are compiled, it is committed, then served.
// The catalogue must live until every change was answered or the loop has run its last turn.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/define/api_change.h"
#include "api/define/resource.h"
#include "api/define/stage_compile.h"
#include "api/serve/gateway.h"
#include "api/serve/gateway_group.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/function.h"
#include "base/random.h"
#include "gatehouse/result.h"
#include "store/documents.h"

namespace gatehouse::api {

class Catalogue {
 public:
  using Properties = api::Properties;
  template <class T>
  using Done = base::UniqueFunction<void(Result<T>)>;

  static constexpr std::size_t kChangesWaitingMax = 4096;             // then kLimitExceeded
  static constexpr std::size_t kDocumentBytesMax = 16 * 1024 * 1024;  // an API, deployments too

  // Reads what the store has and serves its stages. Blocks; for start-up. Everything given must
  // outlive the catalogue. Errors: those of the store; kIo (a document is damaged).
  static Result<std::unique_ptr<Catalogue>> Open(store::Store& store, GatewayGroup& group,
                                                 base::Executor& loop, base::Clock& clock,
                                                 base::Random& random, CatalogueOptions options);

  // Changes. done comes later, never inside the call, once the change is durable, and served if it
  // concerns a served stage; its value is what Get answers.
  // Errors: kNotFound (NotFoundException), kInvalidArgument (BadRequestException: unknown
  // property, wrong type or bound, what it refers to is missing), kConflict (ConflictException),
  // kLimitExceeded, those of the store.
  // Names may begin with a capital, as in templates ("RouteKey"), at every depth.
  // Properties may name what the place has already (apiId, routeId, integrationId). kDeployment
  // takes stageName besides: that stage then stands on the new deployment.
  void Create(ResourcePlace place, Properties properties, Done<Properties> done);
  // Only the properties given change; null returns one to its default. In stageVariables,
  // routeSettings and parameters the entries given change; "" or null takes one out.
  void Update(ResourcePlace place, Properties properties, Done<Properties> done);
  // As CloudFormation updates: what is not given returns to its default.
  void Replace(ResourcePlace place, Properties properties, Done<Properties> done);
  // An api goes with all it has. Stages that go close their connections with 1001 and run their
  // $disconnect before done comes (at most StageClosings::kTimeMax).
  void Delete(ResourcePlace place, Done<void> done);
  // Takes the api's routes and integrations as they are now into every stage that has a deployment.
  void Redeploy(std::string_view api_id, Done<void> done);

  // Logs, once, what of the API's stages, or of all, will not behave as its reader may think. For
  // when whoever changes it is done: in between much is missing that comes yet.
  void Warn(std::string_view api_id);
  void WarnOfAll();
  // Somebody else has told it.
  void MarkWarned(std::string_view api_id);

  Result<Properties> Get(const ResourcePlace& place) const;
  // All of that kind there (place.id is not looked at), in order of creation.
  Result<std::vector<Properties>> List(const ResourcePlace& place) const;

  const CatalogueOptions& options() const { return options_; }

 private:
  using Plan = base::UniqueFunction<Result<Properties>(Draft&, const ChangeContext&)>;
  struct Change {
    Plan plan;
    Done<Properties> done;
  };
  // A change that was planned: what it leads to.
  struct Outcome {
    std::string api_id;
    Draft draft;
    Properties answer;
    std::vector<CompiledStage> stages;  // to be deployed
    Done<Properties> done;
  };

  Catalogue(store::Documents documents, GatewayGroup& group, base::Executor& loop,
            base::Clock& clock, base::Random& random, CatalogueOptions options);
  Result<void> Load();
  void Enqueue(std::string api_id, Plan plan, Done<Properties> done);
  void ChangeOne(ResourcePlace place, Properties properties, ChangeKind kind,
                 Done<Properties> done);
  void RunNext(const std::string& api_id);
  Result<Outcome> PlanOutcome(const std::string& api_id, Plan& plan);
  void Commit(std::shared_ptr<Outcome> outcome);
  void Serve(std::shared_ptr<Outcome> outcome);
  void Finish(const std::string& api_id, Done<Properties> done, Result<Properties> answer);
  void CloseStages(std::shared_ptr<Outcome> outcome, const std::vector<StagePlace*>& going);
  struct Warnings {
    std::vector<std::string> sentences;
    std::set<std::string> told;  // of them
  };
  using StageKey = std::pair<std::string, std::string>;  // API id and stage

  void Keep(const CompiledStage& compiled);
  void Tell(const StageKey& stage, Warnings& warnings);
  std::vector<StagePlace*> StagesToClose(const Outcome& outcome);
  std::string FreeApiId();
  const ApiState* FindApi(const ResourcePlace& place) const;
  ChangeContext Now() { return {options_, random_, clock_.WallNow()}; }

  store::Documents documents_;  // by api id
  GatewayGroup& group_;
  Gateway& gateway_;  // of our own loop
  base::Executor& loop_;
  base::Clock& clock_;
  base::Random& random_;
  const CatalogueOptions options_;
  std::map<std::string, ApiState, std::less<>> apis_;               // as committed
  std::map<std::string, std::deque<Change>, std::less<>> changes_;  // an entry: one runs
  std::size_t waiting_ = 0;
  std::map<StageKey, Warnings> warnings_;  // an API's entries go with it
};

}  // namespace gatehouse::api
