/* SPDX-License-Identifier: Apache-2.0
 *
 * m, u and the share of matches.
 *
 * u of a field's highest level is counted exactly from the values' frequencies, those below on random pairs;
 * the matches among these pairs are taken out again once their number is known. In the blocks of a rule the
 * fields it looks at agree by construction, so they are left out there, and m of the others is fitted with u
 * fixed. How many matches a rule would find if it saw all pairs is what it holds over the chance that a match
 * agrees on its fields; the median over rules is taken. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "link/link_work.h"

enum { SAMPLE_PAIRS = 1 << 20, SAMPLE_BLOCK = 4096, COUNTED_PAIRS = 8 << 20, ROUNDS = 3 };
static const double ASSUMED_M = 0.9, STRUCTURE_MIN = 0.3, FIELD_BITS_MAX = 20, RARER_BITS_MAX = 5;

/* How often two people agree by chance, known before any list is seen, and how many records that knowledge is
 * worth: in a list of six nobody could tell that a phone is rare. */
static const double PRIOR_RECORDS = 2000;
static const double BY_CHANCE[GY_LINK_COMPARE_COUNT] = {
    [GY_LINK_EXACT] = 0.1,  [GY_LINK_NAME] = 5e-4, [GY_LINK_ADDRESS] = 1e-5,  [GY_LINK_EMAIL] = 1e-6,
    [GY_LINK_PHONE] = 1e-6, [GY_LINK_DATE] = 6e-5, [GY_LINK_POSTCODE] = 5e-4, [GY_LINK_TEXT] = 1e-3};

typedef double level_table[GY_LINKAGE_FIELDS_MAX][GY_LINKAGE_LEVELS_MAX];

static int levels_of(const link_work *w, size_t f) {
  return gy_link_compare_levels(w->options->fields[f].compare);
}

/* ---- random pairs ---- */

static void count_levels(const link_work *w, uint64_t pattern, uint64_t counts[][GY_LINKAGE_LEVELS_MAX]) {
  for (size_t f = 0; f < w->n_fields; f++) {
    int level = link_pattern_level(pattern, f);
    if (level >= 0) counts[f][level]++;
  }
}

/* A row of all pairs, or a block of the sample. */
static void count_block(const link_work *w, bool all, size_t block, link_places *places,
                        uint64_t counts[][GY_LINKAGE_LEVELS_MAX]) {
  if (all) {
    size_t first = w->lists.is_one ? block + 1 : 0;
    for (size_t j = first; j < w->lists.n[1]; j++)
      count_levels(w, link_pattern(w, (uint32_t)block, (uint32_t)j, places), counts);
    return;
  }
  gy_rng rng;
  gy_rng_init(&rng, w->options->seed, block);
  for (int k = 0; k < SAMPLE_BLOCK; k++) {
    uint32_t left = (uint32_t)gy_rng_below(&rng, w->lists.n[0]);
    uint32_t right = (uint32_t)gy_rng_below(&rng, w->lists.n[1]);
    if (w->lists.is_one && left == right) continue;
    count_levels(w, link_pattern(w, left, right, places), counts);
  }
}

typedef struct sample_counts {
  uint64_t of[GY_LINK_FIELDS_MAX][GY_LINKAGE_LEVELS_MAX];
  link_places places[GY_LINK_FIELDS_MAX];
} sample_counts;

static gy_status count_random(link_work *w, level_table counts, gy_error *err) {
  bool all = link_all_pairs(w) <= GY_LINK_ALL_PAIRS;
  int64_t n_blocks = all ? (int64_t)w->lists.n[0] : SAMPLE_PAIRS / SAMPLE_BLOCK;
  bool failed = false;
  memset(counts, 0, sizeof(level_table));
#pragma omp parallel num_threads(w->n_threads)
  {
    sample_counts *own = calloc(1, sizeof *own);
    if (own == NULL) __atomic_store_n(&failed, true, __ATOMIC_RELAXED);
#pragma omp for schedule(dynamic)
    for (int64_t b = 0; b < n_blocks; b++)
      if (own != NULL && !gy_task_cancelled(w->task)) count_block(w, all, (size_t)b, own->places, own->of);
#pragma omp critical(link_random)
    for (size_t f = 0; own != NULL && f < w->n_fields; f++)
      for (int l = 0; l < levels_of(w, f); l++) counts[f][l] += (double)own->of[f][l];
    free(own);
  }
  if (failed) return gy_fail(err, GY_ENOMEM, "linkage: no memory to count random pairs");
  return gy_task_check(w->task, err);
}

