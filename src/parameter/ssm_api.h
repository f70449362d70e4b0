// Systems Manager's HTTP API (JSON 1.1, X-Amz-Target AmazonSSM.…) on parameters. Loop thread only.
// Who asks, and whether he may, was decided before.
// Sources: Systems Manager API reference; botocore's model ssm/2014-11-06.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/arn.h"
#include "base/clock.h"
#include "base/random.h"
#include "parameter/parameters.h"
#include "wire/service.h"

namespace gatehouse::parameter {

// "arn:aws:ssm:us-east-1:000000000000:parameter/a/b"; a name without slash gets one.
std::string ParameterArn(const aws::Place& place, std::string_view name);
// A parameter's name where its name or its ARN is given; without ":VERSION".
std::string ParameterNameOf(std::string_view text);

class SsmApi {
 public:
  static constexpr std::size_t kBodyBytesMax = 256 * 1024;

  // All must outlive this and the last answer.
  SsmApi(Parameters& parameters, base::Clock& clock, base::Random& random, aws::Place place)
      : parameters_(parameters), clock_(clock), random_(random), place_(std::move(place)) {}

  void Handle(const wire::ServiceRequest& request, wire::ServiceDone done);

  // Every operation that Handle knows, and the one that X-Amz-Target names; empty: none.
  static std::vector<std::string_view> Operations();
  static std::string_view OperationOf(std::string_view target);

  struct Call;

 private:
  using CallPtr = std::shared_ptr<Call>;
  using Verb = void (SsmApi::*)(CallPtr);
  struct Row;
  static const Row kRows[];

  void PutParameter(CallPtr call);
  void GetParameter(CallPtr call);
  void GetParameters(CallPtr call);
  void GetParametersByPath(CallPtr call);
  void DeleteParameter(CallPtr call);

  Parameters& parameters_;
  base::Clock& clock_;
  base::Random& random_;
  const aws::Place place_;
};

}  // namespace gatehouse::parameter
