/* SPDX-License-Identifier: Apache-2.0
 *
 * Linking two lists: what blocks find is what all pairs give, whatever the threads, the order of records and
 * lists; bad options are refused; the truth of made-up people is found. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/linkage.h>

#include "link_people.h"
#include "support/alloc_fail.h"

static const gy_link_rule RULES[] = {
    {{{0, 0}}, 1}, {{{1, 0}}, 1}, {{{2, -4}, {0, 1}}, 2}, {{{3, GY_LINK_STEM}}, 1}, {{{4, GY_LINK_STEM}}, 1}};
enum { N_RULES = 5 };

static gy_link_options usual(void) { return gy_link_defaults(PEOPLE, PEOPLE_FIELDS, RULES, N_RULES); }

static gy_link_result link_of(const people *left, const people *right, const gy_link_options *options,
                              int n_threads) {
  gy_error err = {0};
  gy_link_result result = {0};
  gy_task task = {.n_threads = n_threads};
  gy_status status =
      gy_link_records(&left->list, right != NULL ? &right->list : NULL, options, &task, &result, &err);
  cr_assert_eq(status, GY_OK, "%s", err.text);
  return result;
}

/* Levels that are likely among matches, as if somebody had fitted them. */
static gy_linkage a_model(double share) {
  gy_linkage model = {.n_fields = PEOPLE_FIELDS, .match_share = share};
  for (size_t f = 0; f < PEOPLE_FIELDS; f++) {
    static const double M[4] = {0.05, 0.05, 0.1, 0.8}, U[4] = {0.9, 0.06, 0.03, 0.01};
    model.levels[f] = 4;
    memcpy(model.m[f], M, sizeof M);
    memcpy(model.u[f], U, sizeof U);
  }
  return model;
}

static int level_of(const people *a, size_t i, const people *b, size_t j, size_t f) {
  const uint64_t *x = a->offsets[f], *y = b->offsets[f];
  return gy_link_level(PEOPLE[f].compare, a->bytes[f] + x[i], x[i + 1] - x[i], b->bytes[f] + y[j],
                       y[j + 1] - y[j]);
}

/* Do the two share a key of a rule? By the texts themselves; the rules above only. */
static bool shares_block(const people *a, size_t i, const people *b, size_t j) {
  for (size_t f = 0; f < PEOPLE_FIELDS; f++) {
    int level = level_of(a, i, b, j, f);
    if (f != 2 && level == 3) return true;
    if (f == 3 && level == 2) return true;
  }
  int phone = level_of(a, i, b, j, 2);
  const char *x = a->bytes[0] + a->offsets[0][i], *y = b->bytes[0] + b->offsets[0][j];
  bool named = a->offsets[0][i] < a->offsets[0][i + 1] && b->offsets[0][j] < b->offsets[0][j + 1];
  uint64_t ends_a = a->offsets[2][i + 1], ends_b = b->offsets[2][j + 1];
  bool tail = phone >= 1 && memcmp(a->bytes[2] + ends_a - 4, b->bytes[2] + ends_b - 4, 4) == 0;
  return named && tail && memcmp(x, y, 3) == 0;
}

