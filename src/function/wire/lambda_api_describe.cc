// ListFunctions, GetFunction, GetFunctionConfiguration.
#include <charconv>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "auth/signature/digest.h"
#include "aws/arn.h"
#include "base/encoding.h"
#include "function/define/definition_json.h"
#include "function/define/function_properties.h"
#include "function/define/identifiers.h"
#include "function/wire/lambda_call.h"

namespace gatehouse::function {
namespace {

namespace bj = boost::json;

constexpr std::size_t kPageMax = 50;  // AWS: what MaxItems is cut to

// Shaped as a UUID; the same definition has the same.
std::string RevisionId(const FunctionDefinition& definition) {
  std::string hex = auth::HexOf(auth::Sha256(EncodeFunction(definition, {})));
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20, 12));
}

// "2026-01-31T10:10:10.417+0000"
std::string LastModified(base::Millis wall) {
  std::string text = base::FormatIso8601(wall);
  text.pop_back();
  return text + "+0000";
}

bj::object Texts(const std::map<std::string, std::string, std::less<>>& texts) {
  bj::object out;
  for (const auto& [name, value] : texts) out[name] = value;
  return out;
}

// What is asked of the code store for many functions at once.
struct Gathering {
  std::vector<std::string> configurations;
  std::size_t missing = 0;
};

}  // namespace

std::string LambdaApi::ConfigurationJson(const FunctionDefinition& definition,
                                         const CodeFacts& facts) const {
  bj::object out;
  out["FunctionName"] = definition.name;
  out["FunctionArn"] = aws::FunctionArn(options_.region, options_.account_id, definition.name);
  ShowProperties(definition, out);
  out["CodeSize"] = facts.bytes;
  out["LastModified"] = LastModified(definition.modified);
  out["CodeSha256"] = facts.sha256;
  out["Version"] = "$LATEST";
  out["TracingConfig"] = bj::object{{"Mode", "PassThrough"}};
  out["RevisionId"] = RevisionId(definition);
  out["State"] = "Active";
  out["LastUpdateStatus"] = "Successful";
  out["PackageType"] = "Zip";
#if defined(__aarch64__)
  out["Architectures"] = bj::array{"arm64"};
#else
  out["Architectures"] = bj::array{"x86_64"};
#endif
  out["EphemeralStorage"] = bj::object{{"Size", 512}};
  return bj::serialize(out);
}

// Code that cannot be read any more has size 0: the function is still there to be mended.
void LambdaApi::Describe(std::shared_ptr<const FunctionDefinition> definition, Described done) {
  const CodeSource& code = definition->code;
  code_.Describe(code, [this, definition = std::move(definition),
                        done = std::move(done)](const Result<CodeFacts>& facts) {
    done(ConfigurationJson(*definition, facts ? *facts : CodeFacts{}));
  });
}

void LambdaApi::GetFunctionConfiguration(CallPtr call) {
  const Catalogue::Function* function = FindFunction(*call);
  if (!function) return;
  Describe(function->definition,
           [call](std::string configuration) { call->Answer(200, std::move(configuration)); });
}

void LambdaApi::GetFunction(CallPtr call) {
  const Catalogue::Function* function = FindFunction(*call);
  if (!function) return;
  std::shared_ptr<const FunctionDefinition> definition = function->definition;
  Describe(definition, [call, definition](const std::string& configuration) {
    bj::object code{{"RepositoryType", "S3"}};
    if (definition->code.kind == CodeSource::kDirectory ||
        definition->code.kind == CodeSource::kZip) {
      code["Location"] = "file://" + definition->code.text;
    }
    std::string more = R"(,"Code":)" + bj::serialize(code);
    if (!definition->tags.empty()) more += R"(,"Tags":)" + bj::serialize(Texts(definition->tags));
    if (definition->reserved_concurrency >= 0) {
      more += fmt::format(R"(,"Concurrency":{{"ReservedConcurrentExecutions":{}}})",
                          definition->reserved_concurrency);
    }
    call->Answer(200, R"({"Configuration":)" + configuration + more + "}");
  });
}

void LambdaApi::ListFunctions(CallPtr call) {
  std::size_t page = kPageMax;
  if (std::string_view text = call->Query("MaxItems"); !text.empty()) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), page);
    if (error != std::errc() || end != text.data() + text.size() || page == 0) {
      return call->Refuse(400, "InvalidParameterValueException",
                          fmt::format("MaxItems is \"{}\", no number from 1 on", text));
    }
    page = std::min(page, kPageMax);
  }
  std::string_view after = call->Query("Marker");  // the last name of the page before
  std::vector<std::shared_ptr<const FunctionDefinition>> wanted;
  std::string marker = "null";
  for (auto& definition : functions_.catalogue().List()) {
    if (definition->name <= after) continue;
    if (wanted.size() == page) {
      marker = '"' + wanted.back()->name + '"';
      break;
    }
    wanted.push_back(std::move(definition));
  }
  auto gathering = std::make_shared<Gathering>();
  gathering->configurations.resize(wanted.size());
  gathering->missing = wanted.size();
  auto finish = [call, gathering, marker] {
    std::string body = R"({"Functions":[)";
    for (const std::string& configuration : gathering->configurations) {
      if (body.back() != '[') body += ',';
      body += configuration;
    }
    call->Answer(200, body + R"(],"NextMarker":)" + marker + "}");
  };
  if (wanted.empty()) return finish();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    Describe(wanted[i], [gathering, finish, i](std::string configuration) {
      gathering->configurations[i] = std::move(configuration);
      if (--gathering->missing == 0) finish();
    });
  }
}

}  // namespace gatehouse::function
