/* SPDX-License-Identifier: Apache-2.0
 *
 * The stages in order, and the walk over candidate pairs that two of them share. Blocks are cut into units of
 * bounded work, which threads take as they come; what they count adds up in any order, and what they keep is
 * sorted in the end. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "link/link_keep.h"
#include "link/link_work.h"
#include "num/threads.h"

enum { UNIT_PAIRS = 1 << 16 };

gy_link_options gy_link_defaults(const gy_link_field *fields, size_t n_fields, const gy_link_rule *rules,
                                 size_t n_rules) {
  return (gy_link_options){.fields = fields,
                           .n_fields = n_fields,
                           .rules = rules,
                           .n_rules = n_rules,
                           .match_prob = 0.99,
                           .review_prob = 0.7,
                           .block_pairs_max = 1000000,
                           .seed = 1};
}

double link_all_pairs(const link_work *w) {
  double n = (double)w->lists.n[0], m = (double)w->lists.n[1];
  return w->lists.is_one ? n * (n - 1) / 2 : n * m;
}

uint64_t link_pattern(const link_work *w, uint32_t left, uint32_t right, link_places *places) {
  uint64_t pattern = 0;
  int right_side = !w->lists.is_one;
  for (size_t f = 0; f < w->n_fields; f++) {
    const link_values *of = &w->fields[f];
    int level = link_level(of, of->codes[0][left], of->codes[right_side][right], &places[f]);
    pattern |= link_pattern_of(level, f);
  }
  return pattern;
}

/* ---- the walk ---- */

static uint32_t rows_a_unit(const link_block *block, bool is_one) {
  uint32_t n_right = is_one ? block->n_left : block->n_right;
  uint32_t rows = UNIT_PAIRS / n_right;
  return rows > 0 ? rows : 1;
}

static gy_status cut_units(link_work *w, gy_error *err) {
  size_t n = 0;
  for (int round = 0; round < 2; round++) {
    if (round == 1 && (w->units = malloc((n + 1) * sizeof *w->units)) == NULL)
      return gy_fail(err, GY_ENOMEM, "linkage: no memory for %zu units of work", n);
    n = 0;
    for (uint32_t r = 0; r < w->n_rules; r++) {
      for (uint32_t b = 0; b < w->rules[r].n_blocks; b++) {
        const link_block *block = &w->rules[r].blocks[b];
        uint32_t step = rows_a_unit(block, w->lists.is_one);
        for (uint32_t from = 0; from < block->n_left; from += step, n++) {
          uint32_t end = block->n_left - from < step ? block->n_left : from + step;
          if (round == 1) w->units[n] = (link_unit){r, b, from, end};
        }
      }
    }
  }
  w->n_units = n;
  return GY_OK;
}

/* Two records share a block of a rule before this one. */
static bool found_before(const link_work *w, size_t rule, uint32_t left, uint32_t right) {
  int right_side = !w->lists.is_one;
  for (size_t r = 0; r < rule; r++) {
    uint32_t block = w->rules[r].block_of[0][left];
    if (block != LINK_NO_BLOCK && block == w->rules[r].block_of[right_side][right]) return true;
  }
  return false;
}

static bool visit_unit(const link_work *w, const link_unit *unit, bool rules_apart, link_visit visit,
                       void *context) {
  const link_rule_blocks *rule = &w->rules[unit->rule];
  const link_block *block = &rule->blocks[unit->block];
  bool is_one = w->lists.is_one;
  const uint32_t *lefts = rule->records[0] + block->left_first;
  const uint32_t *rights = is_one ? lefts : rule->records[1] + block->right_first;
  uint32_t n_right = is_one ? block->n_left : block->n_right;
  for (uint32_t i = unit->from; i < unit->end; i++) {
    for (uint32_t j = is_one ? i + 1 : 0; j < n_right; j++) {
      if (!rules_apart && found_before(w, unit->rule, lefts[i], rights[j])) continue;
      if (!visit(context, lefts[i], rights[j])) return false;
    }
  }
  return true;
}

