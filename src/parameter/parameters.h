// The parameters of this node, durable in the store: documents of the keyspace "parameters" under
// the parameters' own names. One loop's thread only.
// Source: Systems Manager API reference, PutParameter; quotas of Parameter Store.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/executor.h"
#include "base/function.h"
#include "gatehouse/result.h"
#include "store/documents.h"

namespace gatehouse::parameter {

inline constexpr std::size_t kParametersMax = 10'000;       // AWS: standard ones
inline constexpr std::size_t kParameterValueMax = 8 << 10;  // AWS: advanced ones; standard 4 KB
inline constexpr std::size_t kParameterNameMax = 1011;      // AWS
inline constexpr std::size_t kParameterLevelsMax = 15;      // AWS: parts between slashes

struct Parameter {
  std::string name;
  std::string type = "String";  // "String", "StringList", "SecureString"
  std::string value;
  std::string description;
  std::int64_t version = 1;
  base::Millis modified{};
};

// Why a name, type or value cannot be; in AWS's words.
Result<void> CheckParameter(const Parameter& parameter);

class Parameters {
 public:
  static constexpr std::size_t kChangesWaitingMax = 10'000;  // beyond: kLimitExceeded

  using Done = base::UniqueFunction<void(Result<std::int64_t>)>;  // the version

  // Reads what the store has. Blocks; for start-up. Everything given must outlive this.
  static Result<std::unique_ptr<Parameters>> Open(store::Store& store, base::Executor& loop);

  // How a name may be taken: only if it is free, only if it is not, either way.
  enum class Mode { kNew, kOverwrite, kEither };
  // done comes once it is durable, in the order of the calls. Errors: kInvalidArgument, kConflict
  // (kNew, and it is there), kNotFound (kOverwrite, and it is not), kLimitExceeded, the store's.
  void Put(Parameter parameter, Mode mode, Done done);
  // Error: kNotFound.
  void Delete(std::string name, Done done);

  const Parameter* Find(std::string_view name) const;  // null: none
  const std::map<std::string, Parameter, std::less<>>& all() const { return parameters_; }

 private:
  struct Change {
    std::string name;
    std::optional<Parameter> next;  // nothing: it goes
    Mode mode = Mode::kEither;
    Done done;
  };

  Parameters(store::Documents documents, base::Executor& loop)
      : documents_(std::move(documents)), loop_(loop) {}
  Result<void> Prepare(Change& change) const;
  void Submit(Change change);
  void RunNext();

  store::Documents documents_;
  base::Executor& loop_;
  std::map<std::string, Parameter, std::less<>> parameters_;
  std::deque<Change> changes_;  // the first is being made durable if committing_
  bool committing_ = false;
};

}  // namespace gatehouse::parameter
