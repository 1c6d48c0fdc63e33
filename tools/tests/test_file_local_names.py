"""Files of a folder are compiled together (SELENE_UNITY in src/CMakeLists.txt): what each has for itself needs a name of its own.

Which files meet changes with every new file, so two equal names may compile for long before they break the build.
"""

import collections
import pathlib
import re
import unittest

SRC = pathlib.Path(__file__).resolve().parents[2] / "src"
TYPE = re.compile(r"(?:enum class|class|struct) (\w+)")
CONSTANT = re.compile(r"(?:inline |static )*(?:constexpr|const) [^=({]*?(\w+)(?:\[\w*\])? *[={]")
ALIAS = re.compile(r"using (\w+) = (.*)")
FUNCTION = re.compile(r"[\w:<>,&* ]+? [*&]*(\w+)\((.*)$")
PARAMETER_NAME = re.compile(r"\b\w+(?=[,)])")


def names_of(file, text):
    """(name with the parameters of a function, meaning) of each thing in the unnamed namespaces of a file."""
    inside = False
    for line in text.splitlines():
        if line.startswith("namespace {"):
            inside = True
        elif line.startswith("}  // namespace"):
            inside = False
        elif inside and re.match(r"[A-Za-z]", line):
            if alias := ALIAS.match(line):
                yield alias.groups()  # two names for the same type do no harm
            elif named := TYPE.match(line) or CONSTANT.match(line):
                yield named.group(1), file
            elif function := FUNCTION.match(line):
                yield function.group(1) + "(" + PARAMETER_NAME.sub("", function.group(2)), file


def clashes(texts):
    """Names to which the files {name: text} of a folder give different meanings."""
    meanings = collections.defaultdict(set)
    for file, text in texts.items():
        for name, meaning in names_of(file, text):
            meanings[name].add(meaning)
    return {name: sorted(found) for name, found in meanings.items() if len(found) > 1}


def joined_folders():
    left_out = re.compile(re.search(r'SELENE_UNITY_NOT "([^"]+)"', (SRC / "CMakeLists.txt").read_text(encoding="utf-8")).group(1))
    folders = collections.defaultdict(dict)
    for path in SRC.rglob("*.cpp"):
        folder = path.parent.relative_to(SRC).as_posix() + "/"
        if not path.name.endswith("_test.cpp") and not left_out.search(folder):
            folders[folder][path.name] = path.read_text(encoding="utf-8")
    return folders


class FileLocalNamesTest(unittest.TestCase):
    def test_names_differ_within_each_folder(self):
        folders = joined_folders()
        self.assertGreater(len(folders), 20)
        self.assertEqual({}, {folder: found for folder, texts in folders.items() if (found := clashes(texts))})

    def test_equal_types_constants_and_functions_clash(self):
        def file(line):
            return "namespace {\n" + line + "\n}  // namespace\n"

        for first, second in (("class Reader {", "struct Reader {"), ("constexpr int kMax = 1;", "constexpr int kMax = 2;"), ("bool is(char c) {", "bool is(char d) {"),
                              ("using Kind = A::Kind;", "using Kind = B::Kind;")):
            self.assertEqual(1, len(clashes({"a.cpp": file(first), "b.cpp": file(second)})), first)

    def test_overloads_and_names_for_the_same_type_do_not_clash(self):
        for first, second in (("bool is(char c) {", "bool is(int c) {"), ("using Kind = A::Kind;", "using Kind = A::Kind;"), ("class A {", "class B {")):
            texts = {"a.cpp": f"namespace {{\n{first}\n}}  // namespace\n", "b.cpp": f"namespace {{\n{second}\n}}  // namespace\n"}
            self.assertEqual({}, clashes(texts), first)


if __name__ == "__main__":
    unittest.main()
