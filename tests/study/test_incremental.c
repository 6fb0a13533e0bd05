/* SPDX-License-Identifier: Apache-2.0
 *
 * Files come, grow by any number of bytes, are replaced, renamed, exchanged, touched and removed in random
 * sequences. After every step the project's store must hold what a fresh import of the same files holds: the
 * same rows with the same types, the same rejected rows, the same counts, the same features. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <fcntl.h>
#include <iconv.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/rng.h"
#include "engine/engine.h"
#include "support/rounds.h"
#include <gyeol/project.h>

enum { FILES_MOST = 6, TEXT_MOST = 1 << 20 };

typedef struct scenario {
  const char *name;
  const char *encoding; /* of iconv; NULL: UTF-8 as it is */
  const char *ending;   /* of lines */
  bool packed;          /* gzip */
  bool json;
  const char *settings; /* further lines of the source */
  bool repeats;         /* rows come twice, equal or nearly */
} scenario;

static const scenario SCENARIOS[] = {
    {"utf-8", NULL, "\n", false, false, "", false},
    {"cp949", "CP949", "\r\n", false, false, "    encoding: cp949\n", false},
    {"utf-16", "UTF-16", "\n", false, false, "", false},
    {"gzip", NULL, "\n", true, false, "", false},
    {"ndjson", NULL, "\n", false, true, "", false},
    {"last of a key", NULL, "\n", false, false, "    duplicates: {exact: drop, key: [order], keep: last}\n",
     true},
    {"most complete of a key", NULL, "\n", false, false,
     "    duplicates: {key: [order, customer], keep: most_complete}\n", true},
    {"found out", NULL, "\n", false, false, "    quote: auto\n    header: auto\n", false},
};

typedef struct data_file {
  bool exists;
  char name[24];
  gy_buffer text;    /* what the file holds, in UTF-8 */
  gy_buffer pending; /* what will be added to it */
} data_file;

typedef struct world {
  const scenario *kind;
  gy_rng rng;
  char folder[64], path[4][128];
  data_file files[FILES_MOST];
  int next_name, next_order, n_partial, n_runs;
  char story[4096];
} world;

static uint64_t below(world *w, uint64_t n) { return gy_rng_below(&w->rng, n); }

static void tell(world *w, const char *what, const char *name) {
  size_t used = strlen(w->story);
  snprintf(w->story + used, sizeof w->story - used, "%s %s; ", what, name);
}

/* ---- rows ---- */

static void put_row(world *w, gy_buffer *out) {
  static const char *const TEXTS[] = {"컵",    "\"두 줄\n이름\"", "\"말한다 \"\"네\"\"\"",
                                      "plain", "\"a,b\"",         ""};
  int order = w->next_order++;
  if (w->kind->repeats && order > 10 && below(w, 4) == 0) order -= 1 + (int)below(w, 10);
  uint64_t luck = below(w, 60);
  const char *prefix = luck == 0 ? "A" : "", *day = luck == 1 ? "x" : "2024-03-0";
  const char *further = luck == 2 ? ",one too many" : "";
  int customer = (int)below(w, 50) + 1, quantity = (int)below(w, 5) + 1, price = 100 * ((int)below(w, 9) + 1);
  if (w->kind->json)
    gy_buffer_printf(out,
                     "{\"order\": \"%s%d\", \"customer\": %d, \"time\": \"%s%d\", \"item\": \"컵\", "
                     "\"n\": %d, \"price\": %d}\n",
                     prefix, order, customer, day, (int)below(w, 9) + 1, quantity, price);
  else
    gy_buffer_printf(out, "%s%d,%d,%s%d,%s,%d,%d%s%s", prefix, order, customer, day, (int)below(w, 9) + 1,
                     TEXTS[below(w, 6)], quantity, price, further, w->kind->ending);
}

static void put_rows(world *w, gy_buffer *out, uint64_t n) {
  for (uint64_t i = 0; i < n; i++) {
    size_t begin = out->length;
    put_row(w, out);
    size_t length = out->length - begin;
    char again[256];
    if (!w->kind->repeats || length > sizeof again || below(w, 8) > 0) continue;
    memcpy(again, out->data + begin, length);
    gy_buffer_append(out, again, length);
  }
}

static void begin_text(world *w, data_file *file) {
  file->text.length = file->pending.length = 0;
  if (!w->kind->json) gy_buffer_printf(&file->text, "order,customer,time,item,n,price%s", w->kind->ending);
  put_rows(w, &file->text, 3 + below(w, 60));
}

