// Lambda's HTTP API, REST-JSON 2015-03-31: the functions of the catalogue invoked, described and
// changed. Loop thread only. Who asks, and whether he may, was decided before.
//
// Sources: AWS Lambda API reference; botocore's model lambda/2015-03-31; docs/aws/lambda.md §1,
// §14.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "function/code/code_store.h"
#include "function/invoke/functions.h"
#include "net/loop/loop.h"
#include "wire/service.h"

namespace gatehouse::function {

struct LambdaApiOptions {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  std::string project{};  // CodeSource's, of functions made here
};

// How many bytes of body a request to this API may have: a package of 50 MB in base64 and some.
inline constexpr std::size_t kLambdaBodyBytesMax = 70u * 1024 * 1024;

// Where a request leads, decoded.
struct LambdaPath {
  bool is_ours = false;
  std::string_view operation = {};         // "GetFunction"; empty: none
  std::vector<std::string> segments = {};  // after "functions"
  std::vector<std::pair<std::string, std::string>> query = {};

  std::string_view Query(std::string_view name) const;  // empty: absent
};

class LambdaApi {
 public:
  // Every operation that Handle knows, and what a request asks for.
  static std::vector<std::string_view> Operations();
  static LambdaPath PathOf(std::string_view method, std::string_view target);

  // All must outlive this and the last answer.
  LambdaApi(Functions& functions, CodeStore& code, net::Loop& loop, base::Random& random,
            LambdaApiOptions options)
      : functions_(functions), code_(code), loop_(loop), random_(random), options_(options) {}

  void Handle(const wire::ServiceRequest& request, wire::ServiceDone done);

  // The resource policy as GetPolicy gives it; empty if there are no permissions. For whoever
  // decides what is allowed.
  static std::string PolicyJson(std::string_view function_arn,
                                const std::vector<Permission>& permissions);

  // One request on its way; lambda_call.h.
  struct Call;

 private:
  using CallPtr = std::shared_ptr<Call>;
  using Verb = void (LambdaApi::*)(CallPtr);
  struct Row;
  static const Row kRows[];
  static const Row* FindRow(std::string_view method, const std::vector<std::string>& path);

  // Finds the function that the path names, or answers that there is none.
  const Catalogue::Function* FindFunction(Call& call);

  void Invoke(CallPtr call);
  void ListFunctions(CallPtr call);
  void GetFunction(CallPtr call);
  void GetFunctionConfiguration(CallPtr call);
  void CreateFunction(CallPtr call);
  void UpdateFunctionCode(CallPtr call);
  void UpdateFunctionConfiguration(CallPtr call);
  void DeleteFunction(CallPtr call);
  void AddPermission(CallPtr call);
  void RemovePermission(CallPtr call);
  void GetPolicy(CallPtr call);
  void PutEventInvoke(CallPtr call);
  void UpdateEventInvoke(CallPtr call);
  void GetEventInvoke(CallPtr call);
  void DeleteEventInvoke(CallPtr call);
  void ListEventInvokes(CallPtr call);

  // FunctionConfiguration's members as JSON text.
  using Described = std::function<void(std::string)>;
  void Describe(std::shared_ptr<const FunctionDefinition> definition, Described done);
  std::string ConfigurationJson(const FunctionDefinition& definition, const CodeFacts& facts) const;
  // Reads the body over config and answers with what is then stored.
  void StoreEventInvoke(CallPtr call, EventInvokeConfig config);
  std::string EventInvokeJson(const std::string& function, const EventInvokeConfig& config) const;
  void Store(CallPtr call, FunctionDefinition definition, int status);

  Functions& functions_;
  CodeStore& code_;
  net::Loop& loop_;
  base::Random& random_;
  const LambdaApiOptions options_;
};

}  // namespace gatehouse::function
