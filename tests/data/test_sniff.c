/* SPDX-License-Identifier: Apache-2.0
 *
 * Small files whose dialect, types and counts are known. */
#include <criterion/criterion.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/sniff.h"
#include "engine/engine.h"

typedef struct {
  char path[64];
  gy_arena arena;
  gy_sniff sniff;
} looked;

static void write_file(char path[64], const void *bytes, size_t length) {
  strcpy(path, "/tmp/gyeol-sniff-XXXXXX");
  int fd = mkstemp(path);
  cr_assert(fd >= 0);
  cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
  close(fd);
}

static looked look_at_bytes(const void *bytes, size_t length) {
  looked l = {0};
  gy_error err = {0};
  gy_arena_init(&l.arena, 0, 0);
  write_file(l.path, bytes, length);
  cr_assert_eq(gy_sniff_file(l.path, &l.arena, &l.sniff, &err), GY_OK, "%s", err.text);
  unlink(l.path);
  return l;
}

static looked look(const char *text) { return look_at_bytes(text, strlen(text)); }

static void put_away(looked *l) {
  gy_sniff_clear(&l->sniff);
  gy_arena_clear(&l->arena);
}

Test(sniff, dialects) {
  static const struct {
    const char *text;
    gy_file_format format;
    char delimiter, quote;
    bool has_header;
    uint32_t skip_lines;
    gy_decimal_mark decimal;
    size_t n_columns;
    uint64_t n_rows;
  } CASES[] = {
      {"a,b\n1,2\n3,4\n", GY_FORMAT_CSV, ',', '"', true, 0, GY_DECIMAL_POINT, 2, 2},
      {"1,2\n3,4\n5,6\n", GY_FORMAT_CSV, ',', '"', false, 0, GY_DECIMAL_POINT, 2, 3},
      {"a\tb\n1\tx, y\n2\tz\n", GY_FORMAT_TSV, '\t', '"', true, 0, GY_DECIMAL_POINT, 2, 2},
      {"id;price\n1;2,50\n2;1.234,5\n", GY_FORMAT_CSV, ';', '"', true, 0, GY_DECIMAL_COMMA, 2, 2},
      {"1;2,50\n2;12,5\n3;7,25\n", GY_FORMAT_CSV, ';', '"', false, 0, GY_DECIMAL_COMMA, 2, 3},
      {"id|name\n1|a b\n2|c,d\n", GY_FORMAT_CSV, '|', '"', true, 0, GY_DECIMAL_POINT, 2, 2},
      {"id,name\n1,\"Kim, Lee\"\n2,\"a \"\"b\"\"\"\n3,c\n", GY_FORMAT_CSV, ',', '"', true, 0,
       GY_DECIMAL_POINT, 2, 3},
      {"id,name\n1,'Kim, Lee'\n2,'a'\n3,'x, y'\n", GY_FORMAT_CSV, ',', '\'', true, 0, GY_DECIMAL_POINT, 2, 3},
      {"id,name\n1,O'Brien\n2,it's\n3,'tis\n", GY_FORMAT_CSV, ',', '"', true, 0, GY_DECIMAL_POINT, 2, 3},
      {" 00004 0001 19970101  2   29.33\n 00021 0002 19970118 12  129.73\n", GY_FORMAT_SPACES, ' ', '"',
       false, 0, GY_DECIMAL_POINT, 5, 2},
      {"Orders of 2020\n\nid,name,price\n1,a,2.5\n2,b,3.5\n3,c,4.5\n4,d,1.5\n5,e,0.5\n6,a,1\n7,a,1\n8,a,1\n",
       GY_FORMAT_CSV, ',', '"', true, 2, GY_DECIMAL_POINT, 3, 8},
      {"name\nfirst line\nsecond line here\n", GY_FORMAT_CSV, ',', '"', true, 0, GY_DECIMAL_POINT, 1, 2},
      {"a,b\r1,2\r3,4\r", GY_FORMAT_CSV, ',', '"', true, 0, GY_DECIMAL_POINT, 2, 2},
      {"a,b\r\n1,2\r\n3,4", GY_FORMAT_CSV, ',', '"', true, 0, GY_DECIMAL_POINT, 2, 2},
      {"{\"a\": 1, \"b\": \"x\"}\n{\"a\": 2, \"b\": null}\n", GY_FORMAT_NDJSON, 0, 0, false, 0,
       GY_DECIMAL_POINT, 2, 2},
      {"[{\"a\": 1, \"b\": \"x\"},\n {\"a\": 2, \"b\": \"y\"}]\n", GY_FORMAT_JSON, 0, 0, false, 0,
       GY_DECIMAL_POINT, 2, 2},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    looked l = look(CASES[i].text);
    const gy_sniff *s = &l.sniff;
    cr_expect_eq(s->format, CASES[i].format, "case %zu: format %d", i, (int)s->format);
    if (s->format < GY_FORMAT_JSON) {
      cr_expect_eq(s->dialect.delimiter, CASES[i].delimiter, "case %zu: delimiter '%c'", i,
                   s->dialect.delimiter);
      cr_expect_eq(s->dialect.quote, CASES[i].quote, "case %zu: quote '%c'", i, s->dialect.quote);
      cr_expect_eq(s->dialect.has_header, CASES[i].has_header, "case %zu: header", i);
      cr_expect_eq(s->dialect.skip_lines, CASES[i].skip_lines, "case %zu: skips %u", i,
                   s->dialect.skip_lines);
      cr_expect_eq(s->decimal, CASES[i].decimal, "case %zu: decimal", i);
    }
    cr_expect_eq(s->n_columns, CASES[i].n_columns, "case %zu: %zu columns", i, s->n_columns);
    cr_expect_eq(s->n_rows, CASES[i].n_rows, "case %zu: %llu rows", i, (unsigned long long)s->n_rows);
    cr_expect_eq(s->n_faults, 0, "case %zu: %llu faults", i, (unsigned long long)s->n_faults);
    cr_expect(s->is_whole, "case %zu", i);
    put_away(&l);
  }
}