/* ---- files ---- */

static const char *path_of(const world *w, const data_file *file) {
  static char path[256];
  snprintf(path, sizeof path, "%s/%s", w->path[0], file->name);
  return path;
}

static void write_encoded(const world *w, const char *path, const char *text, size_t length) {
  FILE *out = fopen(path, "wb");
  cr_assert_not_null(out);
  char *bytes = malloc(4 * length + 16), *at = bytes, *in = (char *)(uintptr_t)text;
  size_t left = length, room = 4 * length + 16;
  if (strcmp(w->kind->encoding, "UTF-16") == 0) fwrite("\xFF\xFE", 1, 2, out);
  iconv_t code =
      iconv_open(strcmp(w->kind->encoding, "UTF-16") == 0 ? "UTF-16LE" : w->kind->encoding, "UTF-8");
  (void)iconv(code, &in, &left, &at, &room); /* a character that is cut at the end is left out */
  iconv_close(code);
  fwrite(bytes, 1, (size_t)(at - bytes), out);
  fclose(out);
  free(bytes);
}

static void write_out(const world *w, const data_file *file) {
  const char *path = path_of(w, file);
  if (w->kind->packed) {
    gzFile out = gzopen(path, "wb");
    gzwrite(out, file->text.data, (unsigned)file->text.length);
    gzclose(out);
  } else if (w->kind->encoding != NULL) {
    write_encoded(w, path, file->text.data, file->text.length);
  } else {
    FILE *out = fopen(path, "wb");
    cr_assert_not_null(out);
    fwrite(file->text.data, 1, file->text.length, out);
    fclose(out);
  }
}

static data_file *some_file(world *w) {
  for (;;) {
    data_file *file = &w->files[below(w, FILES_MOST)];
    if (file->exists) return file;
  }
}

static int count_files(const world *w) {
  int n = 0;
  for (int i = 0; i < FILES_MOST; i++) n += w->files[i].exists;
  return n;
}

static void name_anew(world *w, data_file *file) {
  snprintf(file->name, sizeof file->name, "%c%d.%s", 'a' + (int)below(w, 26), w->next_name++,
           w->kind->json ? "json" : "csv");
}

static void add_file(world *w) {
  for (int i = 0; i < FILES_MOST; i++) {
    data_file *file = &w->files[i];
    if (file->exists) continue;
    file->exists = true;
    name_anew(w, file);
    begin_text(w, file);
    write_out(w, file);
    tell(w, "new", file->name);
    return;
  }
}

/* By whole rows or by any number of bytes. */
static void grow(world *w, data_file *file) {
  put_rows(w, &file->pending, 1 + below(w, 20));
  size_t n = below(w, 3) == 0 ? file->pending.length : 1 + below(w, file->pending.length);
  gy_buffer_append(&file->text, file->pending.data, n);
  memmove(file->pending.data, file->pending.data + n, file->pending.length - n);
  file->pending.length -= n;
  write_out(w, file);
  tell(w, "grown", file->name);
}

static void exchange(world *w, data_file *a, data_file *b) {
  gy_buffer text = a->text, pending = a->pending;
  a->text = b->text;
  a->pending = b->pending;
  b->text = text;
  b->pending = pending;
  write_out(w, a);
  write_out(w, b);
  tell(w, "exchanged", a->name);
}

static void rename_file(world *w, data_file *file) {
  char before[256];
  snprintf(before, sizeof before, "%s", path_of(w, file));
  name_anew(w, file);
  cr_assert_eq(rename(before, path_of(w, file)), 0);
  tell(w, "renamed to", file->name);
}

static void touch(world *w, data_file *file) {
  struct timespec times[2] = {{.tv_sec = 1700000000 + (time_t)below(w, 10000)}, {.tv_sec = 1700000000}};
  cr_assert_eq(utimensat(AT_FDCWD, path_of(w, file), times, 0), 0);
  tell(w, "touched", file->name);
}

/* The same number of bytes with another digit somewhere in the last line. */
static void change_in_place(world *w, data_file *file) {
  for (size_t at = file->text.length; at > 0; at--) {
    char *c = &file->text.data[at - 1];
    if (*c < '1' || *c > '8') continue;
    ++*c;
    break;
  }
  write_out(w, file);
  tell(w, "changed", file->name);
}

