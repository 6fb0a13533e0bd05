/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_held.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SQL_MAX = 16 << 20 };

/* A piece of SQL for each word, `#` its number. */
static gy_buffer pieces_of(size_t n_words, const char *separator, const char *form) {
  gy_buffer sql;
  gy_buffer_init(&sql, SQL_MAX);
  for (size_t w = 0; w < n_words; w++) {
    if (w > 0) gy_buffer_text(&sql, separator);
    for (const char *c = form; *c != '\0'; c++)
      if (*c == '#')
        gy_buffer_printf(&sql, "%zu", w);
      else
        gy_buffer_append(&sql, c, 1);
  }
  return sql;
}

static const char *text_of(const gy_buffer *sql) { return sql->failed ? NULL : sql->data; }

static gy_status run_file(const gy_run_context *run, const char *name, const gy_sql_part *parts, size_t n,
                          gy_error *err) {
  char *sql = NULL;
  for (size_t i = 0; i < n; i++)
    if (parts[i].fragment == NULL) return gy_fail(err, GY_ENOMEM, "no memory to compare segments");
  gy_status status = gy_sql_expand(gy_sql(name), parts, n, &sql, err);
  if (status == GY_OK)
    status = gy_engine_execute(run->project.engine, sql, NULL, 0, NULL, run->task, NULL, err);
  free(sql);
  return status;
}

/* Expands a file with up to three lists of words. */
typedef struct word_part {
  const char *key, *separator, *form;
} word_part;

static gy_status run_words(const gy_run_context *run, const gy_segment_held *held, const char *name,
                           const word_part *words, size_t n, gy_error *err) {
  enum { PARTS_MAX = 3 };
  gy_buffer made[PARTS_MAX];
  gy_sql_part parts[PARTS_MAX];
  for (size_t i = 0; i < n; i++) {
    made[i] = pieces_of(held->n_words, words[i].separator, words[i].form);
    parts[i] = (gy_sql_part){words[i].key, text_of(&made[i])};
  }
  gy_status status = run_file(run, name, parts, n, err);
  for (size_t i = 0; i < n; i++) gy_buffer_clear(&made[i]);
  return status;
}

static const char BITS_OF_NUMBERS[] =
    "bit_or(CASE WHEN segment_no // 60 = # THEN CAST(1 AS BIGINT) << (segment_no % 60) ELSE 0 END) AS w#";

/* ---- what holds ---- */

/* Words that the store keeps, 0 where it keeps none. */
static gy_status kept_words(const gy_run_context *run, size_t *n_kept, gy_error *err) {
  gy_value name = gy_bind_text("segment_held");
  json_t *columns = NULL;
  gy_status status =
      gy_engine_json(run->project.engine, gy_sql("study/relation_columns"), &name, 1, NULL, &columns, err);
  size_t n = json_array_size(columns);
  *n_kept = n > 0 ? n - 1 : 0;
  json_decref(columns);
  return status;
}

static gy_status check_kept(const gy_run_context *run, size_t n_kept, bool *good, gy_error *err) {
  gy_buffer bits = pieces_of(n_kept, " + ", "bit_count(h.w#)");
  const gy_sql_part parts[] = {{"bits", text_of(&bits)}, {"held", "segment_held"}};
  char *sql = NULL;
  int64_t same = 0;
  gy_status status = parts[0].fragment != NULL
                         ? gy_sql_expand(gy_sql("segment/held_check"), parts, 2, &sql, err)
                         : gy_fail(err, GY_ENOMEM, "no memory to compare segments");
  if (status == GY_OK) status = gy_engine_int64(run->project.engine, sql, NULL, 0, &same, err);
  *good = same != 0;
  free(sql);
  gy_buffer_clear(&bits);
  return status;
}

static gy_status show_kept(const gy_run_context *run, const gy_segment_held *held, size_t n_kept,
                           gy_error *err) {
  gy_buffer words;
  gy_buffer_init(&words, SQL_MAX);
  for (size_t w = 0; w < held->n_words; w++)
    gy_buffer_printf(&words, w < n_kept ? "%sh.w%zu" : "%sCAST(0 AS BIGINT) AS w%zu", w > 0 ? ", " : "", w);
  const gy_sql_part parts[] = {{"words", text_of(&words)}, {"held", "segment_held"}};
  gy_status status = run_file(run, "segment/held_kept", parts, 2, err);
  gy_buffer_clear(&words);
  return status;
}

gy_status gy_segment_held_begin(const gy_run_context *run, int64_t last_no, gy_segment_held *held,
                                gy_error *err) {
  static const word_part MADE[] = {{"words", ", ", BITS_OF_NUMBERS}},
                         NONE[] = {{"words", ", ", "CAST(0 AS BIGINT) AS x#"}};
  size_t n_kept = 0;
  *held = (gy_segment_held){.n_words = (size_t)(last_no / GY_HELD_BITS) + 1};
  gy_status status = kept_words(run, &n_kept, err);
  if (status == GY_OK && n_kept > 0 && n_kept <= held->n_words)
    status = check_kept(run, n_kept, &held->is_kept, err);
  if (status == GY_OK && held->is_kept)
    status = show_kept(run, held, n_kept, err);
  else if (status == GY_OK)
    status = run_words(run, held, "segment/held_of_members", MADE, 1, err);
  if (status == GY_OK) status = run_words(run, held, "segment/held_begin", NONE, 1, err);
  held->is_kept = held->is_kept && n_kept == held->n_words;
  return status;
}

