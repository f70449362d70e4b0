// What is known of a request beyond action and resource: condition keys and their values. A plain
// value, one thread. Names of keys are case-insensitive, as in policies.
// Source: IAM user guide, "The request context".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::auth {

class RequestContext {
 public:
  struct Key {
    std::string name;  // lower case; of an unknowable one it may end in "*": all that begin so
    bool is_unknowable = false;
    std::vector<std::string> values;
  };

  // Several values: a multivalued key, which may be empty. Binary values are base64. Replaces.
  void Set(std::string_view name, std::string value);
  void Set(std::string_view name, std::vector<std::string> values);

  // A key that AWS would have for this request and this node cannot know. "aws:PrincipalTag/*"
  // stands for all keys that begin so and are not set.
  void SetUnknowable(std::string_view name);

  // Null: absent, as AWS would not have it either. The name in lower case. Until the next change.
  const Key* Find(std::string_view lower_case_name) const;

 private:
  Key& Put(std::string_view name);

  std::vector<Key> keys_;  // few: looked through
};

}  // namespace gatehouse::auth
