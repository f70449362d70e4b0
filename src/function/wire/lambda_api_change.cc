// CreateFunction, UpdateFunctionCode, UpdateFunctionConfiguration, DeleteFunction.
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/encoding.h"
#include "function/wire/lambda_call.h"

namespace gatehouse::function {
namespace {

namespace bj = boost::json;

// Reads what a request says of a function into its definition; the first thing wrong is kept.
class Changes {
 public:
  Changes(const bj::object& from, FunctionDefinition& into) : from_(from), into_(into) {}

  void Text(std::string_view name, std::string& into) {
    const bj::value* value = Find(name);
    if (!value) return;
    if (const bj::string* text = value->if_string()) {
      into = *text;
    } else {
      wrong_ = name;
    }
  }
  void Integer(std::string_view name, int& into) {
    const bj::value* value = Find(name);
    if (!value) return;
    const std::int64_t* number = value->if_int64();
    if (number && *number >= 0 && *number <= 1'000'000) {
      into = static_cast<int>(*number);
    } else {
      wrong_ = name;
    }
  }
  void Texts(std::string_view name, const bj::value* value,
             std::map<std::string, std::string, std::less<>>& into) {
    if (!value || value->is_null()) return;
    const bj::object* object = value->if_object();
    into.clear();
    if (!object) wrong_ = name;
    for (const auto& [key, member] : object ? *object : bj::object()) {
      const bj::string* text = member.if_string();
      if (!text) {
        wrong_ = name;
        return;
      }
      into.emplace(key, *text);
    }
  }

  // What CreateFunction and UpdateFunctionConfiguration share.
  void Configuration() {
    Text("Runtime", into_.runtime);
    Text("Role", into_.role);
    Text("Handler", into_.handler);
    Text("Description", into_.description);
    auto seconds = static_cast<int>(into_.timeout.count() / 1000);
    Integer("Timeout", seconds);
    into_.timeout = std::chrono::seconds{seconds};
    Integer("MemorySize", into_.memory_mb);
    if (const bj::value* environment = Find("Environment")) {
      const bj::object* object = environment->if_object();
      if (!object) wrong_ = "Environment";
      if (object) Texts("Environment", object->if_contains("Variables"), into_.environment);
    }
  }

  const bj::value* Find(std::string_view name) const {
    const bj::value* value = from_.if_contains(name);
    return value && !value->is_null() ? value : nullptr;
  }
  const std::string& wrong() const { return wrong_; }

 private:
  const bj::object& from_;
  FunctionDefinition& into_;
  std::string wrong_;
};

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
  Changes changes(*body, definition);
  std::string package = "Zip";
  changes.Text("FunctionName", definition.name);
  changes.Text("PackageType", package);
  changes.Configuration();
  changes.Texts("Tags", changes.Find("Tags"), definition.tags);
  const bj::value* code = changes.Find("Code");
  if (definition.name.empty()) return RefuseMember(*call, "FunctionName");
  if (definition.role.empty()) return RefuseMember(*call, "Role");
  if (!code || !code->is_object()) return RefuseMember(*call, "Code");
  if (!changes.wrong().empty()) return RefuseMember(*call, changes.wrong());
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
  Changes changes(*body, definition);
  changes.Configuration();
  if (!changes.wrong().empty()) return RefuseMember(*call, changes.wrong());
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