Test(linkage, blocks_give_what_all_pairs_give) {
  for (uint64_t seed = 0; seed < 4; seed++) {
    people a = people_make(120, 0, 0.3, seed), b = people_make(150, 40, 0.3, seed + 100);
    gy_linkage model = a_model(0.005);
    gy_link_options options = usual();
    options.model = &model;
    gy_link_field plain[PEOPLE_FIELDS];
    for (int f = 0; f < PEOPLE_FIELDS; f++)
      plain[f] = (gy_link_field){PEOPLE[f].name, PEOPLE[f].compare, false};
    options.fields = plain;
    gy_link_result result = link_of(&a, &b, &options, 2);
    size_t at = 0, candidates = 0;
    for (size_t i = 0; i < a.n; i++) {
      for (size_t j = 0; j < b.n; j++) {
        int8_t pattern[PEOPLE_FIELDS];
        for (size_t f = 0; f < PEOPLE_FIELDS; f++) pattern[f] = (int8_t)level_of(&a, i, &b, j, f);
        if (!shares_block(&a, i, &b, j)) continue;
        candidates++;
        double probability = gy_linkage_probability(&model, pattern),
               weight = gy_linkage_weight(&model, pattern);
        if (weight < gy_linkage_threshold(&model, options.review_prob)) continue;
        cr_assert_lt(at, result.n_pairs, "seed %d: %zu and %zu are not found", (int)seed, i, j);
        const gy_linked_pair *pair = &result.pairs[at];
        cr_assert(pair->left == i && pair->right == j, "seed %d: %u, %u instead of %zu, %zu", (int)seed,
                  pair->left, pair->right, i, j);
        cr_assert_float_eq(pair->weight, weight, 1e-4, "seed %d: weight of %zu, %zu", (int)seed, i, j);
        cr_assert_float_eq(pair->probability, probability, 1e-5, "seed %d", (int)seed);
        cr_assert_eq(pair->is_match, probability >= options.match_prob);
        float sum = 0;
        for (size_t f = 0; f < PEOPLE_FIELDS; f++) sum += result.weights[at * PEOPLE_FIELDS + f];
        cr_assert_float_eq(sum, pair->weight, 1e-4, "the fields' weights do not add up");
        cr_assert_arr_eq(result.levels + at * PEOPLE_FIELDS, pattern, PEOPLE_FIELDS);
        at++;
      }
    }
    cr_assert_eq(at, result.n_pairs, "seed %d: %zu pairs, %zu expected", (int)seed, result.n_pairs, at);
    cr_assert_eq(result.n_candidates, candidates, "a pair was compared twice, or not: %zu, %zu",
                 (size_t)result.n_candidates, candidates);
    gy_link_result_clear(&result);
    people_clear(&a);
    people_clear(&b);
  }
}

static void same_results(const gy_link_result *x, const gy_link_result *y, const char *why) {
  cr_assert_eq(x->n_pairs, y->n_pairs, "%s: %zu and %zu pairs", why, x->n_pairs, y->n_pairs);
  for (size_t i = 0; i < x->n_pairs; i++) {
    const gy_linked_pair *p = &x->pairs[i], *q = &y->pairs[i];
    cr_assert(p->left == q->left && p->right == q->right && p->weight == q->weight &&
                  p->probability == q->probability,
              "%s: pair %zu is %u %u %g, %u %u %g", why, i, p->left, p->right, (double)p->weight, q->left,
              q->right, (double)q->weight);
  }
  cr_assert_arr_eq(x->levels, y->levels, x->n_pairs * x->n_fields);
}

Test(linkage, threads_change_nothing) {
  people a = people_make(4000, 0, 0.2, 1), b = people_make(4000, 2000, 0.2, 2);
  gy_link_options options = usual();
  gy_link_result first = link_of(&a, &b, &options, 1);
  cr_assert_gt(first.n_pairs, 1000);
  for (int threads = 2; threads <= 5; threads += 3) {
    gy_link_result other = link_of(&a, &b, &options, threads);
    same_results(&first, &other, "threads");
    cr_assert_eq(memcmp(first.model.m, other.model.m, sizeof first.model.m), 0);
    cr_assert_eq(memcmp(first.model.u, other.model.u, sizeof first.model.u), 0);
    gy_link_result_clear(&other);
  }
  gy_link_result_clear(&first);
  people_clear(&a);
  people_clear(&b);
}

/* Where all pairs are counted, nothing but names of records depends on the order of lists and records. */
Test(linkage, order_of_lists_and_records_changes_nothing) {
  people a = people_make(300, 0, 0.25, 5), b = people_make(280, 100, 0.25, 6);
  uint32_t order[280];
  for (uint32_t i = 0; i < 280; i++) order[i] = (i * 87 + 11) % 280; /* 87 and 280 share no factor */
  people shuffled = people_in_order(&b, order);
  gy_link_options options = usual();
  gy_link_result straight = link_of(&a, &b, &options, 2), swapped = link_of(&b, &a, &options, 2),
                 other = link_of(&a, &shuffled, &options, 2);
  cr_assert_gt(straight.n_pairs, 100);
  cr_assert_eq(straight.n_pairs, swapped.n_pairs);
  cr_assert_eq(straight.n_pairs, other.n_pairs);
  for (size_t i = 0; i < straight.n_pairs; i++) {
    const gy_linked_pair *pair = &straight.pairs[i];
    bool in_swapped = false, in_other = false;
    for (size_t k = 0; k < straight.n_pairs; k++) {
      const gy_linked_pair *s = &swapped.pairs[k], *o = &other.pairs[k];
      in_swapped = in_swapped || (s->left == pair->right && s->right == pair->left &&
                                  fabsf(s->weight - pair->weight) < 1e-3f);
      in_other = in_other || (o->left == pair->left && order[o->right] == pair->right &&
                              fabsf(o->weight - pair->weight) < 1e-3f);
    }
    cr_assert(in_swapped, "%u, %u is not found with the lists swapped", pair->left, pair->right);
    cr_assert(in_other, "%u, %u is not found in another order", pair->left, pair->right);
  }
  gy_link_result_clear(&straight);
  gy_link_result_clear(&swapped);
  gy_link_result_clear(&other);
  people_clear(&a);
  people_clear(&b);
  people_clear(&shuffled);
}

