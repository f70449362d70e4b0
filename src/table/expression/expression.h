// DynamoDB's expressions as values: conditions (and filters), updates, projections. Names and
// values are resolved: an expression stands alone. Immutable once parsed.
// Source: Amazon DynamoDB Developer Guide, "Expressions"; spec: grammar, order of errors.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "gatehouse/item.h"

namespace gatehouse::table {

inline constexpr std::size_t kExpressionBytesMax = 4096;
inline constexpr int kExpressionDepthMax = 256;  // parentheses, NOTs and arguments in each other
inline constexpr int kOperatorsMax = 300;
inline constexpr std::size_t kInOperandsMax = 100;
inline constexpr std::size_t kPathDepthMax = 32;

// A place in an item: the first element is an attribute's name, each further one a name in a map
// or an index in a list.
using PathElement = std::variant<std::string, std::size_t>;
using Path = std::vector<PathElement>;

// As AWS prints it: "[a, [1], b]".
std::string PathText(const Path& path);

// A row of kFunctions in expression_functions.cc knows what each takes.
enum class Function {
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
  kSize,
  kIfNotExists,
  kListAppend,
};

struct Operand {
  enum class Kind { kPath, kValue, kFunction };
  Kind kind = Kind::kPath;
  Path path = {};
  std::shared_ptr<const AttributeValue> value = {};
  Function function = Function::kSize;  // size, if_not_exists or list_append
  std::vector<Operand> arguments = {};
};

struct Condition {
  enum class Kind {
    kAnd,  // of conditions, at least 2
    kOr,
    kNot,    // of 1 condition
    kEqual,  // of 2 operands, as the next five
    kNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kBetween,   // operand, lower and upper bound
    kIn,        // operand and those it may equal
    kFunction,  // of operands
  };
  Kind kind = Kind::kFunction;
  Function function = Function::kAttributeExists;
  std::vector<Condition> conditions = {};
  std::vector<Operand> operands = {};
};

struct UpdateAction {
  enum class Kind { kSet, kRemove, kAdd, kDelete };
  enum class Operator { kNone, kPlus, kMinus };  // between the operands of SET
  Kind kind = Kind::kSet;
  Path path = {};
  Operator op = Operator::kNone;
  std::vector<Operand> operands = {};  // of SET 1 or 2, of ADD and DELETE 1
};
using Update = std::vector<UpdateAction>;
using Projection = std::vector<Path>;

}  // namespace gatehouse::table