Test(sniff, encodings) {
  static const char TEXT[] = "고객번호,상품명\n1,사과\n2,배\n3,포도\n";
  static const struct {
    const char *iconv_name;
    const char *mark;
    size_t mark_length;
    gy_encoding encoding;
  } CASES[] = {{"UTF-8", "", 0, GY_ENCODING_UTF8},
               {"UTF-8", "\xEF\xBB\xBF", 3, GY_ENCODING_UTF8},
               {"CP949", "", 0, GY_ENCODING_CP949},
               {"UTF-16LE", "\xFF\xFE", 2, GY_ENCODING_UTF16LE},
               {"UTF-16BE", "\xFE\xFF", 2, GY_ENCODING_UTF16BE}};
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char bytes[512], *in = (char *)TEXT, *out = bytes + CASES[i].mark_length;
    size_t n_in = strlen(TEXT), n_out = sizeof bytes - CASES[i].mark_length;
    memcpy(bytes, CASES[i].mark, CASES[i].mark_length);
    iconv_t converter = iconv_open(CASES[i].iconv_name, "UTF-8");
    cr_assert_neq(iconv(converter, &in, &n_in, &out, &n_out), (size_t)-1);
    iconv_close(converter);
    looked l = look_at_bytes(bytes, (size_t)(out - bytes));
    cr_expect_eq(l.sniff.encoding, CASES[i].encoding, "case %zu: %s", i, gy_encoding_name(l.sniff.encoding));
    cr_assert_eq(l.sniff.n_columns, 2);
    cr_expect_str_eq(l.sniff.columns[0].name, "고객번호");
    cr_expect_str_eq(l.sniff.columns[1].samples[2], "포도");
    cr_expect_eq(l.sniff.columns[1].n_hangul, 3);
    put_away(&l);
  }
}

