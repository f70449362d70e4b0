// CreateFunction, UpdateFunctionCode, UpdateFunctionConfiguration, DeleteFunction.
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "function/define/function_properties.h"
#include "function/wire/lambda_call.h"

namespace gatehouse::function {
namespace {

namespace bj = boost::json;

constexpr int kIntegerMax = 1'000'000;  // beyond, a number is no number of a function's

// Takes what a request says into the definition. The name of what is wrong, or nothing.
std::string_view Take(const bj::object& body, Giver giver, FunctionDefinition& definition) {
  std::string_view wrong = TakeProperties(body, giver, definition);
  for (const FunctionProperty& property : FunctionProperties()) {
    const aws::Property& row = property.row;
    if (row.kind != aws::Property::kInteger || row.Is(aws::Property::kTemplatesOnly)) continue;
    const bj::value* value = body.if_contains(row.name);
    const std::int64_t* number = value ? value->if_int64() : nullptr;
    if (number && (*number < 0 || *number > kIntegerMax)) wrong = row.name;
  }
  return wrong;
}

// A text member; false: it is none.
bool TakeText(const bj::object& body, std::string_view name, std::string& into) {
  const bj::value* value = body.if_contains(name);
  if (!value || value->is_null()) return true;
  if (!value->is_string()) return false;
  into = value->get_string();
  return true;
}

void RefuseMember(LambdaApi::Call& call, std::string_view name) {
  call.Refuse(400, "InvalidParameterValueException",
              fmt::format("{} is missing or has the wrong type", name));
}

// The bytes of "ZipFile"; nothing: it was answered why not.
std::optional<std::string> ZipBytes(LambdaApi::Call& call, const bj::object& code) {
  const bj::value* value = code.if_contains("ZipFile");
  const bj::string* text = value ? value->if_string() : nullptr;
  if (!text) {
    call.Refuse(400, "InvalidParameterValueException",
                "gatehouse takes a function's code here as ZipFile only, not from S3 or as an "
                "image; a template may name both a bucket and a folder");
    return std::nullopt;
  }
  std::optional<std::string> bytes = base::DecodeBase64(std::string_view(*text));
  if (!bytes || bytes->empty()) {
    call.Refuse(400, "InvalidParameterValueException", "ZipFile is no base64 of a zip file");
    return std::nullopt;
  }
  return bytes;
}

void RefuseZip(LambdaApi::Call& call, const Error& error) {
  if (error.code != ErrorCode::kInvalidArgument) return call.Refuse(error);
  call.Refuse(400, "InvalidParameterValueException",
              "Could not unzip uploaded file. Please check your file, then try to upload again. (" +
                  error.message + ")");
}

}  // namespace

// Makes the definition durable and answers with its configuration. 201: as a new function.
void LambdaApi::Store(CallPtr call, FunctionDefinition definition, int status) {
  definition.modified = loop_.WallNow();
  std::string name = definition.name;
  auto stored = [this, call, name, status](const Result<void>& result) {
    if (!result) return call->Refuse(result.error());
    auto now = functions_.catalogue().Find(name);
    if (!now) return call->RefuseUnknown(name);  // deleted at once
    Describe(now, [call, status](std::string configuration) {
      call->Answer(status, std::move(configuration));
    });
  };
  if (status == 201) return functions_.catalogue().Create(std::move(definition), stored);
  functions_.catalogue().Update(std::move(definition), stored);
}

void LambdaApi::CreateFunction(CallPtr call) {
  std::optional<bj::object> body = call->Object();
  if (!body) return;
  FunctionDefinition definition;
  std::string package = "Zip";
  std::string_view wrong = Take(*body, Giver::kCreateFunction, definition);
  if (!TakeText(*body, "FunctionName", definition.name)) wrong = "FunctionName";
  if (!TakeText(*body, "PackageType", package)) wrong = "PackageType";
  const bj::value* code = body->if_contains("Code");
  if (definition.name.empty()) return RefuseMember(*call, "FunctionName");
  if (definition.role.empty()) return RefuseMember(*call, "Role");
  if (!code || !code->is_object()) return RefuseMember(*call, "Code");
  if (!wrong.empty()) return RefuseMember(*call, wrong);
  Result<FunctionReference> reference =
      ParseFunctionName(definition.name, {}, options_.region, options_.account_id);
  if (!reference || reference->foreign || !reference->qualifier.empty()) {
    return RefuseMember(*call, "FunctionName");
  }
  definition.name = reference->name;
  if (functions_.catalogue().Find(definition.name)) {
    return call->Refuse(409, "ResourceConflictException",
                        "Function already exist: " + definition.name);
  }
  std::optional<std::string> zip = ZipBytes(*call, code->get_object());
  if (!zip) return;
  code_.Keep(std::move(*zip),
             [this, call, definition = std::move(definition)](Result<CodeSource> kept) mutable {
               if (!kept) return RefuseZip(*call, kept.error());
               definition.code = std::move(*kept);
               definition.code.project = options_.project;
               Store(call, std::move(definition), 201);
             });
}

void LambdaApi::UpdateFunctionCode(CallPtr call) {
  if (!FindFunction(*call)) return;
  std::optional<bj::object> body = call->Object();
  if (!body) return;
  std::optional<std::string> zip = ZipBytes(*call, *body);
  if (!zip) return;
  const bj::value* dry = body->if_contains("DryRun");
  bool dry_run = dry && dry->is_bool() && dry->get_bool();
  code_.Keep(std::move(*zip), [this, call, dry_run](Result<CodeSource> kept) {
    if (!kept) return RefuseZip(*call, kept.error());
    auto present = functions_.catalogue().Find(call->function.name);
    if (!present) return call->RefuseUnknown(call->function.name);
    FunctionDefinition definition = *present;
    definition.code = std::move(*kept);
    definition.code.project = options_.project;
    definition.in_process.clear();  // whoever gives code wants it run
    if (!dry_run) return Store(call, std::move(definition), 200);
    Describe(std::make_shared<const FunctionDefinition>(std::move(definition)),
             [call](std::string configuration) { call->Answer(200, std::move(configuration)); });
  });
}

void LambdaApi::UpdateFunctionConfiguration(CallPtr call) {
  const Catalogue::Function* function = FindFunction(*call);
  if (!function) return;
  std::optional<bj::object> body = call->Object();
  if (!body) return;
  FunctionDefinition definition = *function->definition;
  if (auto wrong = Take(*body, Giver::kUpdateFunctionConfiguration, definition); !wrong.empty()) {
    return RefuseMember(*call, wrong);
  }
  Store(std::move(call), std::move(definition), 200);
}

void LambdaApi::DeleteFunction(CallPtr call) {
  if (!FindFunction(*call)) return;
  std::string name = call->function.name;
  functions_.catalogue().Delete(name, [call](const Result<void>& deleted) {
    if (!deleted) return call->Refuse(deleted.error());
    call->Answer(204, {});
  });
}

}  // namespace gatehouse::function
