/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/cluster_choice.h>

#include "base/rng.h"
#include "cluster/choice_rule.h"
#include "cluster/choice_rule.h"
#include "cluster/elbow.h"
#include "cluster/points.h"

static gy_k_choice choose(gy_matrix x, const gy_k_choice_options *options, int threads) {
  gy_k_choice choice;
  gy_error err = {0};
  gy_task task = {.n_threads = threads};
  cr_assert_eq(gy_k_choose(x, options, &task, &choice, &err), GY_OK, "%s", err.text);
  return choice;
}

/* k groups, every two equally far apart: group c lies on axis c. */
static gy_matrix make_equidistant(size_t n, size_t k) {
  gy_matrix x = make_groups(n, k, 1, 0, k);
  for (size_t i = 0; i < n; i++) ((float *)x.values)[i * k + i % k] += 8;
  return x;
}

Test(cluster_choice, finds_the_groups_that_were_made) {
  for (int k = 2; k <= 9; k++) {
    gy_matrix x = make_equidistant(3000, (size_t)k);
    gy_k_choice_options options = gy_k_choice_defaults();
    gy_k_choice choice = choose(x, &options, 2);
    cr_assert_eq(choice.k, k, "%d groups, %d found: %s", k, choice.k, gy_k_reason_text(choice.reason));
    cr_assert(choice.reason == GY_K_BEST || choice.reason == GY_K_FINER);
    cr_assert_not(choice.weak);
    cr_assert_eq(choice.n_evidence, 11);
    const gy_k_evidence *e = &choice.evidence[choice.k - 2];
    cr_assert(e->stability > 0.99 && e->qualified, "stability %g", e->stability);
    free((void *)x.values);
  }
}

Test(cluster_choice, says_when_there_is_no_structure) {
  gy_rng rng;
  gy_rng_init(&rng, 1, 0);
  float *x = malloc(sizeof(float) * 4000 * 8);
  for (int i = 0; i < 4000 * 8; i++) x[i] = (float)gy_rng_normal(&rng);
  gy_k_choice_options options = gy_k_choice_defaults();
  gy_k_choice choice = choose((gy_matrix){x, 4000, 8}, &options, 2);
  cr_assert(choice.weak, "k %d, silhouette %g", choice.k, choice.evidence[choice.k - 2].silhouette);
  cr_assert_eq(choice.reason, GY_K_MOST_STABLE, "%s", gy_k_reason_text(choice.reason));
  cr_assert_leq(choice.k, 4, "%d segments of nothing", choice.k);
  free(x);
}

Test(cluster_choice, is_the_same_on_any_number_of_threads) {
  gy_matrix x = make_groups(30000, 3, 5, 2, 1);
  gy_k_choice_options options = gy_k_choice_defaults();
  options.k_max = 6;
  gy_k_choice first = choose(x, &options, 1);
  cr_assert_eq(first.n_sampled, 20000);
  for (int threads = 2; threads <= 7; threads += 5) {
    gy_k_choice again = choose(x, &options, threads);
    cr_assert_eq(again.k, first.k);
    for (int i = 0; i < first.n_evidence; i++) {
      const gy_k_evidence *a = &first.evidence[i], *b = &again.evidence[i];
      cr_assert(a->inertia == b->inertia && a->silhouette == b->silhouette && a->stability == b->stability &&
                    a->stability_sd == b->stability_sd && a->smallest_share == b->smallest_share,
                "k %d, %d threads", a->k, threads);
    }
  }
  free((void *)x.values);
}

Test(cluster_choice, degenerate_data_give_one_cluster_or_few_and_say_why) {
  float equal[60], two[60], tiny[] = {1, 2, 3};
  for (int i = 0; i < 60; i++) {
    equal[i] = 4.25f;
    two[i] = (float)(i % 2);
  }
  const struct {
    const char *name;
    gy_matrix x;
    int32_t k;
    gy_k_reason reason;
  } cases[] = {{"one row", {equal, 1, 3}, 1, GY_K_ONE_ROW},
               {"equal rows", {equal, 20, 3}, 1, GY_K_ALL_EQUAL},
               {"two equal rows", {equal, 2, 1}, 1, GY_K_ALL_EQUAL},
               {"two distinct rows", {two, 60, 1}, 2, GY_K_BEST},
               {"two rows", {tiny, 2, 1}, 2, GY_K_BEST},
               {"three rows", {tiny, 3, 1}, 2, GY_K_BEST}};
  gy_k_choice_options options = gy_k_choice_defaults();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gy_k_choice choice = choose(cases[i].x, &options, 2);
    cr_expect_eq(choice.k, cases[i].k, "%s: k %d", cases[i].name, choice.k);
    cr_expect(choice.k > 1 || choice.reason == cases[i].reason, "%s: %s", cases[i].name,
              gy_k_reason_text(choice.reason));
    cr_expect(choice.n_evidence <= 1, "%s: %d", cases[i].name, choice.n_evidence);
  }
}