/* More rows, and another digit in what was there: it looks as if it had grown. */
static void rewrite_longer(world *w, data_file *file) {
  size_t length = file->text.length;
  for (size_t at = length / 2; at < length; at++) {
    char *c = &file->text.data[at];
    if (*c < '1' || *c > '8') continue;
    ++*c;
    break;
  }
  put_rows(w, &file->text, 1 + below(w, 20));
  write_out(w, file);
  tell(w, "rewritten longer", file->name);
}

static void change_something(world *w) {
  data_file *file = some_file(w);
  switch (below(w, 14)) {
    case 0:
    case 1:
      add_file(w);
      break;
    case 2:
      if (count_files(w) < 2) break;
      unlink(path_of(w, file));
      file->exists = false;
      tell(w, "removed", file->name);
      break;
    case 3:
      begin_text(w, file);
      write_out(w, file);
      tell(w, "replaced", file->name);
      break;
    case 4:
      rename_file(w, file);
      break;
    case 5:
      exchange(w, file, some_file(w));
      break;
    case 6:
      touch(w, file);
      break;
    case 7:
      change_in_place(w, file);
      break;
    case 8:
      rewrite_longer(w, file);
      break;
    default:
      grow(w, file);
  }
}

/* ---- what the store holds ---- */

static json_t *run(const char *dir, const char *story) {
  gy_run_options options = {.until = "features"};
  gy_error err = {0};
  char *text = NULL;
  gy_status status = gy_project_run(dir, &options, NULL, &text, &err);
  cr_assert_eq(status, GY_OK, "%s: %s", story, err.text);
  json_t *manifest = json_loads(text, 0, NULL);
  gy_text_free(text);
  return manifest;
}

/* Everything that must be equal, as one text. */
static char *holdings(const char *dir) {
  static const char *const QUERIES[] = {
      "SELECT string_agg(column_name || ' ' || data_type, ',' ORDER BY ordinal_position) "
      "FROM information_schema.columns WHERE table_name = 'source_orders'",
      "SELECT count(*) || ' ' || sum(hash(order_id, customer_id, ordered_at, item, quantity, unit_price) "
      "% 1000000007) FROM source_orders",
      "SELECT coalesce(string_agg(file || ':' || line || ':' || coalesce(column_name, '') || ':' || value || "
      "':' || reason, chr(10) ORDER BY file, line, reason), '') FROM rejects",
      "SELECT coalesce(string_agg(concat_ws(':', d.kind, f.path, d.row_no & 68719476735, k.path, "
      "d.kept_row_no & 68719476735), chr(10) ORDER BY f.path, d.row_no & 68719476735), '') FROM duplicates "
      "AS d "
      "JOIN import_files AS f ON f.file_no = d.row_no >> 36 JOIN import_files AS k ON k.file_no = "
      "d.kept_row_no >> 36",
      "SELECT count(*) || ' ' || sum(hash(* COLUMNS(c -> c <> 'customer_no')) % 1000000007) "
      "FROM customer_features",
  };
  char path[256];
  snprintf(path, sizeof path, "%s/.gyeol/store.duckdb", dir);
  gy_engine_options options = {.path = path, .read_only = true, .n_threads = 2};
  gy_engine *engine = NULL;
  gy_error err = {0};
  gy_buffer all;
  gy_buffer_init(&all, TEXT_MOST);
  cr_assert_eq(gy_engine_open(&options, &engine, &err), GY_OK, "%s", err.text);
  for (size_t i = 0; i < sizeof QUERIES / sizeof *QUERIES; i++) {
    char *value = NULL;
    gy_status status = gy_engine_text(engine, QUERIES[i], NULL, 0, &value, &err);
    cr_assert_eq(status, GY_OK, "%s", err.text);
    gy_buffer_printf(&all, "%s\n", value);
    free(value);
  }
  gy_engine_close(engine);
  return all.data;
}

