#include "server/command/options.h"

#include <fmt/format.h>

#include "stack/template/template.h"

namespace gatehouse::server {
namespace {

// A cell of a table in Markdown.
std::string Cell(std::string_view text) {
  std::string cell;
  for (char c : text) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

template <class Options>
void AppendRows(std::string& out, std::span<const base::OptionRow<Options>> rows,
                bool (*is_left_out)(std::string_view) = nullptr) {
  for (const base::OptionRow<Options>& row : rows) {
    if (is_left_out && is_left_out(row.name)) continue;
    std::string flag = fmt::format("`--{}{}{}`", row.name, *row.unit ? " " : "", row.unit);
    out +=
        fmt::format("| {} | `{}` | {} | {} | {} |\n", Cell(flag), base::EnvironmentName(row.name),
                    Cell(row.DefaultText()), base::BoundsText(row), Cell(row.sentence));
  }
}

constexpr std::string_view kTableHead =
    "\n| option | variable | default | bounds | |\n| --- | --- | --- | --- | --- |\n";

}  // namespace

bool IsParameter(std::string_view text) {
  std::size_t equals = text.find('=');
  return equals != text.npos && equals != 0;
}

bool IsOrigin(std::string_view text) { return stack::IsOrigin(text); }

bool IsLogLevel(std::string_view text) {
  return text == "debug" || text == "info" || text == "warning" || text == "error";
}

bool IsAuthMode(std::string_view text) { return text == "local"; }

std::string OptionsReference() {
  std::string out =
      "# Options\n\n"
      "Made from the rows of the options; `server_test` sees to it that it is up to date, and\n"
      "`GATEHOUSE_RENEW=1 build/tests/server_test --gtest_filter='*Reference*'` writes it anew.\n"
      "A variable stands in for its option; switches take `1` there. Bounds belong to them.\n";
  out += "\n## gatehouse up [TEMPLATE…]\n";
  out += kTableHead;
  AppendRows(out, UpRows());
  AppendRows(out, api::QuotaRows());
  out += "\n## gatehouse exec [TEMPLATE…] -- CMD…\n\nThe options of `up` but for ";
  std::vector<std::string_view> left_out;
  for (const auto& row : UpRows()) {
    if (IsOfUpAlone(row.name)) left_out.push_back(row.name);
  }
  for (std::size_t i = 0; i < left_out.size(); ++i) {
    out += fmt::format("{}`--{}`",
                       i == 0                     ? ""
                       : i + 1 == left_out.size() ? " and "
                                                  : ", ",
                       left_out[i]);
  }
  out += "; and:\n";
  out += kTableHead;
  AppendRows(out, ExecRows());
  out += "\n## gatehouse chat [URL]\n";
  out += kTableHead;
  AppendRows(out, chat::ChatRows());
  out += "\n## gatehouse env\n";
  out += kTableHead;
  AppendRows(out, EnvRows());
  out += "\n## gatehouse check TEMPLATE…\n";
  out += kTableHead;
  AppendRows(out, CheckRows());
  return out;
}

}  // namespace gatehouse::server