Test(sniff, column_statistics) {
  looked l = look(
      "id,n,mixed,empty,code,mail,tel,when\n"
      "1,2.5,x,,007,a@b.kr,010-1234-5678,2020-01-01\n"
      "2,-1,3,,008,c@d.com,02-123-4567,2020-01-02\n"
      "2,0,3,NA,008,none,12,nonsense\n"
      "17850.0,4,,,C5,,,2020-01-03\n");
  const gy_sniff_column *c = l.sniff.columns;
  cr_expect_eq(c[0].n_integers, 4);
  cr_expect(c[0].is_rising);
  cr_expect_eq(c[0].n_repeats, 1);
  cr_expect_eq(gy_sniff_distinct(&c[0]), 3);
  cr_expect_eq(c[1].n_fractions, 1);
  cr_expect_eq(c[1].n_negative, 1);
  cr_expect_eq(c[1].n_zero, 1);
  cr_expect_not(c[1].is_rising);
  cr_expect_eq(c[1].least, -1);
  cr_expect_eq(c[1].most, 4);
  cr_expect_eq(c[1].sum, 5.5);
  cr_expect_eq(c[2].n_values, 3);
  cr_expect_eq(c[2].n_integers, 2);
  cr_expect_eq(c[3].n_values, 0);
  cr_expect_eq(c[4].n_leading_zero, 3);
  cr_expect_eq(c[4].n_lettered['c' - 'a'], 1);
  cr_expect_eq(c[4].min_length, 2);
  cr_expect_eq(c[4].max_length, 3);
  cr_expect_eq(c[5].n_email, 2);
  cr_expect_eq(c[6].n_phone, 2);
  cr_expect_eq(c[7].times.n_times, 3);
  cr_expect_str_eq(c[2].samples[1], "3");
  cr_expect_str_eq(c[2].samples[2], "");
  cr_expect_eq(c[0].codes[3], gy_distinct_hash("17850", 5), "an id that a spreadsheet wrote is the id");
  put_away(&l);
}

Test(sniff, day_or_month_first_is_decided_by_evidence) {
  static const struct {
    const char *text;
    gy_time_form form;
    bool is_ambiguous;
  } CASES[] = {
      {"d\n1/2/2019\n1/31/2019\n", GY_TIME_MONTH_FIRST, false},
      {"d\n1/2/2019\n31/1/2019\n", GY_TIME_DAY_FIRST, false},
      {"d\n2019-01-02\n2019.1.3\n", GY_TIME_YEAR_FIRST, false},
      {"d\n20190102\n20190131\n", GY_TIME_YEAR_FIRST, false},
      {"d\n2011년 12월 9일\n2011년 12월 10일\n", GY_TIME_YEAR_FIRST, false},
      {"d\n1/2/2019\n1/3/2019\n1/4/2019\n", GY_TIME_MONTH_FIRST, true},
      {"d\n10/1/2019\n11/1/2019\n1/2/2019\n2/2/2019\n", GY_TIME_DAY_FIRST, true}, /* runs forward by days */
      {"d\n1546300800\n1546300900\n", GY_TIME_EPOCH_S, false},
      {"d\n1546300800000\n1546300900000\n", GY_TIME_EPOCH_MS, false},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    looked l = look(CASES[i].text);
    double share;
    bool is_ambiguous;
    gy_time_form form = gy_time_evidence_form(&l.sniff.columns[0].times, &share, &is_ambiguous);
    cr_expect_eq(form, CASES[i].form, "case %zu: %s", i, gy_time_form_name(form));
    cr_expect_eq(is_ambiguous, CASES[i].is_ambiguous, "case %zu", i);
    cr_expect_float_eq(share, 1, 1e-9, "case %zu: %f", i, share);
    put_away(&l);
  }
}

Test(sniff, names_given_twice_are_flagged) {
  looked l = look("a,b,a,\n1,2,3,4\n");
  cr_assert_eq(l.sniff.n_columns, 4);
  cr_expect_not(l.sniff.columns[0].is_duplicate);
  cr_expect(l.sniff.columns[2].is_duplicate);
  cr_expect_str_eq(l.sniff.columns[2].name, "a_2");
  cr_expect_str_eq(l.sniff.columns[3].name, "column4");
  put_away(&l);
}

