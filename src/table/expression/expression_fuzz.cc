// Any text as any expression: parsed without a crash, and what parses is applied to an item; what
// an update makes must be an item that DynamoDB accepts.
#include <string_view>

#include "base/check.h"
#include "base/fuzz.h"
#include "table/expression/condition_evaluation.h"
#include "table/expression/expression_parser.h"
#include "table/expression/item_path.h"
#include "table/expression/item_update.h"
#include "table/value/item_check.h"
#include "table/value/item_codec.h"
#include "wire/utf8.h"

namespace gatehouse::base {
namespace {

table::ExpressionScope Scope() {
  table::ExpressionScope scope;
  scope.AddName("#a", "a");
  scope.AddName("#m", "m.x");
  scope.AddValue(":n", Number{"9.5"});
  scope.AddValue(":s", "text");
  scope.AddValue(":l", AttributeValue::List{"x"});
  scope.AddValue(":m", Item{});
  scope.AddValue(":x", StringSet{{"x", "y"}});
  scope.AddValue(":b", Binary{"b"});
  return scope;
}

const Item& Sample() {
  static const Item item{{"a", "text and more"},
                         {"b", AttributeValue::List{"0", Item{{"c", Number{"1"}}}, "2"}},
                         {"m.x", Item{{"a", AttributeValue::List{}}, {"n", Number{"-4"}}}},
                         {"n", Number{"99999999999999999999999999999999999999"}},
                         {"x", StringSet{{"x"}}}};
  return item;
}

}  // namespace

void FuzzOne(std::span<const std::byte> input) {
  std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  table::ExpressionScope scope = Scope();
  if (auto condition = table::ParseCondition("FilterExpression", text, scope)) {
    bool holds = table::Holds(*condition, Sample());
    CHECK(holds == table::Holds(*condition, Sample()));
    (void)table::Holds(*condition, {});
  } else if (wire::IsUtf8(text)) {
    CHECK(wire::IsUtf8(condition.error().message));
  }
  if (auto projection = table::ParseProjection(text, scope)) {
    Item projected = table::Project(Sample(), *projection);
    CHECK(projected.size() <= Sample().size());
  }
  auto update = table::ParseUpdate(text, scope);
  if (!update) return;
  if (auto item = table::ApplyUpdate(*update, Sample())) {
    CHECK(table::CheckValues(*item));
    std::string bytes = table::EncodeItem(*item);
    CHECK(table::EncodeItem(*table::DecodeItem(bytes)) == bytes);
  }
  (void)table::ApplyUpdate(*update, {});
}

}  // namespace gatehouse::base
