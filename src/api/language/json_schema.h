// JSON schema draft 4, in the extent that needs no network: what models validate messages with.
// Immutable once compiled; any thread.
// Source: draft-zyp-json-schema-04, draft-fge-json-schema-validation-00; docs/aws/websocket-api.md
// §12.
//
// `format` is not judged. A $ref leads inside the schema ("#", "#/definitions/x"); what leads
// elsewhere is refused. The work of one validation is bounded: beyond it a document is not valid.
#pragma once

#include <memory>
#include <string_view>

#include "gatehouse/result.h"

namespace gatehouse::api {

class JsonSchema {
 public:
  static constexpr int kDepthMax = 400;        // of schemas within schemas while validating
  static constexpr int kStepsMax = 1'000'000;  // subschemas applied
  static constexpr int kDocumentDepthMax = 64;

  // Errors: kInvalidArgument with what is wrong and where ("#/properties/a/type: …").
  static Result<JsonSchema> Compile(std::string_view text);

  // Whether document is JSON that fits.
  bool Accepts(std::string_view document) const;

 private:
  struct Compiled;
  explicit JsonSchema(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace gatehouse::api
