/* SPDX-License-Identifier: Apache-2.0
 *
 * Roles to columns with the greatest sum of scores: the assignment problem, by shortest augmenting paths
 * with potentials (Kuhn 1955; Jonker and Volgenant 1987). Rows are roles, columns are the file's columns and
 * one "nobody" a role, which costs the threshold. */
#include <math.h>
#include <stdlib.h>

#include "data/role_guess_table.h"

typedef struct {
  size_t n_rows, n_columns;
  double *cost;         /* n_rows x n_columns */
  double *row, *column; /* potentials; index 0 is the artificial start */
  double *slack;
  size_t *match, *way; /* row matched to a column, the column before on the path */
  bool *is_done;
} assignment;

static bool assignment_init(assignment *a, size_t n_rows, size_t n_columns) {
  *a = (assignment){.n_rows = n_rows, .n_columns = n_columns};
  a->cost = calloc(n_rows * n_columns + 1, sizeof *a->cost);
  a->row = calloc(n_rows + 1, sizeof *a->row);
  a->column = calloc(n_columns + 1, sizeof *a->column);
  a->slack = calloc(n_columns + 1, sizeof *a->slack);
  a->match = calloc(n_columns + 1, sizeof *a->match);
  a->way = calloc(n_columns + 1, sizeof *a->way);
  a->is_done = calloc(n_columns + 1, sizeof *a->is_done);
  return a->cost && a->row && a->column && a->slack && a->match && a->way && a->is_done;
}

static void assignment_clear(assignment *a) {
  free(a->cost);
  free(a->row);
  free(a->column);
  free(a->slack);
  free(a->match);
  free(a->way);
  free(a->is_done);
}

/* Relaxes all columns from row `i`, reached over column `from`; returns the nearest open column. */
static size_t relax(assignment *a, size_t i, size_t from) {
  double least = INFINITY;
  size_t nearest = 0;
  for (size_t j = 1; j <= a->n_columns; j++) {
    if (a->is_done[j]) continue;
    double reduced = a->cost[(i - 1) * a->n_columns + j - 1] - a->row[i] - a->column[j];
    if (reduced < a->slack[j]) {
      a->slack[j] = reduced;
      a->way[j] = from;
    }
    if (a->slack[j] < least) {
      least = a->slack[j];
      nearest = j;
    }
  }
  for (size_t j = 0; j <= a->n_columns; j++) {
    if (a->is_done[j]) {
      a->row[a->match[j]] += least;
      a->column[j] -= least;
    } else {
      a->slack[j] -= least;
    }
  }
  return nearest;
}

static void assignment_solve(assignment *a) {
  for (size_t i = 1; i <= a->n_rows; i++) {
    size_t at = 0;
    a->match[0] = i;
    for (size_t j = 0; j <= a->n_columns; j++) {
      a->slack[j] = INFINITY;
      a->is_done[j] = false;
    }
    do {
      a->is_done[at] = true;
      at = relax(a, a->match[at], at);
    } while (a->match[at] != 0);
    while (at != 0) {
      size_t before = a->way[at];
      a->match[at] = a->match[before];
      at = before;
    }
  }
}

/* Roles that some column is looked for. Direct identifiers are none: they are left out of the store. */
static size_t single_roles(gy_target target, gy_role roles[GY_ROLE_COUNT]) {
  size_t n = 0;
  for (gy_role role = 0; role < GY_ROLE_COUNT; role++) {
    bool has_column = gy_role_is_single(role) && !gy_role_is_identifier(role);
    if (has_column && (target >= GY_GUESS_SHOP || gy_role_fits(role, target))) roles[n++] = role;
  }
  return n;
}

static bool is_personal(const gy_guess_table *table, size_t column, double best_role, gy_target target) {
  const gy_sniff_column *c = &table->sniff.columns[column];
  const gy_name_evidence *evidence = &table->evidence[column].name;
  bool is_name =
      target == GY_TARGET_CUSTOMERS && evidence->roles[GY_ROLE_DESCRIPTION] > 0.5; /* just "name" */
  double name = is_name ? 1 : evidence->personal;
  return gy_sniff_share(c, c->n_email) > 0.5 || gy_sniff_share(c, c->n_phone) > 0.5 ||
         (name > 0.8 && name > best_role);
}

/* A column without a role of its own is certain to the degree that no role wanted it. */
static void settle_rest(gy_guess_table *table, size_t column, double best_score, gy_target target) {
  const gy_sniff_column *c = &table->sniff.columns[column];
  bool is_empty = c->n_values == 0 && best_score < GY_GUESS_THRESHOLD;
  bool is_left_out = is_empty || is_personal(table, column, best_score, target);
  table->roles[column] = is_left_out ? GY_ROLE_IGNORE : GY_ROLE_ATTRIBUTE;
  table->confidence[column] = is_left_out ? 0.9 : 1 - fmin(best_score, 0.7);
}

bool gy_role_assign(gy_guess_table *table, gy_target target) {
  gy_role roles[GY_ROLE_COUNT];
  size_t n_roles = single_roles(target, roles), n = table->sniff.n_columns;
  assignment a;
  bool fits = assignment_init(&a, n_roles, n + n_roles);
  if (!fits) goto done;
  for (size_t c = 0; c < n; c++) {
    double best = 0;
    for (size_t r = 0; r < n_roles; r++) {
      double score = gy_role_score(table, c, roles[r], target);
      a.cost[r * a.n_columns + c] = -score;
      best = fmax(best, score);
    }
    settle_rest(table, c, best, target);
    bool is_open = table->roles[c] == GY_ROLE_ATTRIBUTE;
    for (size_t r = 0; r < n_roles && !is_open; r++) a.cost[r * a.n_columns + c] = 1;
  }
  for (size_t r = 0; r < n_roles; r++) {
    for (size_t d = 0; d < n_roles; d++) a.cost[r * a.n_columns + n + d] = -GY_GUESS_THRESHOLD;
  }
  assignment_solve(&a);
  for (size_t c = 0; c < n; c++) {
    if (a.match[c + 1] == 0) continue;
    gy_role role = roles[a.match[c + 1] - 1];
    table->roles[c] = role;
    table->confidence[c] = gy_role_score(table, c, role, target);
  }
done:
  assignment_clear(&a);
  return fits;
}

size_t gy_guess_column_of(const gy_guess_table *table, gy_role role) {
  for (size_t c = 0; c < table->sniff.n_columns; c++) {
    if (table->roles[c] == role) return c;
  }
  return SIZE_MAX;
}