/* The chance that two records agree on a field exactly, of those that know it. */
static double exact_chance(const link_work *w, size_t f) {
  const link_values *of = &w->fields[f];
  double agree = 0, n = (double)of->n_known[0], m = (double)of->n_known[1];
  for (uint32_t code = 1; code <= of->n_values; code++) {
    const link_value *value = link_value_at(of, code);
    double a = value->counts[0], b = value->counts[1];
    agree += w->lists.is_one ? a * (a - 1) / 2 : a * b;
  }
  double pairs = w->lists.is_one ? n * (n - 1) / 2 : n * m;
  return pairs > 0 ? agree / pairs : 0;
}

static gy_status random_levels(link_work *w, level_table u, gy_error *err) {
  level_table counts;
  gy_status status = count_random(w, counts, err);
  for (size_t f = 0; f < w->n_fields && status == GY_OK; f++) {
    int top = levels_of(w, f) - 1;
    double below = 0, exact = exact_chance(w, f);
    for (int l = 0; l < top; l++) below += counts[f][l] + 0.5;
    for (int l = 0; l < top; l++) u[f][l] = (1 - exact) * (counts[f][l] + 0.5) / below;
    u[f][top] = exact;
  }
  return status;
}

/* ---- blocks of rules ---- */

static uint64_t fields_of_rule(const gy_link_rule *rule) {
  uint64_t fields = 0;
  for (size_t p = 0; p < rule->n_parts; p++) fields |= 1ull << rule->parts[p].field;
  return fields;
}

static gy_status count_rules(link_work *w, gy_error *err);

/* A share among n records, and what is known before. */
static double with_prior(const link_work *w, size_t f, double share, double n) {
  double known = PRIOR_RECORDS * BY_CHANCE[w->options->fields[f].compare];
  return (share * n + known) / (n + PRIOR_RECORDS);
}

static double fewer_known(const link_work *w, size_t f) {
  const uint64_t *n = w->fields[f].n_known;
  return (double)(w->lists.is_one || n[0] < n[1] ? n[0] : n[1]);
}

/* Random pairs without the matches among them; no level proves more than FIELD_BITS_MAX. Below the highest
 * level matches are few among random pairs, and never most of them. */
static void take_out_matches(const link_work *w, const level_table random, level_table u) {
  double share = w->model.match_share;
  for (size_t f = 0; f < w->n_fields; f++) {
    double sum = 0;
    int top = levels_of(w, f) - 1;
    for (int l = 0; l <= top; l++) {
      double left = (random[f][l] - share * w->model.m[f][l]) / (1 - share);
      left = l == top ? with_prior(w, f, fmax(left, 0), fewer_known(w, f)) : fmax(left, random[f][l] / 4);
      u[f][l] = fmax(left, w->model.m[f][l] * exp2(-FIELD_BITS_MAX));
      sum += u[f][l];
    }
    for (int l = 0; l < levels_of(w, f); l++) u[f][l] /= sum;
  }
}