/* ---- comparing ---- */

static uint64_t bit_of(int64_t number) { return (uint64_t)1 << (number % GY_HELD_BITS); }

/* What rules say, as words. */
static gy_status tell_rules(const gy_run_context *run, const gy_segment_held *held, const int64_t *numbers,
                            size_t n, gy_error *err) {
  gy_buffer words;
  gy_buffer_init(&words, SQL_MAX);
  for (size_t w = 0; w < held->n_words; w++) {
    gy_buffer_printf(&words, "%sCAST(0 AS BIGINT)", w > 0 ? ", " : "");
    for (size_t i = 0; i < n; i++)
      if ((size_t)(numbers[i] / GY_HELD_BITS) == w)
        gy_buffer_printf(&words, " | CASE WHEN r%zu THEN CAST(%" PRIu64 " AS BIGINT) ELSE 0 END", i,
                         bit_of(numbers[i]));
    gy_buffer_printf(&words, " AS w%zu", w);
  }
  const gy_sql_part parts[] = {{"words", text_of(&words)}, {"answers", "segment_answers"}};
  gy_status status = run_file(run, "segment/told_by_rules", parts, 2, err);
  gy_buffer_clear(&words);
  return status;
}

/* Bits of the segments compared alone; others stay as they are. */
static gy_status find_differing(const gy_run_context *run, const gy_segment_held *held, bool some,
                                const int64_t *numbers, size_t n, gy_error *err) {
  gy_buffer words = pieces_of(held->n_words, ", ", "coalesce(t.w#, 0) AS w#"),
            differ = pieces_of(held->n_words, " OR ", "x# <> 0");
  gy_buffer flips;
  gy_buffer_init(&flips, SQL_MAX);
  for (size_t w = 0; w < held->n_words; w++) {
    uint64_t mask = 0;
    for (size_t i = 0; i < n; i++)
      if ((size_t)(numbers[i] / GY_HELD_BITS) == w) mask |= bit_of(numbers[i]);
    gy_buffer_printf(&flips,
                     "%sxor(coalesce(t.w%zu, 0), coalesce(h.w%zu, 0)) & CAST(%" PRIu64 " AS BIGINT) AS x%zu",
                     w > 0 ? ", " : "", w, w, mask, w);
  }
  const gy_sql_part parts[] = {
      {"words", text_of(&words)},
      {"flips", text_of(&flips)},
      {"differ", text_of(&differ)},
      {"was", some ? "(FROM segment_was SEMI JOIN segment_scope USING (customer_id))" : "segment_was"}};
  gy_status status = run_file(run, "segment/differing", parts, 4, err);
  gy_buffer_clear(&words);
  gy_buffer_clear(&differ);
  gy_buffer_clear(&flips);
  return status;
}

gy_status gy_segment_held_compare(const gy_run_context *run, const gy_segment_held *held,
                                  gy_held_source source, const int64_t *numbers, size_t n, gy_error *err) {
  static const word_part LISTS[] = {{"words", ", ", BITS_OF_NUMBERS}},
                         COMPARED[] = {{"flips", ", ", "x#"},
                                       {"words", " ", "WHEN # THEN w#"},
                                       {"differing", " ", "WHEN # THEN x#"}};
  gy_status status = source == GY_HELD_LISTS ? run_words(run, held, "segment/told_by_lists", LISTS, 1, err)
                                             : tell_rules(run, held, numbers, n, err);
  if (status == GY_OK) status = find_differing(run, held, source == GY_HELD_SOME, numbers, n, err);
  return status == GY_OK ? run_words(run, held, "segment/compared", COMPARED, 3, err) : status;
}

/* ---- keeping ---- */

gy_status gy_segment_held_store(const gy_run_context *run, const gy_segment_held *held, gy_error *err) {
  static const char FEW[] =
      "SELECT CAST((SELECT count(*) FROM segment_flips) * 4 < (SELECT count(*) FROM segment_held) AS BIGINT)";
  int64_t few = 0;
  gy_status status = held->is_kept ? gy_engine_int64(run->project.engine, FEW, NULL, 0, &few, err) : GY_OK;
  if (status != GY_OK) return status;
  gy_buffer flips = pieces_of(held->n_words, ", ", "bit_xor(x#) AS x#"),
            words = pieces_of(held->n_words, ", ", "xor(coalesce(h.w#, 0), coalesce(f.x#, 0)) AS w#");
  const gy_sql_part parts[] = {
      {"join", few ? "RIGHT" : "FULL"}, {"flips", text_of(&flips)}, {"words", text_of(&words)}};
  status = run_file(run, "segment/held_now", parts, 3, err);
  gy_buffer_clear(&flips);
  gy_buffer_clear(&words);
  return status == GY_OK ? run_file(run, few ? "segment/held_change" : "segment/held_replace", NULL, 0, err)
                         : status;
}