static void score(const gy_link_result *result, const people *a, const people *b, double truth,
                  double *precision, double *recall) {
  double right = 0, matches = 0;
  for (size_t i = 0; i < result->n_pairs; i++) {
    if (!result->pairs[i].is_match) continue;
    matches++;
    right += a->person[result->pairs[i].left] == b->person[result->pairs[i].right];
  }
  *precision = matches > 0 ? right / matches : 1;
  *recall = right / truth;
}

Test(linkage, finds_people_without_being_told_anything) {
  static const struct {
    size_t n;
    double slips;
    bool one_to_one;
  } CASES[] = {{300, 0.1, false}, {300, 0.3, false}, {5000, 0.1, false}, {5000, 0.3, true}};
  for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
    size_t n = CASES[c].n;
    people a = people_make(n, 0, CASES[c].slips, 8), b = people_make(n, (uint32_t)n / 2, CASES[c].slips, 9);
    gy_link_options options = usual();
    options.one_to_one = CASES[c].one_to_one;
    gy_link_result result = link_of(&a, &b, &options, 0);
    double precision, recall;
    score(&result, &a, &b, (double)n / 2, &precision, &recall);
    cr_assert(precision >= 0.99 && recall >= (CASES[c].slips > 0.2 ? 0.9 : 0.97),
              "%zu records with slips %g: precision %.4f, recall %.4f", n, CASES[c].slips, precision, recall);
    double expected = (double)n / 2 / ((double)n * (double)n);
    cr_assert(result.model.match_share > expected / 2 && result.model.match_share < expected * 2,
              "share of matches %g, in truth %g", result.model.match_share, expected);
    bool *taken = calloc(n, sizeof *taken);
    for (size_t i = 0; i < result.n_pairs && CASES[c].one_to_one; i++) {
      cr_assert(!taken[result.pairs[i].right], "a record is in two pairs");
      taken[result.pairs[i].right] = true;
    }
    free(taken);
    gy_link_result_clear(&result);
    people_clear(&a);
    people_clear(&b);
  }
}

/* A list joined with itself: each person twice. */
Test(linkage, one_list_with_itself) {
  enum { N = 1000 };
  people a = people_make(N, 0, 0.1, 3), b = people_make(N, 0, 0.1, 4);
  people both = people_make(2 * N, 0, 0, 1);
  gy_link_column columns[PEOPLE_FIELDS];
  for (int f = 0; f < PEOPLE_FIELDS; f++) {
    uint64_t cut = a.offsets[f][N];
    memcpy(both.bytes[f], a.bytes[f], cut);
    memcpy(both.bytes[f] + cut, b.bytes[f], b.offsets[f][N]);
    for (size_t i = 0; i <= N; i++) {
      both.offsets[f][i] = a.offsets[f][i];
      both.offsets[f][N + i] = cut + b.offsets[f][i];
    }
    columns[f] = (gy_link_column){both.bytes[f], both.offsets[f]};
  }
  both.list = (gy_link_list){2 * N, columns};
  gy_link_options options = usual();
  gy_link_result result = link_of(&both, NULL, &options, 2);
  size_t right = 0;
  for (size_t i = 0; i < result.n_pairs; i++) {
    cr_assert_lt(result.pairs[i].left, result.pairs[i].right);
    right += result.pairs[i].is_match && result.pairs[i].left + N == result.pairs[i].right;
  }
  cr_assert(right > 0.96 * N && (double)right > 0.99 * (double)result.n_matches, "%zu right of %zu matches",
            right, result.n_matches);
  gy_link_result_clear(&result);
  people_clear(&a);
  people_clear(&b);
  people_clear(&both);
}

