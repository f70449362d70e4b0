// DynamoDB's wire protocol, without HTTP: a request's body in, an answer's body out. The server's
// front door turns sockets and signatures into this. Source: DynamoDB API 2012-08-10; spec: JSON
// 1.0 with X-Amz-Target, errors with namespaces, x-amz-crc32.
//
// Any thread, if clock and random are fit for it; tables, clock and random must outlive the last
// answer, as must the Api.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/function.h"
#include "base/random.h"
#include "table/operation/tables.h"

namespace gatehouse::table {

struct ApiOptions {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
};

// Views live until Handle returns. What HTTP has checked before: the body's size (at most 16 MiB),
// the signature.
struct ApiRequest {
  std::string_view method = "POST";
  std::string_view target = {};        // X-Amz-Target: "DynamoDB_20120810.PutItem"
  std::string_view content_type = {};  // with or without parameters
  std::string_view host = {};          // Host, only for DescribeEndpoints
  std::string_view content_encoding = {};
  std::string_view body = {};
};

struct ApiResponse {
  int status = 200;
  std::string content_type = {};
  std::string body = {};
  std::string crc32 = {};       // of x-amz-crc32: decimal, over body as it stands here
  std::string request_id = {};  // of x-amzn-RequestId: 52 of [A-Z0-9]
};

class Api {
 public:
  // Every operation that Handle knows, and the one that an X-Amz-Target names (whether or not
  // there is such an operation; empty: the target is no DynamoDB's).
  static std::vector<std::string_view> Operations();
  static std::string_view OperationOf(std::string_view target);

  using Done = base::UniqueFunction<void(ApiResponse)>;

  Api(Tables& tables, ApiOptions options, base::Clock& clock, base::Random& random)
      : tables_(tables), options_(std::move(options)), clock_(clock), random_(random) {}

  // Answers once: inside the call when the answer is known at once, else on reply_to's thread.
  // Every answer, errors included, is an ApiResponse ready to be sent.
  void Handle(const ApiRequest& request, base::Executor& reply_to, Done done);

 private:
  Tables& tables_;
  const ApiOptions options_;
  base::Clock& clock_;
  base::Random& random_;
};

}  // namespace gatehouse::table
