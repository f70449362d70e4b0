#include "lambda/program.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"
#include "lambda/runtime.h"
#include "lambda/trust.h"
#include "net/dial/resolver.h"
#include "net/loop/epoll_network.h"
#include "net/socket/sockets.h"
#include "net/tls/tls.h"

namespace gatehouse::lambda {
namespace {

// A line of CloudWatch's may not be broken: as Node.js's runtime does it.
void PrintLine(std::string_view line) {
  std::string text(line);
  std::replace(text.begin(), text.end(), '\n', '\r');
  text += '\n';
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

int Fail(const std::string& why) {
  PrintLine("error: " + why);
  return 1;
}

std::string GetVariable(const net::EnvironmentLookup& environment, const char* name) {
  return environment(name).value_or("");
}

Result<AwsIdentity> ReadIdentity(const net::EnvironmentLookup& environment) {
  AwsIdentity identity;
  identity.key = {GetVariable(environment, "AWS_ACCESS_KEY_ID"),
                  GetVariable(environment, "AWS_SECRET_ACCESS_KEY"),
                  GetVariable(environment, "AWS_SESSION_TOKEN")};
  identity.region = GetVariable(environment, "AWS_REGION");
  if (identity.region.empty()) identity.region = GetVariable(environment, "AWS_DEFAULT_REGION");
  Result<net::ProxySettings> proxies = net::ProxySettings::Read(environment);
  if (!proxies) return proxies.error();
  identity.proxies = *std::move(proxies);
  return identity;
}

Result<std::unique_ptr<net::TlsClient>> MakeTls(const net::EnvironmentLookup& environment) {
  base::SystemFiles files;
  Result<std::string> bundle =
      CaBundle(environment, [&](const std::string& file) { return files.Exists(file); });
  if (!bundle) return bundle.error();
  net::TlsTrust trust;
  trust.system_roots = false;
  trust.ca_files = {*std::move(bundle)};
  return net::TlsClient::Create(trust);
}

// What must be there before the first event; a failure is an init error.
struct Readiness {
  std::optional<Error> error;
  std::string type;
  void Need(const Error& failure, std::string failure_type) {
    if (error) return;
    error = failure;
    type = std::move(failure_type);
  }
};

}  // namespace

int RunProgram(std::span<const HandlerEntry> handlers) {
  net::EnvironmentLookup environment = net::SystemEnvironment();
  std::string api_name = GetVariable(environment, "AWS_LAMBDA_RUNTIME_API");
  Result<Endpoint> api = ParseEndpoint("http://" + api_name);
  if (!api) {
    return Fail(
        "AWS_LAMBDA_RUNTIME_API is not host:port; Lambda and gatehouse set it when they "
        "start this program");
  }
  Readiness readiness;
  Result<const HandlerEntry*> handler = FindHandler(handlers, GetVariable(environment, "_HANDLER"));
  if (!handler) readiness.Need(handler.error(), "Runtime.HandlerNotFound");
  Result<AwsIdentity> identity = ReadIdentity(environment);
  if (!identity) readiness.Need(identity.error(), "Runtime.InvalidEnvironment");
  Result<std::unique_ptr<net::TlsClient>> tls = MakeTls(environment);
  if (!tls) readiness.Need(tls.error(), "Runtime.InvalidEnvironment");

  base::SystemClock clock;
  base::SystemRandom random;
  net::EpollNetwork network;
  net::Loop loop(network, clock);
  net::Sockets sockets(loop);
  net::SystemResolver resolver(loop);
  net::HttpClient http(sockets, resolver, tls ? tls->get() : nullptr);
  AwsClient client(loop, http, random, identity ? *std::move(identity) : AwsIdentity());
  ContextParts parts{client, environment, PrintLine};
  Runtime runtime(http, *std::move(api), parts);
  if (readiness.error) {
    Start(runtime.FailInit(readiness.type, readiness.error->message),
          [&](std::optional<bool>, const std::exception_ptr&) { loop.Stop(); });
    loop.Run();
    return Fail(readiness.error->message);
  }
  std::string why;
  Start(runtime.Serve((*handler)->handler),
        [&](std::optional<Error> error, const std::exception_ptr&) {
          why = error ? error->message : "an exception left the runtime";
          loop.Stop();
        });
  loop.Run();
  return Fail(why);
}

}  // namespace gatehouse::lambda
