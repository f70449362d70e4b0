// An app as gatehouse serves it: what a stack's template comes to. Plain values.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/definition.h"
#include "function/functions.h"
#include "table/table_definition.h"

namespace gatehouse::server {

struct AppDefinition {
  std::string stack_name;
  api::ApiDefinition api;
  api::StageDefinition stage;
  std::vector<function::FunctionDefinition> functions;
  std::vector<table::TableDefinition> tables;
  std::map<std::string, std::string> function_names;  // logical id → physical name
  std::map<std::string, std::string> table_names;     // likewise
};

}  // namespace gatehouse::server
