#include "function/code/code_imports.h"

#include <gtest/gtest.h>

namespace gatehouse::function {
namespace {

using Lines = std::vector<std::string>;

TEST(CodeImports, PythonsOwnModules) {
  EXPECT_EQ(PythonLocalImports("import a.b, c as d  # e\n", "app.py"),
            (Lines{"a/b.py", "a/b/__init__.py", "c.py", "c/__init__.py"}));
  EXPECT_EQ(PythonLocalImports("from lib import db, x as y\n", "src/app.py"),
            (Lines{"lib.py", "lib/__init__.py", "lib/db.py", "lib/db/__init__.py", "lib/x.py",
                   "lib/x/__init__.py"}));
  EXPECT_EQ(PythonLocalImports("from . import db\nfrom ..up import (z)\r\n", "a/b/app.py"),
            (Lines{"a/b/__init__.py", "a/b/db.py", "a/b/db/__init__.py", "a/up.py",
                   "a/up/__init__.py", "a/up/z.py", "a/up/z/__init__.py"}));
  EXPECT_EQ(
      PythonLocalImports("from x import *\n    import y\nimportant = 1\nfrom\nimport\n", "a.py"),
      (Lines{"x.py", "x/__init__.py", "__init__.py"}));
  EXPECT_EQ(PythonLocalImports("", "a.py"), Lines());
}

TEST(CodeImports, NodesOwnModules) {
  EXPECT_EQ(
      NodeLocalImports("const a = require('./lib/a'), fs = require('fs');\n", "src/app.js"),
      (Lines{"src/lib/a", "src/lib/a.js", "src/lib/a.mjs", "src/lib/a.cjs", "src/lib/a/index.js"}));
  EXPECT_EQ(
      NodeLocalImports("import {\n  x,\n} from \"../b.mjs\";\nimport './c.js'\n", "src/app.mjs")[0],
      "b.mjs");
  EXPECT_EQ(NodeLocalImports("import x from '@aws-sdk/x';\n  require('./y');\n", "a.js"), Lines());
}

}  // namespace
}  // namespace gatehouse::function
