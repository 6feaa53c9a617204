# SPDX-License-Identifier: Apache-2.0
"""The manual says what the program does: every command and option of --help stands in it, and the outbox's table
is the one of outbox.h."""
import os
import re
import unittest

from province import Desk

SOURCE = os.environ["top_srcdir"]
ARROWS = re.compile(r"^ \*   (\w+)\s+.*?(?:->\s*(.*))?$")


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as file:
        return file.read()


class Manual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = Desk(language="en")
        cls.addClassCleanup(cls.desk.close)
        cls.manual = read("man", "motcua.1")
        cls.help = cls.desk.run("--help", status=0).stdout
        cls.commands = re.findall(r"(?m)^  ([a-z]+) {2,}\S", cls.help.split("Options:")[0])

    def words(self, text):
        """Options as mdoc writes them: Fl -name, Fl v."""
        return set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", text))

    def test_every_command(self):
        self.assertGreater(len(self.commands), 12)
        for command in self.commands:
            self.assertRegex(self.manual, rf"(?m)^\.It Cm {command}\b", command)

    def test_every_option(self):
        for option in self.words(self.help) - {"help", "version"}:
            self.assertRegex(self.manual, rf"Fl (v , )?-{option}\b", option)
        for command in self.commands:
            text = self.desk.run(command, "--help", status=0).stdout
            self.assertTrue(text.startswith(f"Usage: motcua {command}"), text)
            for option in self.words(text) - {"help"}:
                self.assertRegex(self.manual, rf"Fl -{option}\b", f"{command} --{option}")

    def test_every_option_of_the_manual_exists(self):
        known = self.words(self.help)
        for command in self.commands:
            known |= self.words(self.desk.run(command, "--help", status=0).stdout)
        for verb in re.findall(r"(?m)^\.It Cm connector (explain|new|record|test)\b", self.manual):
            known |= self.words(self.desk.run("connector", verb, "--help", status=0).stdout)
        written = set(re.findall(r"Fl -([a-z][a-z-]+)", self.manual))
        self.assertEqual(written - known, set())

    def test_help_runs_without_a_home(self):
        for command in self.commands:
            done = self.desk.run(command, "-h", status=0, env={"MOTCUA_HOME": "/proc/nowhere"})
            self.assertEqual(done.stderr, "")

    def test_the_outbox(self):
        """Same states, same arrows."""
        header = {}
        for line in read("include", "motcua", "outbox.h").split("*/")[1].splitlines():
            match = ARROWS.match(line)
            if match:
                targets = re.sub(r"\(.*?\)", "", match.group(2) or "")
                header[match.group(1)] = {t.strip() for t in targets.split(",") if t.strip()}
        table = {}
        for line in re.findall(r"(?m)^\.It (\w+) Ta (.*)$", self.manual):
            cells = line[1].split(" Ta")
            table[line[0]] = {t.strip() for t in cells[-1].split(",") if t.strip()}
        self.assertEqual(len(header), 7)
        self.assertEqual(table, header)

    def test_statuses(self):
        self.assertEqual(re.findall(r"(?m)^\.It (\d+)$", self.manual), ["0", "1", "2", "3", "4", "5", "130"])

    def test_settings(self):
        settings = re.findall(r"(?:TEXT|NUMBER)\((\w+),", read("src", "base", "settings.c"))
        self.assertGreater(len(settings), 8)
        for setting in settings:
            self.assertRegex(self.manual, rf"(?m)^\.Ql {setting}( ,)?$")


if __name__ == "__main__":
    unittest.main()
