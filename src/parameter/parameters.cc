#include "parameter/parameters.h"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace gatehouse::parameter {
namespace {

namespace bj = boost::json;

std::string Encode(const Parameter& parameter) {
  return bj::serialize(bj::object{{"v", 1},
                                  {"type", parameter.type},
                                  {"value", parameter.value},
                                  {"description", parameter.description},
                                  {"version", parameter.version},
                                  {"modified", parameter.modified.count()}});
}

std::optional<Parameter> Decode(const std::string& name, const std::string& text) {
  boost::system::error_code error;
  const bj::value read = bj::parse(text, error);
  const bj::object* from = error ? nullptr : read.if_object();
  if (!from) return std::nullopt;
  auto member = [&](std::string_view key) { return from->if_contains(key); };
  auto string = [&](std::string_view key) {
    const bj::value* value = member(key);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  const bj::value* version = member("version");
  const bj::value* modified = member("modified");
  if (!version || !version->is_int64() || !modified || !modified->is_int64()) return std::nullopt;
  return Parameter{name,
                   string("type"),
                   string("value"),
                   string("description"),
                   version->get_int64(),
                   base::Millis{modified->get_int64()}};
}

bool IsNameLetter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '.' || c == '-' || c == '/';
}

Error Invalid(std::string message) { return {ErrorCode::kInvalidArgument, std::move(message)}; }

}  // namespace

Result<void> CheckParameter(const Parameter& parameter) {
  const std::string& name = parameter.name;
  if (name.empty() || name.size() > kParameterNameMax ||
      !std::all_of(name.begin(), name.end(), IsNameLetter) || name.ends_with('/')) {
    return Invalid(
        "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed "
        "as a path, it can consist of sub-paths divided by slash symbol; each sub-path "
        "can be formed as a mix of letters, numbers and the following 3 symbols .-_");
  }
  if (static_cast<std::size_t>(std::count(name.begin(), name.end(), '/')) > kParameterLevelsMax) {
    return Invalid(
        fmt::format("A parameter's name can have at most {} levels", kParameterLevelsMax));
  }
  if (parameter.type != "String" && parameter.type != "StringList" &&
      parameter.type != "SecureString") {
    return Invalid(
        fmt::format("1 validation error detected: Value '{}' at 'type' failed to "
                    "satisfy constraint: Member must satisfy enum value set: "
                    "[SecureString, StringList, String]",
                    parameter.type));
  }
  if (parameter.value.empty() || parameter.value.size() > kParameterValueMax) {
    return Invalid(fmt::format("A parameter's value has 1 to {} bytes", kParameterValueMax));
  }
  return {};
}

Result<std::unique_ptr<Parameters>> Parameters::Open(store::Store& store, base::Executor& loop) {
  Result<store::Documents> documents = store::Documents::Open(store, "parameters");
  if (!documents) return documents.error();
  std::unique_ptr<Parameters> parameters(new Parameters(*std::move(documents), loop));
  for (const auto& [name, text] : parameters->documents_.all()) {
    std::optional<Parameter> read = Decode(name, text);
    if (!read) {
      return Error{ErrorCode::kIo, fmt::format("the stored parameter {} is damaged", name)};
    }
    parameters->parameters_.emplace(name, *std::move(read));
  }
  return parameters;
}

void Parameters::Put(Parameter parameter, Mode mode, Done done) {
  if (Result<void> fine = CheckParameter(parameter); !fine) return done(fine.error());
  std::string name = parameter.name;
  Submit({std::move(name), std::move(parameter), mode, std::move(done)});
}

void Parameters::Delete(std::string name, Done done) {
  Submit({std::move(name), std::nullopt, Mode::kOverwrite, std::move(done)});
}

// What the changes before have left decides, and gives the version.
Result<void> Parameters::Prepare(Change& change) const {
  const Parameter* present = Find(change.name);
  if (!present && change.mode == Mode::kOverwrite) {
    return Error{ErrorCode::kNotFound, fmt::format("Parameter {} not found.", change.name)};
  }
  if (present && change.mode == Mode::kNew) {
    return Error{ErrorCode::kConflict,
                 "The parameter already exists. To overwrite this value, set the overwrite option "
                 "in the request to true."};
  }
  if (!present && parameters_.size() >= kParametersMax) {
    return Error{ErrorCode::kLimitExceeded,
                 fmt::format("there are {} parameters, as many as can be", kParametersMax)};
  }
  if (change.next) change.next->version = present ? present->version + 1 : 1;
  return {};
}

void Parameters::Submit(Change change) {
  if (changes_.size() >= kChangesWaitingMax) {
    return change.done(Error{ErrorCode::kLimitExceeded, "too many changes of parameters wait"});
  }
  changes_.push_back(std::move(change));
  RunNext();
}

void Parameters::RunNext() {
  while (!committing_ && !changes_.empty()) {
    Change& change = changes_.front();
    if (Result<void> fine = Prepare(change); !fine) {
      Done done = std::move(change.done);
      changes_.pop_front();
      done(fine.error());
      continue;
    }
    committing_ = true;
    std::optional<std::string> text;
    if (change.next) text = Encode(*change.next);
    documents_.Commit({{change.name, std::move(text)}}, loop_, [this](Result<void> result) {
      Change made = std::move(changes_.front());
      changes_.pop_front();
      committing_ = false;
      const std::int64_t version = made.next ? made.next->version : 0;
      if (result && made.next) {
        parameters_.insert_or_assign(made.name, *std::move(made.next));
      } else if (result) {
        parameters_.erase(made.name);
      }
      made.done(result ? Result<std::int64_t>(version) : Result<std::int64_t>(result.error()));
      RunNext();
    });
  }
}

const Parameter* Parameters::Find(std::string_view name) const {
  auto found = parameters_.find(name);
  return found == parameters_.end() ? nullptr : &found->second;
}

}  // namespace gatehouse::parameter
