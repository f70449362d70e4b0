#include "aws/error.h"

#include <utility>

#include "aws/xml_writer.h"
#include "gatehouse/json.h"

namespace gatehouse::aws {

const ErrorRow& RowOf(std::span<const ErrorRow> rows, ErrorCode code, const ErrorRow& fallback) {
  for (const ErrorRow& row : rows) {
    if (row.code == code) return row;
  }
  return fallback;
}

std::string JsonErrorBody(std::string_view type, std::string_view message, std::string_view member,
                          std::string_view more) {
  std::string body = R"({"__type":")";
  body.append(type).append("\"");
  if (!message.empty()) {
    body.append(",\"").append(member).append("\":");
    json::AppendQuoted(body, message);
  }
  if (!more.empty()) body.append(",").append(more);
  return body + "}";
}

std::string RestErrorBody(std::string_view message, std::string_view member) {
  std::string body = "{\"";
  body.append(member).append("\":");
  json::AppendQuoted(body, message);
  return body + "}";
}

std::string FaultErrorBody(int status, std::string_view message) {
  std::string body = R"({"Type":")";
  body.append(status < 500 ? "User" : "Service").append(R"(","Message":)");
  json::AppendQuoted(body, message);
  return body + "}";
}

std::string QueryErrorBody(std::string_view xmlns, std::string_view fault, std::string_view code,
                           std::string_view message, std::string_view request_id) {
  XmlWriter xml;
  xml.Open("Error");
  xml.Text("Type", fault);
  xml.Text("Code", code);
  xml.Text("Message", message);
  xml.Close();
  xml.Text("RequestId", request_id);
  std::string body = "<ErrorResponse xmlns=\"";
  return body.append(xmlns).append("\">").append(xml.Take()).append("</ErrorResponse>");
}

std::string S3ErrorBody(std::string_view code, std::string_view message,
                        std::string_view request_id) {
  XmlWriter xml;
  xml.Open("Error");
  xml.Text("Code", code);
  xml.Text("Message", message);
  xml.Text("RequestId", request_id);
  xml.Close();
  return xml.Take();
}

wire::ServiceResponse Answer(int status, std::string_view content_type, std::string request_id,
                             std::string body, std::string_view error_type) {
  wire::ServiceResponse response{
      status,
      {{"Content-Type", std::string(content_type)}, {"x-amzn-RequestId", std::move(request_id)}},
      std::move(body)};
  if (!error_type.empty()) response.fields.emplace_back("x-amzn-ErrorType", error_type);
  return response;
}

}  // namespace gatehouse::aws
