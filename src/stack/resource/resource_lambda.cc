#include "stack/resource/resource_lambda.h"

#include <charconv>
#include <filesystem>

#include "aws/arn.h"
#include "base/file.h"
#include "function/define/definition_check.h"
#include "function/define/function_properties.h"
#include "stack/resource/conform.h"
#include "stack/resource/resource_type.h"
#include "stack/tree/json_reader.h"

namespace gatehouse::stack {
namespace {

// What Code is after the check: the members that gatehouse itself writes.
constexpr std::string_view kDirectory = "Directory";
constexpr std::string_view kZip = "Zip";
constexpr std::string_view kProject = "Project";  // beside ZipFile and Zip

int ToInt(const std::string& text, int otherwise) {
  int number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Value LocalCode(const std::string& path, const Surroundings& around, std::string& wrong) {
  namespace fs = std::filesystem;
  fs::path place(path);
  if (place.is_relative()) {
    if (around.source_directory.empty()) {
      wrong = "the path " + path + " needs a source directory (option --source)";
      return {};
    }
    place = fs::path(around.source_directory) / place;
  }
  place = place.lexically_normal();
  std::error_code error;
  if (fs::is_directory(place, error)) {
    return Value::Object({{std::string(kDirectory), Value::String(place.string())}});
  }
  const bool is_zip = place.extension() == ".zip" || place.extension() == ".jar";
  if (is_zip && fs::is_regular_file(place, error)) {
    return Value::Object({{std::string(kZip), Value::String(place.string())},
                          {std::string(kProject), Value::String(around.source_directory)}});
  }
  wrong = place.string() +
          (fs::exists(place, error) ? " is neither a folder nor a zip file" : " does not exist");
  return {};
}

// What the CDK would upload under that key, by the list that it writes beside the template
// (STACK.assets.json): a path below the template's folder; empty: it would not.
std::string AssetOf(const std::string& key, const Surroundings& around) {
  namespace fs = std::filesystem;
  if (key.empty() || around.source_directory.empty()) return {};
  std::error_code error;
  for (fs::directory_iterator file(around.source_directory, error), end; !error && file != end;
       file.increment(error)) {
    if (!file->path().filename().string().ends_with(".assets.json")) continue;
    Result<std::string> text = base::SystemFiles().Read(file->path().string());
    Value list;
    Problem problem;
    if (!text || text->size() > kTemplateBytesMax || !ReadJson(*text, list, problem)) continue;
    const Value* files = list.Find("files");
    if (!files) continue;
    for (const Member& asset : files->members) {
      const Value* source = asset.value.Find("source");
      const Value* destinations = asset.value.Find("destinations");
      if (!source || !destinations) continue;
      for (const Member& one : destinations->members) {
        if (one.value.Text("objectKey") == key) return source->Text("path");
      }
    }
  }
  return {};
}

// Brings Code into the form that ToFunctionDefinition reads: ZipFile, Directory or Zip.
Value CheckedCode(const Value& code, const Surroundings& around, std::string& wrong) {
  if (code.is_scalar()) return LocalCode(code.text, around, wrong);
  if (!code.is_object()) {
    wrong = "Code must be an object or a local path";
    return {};
  }
  if (code.Find("ZipFile")) {
    if (code.members.size() == 1 && code.members[0].value.is_scalar()) {
      return Value::Object({{"ZipFile", Value::String(code.Text("ZipFile"))},
                            {std::string(kProject), Value::String(around.source_directory)}});
    }
    wrong = "Please provide either ZipFile or S3 location, not both";
  } else if (std::string asset = AssetOf(code.Text("S3Key"), around); !asset.empty()) {
    return LocalCode(asset, around, wrong);
  } else if (code.Find("S3Bucket") || code.Find("S3Key")) {
    wrong = "gatehouse has no S3 yet: give ZipFile or a local path instead of S3Bucket and S3Key";
  } else if (code.Find("ImageUri")) {
    wrong = "gatehouse does not run container images";
  } else {
    wrong = "Code needs ZipFile, S3Bucket and S3Key, or a local path";
  }
  return {};
}

// The rules of the control plane, about what the template's author calls by this name.
void CheckFunctionDefinition(const Resource& resource, int line, Problems& problems) {
  function::FunctionDefinition function = ToFunctionDefinition(resource);
  const std::string given = resource.Text("FunctionName");
  function.name =
      given.empty() ? resource.logical_id.substr(0, function::kNameCharactersMax) : given;
  for (Error& error : function::DefinitionErrors(function)) {
    problems.push_back({line, std::move(error.message)});
  }
}

void CheckFunction(Resource& resource, const Surroundings& around, int line, Problems& problems) {
  Value* code = resource.properties.Find("Code");
  if (!code) return;  // the schema has said so
  auto refuse = [&](std::string_view path, const std::string& why) {
    problems.push_back({line, "Properties validation failed for resource " + resource.logical_id +
                                  " with message: #/" + std::string(path) + ": " + why});
  };
  if (resource.Text("PackageType") == "Image") {
    return refuse("PackageType", "gatehouse does not run container images");
  }
  if (!resource.in_process.empty()) {
    resource.properties.Erase("Code");
    return CheckFunctionDefinition(resource, line, problems);
  }
  for (std::string_view name : {"Runtime", "Handler"}) {
    if (!resource.properties.Find(name)) refuse(name, "a function from a zip needs it");
  }
  std::string wrong;
  Value checked = CheckedCode(*code, around, wrong);
  if (!wrong.empty()) {
    refuse("Code", wrong);
    checked = Value::Object({{std::string(kDirectory), Value::String("unknown")}});
  }
  *code = std::move(checked);
  if (!resource.properties.Find("Runtime") || !resource.properties.Find("Handler")) return;
  CheckFunctionDefinition(resource, line, problems);
}

void CheckEventInvoke(Resource& resource, const Surroundings&, int line, Problems& problems) {
  using Config = function::EventInvokeConfig;
  auto refuse = [&](std::string_view path, const std::string& why) {
    problems.push_back({line, "Properties validation failed for resource " + resource.logical_id +
                                  " with message: #/" + std::string(path) + ": " + why});
  };
  int retries = ToInt(resource.Text("MaximumRetryAttempts"), 0);
  if (retries < 0 || retries > Config::kAttemptsMax) {
    refuse("MaximumRetryAttempts", "it must be between 0 and 2");
  }
  constexpr auto kAgeMax = static_cast<int>(Config::kAgeMax.count());
  int age = ToInt(resource.Text("MaximumEventAgeInSeconds"), kAgeMax);
  if (age < Config::kAgeMin.count() || age > kAgeMax) {
    refuse("MaximumEventAgeInSeconds", "it must be between 60 and 21600");
  }
}

ResourceValues FunctionValues(const Resource& resource, const Surroundings& around) {
  const std::string& name = resource.physical_id;
  return {name, {{"Arn", aws::FunctionArn(around.region, around.account_id, name)}}};
}

ResourceValues PermissionValues(const Resource& resource, const Surroundings&) {
  return {resource.physical_id, {{"Id", resource.physical_id}}};
}

function::CodeSource ToCode(const Value* code) {
  if (!code) return {};
  using function::CodeSource;
  std::string project = code->Text(kProject);
  if (const Value* text = code->Find("ZipFile")) {
    return {CodeSource::kInline, text->text, std::move(project)};
  }
  if (const Value* text = code->Find(kDirectory)) return {CodeSource::kDirectory, text->text};
  return {CodeSource::kZip, code->Text(kZip), std::move(project)};
}

}  // namespace

function::FunctionDefinition ToFunctionDefinition(const Resource& resource) {
  function::FunctionDefinition function;
  function.name = resource.physical_id;
  function.in_process = resource.in_process;
  function.code = ToCode(resource.properties.Find("Code"));
  function::TakeProperties(
      ToRoom(function::FunctionType().properties, resource.properties, Naming::kOfTemplates),
      function::Giver::kTemplate, function);
  function.stack = resource.stack_name;
  function.logical_id = resource.logical_id;
  return function;
}

std::string FunctionNameOf(std::string_view text) {
  constexpr std::string_view kMark = "function:";
  if (const std::size_t at = text.find(kMark); at != text.npos) {
    text.remove_prefix(at + kMark.size());
  }
  return std::string(text.substr(0, text.find(':')));
}

function::Permission ToPermission(const Resource& resource) {
  function::Permission permission;
  for (const function::PermissionProperty& property : function::PermissionProperties()) {
    if (property.member) permission.*property.member = resource.Text(property.row.name);
  }
  permission.statement_id = resource.physical_id;
  return permission;
}

function::EventInvokeConfig ToEventInvoke(const Resource& resource) {
  function::EventInvokeConfig config;
  config.retries_max = ToInt(resource.Text("MaximumRetryAttempts"), config.retries_max);
  config.age_max = std::chrono::seconds{
      ToInt(resource.Text("MaximumEventAgeInSeconds"), static_cast<int>(config.age_max.count()))};
  if (const Value* destinations = resource.properties.Find("DestinationConfig")) {
    if (const Value* to = destinations->Find("OnSuccess"))
      config.on_success = to->Text("Destination");
    if (const Value* to = destinations->Find("OnFailure"))
      config.on_failure = to->Text("Destination");
  }
  return config;
}

std::vector<ResourceType> LambdaTypes() {
  return {
      {function::FunctionType(), CheckFunction, "Code Runtime Handler PackageType", FunctionValues},
      {function::PermissionType(), nullptr, {}, PermissionValues},
      {function::EventInvokeConfigType(), CheckEventInvoke,
       "Qualifier MaximumRetryAttempts MaximumEventAgeInSeconds", nullptr},
  };
}

}  // namespace gatehouse::stack