Test(linkage, oversized_blocks_are_passed_over_and_told) {
  people a = people_make(500, 0, 0, 1), b = people_make(500, 0, 0, 2);
  gy_link_rule rules[] = {{{{1, 0}}, 1}, {{{4, 2}}, 1}}; /* birth; the first two letters of the address */
  gy_link_options options = gy_link_defaults(PEOPLE, PEOPLE_FIELDS, rules, 2);
  options.block_pairs_max = 10000;
  gy_link_result result = link_of(&a, &b, &options, 2);
  cr_assert_eq(result.rules[1].n_oversized, 1);
  cr_assert_eq(result.rules[1].n_missed, 250000);
  cr_assert_eq(result.rules[1].n_pairs, 0);
  cr_assert_eq(result.n_matches, 500, "%zu", result.n_matches);
  gy_link_result_clear(&result);
  people_clear(&a);
  people_clear(&b);
}

Test(linkage, refuses) {
  people a = people_make(20, 0, 0, 1), b = people_make(20, 0, 0, 2), nobody = people_make(0, 0, 0, 1);
  gy_link_options good = usual();
  gy_linkage model = a_model(0.01);
  model.levels[2] = 3;
  gy_link_rule empty[1] = {{{{0, 0}}, 0}}, beyond[1] = {{{{9, 0}}, 1}};
  struct {
    const char *name;
    gy_link_options options;
    const people *left, *right;
    size_t memory;
    gy_status expected;
  } cases[] = {
      {"no fields", good, &a, &b, 0, GY_EUSAGE},      {"no rules", good, &a, &b, 0, GY_EUSAGE},
      {"review above", good, &a, &b, 0, GY_EUSAGE},   {"a rule without parts", good, &a, &b, 0, GY_EUSAGE},
      {"a field beyond", good, &a, &b, 0, GY_EUSAGE}, {"another model", good, &a, &b, 0, GY_EUSAGE},
      {"nobody", good, &nobody, &b, 0, GY_EDATA},     {"little memory", good, &a, &b, 1000, GY_ELIMIT}};
  cases[0].options.n_fields = 0;
  cases[1].options.n_rules = 0;
  cases[2].options.review_prob = 0.999;
  cases[3].options.rules = empty;
  cases[3].options.n_rules = 1;
  cases[4].options.rules = beyond;
  cases[4].options.n_rules = 1;
  cases[5].options.model = &model;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    gy_error err = {0};
    gy_link_result result;
    gy_task task = {.n_threads = 1, .memory_bytes = cases[c].memory};
    gy_status status =
        gy_link_records(&cases[c].left->list, &cases[c].right->list, &cases[c].options, &task, &result, &err);
    cr_assert_eq(status, cases[c].expected, "%s: %s, %s", cases[c].name, gy_status_name(status), err.text);
    cr_assert_gt(strlen(err.text), 20, "%s", cases[c].name);
  }
  people_clear(&a);
  people_clear(&b);
  people_clear(&nobody);
}

Test(linkage, stops_when_asked) {
  people a = people_make(100, 0, 0, 1);
  atomic_bool cancel = true;
  gy_task task = {.n_threads = 2, .cancel = &cancel};
  gy_link_options options = usual();
  gy_link_result result;
  gy_error err = {0};
  cr_assert_eq(gy_link_records(&a.list, NULL, &options, &task, &result, &err), GY_ECANCELLED);
  people_clear(&a);
}

typedef struct failing_link {
  const people *a, *b;
} failing_link;

static gy_status link_once(void *user, gy_error *err) {
  const failing_link *of = user;
  gy_task task = {.n_threads = 1};
  gy_link_options options = usual();
  gy_link_result result;
  gy_status status = gy_link_records(&of->a->list, &of->b->list, &options, &task, &result, err);
  if (status == GY_OK) gy_link_result_clear(&result);
  return status;
}

Test(linkage, every_allocation_may_fail) {
  people a = people_make(60, 0, 0.2, 1), b = people_make(60, 30, 0.2, 2);
  cr_assert_gt(alloc_fail_each("link", link_once, &(failing_link){&a, &b}), 30);
  people_clear(&a);
  people_clear(&b);
}
