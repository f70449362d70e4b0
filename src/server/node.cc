#include "server/node.h"

#include "server/sts.h"

namespace gatehouse::server {
namespace {

constexpr std::size_t kDynamoDbBodyBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kStsBodyBytesMax = 64 * 1024;
constexpr std::size_t kCloudFormationBodyBytesMax = 4 * 1024 * 1024;  // 1 MB, form-encoded

api::GatewayOptions MakeGatewayOptions(const api::Quotas& quotas, base::Random& random) {
  api::GatewayOptions options;
  options.quotas = quotas;
  options.incarnation = static_cast<std::uint32_t>(random.Next()) & ((1u << 26) - 1);
  options.id_key = {random.Next(), random.Next()};
  return options;
}

}  // namespace

Node::Node(net::Loop& loop, base::Clock& clock, base::Log& log, base::Random& random,
           table::Tables& tables, function::Catalogue& functions, const NodeOptions& options)
    : loop_(loop),
      clock_(clock),
      log_(log),
      random_(random),
      options_(options),
      tables_(tables),
      dynamodb_(tables, {options.region, options.account_id}, clock, random),
      shard_(loop, {clock, log, random, tables, functions, credentials_}, options,
             MakeGatewayOptions(options.quotas, random)),
      own_pages_([this](base::UniqueFunction<void(MetricsFacts)> done) { done(GatherMetrics()); }) {
  if (!options.owner.access_key_id.empty()) credentials_.Put({options.owner, {}, std::nullopt});
  ServeDynamoDb();
  ServeSts();
  ServeOwnPages();
}

Result<void> Node::Open(store::Store& store, const stack::Names& names) {
  api::CatalogueOptions catalogue{options_.region, options_.account_id};
  auto apis = api::Catalogue::Open(store, gateway(), loop_, clock_, random_, catalogue);
  if (!apis) return apis.error();
  apis_ = *std::move(apis);
  control_plane_ = std::make_unique<api::ControlPlane>(*apis_, random_);
  ServeApiGateway();

  provider_ = std::make_unique<stack::RoomsProvider>(stack::Rooms{
      *apis_, shard_.functions().catalogue(), tables_, roles_, loop_, clock_, random_});
  stack::StackOptions options;
  options.region = options_.region;
  options.account_id = options_.account_id;
  options.source_directory = options_.source_directory;
  options.strict_deployments = options_.strict_deployments;
  auto stacks =
      stack::Stacks::Open(store, *provider_, names, loop_, clock_, random_, std::move(options));
  if (!stacks) return stacks.error();
  stacks_ = *std::move(stacks);
  cloudformation_ = std::make_unique<stack::CloudFormationApi>(*stacks_, random_);
  ServeCloudFormation();
  return {};
}

void Node::ServeCloudFormation() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    cloudformation_->Handle(request, std::move(done));
  };
  shard_.front_door().Serve(Service::kCloudFormation, kCloudFormationBodyBytesMax, answer);
}

void Node::ServeApiGateway() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    control_plane_->Handle(request, std::move(done));
  };
  shard_.front_door().Serve(Service::kApiGateway, api::ControlPlane::kBodyBytesMax, answer);
}

void Node::UseTunnels(net::Resolver& resolver, net::ProxySettings proxies) {
  shard_.UseTunnels(resolver, std::move(proxies));
}

Result<void> Node::UseProcesses(net::ChildSpawner& children, function::ProcessOptions options) {
  options.region = options_.region;
  options.account_id = options_.account_id;
  function::ProcessParts parts{shard_.sockets(), children, credentials_, random_, log_};
  auto processes = function::Processes::Create(parts, std::move(options));
  if (!processes) return processes.error();
  processes_ = *std::move(processes);
  shard_.functions().UseProcesses(*processes_, shard_.event_writer());
  ServeLambda();
  return {};
}

void Node::ServeLambda() {
  function::LambdaApiOptions options{options_.region, options_.account_id};
  lambda_ = std::make_unique<function::LambdaApi>(shard_.functions(), processes_->code(), loop_,
                                                  random_, std::move(options));
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    lambda_->Handle(request, std::move(done));
  };
  shard_.front_door().Serve(Service::kLambda, function::kLambdaBodyBytesMax, answer);
}

void Node::ServeDynamoDb() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    const wire::HttpHead& head = request.head;
    table::ApiRequest call{head.method, head.Find("X-Amz-Target").value_or(""),
                           head.Find("Content-Type").value_or(""), head.Find("Host").value_or(""),
                           request.body};
    dynamodb_.Handle(call, loop_, [done = std::move(done)](table::ApiResponse response) mutable {
      done({response.status,
            {{"Content-Type", std::move(response.content_type)},
             {"x-amz-crc32", std::move(response.crc32)},
             {"x-amzn-RequestId", std::move(response.request_id)}},
            std::move(response.body)});
    });
  };
  shard_.front_door().Serve(Service::kDynamoDb, kDynamoDbBodyBytesMax, answer);
}

void Node::ServeSts() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    done(AnswerSts(request, options_.account_id, random_));
  };
  shard_.front_door().Serve(Service::kSts, kStsBodyBytesMax, answer);
}

void Node::ServeOwnPages() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    own_pages_.Handle(request, std::move(done));
  };
  shard_.front_door().Serve(Service::kOwn, 0, answer);
}

MetricsFacts Node::GatherMetrics() {
  MetricsFacts facts;
  facts.region = options_.region;
  facts.loops.push_back({0, shard_.gateway().Facts(), shard_.loop().lag(), shard_.sockets().open_count()});
  if (processes_) {
    for (const function::PoolFacts& pool : processes_->Facts()) {
      facts.functions.push_back({pool.function, pool.environments, pool.waiting});
    }
  }
  facts.process = ReadProcessFacts();
  return facts;
}

Result<net::Address> Node::Listen(const net::Address& address) { return shard_.Listen(address); }

void Node::CloseIdle() {
  shard_.CloseIdle();
  if (processes_) processes_->BeginStop();
}

bool Node::IsEnded() const {
  return (!processes_ || processes_->IsQuiet()) && !shard_.HasSockets();
}

// $disconnect handlers that are processes still reach their tables by the port.
void Node::BeginStop() {
  own_pages_.set_ready(false);
  shard_.BeginStop();
}

}  // namespace gatehouse::server
