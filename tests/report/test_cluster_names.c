/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "report/cluster_names.h"

static const char *const RFM[] = {"recency_days", "orders", "monetary"};

Test(cluster_names, say_what_stands_out) {
  static const struct {
    double z[3];
    const char *ko, *en;
  } CASES[] = {
      {{-0.8, 1.1, 0.9}, "자주 구매 · 최근 구매 · 많은 지출", "Frequent, recent, high spend"},
      {{1.3, -0.6, -0.5}, "드문 구매 · 오래전 구매 · 적은 지출", "Occasional, lapsed, low spend"},
      {{-0.7, -0.1, 0.39}, "최근 구매", "Recent"},
      {{0.0, 0.0, 0.0}, "평균에 가까운 고객", "Close to average"},
      {{NAN, 0.5, -INFINITY}, "자주 구매", "Frequent"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_cluster_name name;
    gy_error err = {0};
    cr_assert_eq(gy_cluster_names(RFM, 3, CASES[i].z, 1, &name, &err), GY_OK, "case %zu: %s", i, err.text);
    cr_assert_str_eq(name.ko, CASES[i].ko, "case %zu", i);
    cr_assert_str_eq(name.en, CASES[i].en, "case %zu", i);
  }
}

Test(cluster_names, one_feature_speaks_for_a_topic_and_unknown_ones_are_silent) {
  const char *const features[] = {"categories", "products", "shoe_size", "morning_share"};
  const double z[] = {0.5, 0.9, 9.0, -3.0};
  gy_cluster_name name;
  cr_assert_eq(gy_cluster_names(features, 4, z, 1, &name, NULL), GY_OK);
  cr_assert_str_eq(name.en, "Many products");
}

Test(cluster_names, equal_names_say_more) {
  const double z[] = {-0.8, 0.6, 0.5, /**/ -0.9, 2.0, 1.6, /**/ 1.0, -0.5, -0.6};
  gy_cluster_name names[3];
  cr_assert_eq(gy_cluster_names(RFM, 3, z, 3, names, NULL), GY_OK);
  cr_assert_str_eq(names[0].en, "Frequent, recent, high spend");
  cr_assert_str_eq(names[1].en, "Very frequent, recent, very high spend");
  cr_assert_str_eq(names[1].ko, "매우 자주 구매 · 최근 구매 · 매우 많은 지출");
  cr_assert_str_eq(names[2].en, "Occasional, lapsed, low spend");
}

Test(cluster_names, identical_centroids_are_numbered) {
  const double z[] = {1, 0, 0, /**/ 1, 0, 0, /**/ -1, 0, 0, /**/ 1, 0, 0};
  gy_cluster_name names[4];
  cr_assert_eq(gy_cluster_names(RFM, 3, z, 4, names, NULL), GY_OK);
  cr_assert_str_eq(names[0].en, "Lapsed 1");
  cr_assert_str_eq(names[1].en, "Lapsed 2");
  cr_assert_str_eq(names[2].en, "Recent");
  cr_assert_str_eq(names[3].ko, "오래전 구매 3");
}

static const char *const ALL[] = {"recency_days",
                                  "orders",
                                  "monetary",
                                  "tenure_days",
                                  "trend",
                                  "average_order_value",
                                  "basket_lines",
                                  "basket_quantity",
                                  "products",
                                  "categories",
                                  "weekend_share",
                                  "discount_share",
                                  "discounted_line_share",
                                  "return_rate",
                                  "days_between_orders_mean",
                                  "days_between_orders_sd",
                                  "night_share",
                                  "morning_share",
                                  "afternoon_share",
                                  "evening_share"};
enum { N_ALL = sizeof ALL / sizeof *ALL, MANY = 64 };

/* Uniqueness and order independence over many random models, from tight (all near the mean) to wide. */
Test(cluster_names, are_unique_and_follow_their_cluster) {
  gy_rng rng;
  gy_rng_init(&rng, 11, 0);
  for (int round = 0; round < 400; round++) {
    size_t n = 2 + (size_t)round % 12;
    double spread = 0.02 * (double)(1 + round % 90);
    double z[MANY * N_ALL], reversed[MANY * N_ALL];
    for (size_t i = 0; i < n * N_ALL; i++) z[i] = spread * gy_rng_normal(&rng);
    for (size_t i = 0; i < n; i++)
      memcpy(reversed + (n - 1 - i) * N_ALL, z + i * N_ALL, sizeof(double) * N_ALL);
    gy_cluster_name names[MANY], again[MANY];
    cr_assert_eq(gy_cluster_names(ALL, N_ALL, z, n, names, NULL), GY_OK);
    cr_assert_eq(gy_cluster_names(ALL, N_ALL, reversed, n, again, NULL), GY_OK);
    for (size_t i = 0; i < n; i++) {
      cr_assert_gt(strlen(names[i].ko), 0);
      for (size_t j = 0; j < i; j++) {
        cr_assert_str_neq(names[i].en, names[j].en, "round %d", round);
        cr_assert_str_neq(names[i].ko, names[j].ko, "round %d", round);
      }
      size_t end = strlen(names[i].en) - 1;
      bool numbered = names[i].en[end] >= '0' && names[i].en[end] <= '9';
      if (!numbered) cr_assert_str_eq(names[i].en, again[n - 1 - i].en, "round %d cluster %zu", round, i);
    }
  }
}

Test(cluster_names, refuse_an_impossible_number) {
  gy_error err = {0};
  gy_cluster_name name;
  cr_assert_eq(gy_cluster_names(RFM, 3, NULL, 0, &name, &err), GY_EUSAGE);
  cr_assert_eq(gy_cluster_names(RFM, 3, NULL, GY_CLUSTER_NAMES_MAX + 1, &name, &err), GY_EUSAGE);
  cr_assert(strstr(err.text, "257") != NULL);
}
