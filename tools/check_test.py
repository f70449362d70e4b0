#!/usr/bin/env python3
"""Proves that the tools beside this file see what they are there to see."""

import pathlib
import sys
import tempfile
import unittest

import check_dead
import check_floors
import check_links
import check_text
import count


class Tree(unittest.TestCase):
    """A test with a folder of its own, written file by file."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class FloorsTest(Tree):
    def reasons(self, name, *includes):
        self.write(name, "".join(f"#include {include}\n" for include in includes))
        return check_floors.violations(self.root)[0]

    def test_downward_own_and_libraries_pass(self):
        self.assertEqual([], self.reasons(
            "src/api/stage/route.cc", '"api/stage/route.h"', '"net/loop.h"', '"wire/frame.h"',
            '"base/result.h"', '"gatehouse/event.h"', "<vector>", "<boost/json.hpp>",
            "<net/if.h>"))

    def test_upward_fails(self):
        self.assertIn("upward", self.reasons("src/base/log.cc", '"net/loop.h"')[0])
        self.assertIn("upward", self.reasons("src/net/http/http.cc", '  "api/stage/route.h"')[0])

    def test_sideways_fails(self):
        self.assertIn("sideways", self.reasons("src/api/stage/route.cc", '"table/item.h"')[0])

    def test_sub_rooms_have_floors_too(self):
        self.assertEqual([], self.reasons(
            "src/api/serve/x.cc", '"api/serve/x.h"', '"api/stage/stage.h"', '"api/language/y.h"'))
        self.assertIn("upward: api/stage", self.reasons(
            "src/api/stage/a.cc", '"api/serve/x.h"')[0])
        self.assertIn("sideways: net/http", self.reasons(
            "src/net/http/b.cc", '"net/websocket/x.h"')[-1])
        self.assertIn("no sub-room", self.reasons("src/api/stage/c.cc", '"api/x.h"')[1])

    def test_a_test_may_look_at_all_of_its_room(self):
        for name in ("a_test.cc", "test_a.h", "a_fuzz.cc"):
            self.assertEqual([], self.reasons("src/api/stage/" + name, '"api/define/x.h"'))

    def test_a_file_in_no_sub_room_fails(self):
        self.assertIn("none of them", self.reasons("src/api/route.cc")[0])

    def test_a_test_file_stands_in_its_room(self):
        self.assertIn("upward", self.reasons("src/wire/frame_test.cc", '"net/loop.h"')[0])
        self.assertEqual(1, len(self.reasons("src/wire/frame_test.cc", '"server/command/main.h"')))

    def test_spaces_and_numbers(self):
        self.write("src/net/loop/x.cc", '\n #  include "api/stage/route.h"\n')
        found = check_floors.violations(self.root)[0][0]
        self.assertTrue(found.startswith("src/net/loop/x.cc:2: "))

    def test_public_headers_see_only_the_standard_library(self):
        self.assertEqual([], self.reasons(
            "include/gatehouse/event.h", "<string>", '"gatehouse/task.h"'))
        for include in ('"base/result.h"', "<fmt/core.h>", "<zlib.h>", '"event.h"'):
            self.assertEqual(1, len(self.reasons("include/gatehouse/event.h", include)), include)

    def test_handlers_see_only_public_headers(self):
        self.assertEqual([], self.reasons(
            "apps/chat/handlers.cc", '"apps/chat/handlers.h"', '"gatehouse/event.h"', "<string>"))
        for include in ('"base/result.h"', '"apps/chat/client/chat.h"', "<boost/json.hpp>"):
            self.assertEqual(1, len(self.reasons("apps/chat/handlers.cc", include)), include)

    def test_chat_client_sees_base_wire_net(self):
        self.assertEqual([], self.reasons(
            "apps/chat/client/chat.cc", '"base/log.h"', '"net/loop.h"'))
        self.assertEqual(1, len(self.reasons("apps/chat/client/chat.cc", '"api/stage/route.h"')))

    def test_only_server_sees_the_chat(self):
        self.assertEqual([], self.reasons("src/server/node/chat.cc", '"apps/chat/handlers.h"'))
        self.assertEqual(1, len(self.reasons("src/api/stage/route.cc", '"apps/chat/handlers.h"')))

    def test_beast_is_for_wire(self):
        beast = "<boost/beast/http.hpp>"
        self.assertEqual([], self.reasons("src/wire/http.cc", beast))
        self.assertEqual(1, len(self.reasons("src/net/http/http.cc", beast)))
        self.assertEqual(2, len(self.reasons("tests/sim/world.cc", beast)))

    def test_simulations_see_everything(self):
        self.assertEqual([], self.reasons("tests/sim/world.cc", '"server/node.h"', '"sim/x.h"'))

    def test_unknown_and_relative_names_fail(self):
        self.assertEqual(1, len(self.reasons("src/net/loop/a.cc", '"loop.h"')))
        self.assertEqual(1, len(self.reasons("src/net/loop/a.cc", '"../base/log.h"')))
        self.assertIn("no room", self.reasons("src/util/a.cc", "<vector>")[-1])


class DeadTest(Tree):
    def test_named_files_live_others_are_dead(self):
        self.write("src/wire/CMakeLists.txt",
                   "room(wire SOURCES frame.cc frame.h # old.cc\n"
                   " TESTS ${CMAKE_CURRENT_SOURCE_DIR}/frame_test.cc)")
        self.write("CMakeLists.txt", "add(x src/base/fuzz.cc ${PROJECT_SOURCE_DIR}/src/base/a.h)")
        for name in ("wire/frame.cc", "wire/frame.h", "wire/frame_test.cc", "wire/old.cc",
                     "wire/deep/frame.cc", "base/fuzz.cc", "base/a.h"):
            self.write("src/" + name, "")
        self.write("tests/scenario/test_chat.py", "")
        found, files = check_dead.dead(self.root)
        self.assertEqual(["src/wire/deep/frame.cc", "src/wire/old.cc"],
                         [str(path.relative_to(self.root)) for path in found])
        self.assertEqual(7, files)


class TextTest(Tree):
    def complaints(self, name, text):
        self.write(name, text)
        return check_text.complaints(self.root)[0]

    def test_clean_text_passes(self):
        self.assertEqual([], self.complaints("a.cc", "é" * 100 + "\n"))

    def test_each_fault_is_seen(self):
        for name, text in (("a.cc", "x" * 101), ("a.cc", "\tx"), ("a.md", "x "), ("a.py", "y\t"),
                           ("run", "#!/bin/bash\n" + "x" * 101), ("a.h", "// TODO" + "(now): x"),
                           ("a.yaml", "FIX" + "ME"), ("CMakeLists.txt", "<" * 7 + " HEAD")):
            self.assertEqual(1, len(self.complaints(name, text + "\n")), (name, text))
            (self.root / name).unlink()
        self.assertEqual(1, len(self.complaints("a.cc", "no newline")))

    def test_long_prose_is_no_fault(self):
        self.assertEqual([], self.complaints("a.md", "x" * 300 + "\n"))

    def test_rooms_have_short_readmes(self):
        self.assertIn("no README.md", self.complaints("src/net/a.cc", "\n")[0])
        self.assertEqual([], self.complaints("src/net/README.md", "x\n" * 20))
        self.assertEqual(1, len(self.complaints("src/net/README.md", "x\n" * 21)))


class LinksTest(Tree):
    def setUp(self):
        super().setUp()
        self.write("docs/aws/lambda.md", "# Lambda\n\n## 1. Invoke\n\n### 1.2 More of it\n")
        self.write("docs/design/design.md", "# Design\n\n## 7. Decided\n\n1. **One.** x\n")

    def complaints(self, name, text):
        self.write(name, text)
        path = self.root / name
        house = check_links.House(self.root.resolve())
        return [what for _, what in check_links.faults(house, path.resolve(), path.suffix)]

    def test_what_is_there_passes(self):
        for name, text in (("a.cc", "// docs/aws/lambda.md §1, §1.2; design §7.1"),
                           ("a.h", "// Source: docs/aws/lambda.md\n// §1.2. Design §7.\n"),
                           ("a.md", "[x](docs/aws/lambda.md#12-more-of-it) [web](https://a.b/c)"),
                           ("b.md", "# B b\n[x](#b-b) [house: docs/other.md, Names]")):
            self.assertEqual([], self.complaints(name, text), text)

    def test_each_fault_is_seen(self):
        for name, text in (("a.cc", "// docs/aws/lambda.md §2"), ("a.cc", "// docs/gone.md"),
                           ("a.py", "# design §7.2"), ("a.h", "// design\n// §8"),
                           ("a.h", "// docs/aws/lambda.md §1,\n// §1.3"),
                           ("a.md", "[x](docs/gone.txt)"), ("a.md", "[x](docs/aws/lambda.md#y)"),
                           ("a.md", "[x](#y)"), ("a.md", "shared" + "/cases/x"),
                           ("a.cc", "// spec" + "/lambda.md §1")):
            self.assertEqual(1, len(self.complaints(name, text)), text)


class CountTest(Tree):
    def test_sums_googletest_pytest_and_crashes(self):
        self.write("a.xml", '<testsuites><testsuite><testcase status="run" result="completed"/>'
                   '<testcase status="run"><failure/><failure/></testcase>'
                   '<testcase status="run" result="skipped"><skipped/></testcase>'
                   '<testcase status="notrun" result="suppressed"/></testsuite></testsuites>')
        self.write("b.xml", "<testsuites><testsuite><testcase/><testcase><error/></testcase>"
                   "</testsuite></testsuites>")
        self.write("cut.xml", "<testsuites><tests")
        self.write("c.crash", "")
        self.assertEqual("2 passed, 4 failed, 1 skipped", count.line(count.count(self.root)))

    def test_nothing_is_not_success(self):
        self.assertEqual("0 passed, 0 failed", count.line(count.count(self.root)))
        self.assertEqual(1, count.main([str(self.root)]))


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=0)
    print(f"{program.result.testsRun} self-tests of check and count")
    sys.exit(not program.result.wasSuccessful())
