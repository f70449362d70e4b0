#include "api/language/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <fmt/format.h>

#include "base/check.h"

namespace gatehouse::api {
namespace {

constexpr std::size_t kMessageBytesMax = 256;

using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
using MatchContext = std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)>;

}  // namespace

struct Pattern::Code {
  explicit Code(pcre2_code* given) : code(given) {}
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() { pcre2_code_free(code); }

  // At least 0: found; else PCRE2's error.
  int Match(std::string_view text, std::uint32_t options, std::uint32_t steps) const {
    MatchData data(pcre2_match_data_create(1, nullptr), &pcre2_match_data_free);
    MatchContext context(pcre2_match_context_create(nullptr), &pcre2_match_context_free);
    CHECK(data && context);
    pcre2_set_match_limit(context.get(), steps);
    pcre2_set_heap_limit(context.get(), kHeapKibMax);
    auto subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    return pcre2_match(code, subject, text.size(), 0, options, data.get(), context.get());
  }

  pcre2_code* code;
};

Result<Pattern> Pattern::Compile(std::string_view text) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto pattern = reinterpret_cast<PCRE2_SPTR>(text.data());
  constexpr std::uint32_t kOptions = PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_DOLLAR_ENDONLY |
                                     PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_UNSET_BACKREF;
  pcre2_code* code = pcre2_compile(pattern, text.size(), kOptions, &error, &offset, nullptr);
  if (code) return Pattern(std::make_shared<const Code>(code));
  PCRE2_UCHAR message[kMessageBytesMax];
  pcre2_get_error_message(error, message, sizeof message);
  return Error{ErrorCode::kInvalidArgument,
               fmt::format("regular expression \"{}\": {} at character {}", text,
                           reinterpret_cast<const char*>(message), offset)};
}

bool Pattern::MatchesWhole(std::string_view text) const {
  return code_->Match(text, PCRE2_ANCHORED | PCRE2_ENDANCHORED, kMatchStepsMax) >= 0;
}

bool Pattern::Finds(std::string_view text, MatchBudget& budget) const {
  int found = code_->Match(text, 0, kShortMatchSteps);
  if (found != PCRE2_ERROR_MATCHLIMIT) return found >= 0;
  if (--budget.long_matches < 0) return false;
  return code_->Match(text, 0, kMatchStepsMax) >= 0;
}

bool Pattern::FindFrom(std::string_view text, std::size_t from,
                       std::vector<std::string_view>& groups) const {
  MatchData data(pcre2_match_data_create_from_pattern(code_->code, nullptr),
                 &pcre2_match_data_free);
  MatchContext context(pcre2_match_context_create(nullptr), &pcre2_match_context_free);
  CHECK(data && context);
  pcre2_set_match_limit(context.get(), kShortMatchSteps);
  pcre2_set_heap_limit(context.get(), kHeapKibMax);
  auto subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  int found = pcre2_match(code_->code, subject, text.size(), from, 0, data.get(), context.get());
  if (found < 0) return false;
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data.get());
  groups.clear();
  for (std::uint32_t i = 0; i < pcre2_get_ovector_count(data.get()); ++i) {
    bool is_set = ends[2 * i] != PCRE2_UNSET && ends[2 * i] <= ends[2 * i + 1];
    groups.push_back(is_set ? text.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i])
                            : text.substr(text.size()));
  }
  return true;
}

}  // namespace gatehouse::api