gy_status link_each_pair(link_work *w, const char *phase, size_t stride, bool rules_apart, link_visit visit,
                         void *contexts, size_t size, gy_error *err) {
  bool failed = false;
  uint64_t done = 0;
  int64_t n = (int64_t)((w->n_units + stride - 1) / stride);
#pragma omp parallel for num_threads(w->n_threads) schedule(dynamic, 16)
  for (int64_t k = 0; k < n; k++) {
    if (__atomic_load_n(&failed, __ATOMIC_RELAXED) || gy_task_cancelled(w->task)) continue;
    const link_unit *unit = &w->units[(size_t)k * stride];
    size_t thread = gy_thread_number(), slot = rules_apart ? thread * w->n_rules + unit->rule : thread;
    if (!visit_unit(w, unit, rules_apart, visit, (char *)contexts + slot * size))
      __atomic_store_n(&failed, true, __ATOMIC_RELAXED);
    uint64_t so_far = __atomic_add_fetch(&done, 1, __ATOMIC_RELAXED);
    if ((so_far & 1023) == 0) gy_task_progress(w->task, phase, so_far, (uint64_t)n, "blocks");
  }
  gy_task_progress(w->task, phase, (uint64_t)n, (uint64_t)n, "blocks");
  if (failed) return gy_fail(err, GY_ENOMEM, "linkage: no memory to %s", phase);
  return gy_task_check(w->task, err);
}

/* ---- checks ---- */

static gy_status check_rules(const gy_link_options *o, gy_error *err) {
  for (size_t r = 0; r < o->n_rules; r++) {
    const gy_link_rule *rule = &o->rules[r];
    if (rule->n_parts < 1 || rule->n_parts > GY_LINK_PARTS_MAX)
      return gy_fail(err, GY_EUSAGE, "linkage: block %zu has %zu parts; it may have 1 to %d", r + 1,
                     rule->n_parts, GY_LINK_PARTS_MAX);
    for (size_t p = 0; p < rule->n_parts; p++)
      if (rule->parts[p].field >= o->n_fields)
        return gy_fail(err, GY_EUSAGE, "linkage: block %zu names field %zu of %zu", r + 1,
                       rule->parts[p].field, o->n_fields);
  }
  return GY_OK;
}

static gy_status check_model(const gy_link_options *o, gy_error *err) {
  const gy_linkage *model = o->model;
  if (model == NULL) return GY_OK;
  bool fits = model->n_fields == o->n_fields && model->match_share > 0 && model->match_share < 1;
  for (size_t f = 0; f < o->n_fields && fits; f++) {
    fits = model->levels[f] == gy_link_compare_levels(o->fields[f].compare);
    for (int l = 0; l < model->levels[f] && fits; l++) fits = model->m[f][l] > 0 && model->u[f][l] > 0;
  }
  return fits ? GY_OK
              : gy_fail(err, GY_EUSAGE, "linkage: the model is not of these fields, or has no chance > 0");
}

static gy_status check_options(const gy_link_list *left, const gy_link_list *right, const gy_link_options *o,
                               gy_error *err) {
  if (o->n_fields < 1 || o->n_fields > GY_LINK_FIELDS_MAX)
    return gy_fail(err, GY_EUSAGE, "linkage: %zu fields to compare; there may be 1 to %d", o->n_fields,
                   GY_LINK_FIELDS_MAX);
  if (o->n_rules < 1 || o->n_rules > GY_LINK_RULES_MAX)
    return gy_fail(err, GY_EUSAGE, "linkage: %zu blocks; there may be 1 to %d", o->n_rules,
                   GY_LINK_RULES_MAX);
  for (size_t f = 0; f < o->n_fields; f++)
    if ((unsigned)o->fields[f].compare >= GY_LINK_COMPARE_COUNT)
      return gy_fail(err, GY_EUSAGE, "linkage: field %zu is compared in no known way", f);
  if (!(o->review_prob > 0 && o->review_prob <= o->match_prob && o->match_prob < 1))
    return gy_fail(
        err, GY_EUSAGE,
        "linkage: review from %g and match from %g; both must lie between 0 and 1, review not above",
        o->review_prob, o->match_prob);
  size_t most = right != NULL && right->n > left->n ? right->n : left->n;
  if (most > GY_LINK_RECORDS_MAX)
    return gy_fail(err, GY_ELIMIT, "linkage: %zu records in a list; there may be %d", most,
                   GY_LINK_RECORDS_MAX);
  if (left->n == 0 || (right != NULL ? right->n == 0 : left->n < 2))
    return gy_fail(err, GY_EDATA, "linkage: there are no two records to compare");
  gy_status status = check_rules(o, err);
  return status == GY_OK ? check_model(o, err) : status;
}