Test(cluster_choice, refuses_with_a_sentence) {
  float x[] = {1, NAN, 3};
  gy_k_choice choice;
  gy_error err = {0};
  gy_k_choice_options options = gy_k_choice_defaults(), reversed = options, wide = options, thin = options;
  reversed.k_min = 13;
  wide.k_max = GY_K_CHOICE_MAX + 1;
  thin.sample_rows = 5;
  cr_assert_eq(gy_k_choose((gy_matrix){x, 3, 1}, &options, NULL, &choice, &err), GY_EDATA);
  cr_assert_not_null(strstr(err.text, "row 2, column 1"), "%s", err.text);
  cr_assert_eq(gy_k_choose((gy_matrix){x, 0, 1}, &options, NULL, &choice, &err), GY_EDATA);
  cr_assert_eq(gy_k_choose((gy_matrix){x, 1, 1}, &reversed, NULL, &choice, &err), GY_EUSAGE);
  cr_assert_eq(gy_k_choose((gy_matrix){x, 1, 1}, &wide, NULL, &choice, &err), GY_EUSAGE);
  cr_assert_eq(gy_k_choose((gy_matrix){x, 1, 1}, &thin, NULL, &choice, &err), GY_EUSAGE);
}

static atomic_bool stop;
static void stop_at_once(void *user, const char *phase, uint64_t done, uint64_t total, const char *unit) {
  (void)user, (void)phase, (void)done, (void)total, (void)unit;
  atomic_store(&stop, true);
}

Test(cluster_choice, can_be_cancelled) {
  gy_matrix x = make_groups(3000, 3, 3, 3, 1);
  gy_k_choice_options options = gy_k_choice_defaults();
  gy_k_choice choice = {.k = -1};
  gy_task task = {.n_threads = 2, .cancel = &stop, .progress = stop_at_once};
  cr_assert_eq(gy_k_choose(x, &options, &task, &choice, NULL), GY_ECANCELLED);
  cr_assert_eq(choice.k, -1);
  free((void *)x.values);
}

