#include "server/node.h"

#include <algorithm>

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

// What is too large for its service is still read, so that the client hears the answer.
net::HttpServerOptions WithLargeBodies(net::HttpServerOptions http) {
  http.discard_bytes_max = std::max(http.discard_bytes_max, function::kLambdaBodyBytesMax);
  return http;
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
      sockets_(loop, options.sockets),
      gate_(log, clock, credentials_, {options.region, options.account_id, options.cors_origins}),
      front_door_(log, random, gate_, options.front_door),
      http_(sockets_, front_door_, WithLargeBodies(options.http)),
      functions_(functions, contexts_, loop),
      invoker_(functions_),
      gateway_(sockets_, http_, invoker_, log, random, MakeGatewayOptions(options.quotas, random)),
      event_writer_(gateway_.stages()),
      own_pages_([this](base::UniqueFunction<void(MetricsFacts)> done) { done(GatherMetrics()); }),
      listener_(sockets_, http_, http_) {
  if (!options.owner.access_key_id.empty()) credentials_.Put({options.owner, {}, std::nullopt});
  front_door_.Introduce(http_, gateway_);
  ServeDynamoDb();
  ServeSts();
  ServeOwnPages();
  HandlerRooms& rooms = contexts_.rooms();
  rooms.loop = &loop;
  rooms.log = &log;
  rooms.gateway = &gateway_;
  rooms.tables = &tables;
  rooms.functions = &functions_;
  rooms.hosts = &front_door_.hosts();
}

Result<void> Node::Open(store::Store& store, const stack::Names& names) {
  api::CatalogueOptions catalogue{options_.region, options_.account_id};
  auto apis = api::Catalogue::Open(store, gateway_, loop_, clock_, random_, catalogue);
  if (!apis) return apis.error();
  apis_ = *std::move(apis);
  control_plane_ = std::make_unique<api::ControlPlane>(*apis_, random_);
  ServeApiGateway();

  provider_ = std::make_unique<stack::RoomsProvider>(
      stack::Rooms{*apis_, functions_.catalogue(), tables_, roles_, loop_, clock_, random_});
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
  front_door_.Serve(Service::kCloudFormation, kCloudFormationBodyBytesMax, answer);
}

void Node::ServeApiGateway() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    control_plane_->Handle(request, std::move(done));
  };
  front_door_.Serve(Service::kApiGateway, api::ControlPlane::kBodyBytesMax, answer);
}

void Node::UseTunnels(net::Resolver& resolver, net::ProxySettings proxies) {
  tunnels_ = std::make_unique<net::Tunnels>(sockets_, http_, resolver);
  front_door_.UseTunnels(*tunnels_, std::move(proxies));
}

Result<void> Node::UseProcesses(net::ChildSpawner& children, function::ProcessOptions options) {
  options.region = options_.region;
  options.account_id = options_.account_id;
  function::ProcessParts parts{sockets_, children, credentials_, random_, log_};
  auto processes = function::Processes::Create(parts, std::move(options));
  if (!processes) return processes.error();
  processes_ = *std::move(processes);
  functions_.UseProcesses(*processes_, event_writer_);
  ServeLambda();
  return {};
}

void Node::ServeLambda() {
  function::LambdaApiOptions options{options_.region, options_.account_id};
  lambda_ = std::make_unique<function::LambdaApi>(functions_, processes_->code(), loop_, random_,
                                                  std::move(options));
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    lambda_->Handle(request, std::move(done));
  };
  front_door_.Serve(Service::kLambda, function::kLambdaBodyBytesMax, answer);
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
  front_door_.Serve(Service::kDynamoDb, kDynamoDbBodyBytesMax, answer);
}

void Node::ServeSts() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    done(AnswerSts(request, options_.account_id, random_));
  };
  front_door_.Serve(Service::kSts, kStsBodyBytesMax, answer);
}

void Node::ServeOwnPages() {
  auto answer = [this](const wire::ServiceRequest& request, wire::ServiceDone done) {
    own_pages_.Handle(request, std::move(done));
  };
  front_door_.Serve(Service::kOwn, 0, answer);
}

MetricsFacts Node::GatherMetrics() {
  MetricsFacts facts;
  facts.region = options_.region;
  facts.loops.push_back({0, gateway_.Facts(), loop_.lag(), sockets_.open_count()});
  if (processes_) {
    for (const function::PoolFacts& pool : processes_->Facts()) {
      facts.functions.push_back({pool.function, pool.environments, pool.waiting});
    }
  }
  facts.process = ReadProcessFacts();
  return facts;
}

Result<net::Address> Node::Listen(const net::Address& address) {
  Result<net::Address> bound = listener_.Listen(address, false);
  if (bound) front_door_.set_port(bound->port);
  return bound;
}

void Node::CloseIdle() {
  listener_.Stop();
  http_.Stop();
  if (processes_) processes_->BeginStop();
}

bool Node::IsEnded() const {
  return (!processes_ || processes_->IsQuiet()) && sockets_.open_count() == 0;
}

// $disconnect handlers that are processes still reach their tables by the port.
void Node::BeginStop() {
  own_pages_.set_ready(false);
  gateway_.Stop();
}

}  // namespace gatehouse::server
