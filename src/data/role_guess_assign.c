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

/* Roles that some column is looked for. Direct identifiers are none, but for hashes, which look like other
 * codes: a column is one whether the table needs it or not. */
static size_t single_roles(gy_target target, gy_role roles[GY_ROLE_COUNT]) {
  size_t n = 0;
  for (gy_role role = 0; role < GY_ROLE_COUNT; role++) {
    bool has_column = gy_role_is_single(role) && (!gy_role_is_direct(role) || role == GY_ROLE_HASHED_EMAIL);
    if (has_column && (target >= GY_GUESS_SHOP || gy_role_fits(role, target))) roles[n++] = role;
  }
  return n;
}

/* ---- direct identifiers ---- */

#define DIRECT_NAME 0.8

/* The identifier that more than half of the values look like; GY_ROLE_COUNT: none. */
static gy_role role_by_look(const gy_sniff_column *c) {
  const struct {
    gy_role role;
    uint64_t n;
  } LOOKS[] = {{GY_ROLE_EMAIL, c->n_email},
               {GY_ROLE_PHONE, c->n_phone},
               {GY_ROLE_RESIDENT_NUMBER, c->n_resident},
               {GY_ROLE_CARD_NUMBER, c->n_card}};
  for (size_t i = 0; i < sizeof LOOKS / sizeof *LOOKS; i++)
    if (gy_sniff_share(c, LOOKS[i].n) > 0.5) return LOOKS[i].role;
  return GY_ROLE_COUNT;
}

/* Of the direct identifiers the one that the name says most of, and how much; just "name" is the name of the
 * customers where there are such. */
static gy_role role_by_name(const gy_guess_evidence *e, gy_target target, double *name) {
  gy_role best = GY_ROLE_COUNT;
  *name = 0;
  for (gy_role role = 0; role < GY_ROLE_COUNT; role++) {
    bool is_code = !gy_role_is_direct(role) || role == GY_ROLE_HASHED_EMAIL;
    if (is_code || e->name.roles[role] <= *name) continue;
    best = role;
    *name = e->name.roles[role];
  }
  if (target == GY_TARGET_CUSTOMERS && *name < 1 && e->name.roles[GY_ROLE_DESCRIPTION] > 0.5) {
    best = GY_ROLE_PERSON_NAME;
    *name = 1;
  }
  return best;
}

/* A yes or no under the name of an identifier says whether there is one. */
static bool is_about_it(const gy_sniff_column *c) { return c->n_values > 50 && gy_sniff_distinct(c) <= 4; }

/* Whose codes are e-mail addresses: who it is about, all the same. */
static bool is_key(const gy_guess_evidence *e, gy_role looks) {
  double own = looks < GY_ROLE_COUNT ? e->name.roles[looks] : 0;
  return e->name.roles[GY_ROLE_CUSTOMER] >= 0.75 && e->name.roles[GY_ROLE_CUSTOMER] > own;
}

/* What a column of direct identifiers is read as: a role, GY_ROLE_IGNORE where the table has none such, and
 * GY_ROLE_COUNT for all other columns. */
static gy_role direct_role(const gy_guess_table *table, size_t column, double best_role, gy_target target) {
  const gy_sniff_column *c = &table->sniff.columns[column];
  const gy_guess_evidence *e = &table->evidence[column];
  double name;
  gy_role looks = role_by_look(c), named = role_by_name(e, target, &name);
  if (looks < GY_ROLE_COUNT && is_key(e, looks)) return GY_ROLE_COUNT;
  gy_role role = looks;
  if (looks == GY_ROLE_COUNT && named < GY_ROLE_COUNT && name > DIRECT_NAME && name > best_role)
    role = gy_sniff_share(c, c->n_hashes) > 0.5 ? GY_ROLE_COUNT : is_about_it(c) ? GY_ROLE_IGNORE : named;
  else if (looks == GY_ROLE_COUNT && e->name.personal > DIRECT_NAME && e->name.personal > best_role)
    role = GY_ROLE_IGNORE;
  if (role >= GY_ROLE_COUNT || role == GY_ROLE_IGNORE) return role;
  return target >= GY_GUESS_SHOP || gy_role_fits(role, target) ? role : GY_ROLE_IGNORE;
}

/* A column without a role of its own is certain to the degree that no role wanted it. */
static void settle_rest(gy_guess_table *table, size_t column, double best_score, gy_target target) {
  const gy_sniff_column *c = &table->sniff.columns[column];
  bool is_empty = c->n_values == 0 && best_score < GY_GUESS_THRESHOLD;
  gy_role direct = is_empty ? GY_ROLE_IGNORE : direct_role(table, column, best_score, target);
  table->roles[column] = direct < GY_ROLE_COUNT ? direct : GY_ROLE_ATTRIBUTE;
  table->confidence[column] = direct < GY_ROLE_COUNT ? 0.9 : 1 - fmin(best_score, 0.7);
}

/* A table has one column of each: the one with the best name and, of equals, the first; others are left out.
 */
static void keep_one_each(gy_guess_table *table) {
  for (size_t c = 0; c < table->sniff.n_columns; c++) {
    gy_role role = table->roles[c];
    for (size_t other = 0; gy_role_is_direct(role) && other < table->sniff.n_columns; other++) {
      double own = table->evidence[c].name.roles[role], its = table->evidence[other].name.roles[role];
      bool better = its > own || (its == own && other < c);
      if (other != c && table->roles[other] == role && better) table->roles[c] = GY_ROLE_IGNORE;
    }
  }
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
  keep_one_each(table);
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
