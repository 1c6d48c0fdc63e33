#!/usr/bin/env python3
"""Writes src/index/analysis/tokenizers/top_level_domains.cpp: the top-level domains that Lucene's UAX29URLEmailTokenizer knows, asked of a
real node's _analyze. Candidates are all pairs of letters and the last labels of the Public Suffix List.

    tools/golden/make_top_level_domains.py http://127.0.0.1:9200 src/index/analysis/tokenizers/top_level_domains.cpp LIST...

LIST: files like /usr/share/publicsuffix/public_suffix_list.dat (Debian: publicsuffix). Made with OpenSearch 2.19 (Lucene 9.12) and the lists
of 2019 (PyPI: publicsuffix2 2.20191221) and 2023; what was delegated and given up in between is in the older one only.
"""

import re
import string
import sys
import textwrap

from make_analysis_golden import analyze

HEAD = '''// Made by tools/golden/make_top_level_domains.py.
#include "index/analysis/tokenizers/top_level_domains.h"

#include <algorithm>
#include <vector>

namespace selene::index {
namespace {

/// Sorted, separated by single blanks.
constexpr std::string_view kDomains =
'''
TAIL = '''
constexpr size_t kLongest = {longest};

std::vector<std::string_view> split_domains() {{
  std::vector<std::string_view> names;
  for (size_t begin = 0; begin < kDomains.size();) {{
    const size_t end = std::min(kDomains.find(' ', begin), kDomains.size());
    names.push_back(kDomains.substr(begin, end - begin));
    begin = end + 1;
  }}
  return names;
}}

}}  // namespace

size_t match_top_level_domain(std::string_view text) {{
  char name[kLongest];
  size_t length = 0;
  for (; length < std::min(text.size(), kLongest); ++length) {{
    const char c = text[length];
    const bool upper = c >= 'A' && c <= 'Z';
    if (!upper && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') break;
    name[length] = static_cast<char>(upper ? c + ('a' - 'A') : c);
  }}
  static const std::vector<std::string_view> names = split_domains();
  while (length > 0 && !std::binary_search(names.begin(), names.end(), std::string_view(name, length))) --length;
  return length;
}}

}}  // namespace selene::index'''


def last_labels(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            name = line.strip().lstrip("!*.").split(" ")[0]
            if name and not name.startswith("//"):
                label = name.split(".")[-1]
                yield label.lower() if label.isascii() else "xn--" + label.encode("punycode").decode()


def known(base, names):
    found = []
    for begin in range(0, len(names), 500):
        text = " ".join(f"a.{name} " for name in names[begin:begin + 500])
        found += [t["token"][2:] for t in analyze(base, {"tokenizer": "uax_url_email", "text": text}) if t["type"] == "<URL>"]
    return found


def main():
    base, path = sys.argv[1].rstrip("/"), sys.argv[2]
    names = {a + b for a in string.ascii_lowercase for b in string.ascii_lowercase}
    for file in sys.argv[3:]:
        names |= {label for label in last_labels(file) if re.fullmatch("[a-z0-9-]+", label)}
    found = sorted(known(base, sorted(names)))
    lines = textwrap.wrap(" ".join(found), 118, break_on_hyphens=False)
    body = "\n".join(f'    "{line}{" " if line is not lines[-1] else ""}"' for line in lines) + ";"
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD + body + TAIL.format(longest=max(map(len, found))) + "\n")
    print(len(found), "of", len(names))


if __name__ == "__main__":
    main()
