#include "wire/form.h"

#include "base/encoding.h"

namespace gatehouse::wire {

Result<FormFields> ParseForm(std::string_view body, const FormLimits& limits) {
  if (body.size() > limits.bytes_max) {
    return Error{ErrorCode::kPayloadTooLarge, "the form has " + std::to_string(body.size()) +
                                                  " bytes; " + std::to_string(limits.bytes_max) +
                                                  " are allowed"};
  }
  FormFields fields;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(pair.size() < body.size() ? pair.size() + 1 : pair.size());
    if (pair.empty()) continue;
    if (fields.size() >= limits.fields_max) {
      return Error{ErrorCode::kPayloadTooLarge,
                   "the form has more than " + std::to_string(limits.fields_max) + " fields"};
    }
    const std::size_t equals = pair.find('=');
    const std::string_view value = equals == pair.npos ? "" : pair.substr(equals + 1);
    fields.emplace_back(base::DecodePercent(pair.substr(0, equals), true),
                        base::DecodePercent(value, true));
  }
  return fields;
}

std::string_view QueryOf(std::string_view target) {
  std::size_t question = target.find('?');
  return question == target.npos ? std::string_view() : target.substr(question + 1);
}

}  // namespace gatehouse::wire
