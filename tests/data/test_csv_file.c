/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "data/csv_file.h"

typedef struct header_case {
  const char *text, *names; /* joined by | */
  gy_csv_dialect dialect;
  size_t n_renamed;
  const char *rest; /* the blocks that follow */
  uint64_t first_line;
} header_case;

#define USUAL .delimiter = ',', .quote = '"'

static const header_case HEADERS[] = {
    {"a,b\n1,2\n", "a|b", {USUAL, .has_header = true}, 0, "1,2\n", 2},
    {"a,b\n1,2", "a|b", {USUAL, .has_header = true}, 0, "1,2\n", 2},
    {"1,2\n3,4\n", "column1|column2", {USUAL}, 0, "1,2\n3,4\n", 1},
    {"\n\n a ,\"b \"\"x\"\"\"\r\n1,2\r\n", "a|b \"x\"", {USUAL, .has_header = true}, 0, "1,2\r\n", 4},
    {"x,x,,x\n1,2,3,4\n", "x|x_2|column3|x_3", {USUAL, .has_header = true}, 2, "1,2,3,4\n", 2},
    {"Report of 1 May\n\"odd\na,b\n1,2\n",
     "a|b",
     {USUAL, .has_header = true, .skip_lines = 2},
     0,
     "1,2\n",
     4},
    {"\"a\nb\",c\n1,2\n", "a\nb|c", {USUAL, .has_header = true}, 0, "1,2\n", 3},
    {"a,b\r1,2\r3,4", "a|b", {USUAL, .has_header = true}, 0, "1,2\r3,4\r", 2},
    {"  a   b \n 1  2\n", "a|b", {.delimiter = ' ', .merged = true, .has_header = true}, 0, " 1  2\n", 2},
    {"\xEF\xBB\xBF"
     "a;b\n1;2\n",
     "a|b",
     {.delimiter = ';', .quote = '"', .has_header = true},
     0,
     "1;2\n",
     2},
};

Test(csv_file, headers_give_names_and_blocks_go_on_behind_them) {
  char path[64];
  snprintf(path, sizeof path, "/tmp/gyeol-csv-file-%d", (int)getpid());
  for (size_t i = 0; i < sizeof HEADERS / sizeof HEADERS[0]; i++) {
    const header_case *c = &HEADERS[i];
    gy_error err = {0};
    gy_csv_file *file = NULL;
    cr_assert_eq(gy_file_replace(path, c->text, strlen(c->text), &err), GY_OK, "%s", err.text);
    cr_assert_eq(gy_csv_file_open(path, GY_ENCODING_AUTO, &c->dialect, &file, &err), GY_OK, "case %zu: %s", i,
                 err.text);
    char names[256] = "";
    for (size_t n = 0; n < gy_csv_file_column_count(file); n++) {
      if (n > 0) strcat(names, "|");
      strcat(names, gy_csv_file_column_name(file, n));
    }
    cr_assert_str_eq(names, c->names, "case %zu: %s", i, names);
    cr_assert_eq(gy_csv_file_renamed(file), c->n_renamed, "case %zu", i);
    gy_csv_block block = {0};
    char rest[256] = "";
    cr_assert_eq(gy_csv_file_next(file, &block, &err), GY_OK, "%s", err.text);
    cr_assert_eq(block.first_line, c->first_line, "case %zu: line %llu", i,
                 (unsigned long long)block.first_line);
    while (block.length > 0) { /* a last record without its newline is a block of its own */
      cr_assert_null(block.fault, "case %zu", i);
      strncat(rest, block.text, block.length);
      cr_assert_eq(gy_csv_file_next(file, &block, &err), GY_OK, "%s", err.text);
    }
    cr_assert_str_eq(rest, c->rest, "case %zu: %s", i, rest);
    gy_csv_block_clear(&block);
    gy_csv_file_close(file);
  }
  unlink(path);
}

/* A block's last free bytes can be fewer than a converted character needs; that is not the end of the file.
 */
Test(csv_file, converted_files_are_read_to_their_end_wherever_blocks_end) {
  enum { LINES = 60000, LINE_BYTES = 18 };
  static const char LINE[] = "12,\xB0\xA1\xB3\xAA\xB4\xD9,\xBF\xC0\xC8\xC4,1\n"; /* 가나다, 오후 in CP949 */
  char path[64], *text = malloc(64 + (size_t)LINES * LINE_BYTES);
  snprintf(path, sizeof path, "/tmp/gyeol-csv-file-%d", (int)getpid());
  cr_assert_eq(strlen(LINE), (size_t)LINE_BYTES - 1);
  for (int shift = 0; shift < 32; shift++) {
    size_t length = (size_t)sprintf(text, "%.*s,b,c,d\n", shift + 1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    for (int i = 0; i < LINES; i++) length += (size_t)sprintf(text + length, "%s", LINE);
    gy_error err = {0};
    cr_assert_eq(gy_file_replace(path, text, length, &err), GY_OK, "%s", err.text);
    gy_csv_dialect dialect = {USUAL, .has_header = true};
    gy_csv_file *file = NULL;
    cr_assert_eq(gy_csv_file_open(path, GY_ENCODING_CP949, &dialect, &file, &err), GY_OK, "%s", err.text);
    gy_csv_block block = {0};
    uint64_t lines = 0;
    do {
      cr_assert_eq(gy_csv_file_next(file, &block, &err), GY_OK, "%s", err.text);
      if (block.length > 0) lines += block.n_lines;
    } while (block.length > 0);
    cr_assert_eq(lines, (uint64_t)LINES, "shift %d: %llu lines", shift, (unsigned long long)lines);
    gy_csv_block_clear(&block);
    gy_csv_file_close(file);
  }
  free(text);
  unlink(path);
}
