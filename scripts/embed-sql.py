#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the .sql files as one C table: embed-sql.py OUTPUT SQL_FOLDER FILE..."""
import os
import sys


def main():
    output, folder, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    names = {os.path.relpath(path, folder)[: -len(".sql")].replace(os.sep, "/"): path for path in files}
    lines = ["/* SPDX-License-Identifier: Apache-2.0", " *", " * Written by scripts/embed-sql.py. */",
             '#include "engine/sql_files.h"', ""]
    for number, name in enumerate(sorted(names)):
        with open(names[name], "rb") as file:
            text = file.read()
        text.decode("utf-8")
        if b"\0" in text:
            sys.exit(f"{names[name]}: holds a NUL byte")
        lines.append(f"static const unsigned char FILE_{number}[] = {{")
        text += b"\0"
        lines += [" " + "".join(f" {byte}," for byte in text[at:at + 24]) for at in range(0, len(text), 24)]
        lines.append("};")
    lines += ["", "const gy_sql_file GY_SQL_FILES[] = {"]
    lines += [f'  {{"{name}", FILE_{number}}},' for number, name in enumerate(sorted(names))]
    lines += ["};", f"const size_t GY_SQL_FILE_COUNT = {len(names)};", ""]
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


main()
