// Which AWS service a request on the one port is for: by the AWS name it was sent to, else by what
// its signature says, else by its target and path (design §2). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "aws/service.h"
#include "wire/http_parser.h"

namespace gatehouse::server {

enum class Service {
  kStage,           // a WebSocket stage's URL or its @connections; signing name execute-api
  kDynamoDb,        // dynamodb
  kLambda,          // lambda
  kCloudFormation,  // cloudformation
  kApiGateway,      // apigateway
  kSts,             // sts
  kEvents,          // events: EventBridge
  kScheduler,       // scheduler: EventBridge Scheduler
  kSsm,             // ssm: Systems Manager's parameters
  kOwn,             // /_gatehouse/…: gatehouse's own pages
  kOther,           // one that gatehouse does not serve
};

struct ServiceChoice {
  Service service = Service::kStage;
  std::string name;  // the signing name, or of kOther what the client called it
};

// Errors are none: what nothing claims is a stage's. url_service: the service that the URL is
// signed for, verified by a key that is known (AdmissionCheck); an unverified one says nothing, for
// any page can write it.
ServiceChoice ChooseService(const wire::HttpHead& head, std::string_view url_service = {});

// What CONNECT's or Host's "lambda.us-east-1.amazonaws.com[:443]" names: "lambda"; of
// "abc.execute-api.…" "execute-api"; empty when the host is not of amazonaws.com.
std::string_view ServiceNameOfHost(std::string_view host);

// The service of the scope in Authorization, ".../us-east-1/lambda/aws4_request" → "lambda"; or
// empty. Not verified, but no page can send that header unasked.
std::string_view SigningNameOf(const wire::HttpHead& head);

// Which form its answers have.
aws::ServiceFamily FamilyOf(Service service);

// "DynamoDB, Lambda, …", for sentences that refuse others.
std::string_view ServedServices();

}  // namespace gatehouse::server
