// A DynamoDB table over its wire protocol, as handlers know tables. Loop thread only.
// Source: DynamoDB API 2012-08-10.
#pragma once

#include <string>
#include <string_view>

#include "gatehouse/handler.h"
#include "lambda/aws_client.h"

namespace gatehouse::lambda {

class DynamodbTable final : public Table {
 public:
  // client outlives it. endpoint may be why there is none, which every call then answers.
  DynamodbTable(AwsClient& client, Result<Endpoint> endpoint, std::string_view name)
      : client_(client), endpoint_(std::move(endpoint)), name_(name) {}

  Task<Result<void>> Put(Item item) override;
  Task<Result<std::optional<Item>>> Get(Item key) override;
  Task<Result<void>> Delete(Item key) override;
  Task<Result<ScanPage>> Scan(ScanOptions options) override;
  Task<Result<ScanPage>> Query(QueryOptions options) override;
  Task<Result<Item>> Update(Item key, UpdateOptions options) override;
  Task<Result<void>> PutIf(Item item, ConditionOptions options) override;
  Task<Result<void>> DeleteIf(Item key, ConditionOptions options) override;

 private:
  // The body of a 200. members: of the request, after TableName.
  Task<Result<std::string>> Call(std::string operation, std::string members);

  AwsClient& client_;
  const Result<Endpoint> endpoint_;
  const std::string name_;
};

}  // namespace gatehouse::lambda