/* EM over the rule's pairs, blind to its own fields; `taught` is false where nothing can be learned there. */
static gy_status fit_rule(link_work *w, size_t rule, level_table u, gy_linkage *fitted, bool *taught,
                          gy_error *err) {
  const link_patterns *seen = &w->seen[rule];
  uint64_t own = fields_of_rule(&w->options->rules[rule]);
  size_t n = seen->n, d = w->n_fields, n_free = d - (size_t)__builtin_popcountll(own);
  gy_linkage_options options = gy_linkage_defaults(d, 2);
  options.u = (const double(*)[GY_LINKAGE_LEVELS_MAX])u;
  for (size_t f = 0; f < d; f++) options.levels[f] = levels_of(w, f);
  *taught = false;
  if (n == 0 || n_free < 2) return GY_OK;
  int8_t *levels = malloc(n * d);
  double *counts = malloc(n * sizeof *counts);
  gy_status status = levels != NULL && counts != NULL ? GY_OK : GY_ENOMEM;
  for (size_t i = 0; i < n && status == GY_OK; i++) {
    counts[i] = (double)seen->slots[i].count * w->scale[rule];
    for (size_t f = 0; f < d; f++)
      levels[i * d + f] =
          (int8_t)(own >> f & 1 ? GY_LEVEL_UNKNOWN : link_pattern_level(seen->slots[i].pattern, f));
  }
  if (status == GY_OK) status = gy_linkage_fit(levels, counts, n, &options, w->task, fitted, err);
  double agreement = 0;
  for (size_t f = 0; f < d && status == GY_OK; f++)
    if (!(own >> f & 1)) agreement += fitted->m[f][levels_of(w, f) - 1] / (double)n_free;
  free(levels);
  free(counts);
  *taught = status == GY_OK && agreement >= STRUCTURE_MIN;
  if (status == GY_EDATA) return GY_OK; /* no pair there has a further field */
  return status == GY_ENOMEM ? gy_fail(err, GY_ENOMEM, "linkage: no memory to fit a model") : status;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The chance that a match is in a rule's blocks: it must know the fields and agree on them. */
static double coverage(const link_work *w, const gy_link_rule *rule) {
  double chance = 1;
  for (size_t p = 0; p < rule->n_parts; p++) {
    size_t f = rule->parts[p].field;
    const link_values *of = &w->fields[f];
    double known = (double)of->n_known[0] / (double)w->lists.n[0];
    if (!w->lists.is_one) known = fmin(known, (double)of->n_known[1] / (double)w->lists.n[1]);
    chance *= known * w->model.m[f][levels_of(w, f) - 1];
  }
  return fmax(chance, 0.05);
}

static void assume_m(link_work *w, size_t f) {
  int top = levels_of(w, f) - 1;
  for (int l = 0; l < top; l++) w->model.m[f][l] = (1 - ASSUMED_M) / top;
  w->model.m[f][top] = ASSUMED_M;
  w->m_assumed[f] = true;
}

/* Every rule once; m is their average by matches. */
static gy_status fit_rules(link_work *w, level_table u, gy_error *err) {
  level_table sums = {{0}};
  double weights[GY_LINK_FIELDS_MAX] = {0};
  for (size_t r = 0; r < w->n_rules; r++) {
    gy_linkage fitted;
    gy_link_rule_report *report = &w->reports[r];
    gy_status status = fit_rule(w, r, u, &fitted, &report->fitted, err);
    if (status != GY_OK) return status;
    report->matches = report->fitted ? fitted.match_share * (double)report->n_pairs : 0;
    if (!report->fitted) continue;
    uint64_t own = fields_of_rule(&w->options->rules[r]);
    for (size_t f = 0; f < w->n_fields; f++) {
      if (own >> f & 1) continue;
      weights[f] += report->matches;
      for (int l = 0; l < levels_of(w, f); l++) sums[f][l] += report->matches * fitted.m[f][l];
    }
  }
  for (size_t f = 0; f < w->n_fields; f++) {
    w->m_assumed[f] = false;
    if (weights[f] > 0)
      for (int l = 0; l < levels_of(w, f); l++) w->model.m[f][l] = sums[f][l] / weights[f];
    else
      assume_m(w, f);
  }
  return GY_OK;
}

static void estimate_share(link_work *w) {
  double totals[GY_LINK_RULES_MAX], pairs = link_all_pairs(w);
  size_t n = 0;
  for (size_t r = 0; r < w->n_rules; r++)
    if (w->reports[r].fitted) totals[n++] = w->reports[r].matches / coverage(w, &w->options->rules[r]);
  double fewer = (double)(w->lists.n[0] < w->lists.n[1] ? w->lists.n[0] : w->lists.n[1]);
  double more = (double)w->lists.n[0] + (double)w->lists.n[1] - fewer, total = fewer / 10;
  if (n > 0) {
    qsort(totals, n, sizeof *totals, by_size);
    total = (totals[(n - 1) / 2] + totals[n / 2]) / 2;
  }
  total = fmin(fmax(total, 0.5), fmin(more, pairs * 0.5));
  w->model.match_share = total / pairs;
}

/* ---- weights ---- */

static bool weigh_frequencies(link_work *w, size_t f) {
  const link_values *of = &w->fields[f];
  int top = levels_of(w, f) - 1;
  double usual = w->model.u[f][top], n = (double)of->n_known[0] + (double)of->n_known[1];
  if (w->lists.is_one) n = (double)of->n_known[0];
  if (!w->options->fields[f].by_frequency || of->n_values == 0) return true;
  w->frequency[f] = malloc(of->n_values * sizeof(float));
  if (w->frequency[f] == NULL) return false;
  for (uint32_t code = 1; code <= of->n_values; code++) {
    const link_value *value = link_value_at(of, code);
    double count = (double)value->counts[0] + (w->lists.is_one ? 0 : (double)value->counts[1]);
    double bits = log2(usual / with_prior(w, f, fmax(count - 2, 0) / n, n));
    w->frequency[f][code - 1] = (float)fmin(bits, RARER_BITS_MAX);
  }
  return true;
}

static gy_status set_weights(link_work *w, gy_error *err) {
  w->prior = log2(w->model.match_share / (1 - w->model.match_share));
  for (size_t f = 0; f < w->n_fields; f++) {
    double above = FIELD_BITS_MAX;
    for (int l = levels_of(w, f) - 1; l >= 0; l--) {
      double bits = log2(w->model.m[f][l] / w->model.u[f][l]);
      above = fmin(above, fmax(bits, -FIELD_BITS_MAX));
      w->weights[f][l] = (float)above;
    }
    if (!weigh_frequencies(w, f)) return gy_fail(err, GY_ENOMEM, "linkage: no memory for frequencies");
  }
  return GY_OK;
}

static gy_status fit(link_work *w, gy_error *err) {
  level_table random = {{0}}, u = {{0}};
  gy_status status = random_levels(w, random, err);
  if (status == GY_OK) status = count_rules(w, err);
  if (status != GY_OK) return status;
  for (size_t f = 0; f < w->n_fields; f++) assume_m(w, f);
  estimate_share(w);
  for (int round = 0; round < ROUNDS && status == GY_OK; round++) {
    take_out_matches(w, (const double(*)[GY_LINKAGE_LEVELS_MAX])random, u);
    status = fit_rules(w, u, err);
    if (status == GY_OK) estimate_share(w);
    if (status == GY_OK) status = gy_task_check(w->task, err);
  }
  take_out_matches(w, (const double(*)[GY_LINKAGE_LEVELS_MAX])random, u);
  memcpy(w->model.u, u, sizeof u);
  w->model.converged = true;
  return status;
}

gy_status link_model_fit(link_work *w, gy_error *err) {
  gy_status status = GY_OK;
  w->model = (gy_linkage){.n_fields = w->n_fields};
  for (size_t f = 0; f < w->n_fields; f++) w->model.levels[f] = levels_of(w, f);
  if (w->options->model != NULL)
    w->model = *w->options->model;
  else
    status = fit(w, err);
  return status == GY_OK ? set_weights(w, err) : status;
}

/* ---- counting ---- */

typedef struct rule_counts {
  const link_work *work;
  link_places *places; /* of the thread */
  link_patterns seen;
} rule_counts;

static bool count_pair(void *context, uint32_t left, uint32_t right) {
  rule_counts *to = context;
  return link_patterns_add(&to->seen, link_pattern(to->work, left, right, to->places), 1);
}

static bool merge_counts(link_work *w, const rule_counts *counts) {
  bool good = true;
  for (size_t r = 0; r < w->n_rules; r++) {
    uint64_t counted = 0;
    for (int t = 0; t < w->n_threads; t++)
      good = good && link_patterns_merge(&w->seen[r], &counts[(size_t)t * w->n_rules + r].seen);
    link_patterns_sort(&w->seen[r]);
    for (size_t i = 0; i < w->seen[r].n; i++) counted += w->seen[r].slots[i].count;
    w->scale[r] = counted > 0 ? (double)w->reports[r].n_pairs / (double)counted : 0;
  }
  return good;
}

/* The patterns of each rule's pairs; of a sample of its blocks where there are very many. */
static gy_status count_rules(link_work *w, gy_error *err) {
  size_t n = (size_t)w->n_threads * w->n_rules;
  uint64_t pairs = 0;
  for (size_t r = 0; r < w->n_rules; r++) pairs += w->reports[r].n_pairs;
  rule_counts *counts = calloc(n, sizeof *counts);
  link_places *places = calloc((size_t)w->n_threads * w->n_fields, sizeof *places);
  gy_status status = counts != NULL && places != NULL ? GY_OK : GY_ENOMEM;
  if (status == GY_OK) {
    for (size_t i = 0; i < n; i++)
      counts[i] = (rule_counts){.work = w, .places = places + i / w->n_rules * w->n_fields};
    status = link_each_pair(w, "learn from pairs", pairs / COUNTED_PAIRS + 1, true, count_pair, counts,
                            sizeof *counts, err);
  }
  if (status == GY_OK && !merge_counts(w, counts)) status = GY_ENOMEM;
  for (size_t i = 0; i < n && counts != NULL; i++) link_patterns_clear(&counts[i].seen);
  free(counts);
  free(places);
  return status == GY_ENOMEM ? gy_fail(err, GY_ENOMEM, "linkage: no memory to count patterns") : status;
}