Test(cluster_choice, elbow_is_the_point_farthest_below_the_chord) {
  static const double x[] = {1, 2, 3, 4, 5, 6};
  static const struct {
    double y[6];
    size_t n, expected;
  } cases[] = {
      {{100, 60, 20, 15, 12, 10}, 6, 2}, {{6, 5, 4, 3, 2, 1}, 6, 6}, {{3, 1}, 2, 2}, {{5, 5, 5}, 3, 3}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    cr_assert_eq(gy_elbow(x, cases[i].y, cases[i].n), cases[i].expected, "case %zu", i);
}

/* Silhouette (error 0.01), stability (deviation 0.05) and smallest share of k = 2, 3, 4. */
Test(cluster_choice, rule_on_given_evidence) {
  static const struct {
    const char *name;
    double silhouette[3], stability[3], share[3];
    int32_t k;
    gy_k_reason reason;
  } cases[] = {
      {"the best of the stable", {.5, .6, .7}, {.9, .9, .5}, {.3, .2, .1}, 3, GY_K_BEST},
      {"a finer one within one error", {.6, .595, .5}, {.9, .9, .9}, {.3, .2, .1}, 3, GY_K_FINER},
      {"not beyond one error", {.6, .58, .5}, {.9, .9, .9}, {.3, .2, .1}, 2, GY_K_BEST},
      {"a finer one that is not stable", {.6, .6, .6}, {.9, .7, .7}, {.3, .2, .1}, 2, GY_K_BEST},
      {"a tiny cluster does not count", {.5, .6, .9}, {.9, .9, 1}, {.3, .2, .001}, 3, GY_K_BEST},
      {"none stable: the fewest of the most stable",
       {.5, .6, .7},
       {.4, .6, .64},
       {.3, .2, .1},
       3,
       GY_K_MOST_STABLE},
      {"none stable but with tiny clusters",
       {.5, .6, .7},
       {.5, .6, .99},
       {.3, .2, .001},
       3,
       GY_K_MOST_STABLE},
      {"tiny clusters everywhere", {.5, .6, .7}, {.9, .99, .99}, {.001, .001, .001}, 3, GY_K_MOST_STABLE},
  };
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    gy_k_choice choice = {.n_evidence = 3};
    for (int i = 0; i < 3; i++) {
      choice.evidence[i] = (gy_k_evidence){.k = 2 + i,
                                           .silhouette = cases[c].silhouette[i],
                                           .silhouette_se = 0.01,
                                           .stability = cases[c].stability[i],
                                           .stability_sd = 0.05,
                                           .smallest_share = cases[c].share[i]};
      choice.evidence[i].qualified = cases[c].stability[i] >= 0.8 && cases[c].share[i] >= 0.01;
    }
    gy_k_decide(&choice, 0.01);
    cr_expect_eq(choice.k, cases[c].k, "%s: k %d", cases[c].name, choice.k);
    cr_expect_eq(choice.reason, cases[c].reason, "%s: %s", cases[c].name, gy_k_reason_text(choice.reason));
  }
}

typedef struct {
  const char *what;
  double inertia_of_one, inertia[4], silhouette[4], stability[4]; /* of k = 2..5 */
  int32_t k;
  gy_k_reason reason;
} rule_case;

Test(cluster_choice, rule_on_evidence_alone) {
  static const rule_case CASES[] = {
      {"a halving gives way to a stable elbow",
       2.0,
       {1.2, .7, .6, .52},
       {.46, .36, .30, .28},
       {.95, .9, .9, .9},
       3,
       GY_K_ELBOW},
      {"but not to a weak one",
       2.0,
       {1.2, .7, .6, .52},
       {.46, .24, .24, .2},
       {.95, .9, .9, .9},
       2,
       GY_K_BEST},
      {"nor to one that does not come back",
       2.0,
       {1.2, .7, .6, .52},
       {.46, .36, .3, .28},
       {.95, .5, .9, .9},
       2,
       GY_K_BEST},
      {"two real groups bend at two",
       2.0,
       {.3, .26, .23, .2},
       {.8, .5, .4, .3},
       {1, .9, .9, .9},
       2,
       GY_K_BEST},
      {"a best silhouette beyond the smallest k stays",
       2.0,
       {1.2, .7, .6, .52},
       {.4, .41, .5, .3},
       {1, 1, 1, 1},
       4,
       GY_K_BEST},
      {"near-ties go to the finer",
       2.0,
       {1.2, .7, .6, .52},
       {.4, .41, .5, .4995},
       {1, 1, 1, 1},
       5,
       GY_K_FINER},
      {"nothing reproducible",
       2.0,
       {1.2, .7, .6, .52},
       {.4, .4, .4, .4},
       {.5, .6, .61, .3},
       3,
       GY_K_MOST_STABLE},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    const rule_case *c = &CASES[i];
    gy_k_choice choice = {.inertia_of_one = c->inertia_of_one, .n_evidence = 4};
    for (int k = 0; k < 4; k++)
      choice.evidence[k] = (gy_k_evidence){.k = k + 2,
                                           .inertia = c->inertia[k],
                                           .silhouette = c->silhouette[k],
                                           .silhouette_se = 0.001,
                                           .stability = c->stability[k],
                                           .stability_sd = 0.02,
                                           .smallest_share = 0.1,
                                           .qualified = c->stability[k] >= 0.8};
    gy_k_find_elbow(&choice);
    gy_k_decide(&choice, 0.01);
    cr_expect_eq(choice.k, c->k, "%s: k = %d, expected %d (elbow %d)", c->what, choice.k, c->k,
                 choice.elbow_k);
    cr_expect_eq(choice.reason, c->reason, "%s: reason %d", c->what, choice.reason);
  }
}
