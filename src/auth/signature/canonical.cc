#include "auth/signature/canonical.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"

namespace gatehouse::auth {
namespace {

bool IsUnreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

char LowerName(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

void AppendCollapsed(std::string& out, std::string_view value) {
  const std::size_t start = out.size();
  bool blank = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t') {
      blank = true;
      continue;
    }
    if (blank && out.size() > start) out += ' ';
    blank = false;
    out += c;
  }
}

}  // namespace

std::string EncodeUri(std::string_view text, bool keep_slashes) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    if (IsUnreserved(c) || (keep_slashes && c == '/')) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

TargetParts SplitTarget(std::string_view target) {
  if (const auto scheme = target.substr(0, target.find('/'));
      scheme.ends_with(':') && target.substr(scheme.size()).starts_with("//")) {
    target.remove_prefix(scheme.size() + 2);
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
  }
  const auto mark = target.find('?');
  TargetParts parts{target.substr(0, mark), {}};
  if (mark != target.npos) parts.query = target.substr(mark + 1);
  if (parts.path.empty()) parts.path = "/";
  return parts;
}

std::string CanonicalPath(std::string_view path, std::string_view service) {
  return service == "s3" ? EncodeUri(base::DecodePercent(path), true) : EncodeUri(path, true);
}

std::string CanonicalQuery(std::string_view query, bool presigned, PlusSign plus) {
  const bool plus_is_space = plus == PlusSign::kSpace;
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.empty()) continue;
    const auto equals = std::min(part.find('='), part.size());
    const auto value = part.substr(std::min(equals + 1, part.size()));
    std::string name = base::DecodePercent(part.substr(0, equals), plus_is_space);
    if (presigned && name == "X-Amz-Signature") continue;
    pairs.emplace_back(EncodeUri(name), EncodeUri(base::DecodePercent(value, plus_is_space)));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

std::optional<std::string> CanonicalHeaders(std::span<const wire::HttpField> fields,
                                            std::span<const std::string> names) {
  std::string out;
  for (const std::string& name : names) {
    bool found = false;
    out.append(name).append(":");
    for (const wire::HttpField& field : fields) {
      if (!HasName(field, name)) continue;
      if (found) out += ',';
      found = true;
      AppendCollapsed(out, field.value);
    }
    if (!found) return std::nullopt;
    out += '\n';
  }
  return out;
}

bool HasName(const wire::HttpField& field, std::string_view lower) {
  return std::equal(field.name.begin(), field.name.end(), lower.begin(), lower.end(),
                    [](char written, char wanted) { return LowerName(written) == wanted; });
}

std::string LowerCase(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), LowerName);
  return out;
}

}  // namespace gatehouse::auth