Test(sniff, parquet) {
  char path[] = "/tmp/gyeol-sniff-XXXXXX.parquet", sql[256];
  close(mkstemps(path, 8));
  gy_engine *engine = NULL;
  gy_error err = {0};
  cr_assert_eq(gy_engine_open(&(gy_engine_options){0}, &engine, &err), GY_OK, "%s", err.text);
  snprintf(sql, sizeof sql,
           "COPY (SELECT i AS id, TIMESTAMP '2020-01-01' + to_days(CAST(i AS INTEGER)) AS at FROM range(100) "
           "t(i)) TO '%s' (FORMAT parquet)",
           path);
  cr_assert_eq(gy_engine_execute(engine, sql, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  gy_engine_close(engine);
  gy_arena arena;
  gy_arena_init(&arena, 0, 0);
  gy_sniff sniff = {0};
  cr_assert_eq(gy_sniff_file(path, &arena, &sniff, &err), GY_OK, "%s", err.text);
  unlink(path);
  cr_expect_eq(sniff.format, GY_FORMAT_PARQUET);
  cr_expect_eq(sniff.n_rows, 100);
  cr_expect_eq(gy_sniff_distinct(&sniff.columns[0]), 100);
  cr_expect_eq(sniff.columns[1].times.n_times, 100);
  gy_sniff_clear(&sniff);
  gy_arena_clear(&arena);
}

Test(sniff, distinct_counts_are_exact_below_the_limit_and_close_above) {
  gy_distinct half = {0}, whole = {0};
  const uint64_t N = 300000;
  for (uint64_t i = 0; i < N; i++) {
    uint64_t hash = gy_distinct_hash((const char *)&i, sizeof i);
    cr_assert(gy_distinct_add(&whole, hash) && gy_distinct_add(&whole, hash));
    if (i < 50000) cr_assert(gy_distinct_add(&half, hash));
  }
  cr_expect_eq(gy_distinct_count(&half), 50000);
  double error = (double)gy_distinct_count(&whole) / (double)N - 1;
  cr_expect(error > -0.03 && error < 0.03, "%f", error);
  cr_expect_float_eq(gy_distinct_coverage(&half, &whole), 1, 0);
  double covered = gy_distinct_coverage(&whole, &half);
  cr_expect(covered > 0.15 && covered < 0.185, "%f of 1/6", covered);
  gy_distinct_clear(&half);
  gy_distinct_clear(&whole);
}

Test(sniff, what_cannot_be_looked_at_says_so) {
  static const struct {
    const char *bytes;
    size_t length;
    gy_status status;
  } CASES[] = {{"", 0, GY_EDATA},
               {"a,b\n", 4, GY_EDATA},
               {"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00", 12, GY_EPARSE},
               {"PAR1xxxxxxxx", 12, GY_EPARSE},
               {"[{\"a\": 1,\n", 10, GY_EPARSE}};
  gy_arena arena;
  gy_arena_init(&arena, 0, 0);
  gy_sniff sniff;
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char path[64];
    gy_error err = {0};
    write_file(path, CASES[i].bytes, CASES[i].length);
    gy_status status = gy_sniff_file(path, &arena, &sniff, &err);
    cr_expect_eq(status, CASES[i].status, "case %zu: %s: %s", i, gy_status_name(status), err.text);
    cr_expect_not_null(strstr(err.text, path), "case %zu: %s", i, err.text);
    unlink(path);
  }
  gy_error err = {0};
  cr_expect_eq(gy_sniff_file("/nowhere/at/all.csv", &arena, &sniff, &err), GY_ENOTFOUND);
  cr_expect_eq(gy_sniff_file("/tmp", &arena, &sniff, &err), GY_EUSAGE);
  gy_arena_clear(&arena);
}
