// What #names and :values of a request's expressions stand for, and which of them were used.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "gatehouse/item.h"
#include "gatehouse/result.h"

namespace gatehouse::table {

class ExpressionScope {
 public:
  // With their sigils. Values must have passed CheckValues.
  void AddName(std::string ref, std::string name) { names_[std::move(ref)].meaning = name; }
  void AddValue(std::string ref, AttributeValue value) {
    values_[std::move(ref)].meaning = std::make_shared<const AttributeValue>(std::move(value));
  }

  // Null if there is none; else it counts as used.
  const std::string* Name(std::string_view ref);
  std::shared_ptr<const AttributeValue> Value(std::string_view ref);

  // Once every expression of the request was parsed. Error: kInvalidArgument, AWS's message.
  Result<void> CheckAllUsed() const;

 private:
  template <class T>
  struct Entry {
    T meaning;
    bool used = false;
  };
  template <class T>
  using Entries = std::map<std::string, Entry<T>, std::less<>>;

  Entries<std::string> names_;
  Entries<std::shared_ptr<const AttributeValue>> values_;
};

}  // namespace gatehouse::table
