# SPDX-License-Identifier: Apache-2.0
"""JSON with comments, as connectors are written."""
import json
import re

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.S)


def loads(text):
    return json.loads(TOKEN.sub(lambda m: m.group() if m.group()[0] == '"' else " ", text))


def load(path):
    with open(path, encoding="utf-8") as file:
        return loads(file.read())
