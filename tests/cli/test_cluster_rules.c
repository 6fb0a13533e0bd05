/* SPDX-License-Identifier: Apache-2.0
 *
 * What a run says of its clusters, held against the customers it exports: rules read back give the precision,
 * recall and fidelity that are stated, and prototypes are members. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "project_fixture.h"

static double value_of(const json_t *customer, const char *feature) {
  const json_t *value = json_object_get(customer, feature);
  return json_is_string(value) ? strtod(json_string_value(value), NULL) : json_number_value(value);
}

/* One test such as `orders >= 3`; moves *at past it. */
static bool test_holds(const char **at, const json_t *customer) {
  char name[64], sign[4];
  double bound;
  int used = 0;
  cr_assert_eq(sscanf(*at, "%63[a-z_0-9] %3[<>=] %lf%n", name, sign, &bound, &used), 3, "%s", *at);
  *at += used;
  cr_assert_not_null(json_object_get(customer, name), "no feature %s", name);
  double value = value_of(customer, name);
  if (strcmp(sign, "<=") == 0) return value <= bound;
  return strcmp(sign, ">=") == 0 ? value >= bound : strcmp(sign, ">") == 0 ? value > bound : value == bound;
}

static bool rule_holds(const char *rule, const json_t *customer) {
  bool any = false, all = true;
  for (const char *at = rule; *at != '\0';) {
    if (*at == '(') at++;
    all = test_holds(&at, customer) && all;
    if (*at == ')') at++;
    if (strncmp(at, " and ", 5) == 0) {
      at += 5;
      continue;
    }
    any = any || all;
    all = true;
    if (strncmp(at, " or ", 4) == 0) at += 4;
  }
  return any;
}

/* Checks one cluster's rule on all customers; returns how many it gives their own cluster. */
static int check_rule(const json_t *customers, int cluster) {
  process_result shown = gyeol_ok("segment show cluster:%d shop --json", cluster);
  const char *rule = text_of(shown.json, "rule"), *id;
  json_t *customer;
  int in = 0, taken = 0, both = 0;
  json_object_foreach((json_t *)customers, id, customer) {
    bool is_in = int_of(customer, "cluster") == cluster, takes = rule_holds(rule, customer);
    in += is_in;
    taken += takes;
    both += is_in && takes;
  }
  cr_expect_eq(in, int_of(shown.json, "customers"));
  cr_expect_float_eq(number_of(shown.json, "rule_recall"), (double)both / in, 1e-9, "%s", shown.out);
  cr_expect_float_eq(number_of(shown.json, "rule_precision"), (double)both / taken, 1e-9, "%s", shown.out);
  const json_t *typical = json_object_get(customers, text_of(shown.json, "prototype.customer_id"));
  cr_expect_eq(int_of(typical, "cluster"), cluster, "%s", shown.out);
  cr_expect_eq(value_of(typical, "orders"), value_of(json_at(shown.json, "prototype.values"), "orders"), "%s",
               shown.out);
  cr_expect_lt(int_of(shown.json, "outliers"), in / 4);
  process_clear(&shown);
  return both;
}

TestSuite(cluster_rules, .fini = workspace_remove, .timeout = 300);

Test(cluster_rules, rules_are_as_right_as_they_say) {
  write_small_shop(in_workspace("orders.csv"), 30000, 1);
  project_make("shop", "orders.csv");
  json_t *manifest = project_run("shop", ""), *customers = project_customers("shop", "cluster");
  json_t *model = report_model(text_of(manifest, "report"));
  int right = 0, k = (int)int_of(manifest, "clusters.k");
  cr_assert_gt(k, 1);
  for (int cluster = 1; cluster <= k; cluster++) right += check_rule(customers, cluster);
  double fidelity = number_of(model, "clusters.surrogate.fidelity");
  cr_expect_float_eq(fidelity, (double)right / (double)json_object_size(customers), 1e-9);
  cr_expect_eq(int_of(model, "clusters.surrogate.customers"), (json_int_t)json_object_size(customers));
  cr_expect_gt(fidelity, 0.8, "%g", fidelity);
  process_result shown = gyeol_ok("segment show cluster:1 shop");
  cr_expect_not_null(strstr(shown.out, "Typical customer "), "%s", shown.out);
  cr_expect_not_null(strstr(shown.out, "The rule takes "), "%s", shown.out);
  process_clear(&shown);
  json_decref(model);
  json_decref(customers);
  json_decref(manifest);
}
