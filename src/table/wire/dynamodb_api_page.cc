#include "table/wire/dynamodb_api_page.h"

#include <limits>
#include <memory>
#include <utility>

#include "table/expression/condition_evaluation.h"
#include "table/expression/item_path.h"
#include "table/operation/stored_json.h"
#include "table/value/definition_check.h"
#include "table/value/item_codec.h"
#include "table/value/item_size.h"

namespace gatehouse::table {
namespace {

// Items become JSON as they are read; most without a tree in between.
class JsonPage final : public PageMaker {
 public:
  JsonPage(PageCall page, const PageRead& read)
      : page_(std::move(page)), table_(read.table), index_(read.index) {}

  void Begin() override {
    items_.clear();
    count_ = 0;
  }

  Result<std::size_t> Add(std::string_view encoded) override {
    if (page_.expressions.filter || page_.expressions.projection) return AddChosen(encoded);
    std::size_t before = items_.size();
    if (before > 0) items_ += ',';
    Result<std::size_t> size = AppendStoredJson(items_, encoded);
    if (!size) return size;
    ++count_;
    if (page_.select == "COUNT") items_.resize(before);
    return size;
  }

  std::string Finish(const PageEnd& end) override {
    BodyWriter body;
    if (page_.capacity != ReturnConsumedCapacity::kNone) {
      body.Member("ConsumedCapacity") += CapacityOf(end);
    }
    body.Number("Count", static_cast<std::int64_t>(count_));
    if (page_.select != "COUNT") body.Member("Items").append("[").append(items_).append("]");
    if (end.last_evaluated_key) body.Member("LastEvaluatedKey", *end.last_evaluated_key);
    body.Number("ScannedCount", static_cast<std::int64_t>(end.scanned_count));
    return body.Finish();
  }

 private:
  Result<std::size_t> AddChosen(std::string_view encoded) {
    Result<Item> item = DecodeItem(encoded);
    if (!item) return item.error();
    const auto& [filter, projection] = page_.expressions;
    std::size_t size = ItemSize(*item);
    if (filter && !Holds(*filter, *item)) return size;
    ++count_;
    if (page_.select == "COUNT") return size;
    if (!items_.empty()) items_ += ',';
    AppendJson(items_, projection ? Project(*item, *projection) : *item);
    return size;
  }

  std::string CapacityOf(const PageEnd& end) const {
    std::size_t read = ReadHalfUnits(end.bytes, page_.consistent);
    if (!index_) return CapacityAsJson(page_.capacity, page_.table_name, read, {});
    std::size_t whole = end.whole_units * (page_.consistent ? 2 : 1);
    return CapacityAsJson(page_.capacity, page_.table_name, whole,
                          {{index_->definition.name, index_->definition.global, read}});
  }

  const PageCall page_;
  const std::shared_ptr<const TableEntry> table_;  // keeps index_
  const IndexEntry* const index_;
  std::string items_;
  std::size_t count_ = 0;
};

}  // namespace

namespace {

// Query names a limit that is too small in a way of its own, without its value (recorded on AWS).
std::size_t ReadLimit(RequestReader& request, bool is_query) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  if (is_query) {
    const std::optional<std::int64_t> given = request.Integer("Limit");
    if (given && *given < 1) {
      request.problems().constraints.push_back(
          "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or "
          "equal to 1");
      return 0;
    }
  }
  return static_cast<std::size_t>(request.IntegerWithin("Limit", 1, kMax).value_or(0));
}

}  // namespace

PageCall ReadPageCall(RequestReader& request, bool is_query) {
  PageCall page;
  page.capacity = ReadReturnConsumedCapacity(request);
  page.table_name = request.TableName();
  page.limit = ReadLimit(request, is_query);
  page.start_key = request.Attributes("ExclusiveStartKey");
  page.select = request.OneOf(
      "Select", "", {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"});
  page.consistent = request.Boolean("ConsistentRead").value_or(false);
  page.index_name = request.String("IndexName");
  return page;
}

void CheckSelect(const PageCall& page, const RequestExpressions& expressions,
                 RequestReader& request) {
  if (page.select == "ALL_PROJECTED_ATTRIBUTES" && !page.index_name) {
    request.problems().Validation(
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
  bool projects = expressions.Has("ProjectionExpression");
  bool lists = expressions.HasAttributesToGet();
  if (page.select == "SPECIFIC_ATTRIBUTES" && !projects && !lists) {
    request.problems().Validation(
        "Must specify the AttributesToGet when choosing to get SPECIFIC_ATTRIBUTES");
  }
  if (projects && !page.select.empty() && page.select != "SPECIFIC_ATTRIBUTES") {
    request.problems().Validation("Cannot specify the ProjectionExpression when choosing to get " +
                                  page.select);
  }
  if (lists && !page.select.empty() && page.select != "SPECIFIC_ATTRIBUTES") {
    request.problems().Validation("Cannot specify the AttributesToGet when choosing to get " +
                                  page.select);
  }
}

Result<void> ReadPageExpressions(RequestExpressions& expressions, PageCall& page) {
  auto filter = expressions.ParseConditionOf("FilterExpression");
  if (!filter) return filter.error();
  page.expressions.filter = *std::move(filter);
  auto projection = expressions.ParseProjectionOf();
  if (!projection) return projection.error();
  page.expressions.projection = *std::move(projection);
  return expressions.CheckAllUsed();
}

Result<void> CheckSelectOfIndex(const PageCall& page, PageRead& read) {
  if (page.select != "ALL_ATTRIBUTES" || !read.index || read.index->projected.empty()) return {};
  if (!read.index->definition.global) {
    read.whole_items = true;
    return {};
  }
  return InvalidValues("Select type ALL_ATTRIBUTES is not supported for global secondary index " +
                       read.index->definition.name + " because its projection type is not ALL");
}

void AnswerPage(ApiCall call, PageCall page, PageRead read) {
  read.limit = page.limit;
  if (auto checked = CheckSelectOfIndex(page, read); !checked) return call.Fail(checked.error());
  auto checked = CheckPageExpressions(read, page.expressions);
  if (!checked) return call.Fail(checked.error());
  Tables& tables = call.tables();
  base::Executor& reply_to = call.reply_to();
  auto maker = std::make_unique<JsonPage>(std::move(page), read);
  tables.ReadText(std::move(read), std::move(maker), reply_to,
                  [call = std::move(call)](Result<std::string> body) mutable {
                    if (!body) return call.Fail(body.error());
                    call.Reply(*std::move(body));
                  });
}

}  // namespace gatehouse::table
