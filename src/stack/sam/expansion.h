// One run of the SAM transform: what all resource types share. Used by one thread, thrown away.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stack/sam/transform.h"
#include "stack/sam/values.h"
#include "stack/tree/limits.h"
#include "stack/tree/value.h"

namespace gatehouse::stack::sam {

// A resource in the making: its value is what stands under its logical id.
struct Made {
  std::string id;
  Value body;

  Made(std::string logical_id, std::string_view type);

  Value& properties() { return *body.Find("Properties"); }
  // Sets a property unless value is null or not there.
  void Set(std::string_view name, const Value* value) { SetIfAny(properties(), name, value); }
  void Set(std::string_view name, Value value) { properties().Set(name, std::move(value)); }
  std::string type() const { return body.Text("Type"); }
};
using MadeList = std::vector<Made>;

// A resource of the template that is being expanded.
struct Source {
  std::string id;
  int line = 0;
  Value body;  // the whole of it, Globals merged in

  const Value* Find(std::string_view property) const;
  // The property unless it is empty in Python's sense (values.h).
  const Value* FindFilled(std::string_view property) const;
};

class Expansion {
 public:
  Expansion(const TransformInput& input, Value& root, Problems& problems);

  // The template's resources as they come out; those of SAM's own types are still among them until
  // they are expanded.
  Value& resources() { return *root_.Find("Resources"); }
  const Value& original() const { return original_; }
  void TakeOriginal() { original_ = *root_.Find("Resources"); }
  // The template's conditions, made if there are none.
  Value& conditions() { return ObjectAt(root_, "Conditions"); }
  Value& root() { return root_; }
  const TransformInput& input() const { return input_; }

  // References to parameters and to the region replaced by their values, as deep as they stand.
  Value Resolved(const Value& value) const;
  // The same for a FindInMap of such keys.
  Value ResolvedInMap(const Value& value) const;

  std::string PolicyArn(std::string_view path) const;  // of AWS's own managed policies
  std::string partition() const;

  // Puts what a resource was expanded to into the template; the source's place is taken.
  void Emit(const Source& source, MadeList made);
  // `Ref: ID.PROPERTY` and `GetAtt: ID.PROPERTY.ATTRIBUTE` mean that logical id.
  void Refer(const std::string& id, const std::string& property, const std::string& logical_id);
  // A resource that has another logical id now.
  void Rename(const std::string& id, const std::string& logical_id) { renamed_[id] = logical_id; }

  // Something is wrong with a resource, in SAM's words.
  void Fail(const Source& source, const std::string& why);
  void FailEvent(const Source& source, const std::string& event, const std::string& why);
  // Without a resource: the document.
  void FailDocument(int line, std::string message) const;

  // Counts what is added against the bound; false from the moment that it is passed.
  bool Charge(std::size_t bytes, int line) const;
  bool exhausted() const { return exhausted_; }

  const std::map<std::string, std::string>& referred() const { return referred_; }
  const std::map<std::string, std::string>& renamed() const { return renamed_; }

 private:
  Value ResolvedSub(const Value& sub) const;

  const TransformInput& input_;
  Value& root_;
  Problems& problems_;
  Value original_;  // before any was expanded, with Globals
  std::map<std::string, Value, std::less<>> parameters_;
  std::map<std::string, std::string> referred_;  // "ID.PROPERTY"
  std::map<std::string, std::string> renamed_;
  mutable std::size_t bytes_ = 0;  // charged, also by what is looked up
  mutable bool exhausted_ = false;
};

// Condition, DeletionPolicy and UpdateReplacePolicy of the source go to everything it makes.
void PassAttributes(const Value& from, Value& to);
// Those, Metadata, UpdatePolicy and DependsOn: to the resource that takes the source's place.
void PassAllAttributes(const Value& from, Value& to);

}  // namespace gatehouse::stack::sam