/* ---- the stages ---- */

size_t gy_link_memory(const gy_link_list *left, const gy_link_list *right, const gy_link_options *options) {
  const size_t n[2] = {left->n, right != NULL ? right->n : 0};
  size_t bytes = 0;
  for (size_t f = 0; f < options->n_fields; f++) {
    const gy_link_column *columns[2] = {&left->columns[f], right != NULL ? &right->columns[f] : NULL};
    bytes += link_values_memory(columns, n);
  }
  bytes += options->n_rules * link_blocks_memory(n) + (n[0] + n[1]) * 16; /* while keys are sorted */
  return bytes + (size_t)16 * 1024 * 1024;                                /* units, patterns, places */
}

static gy_status read_values(link_work *w, const gy_link_list *left, const gy_link_list *right,
                             gy_error *err) {
  bool failed = false;
  const size_t n[2] = {left->n, right != NULL ? right->n : 0};
#pragma omp parallel for num_threads(w->n_threads) schedule(dynamic)
  for (size_t f = 0; f < w->n_fields; f++) {
    const gy_link_column *columns[2] = {&left->columns[f], right != NULL ? &right->columns[f] : NULL};
    if (gy_task_cancelled(w->task)) continue;
    if (!link_values_read(&w->fields[f], w->options->fields[f].compare, columns, n))
      __atomic_store_n(&failed, true, __ATOMIC_RELAXED);
  }
  if (failed) return gy_fail(err, GY_ENOMEM, "linkage: no memory for the values of %zu records", n[0] + n[1]);
  return gy_task_check(w->task, err);
}

static gy_status make_blocks(link_work *w, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t r = 0; r < w->n_rules && status == GY_OK; r++) {
    status = link_blocks_make(&w->lists, w->options, r, &w->rules[r], &w->reports[r], err);
    if (status == GY_OK) status = gy_task_check(w->task, err);
  }
  return status == GY_OK ? cut_units(w, err) : status;
}

static void work_clear(link_work *w) {
  for (size_t f = 0; f < w->n_fields; f++) {
    link_values_clear(&w->fields[f]);
    free(w->frequency[f]);
  }
  for (size_t r = 0; r < w->n_rules; r++) {
    link_blocks_clear(&w->rules[r]);
    link_patterns_clear(&w->seen[r]);
  }
  free(w->units);
}

gy_status gy_link_records(const gy_link_list *left, const gy_link_list *right, const gy_link_options *options,
                          const gy_task *task, gy_link_result *result, gy_error *err) {
  gy_status status = check_options(left, right, options, err);
  if (status != GY_OK) return status;
  size_t planned = gy_link_memory(left, right, options);
  if (planned > gy_task_memory(task))
    return gy_fail(err, GY_ELIMIT, "linkage: %zu and %zu records need about %zu MB; the budget is %zu MB",
                   left->n, right != NULL ? right->n : 0, planned >> 20, gy_task_memory(task) >> 20);
  link_work *w = calloc(1, sizeof *w);
  if (w == NULL) return gy_fail(err, GY_ENOMEM, "linkage: no memory");
  w->options = options;
  w->task = task;
  w->n_threads = gy_task_threads(task);
  w->n_fields = options->n_fields;
  w->n_rules = options->n_rules;
  w->lists = (link_lists){w->fields, {left->n, right != NULL ? right->n : left->n}, right == NULL};
  gy_task_progress(task, "read values", 0, w->n_fields, "fields");
  status = read_values(w, left, right, err);
  if (status == GY_OK) status = make_blocks(w, err);
  if (status == GY_OK) status = link_model_fit(w, err);
  if (status == GY_OK) status = link_keep_pairs(w, planned, result, err);
  work_clear(w);
  free(w);
  return status;
}