static void compare(world *w) {
  gy_error err = {0};
  char state[160];
  snprintf(state, sizeof state, "%s/.gyeol", w->path[2]);
  cr_assert_eq(gy_dir_remove(state, &err), GY_OK, "%s", err.text);
  json_t *grown = run(w->path[1], w->story), *fresh = run(w->path[2], w->story);
  json_t *a = json_object_get(json_object_get(grown, "sources"), "orders"),
         *b = json_object_get(json_object_get(fresh, "sources"), "orders");
  w->n_partial += json_is_object(json_object_get(a, "changes"));
  w->n_runs++;
  json_object_del(a, "changes");
  json_object_del(b, "changes");
  char *x = json_dumps(a, JSON_SORT_KEYS), *y = json_dumps(b, JSON_SORT_KEYS);
  cr_assert_str_eq(x, y, "%s: %s\nincremental %s\nfresh       %s", w->kind->name, w->story, x, y);
  free(x);
  free(y);
  x = holdings(w->path[1]);
  y = holdings(w->path[2]);
  cr_assert_str_eq(x, y, "%s: %s\nincremental:\n%s\nfresh:\n%s", w->kind->name, w->story, x, y);
  free(x);
  free(y);
  json_decref(grown);
  json_decref(fresh);
}

static void write_project(const world *w, const char *dir) {
  gy_error err = {0};
  char text[2048], path[256];
  cr_assert_eq(gy_dir_create(dir, &err), GY_OK, "%s", err.text);
  snprintf(path, sizeof path, "%s/gyeol.yaml", dir);
  int n = snprintf(text, sizeof text,
                   "name: shop\nsources:\n  - name: orders\n    target: order_items\n    files: [\"%s\"]\n"
                   "    format: %s\n%s    time_format: ymd\n    columns: {order: order, customer: customer, "
                   "time: time, item: attribute, n: quantity, price: unit_price}\n",
                   w->path[0], w->kind->json ? "ndjson" : "csv", w->kind->settings);
  cr_assert_eq(gy_file_replace(path, text, (size_t)n, &err), GY_OK, "%s", err.text);
}

static void play(const scenario *kind, uint64_t seed, int n_steps) {
  world w = {.kind = kind, .next_order = 1};
  gy_error err = {0};
  gy_rng_init(&w.rng, seed, 1);
  snprintf(w.folder, sizeof w.folder, "/tmp/gyeol-incremental-XXXXXX");
  cr_assert_not_null(mkdtemp(w.folder));
  static const char *const PARTS[] = {"data", "grown", "fresh"};
  for (int i = 0; i < 3; i++) {
    snprintf(w.path[i], sizeof w.path[i], "%s/%s", w.folder, PARTS[i]);
    cr_assert_eq(gy_dir_create(w.path[i], &err), GY_OK);
  }
  for (int i = 0; i < FILES_MOST; i++) {
    gy_buffer_init(&w.files[i].text, TEXT_MOST);
    gy_buffer_init(&w.files[i].pending, TEXT_MOST);
  }
  write_project(&w, w.path[1]);
  write_project(&w, w.path[2]);
  add_file(&w);
  add_file(&w);
  for (int step = 0; step < n_steps; step++) {
    compare(&w);
    if (strlen(w.story) > sizeof w.story / 2) w.story[0] = '\0';
    tell(&w, "|", "");
    for (uint64_t n = 1 + below(&w, 3); n > 0; n--) change_something(&w);
  }
  compare(&w);
  cr_expect_geq(w.n_partial, n_steps / 3, "%s: only %d of %d imports were incremental", kind->name,
                w.n_partial, w.n_runs);
  if (getenv("GYEOL_TEST_SEED") != NULL)
    fprintf(stderr, "%s: %d of %d imports were incremental\n", kind->name, w.n_partial, w.n_runs);
  for (int i = 0; i < FILES_MOST; i++) {
    gy_buffer_clear(&w.files[i].text);
    gy_buffer_clear(&w.files[i].pending);
  }
  cr_assert_eq(gy_dir_remove(w.folder, &err), GY_OK, "%s", err.text);
}

TestSuite(incremental, .timeout = 300);

enum { N_SCENARIOS = sizeof SCENARIOS / sizeof *SCENARIOS };

ParameterizedTestParameters(incremental, any_sequence_of_changes_leaves_what_a_fresh_import_leaves) {
  static size_t numbers[N_SCENARIOS];
  for (size_t i = 0; i < N_SCENARIOS; i++) numbers[i] = i;
  return cr_make_param_array(size_t, numbers, N_SCENARIOS);
}

ParameterizedTest(size_t *number, incremental, any_sequence_of_changes_leaves_what_a_fresh_import_leaves) {
  const char *seed = getenv("GYEOL_TEST_SEED");
  if (seed != NULL)
    play(&SCENARIOS[*number], strtoull(seed, NULL, 10), 10);
  else
    play(&SCENARIOS[*number], 24 + *number, 2 + ROUNDS(4));
}
