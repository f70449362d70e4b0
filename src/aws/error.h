// How a service says what went wrong, in the form of its protocol family, and the fields around
// every answer. Sources: docs/aws/dynamodb.md, docs/aws/lambda.md §14; Smithy's awsJson, awsQuery,
// restJson1. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gatehouse/result.h"
#include "wire/service.h"

namespace gatehouse::aws {

inline constexpr std::string_view kJson10Type = "application/x-amz-json-1.0";
inline constexpr std::string_view kJson11Type = "application/x-amz-json-1.1";
inline constexpr std::string_view kRestJsonType = "application/json";
inline constexpr std::string_view kQueryXmlType = "text/xml";

// How one kind of error looks on the wire of a service.
struct ErrorRow {
  ErrorCode code;
  int status;
  std::string_view type;
};
// The row of an error's code, else the fallback.
const ErrorRow& RowOf(std::span<const ErrorRow> rows, ErrorCode code, const ErrorRow& fallback);

// JSON 1.0 and 1.1: {"__type":"TYPE","message":"…"}, without the member if there is no message.
// more: further members as text, `"Item":{…}`; member: some services write "Message".
std::string JsonErrorBody(std::string_view type, std::string_view message,
                          std::string_view member = "message", std::string_view more = {});

// REST-JSON: {"message":"…"}; the type stands in x-amzn-ErrorType.
std::string RestErrorBody(std::string_view message, std::string_view member = "message");
// Lambda's form of it: {"Type":"User","Message":"…"}, "Service" from status 500 on.
std::string FaultErrorBody(int status, std::string_view message);

// Query: <ErrorResponse xmlns="XMLNS"><Error>…</Error><RequestId>…</RequestId></ErrorResponse>;
// fault: "Sender" or "Receiver".
std::string QueryErrorBody(std::string_view xmlns, std::string_view fault, std::string_view code,
                           std::string_view message, std::string_view request_id);

// S3's <Error>…</Error>.
std::string S3ErrorBody(std::string_view code, std::string_view message,
                        std::string_view request_id);

// An answer with Content-Type, x-amzn-RequestId and, if there is one, x-amzn-ErrorType.
wire::ServiceResponse Answer(int status, std::string_view content_type, std::string request_id,
                             std::string body, std::string_view error_type = {});

}  // namespace gatehouse::aws
