// What a request to one of AWS's services means for IAM: actions, resources and condition keys.
// One row for each operation of each service; what has none is denied to roles. Pure but for the
// tables, whose keys are looked up. Any thread.
// Source: Service Authorization Reference; docs/aws/lambda.md §12, dynamodb.md §7.
//
// A new service gets a row in kServices, a new operation one in kOperations; access_table_test
// walks what the services' own dispatchers know and fails on what is missing here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/access/iam.h"
#include "server/access/service.h"
#include "table/operation/key_condition.h"
#include "table/operation/tables.h"
#include "wire/service.h"

namespace gatehouse::server {

// What resources' names are made of.
struct AccessFacts {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  const table::Tables* tables = nullptr;  // null: leading keys are unknowable
};

// A request as the table's functions read it.
struct AccessQuestion {
  std::string_view operation;
  const wire::ServiceRequest& request;
  const AccessFacts& facts;
  std::string action = {};  // "lambda:GetFunction"

  std::string Arn(std::string_view service, std::string_view resource) const;
};
using Accesses = std::vector<Access>;

struct ServiceRow {
  Service service;
  std::string_view prefix;  // of its actions: "dynamodb"
  // What the service's own dispatcher would call a request; empty: it would refuse it.
  std::string (*operation_of)(const wire::ServiceRequest& request);
  // All that it knows.
  std::vector<std::string_view> (*operations)();
};
std::span<const ServiceRow> AccessServices();

struct OperationRow {
  Service service;
  std::string_view operation;
  // All of them must be allowed. None: so it is to everybody (GetCallerIdentity), or the service
  // will refuse the request for what it lacks.
  void (*accesses)(const AccessQuestion& question, Accesses& out);
};
const OperationRow* FindAccessRow(Service service, std::string_view operation);

struct AskedAccess {
  bool is_missing = false;  // an operation without a row: no role may
  std::string operation = {};
  Accesses accesses = {};
};
AskedAccess AccessOf(Service service, const wire::ServiceRequest& request,
                     const AccessFacts& facts);

// execute-api:ManageConnections with a verb (POST, GET, DELETE) on a stage's connection.
Access ConnectionAccess(const AccessFacts& facts, std::string_view api_id, std::string_view stage,
                        std::string_view verb, std::string_view connection_id);
// All of a stage's connections: what ends in "/@connections/".
std::string ConnectionsPrefix(const AccessFacts& facts, std::string_view api_id,
                              std::string_view stage, std::string_view verb);
// What of a stage's connections a role may manage, whichever they are and whatever else a request
// says. What is false must be asked for each time.
struct StageGrants {
  bool posts = true;
  bool gets = true;
  bool closes = true;
};
StageGrants GrantsOf(Iam& iam, const AccessFacts& facts, const auth::Principal& role,
                     std::string_view api_id, std::string_view stage);

std::string TableArn(const AccessFacts& facts, std::string_view table);
// What dynamodb:LeadingKeys compares: the text of a key, and those that a Query names.
std::string KeyText(const AttributeValue& value);
std::vector<std::string> QueriedKeys(const table::KeyConditions& conditions,
                                     const table::TableEntry& table, std::string_view index_name);

// Who hands a role to a service must be allowed to: else it would lend itself that role's rights.
void AddPassRole(const std::string& role_arn, std::string_view service, Accesses& out);

// The operations of each service: access_dynamodb.cc, access_control.cc, access_events.cc,
// access_parameters.cc.
void TableAccess(const AccessQuestion& question, Accesses& out);
void ItemAccess(const AccessQuestion& question, Accesses& out);
void ResourceArnAccess(const AccessQuestion& question, Accesses& out);
void BatchAccess(const AccessQuestion& question, Accesses& out);
void TransactAccess(const AccessQuestion& question, Accesses& out);
void FunctionAccess(const AccessQuestion& question, Accesses& out);
void FunctionWithRoleAccess(const AccessQuestion& question, Accesses& out);
void StackAccess(const AccessQuestion& question, Accesses& out);
void RuleAccess(const AccessQuestion& question, Accesses& out);
void PutEventsAccess(const AccessQuestion& question, Accesses& out);
void BusAccess(const AccessQuestion& question, Accesses& out);
void ScheduleAccess(const AccessQuestion& question, Accesses& out);
void ScheduleGroupAccess(const AccessQuestion& question, Accesses& out);
void ParameterAccess(const AccessQuestion& question, Accesses& out);
void ApiGatewayAccess(const AccessQuestion& question, Accesses& out);

}  // namespace gatehouse::server
