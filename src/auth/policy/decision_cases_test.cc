// What AWS's documentation says policies do: decision_cases/*.cases; their form is told there.
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "auth/policy/decision.h"

namespace gatehouse::auth {
namespace {

constexpr int kCasesMin = 200;

// Lines without comments; those that begin with a blank belong to the one before.
std::vector<std::pair<int, std::string>> ReadLines(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<std::pair<int, std::string>> lines;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == ' ') {
      lines.back().second += line;
    } else {
      lines.emplace_back(number, line);
    }
  }
  return lines;
}

std::string Everything(std::string_view condition) {
  return R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*")" +
         (condition.empty() ? "" : ",\"Condition\":" + std::string(condition)) + "}}";
}

std::string Denied(std::string_view condition) {
  std::string json = Everything(condition);
  json.replace(json.find("Allow"), 5, "Deny");
  return json;
}

struct Asked {
  std::string action = "test:Do";
  std::string resource = "arn:aws:test:us-east-1:123456789012:thing";
  std::string principal;
  RequestContext context;
  std::set<std::string> notices;
};

void SetKey(const std::string& word, RequestContext& context) {
  const std::size_t equals = word.find('=');
  const std::string value = word.substr(equals + 1);
  if (!value.starts_with('[')) return context.Set(word.substr(0, equals), value);
  std::vector<std::string> values;
  std::istringstream list(value.substr(1, value.size() - 2));
  for (std::string item; std::getline(list, item, ',');) values.push_back(item);
  context.Set(word.substr(0, equals), values);
}

Asked ReadAsked(std::istringstream& words) {
  Asked asked;
  std::string word;
  words >> word;
  if (word != ".") {
    asked.action = word;
    words >> asked.resource;
  }
  while (words >> word) {
    if (word.starts_with("as=")) {
      asked.principal = word.substr(3);
    } else if (word.front() == '?') {
      asked.context.SetUnknowable(word.substr(1));
    } else if (word.front() == '!') {
      asked.notices.insert(word.substr(1));
    } else {
      SetKey(word, asked.context);
    }
  }
  return asked;
}

std::string_view Verdict(Effect effect) {
  if (effect == Effect::kAllowed) return "allow";
  return effect == Effect::kExplicitDeny ? "deny" : "none";
}

class Cases {
 public:
  void Run(const std::filesystem::path& path) {
    for (const auto& [number, line] : ReadLines(path)) {
      SCOPED_TRACE(path.filename().string() + ":" + std::to_string(number) + ": " + line +
                   "\nsource: " + source_);
      const std::string verb = line.substr(0, line.find(' '));
      const std::string rest = line.substr(verb.size() + 1);
      if (verb == "source") {
        source_ = rest;
      } else if (verb == "reject") {
        EXPECT_FALSE(Policy::Parse(rest, PolicyKind::kIdentity));
        ++count;
      } else if (verb == "allow" || verb == "deny" || verb == "none") {
        Judge(verb, rest);
      } else {
        Take(verb, rest);
      }
    }
  }

  int count = 0;

 private:
  void Take(const std::string& verb, const std::string& rest) {
    if (is_judged_) {
      identity_.clear();
      resource_.clear();
      is_judged_ = false;
    }
    if (verb == "resource") return Add(rest, PolicyKind::kResource);
    if (verb == "policy") return Add(rest, PolicyKind::kIdentity);
    if (verb == "when") return Add(Everything(rest), PolicyKind::kIdentity);
    ASSERT_EQ(verb, "deny-when");
    Add(Everything(""), PolicyKind::kIdentity);
    Add(Denied(rest), PolicyKind::kIdentity);
  }

  void Add(const std::string& json, PolicyKind kind) {
    Result<Policy> policy = Policy::Parse(json, kind);
    ASSERT_TRUE(policy) << policy.error().message;
    auto& list = kind == PolicyKind::kResource ? resource_ : identity_;
    list.push_back(std::make_unique<Policy>(*std::move(policy)));
  }

  void Judge(const std::string& verdict, const std::string& rest) {
    ASSERT_FALSE(source_.empty());
    is_judged_ = true;
    ++count;
    std::istringstream words(rest);
    const Asked asked = ReadAsked(words);
    const Decision decision = Decide({.action = asked.action,
                                      .resource = asked.resource,
                                      .principal_arn = asked.principal,
                                      .context = &asked.context},
                                     Pointers(identity_), Pointers(resource_));
    EXPECT_EQ(Verdict(decision.effect), verdict);
    const std::set<std::string> told(decision.unknowable_keys.begin(),
                                     decision.unknowable_keys.end());
    EXPECT_EQ(told, asked.notices);
  }

  static std::vector<const Policy*> Pointers(const std::vector<std::unique_ptr<Policy>>& list) {
    std::vector<const Policy*> pointers;
    for (const auto& policy : list) pointers.push_back(policy.get());
    return pointers;
  }

  std::string source_;
  std::vector<std::unique_ptr<Policy>> identity_;
  std::vector<std::unique_ptr<Policy>> resource_;
  bool is_judged_ = false;
};

TEST(DecisionCases, AsAwsDocumentsThem) {
  Cases cases;
  for (const auto& entry : std::filesystem::directory_iterator(GATEHOUSE_DECISION_CASES)) {
    if (entry.path().extension() == ".cases") cases.Run(entry.path());
  }
  EXPECT_GE(cases.count, kCasesMin);
}

}  // namespace
}  // namespace gatehouse::auth
