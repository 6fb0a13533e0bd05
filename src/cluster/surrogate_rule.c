/* SPDX-License-Identifier: Apache-2.0
 *
 * A surrogate tree's leaves as text: the tests on the way to a leaf, each column's merged into one lower and
 * one upper bound, in the order in which the columns were first asked. */
#include <gyeol/surrogate_tree.h>

#include <math.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/short_number.h"

enum { RULE_BYTES_MAX = 1 << 20 };

/* above < x <= most, of one column. */
typedef struct {
  int32_t column;
  bool whole;
  double above, most;
} bounds;

typedef struct {
  bounds columns[GY_SURROGATE_DEPTH_MAX];
  size_t n;
} path;

/* The path with one more test. */
static path further(const path *way, const gy_surrogate_node *node, bool left) {
  path result = *way;
  size_t i = 0;
  while (i < result.n && result.columns[i].column != node->column) i++;
  if (i == result.n) result.columns[result.n++] = (bounds){node->column, node->whole, -INFINITY, INFINITY};
  bounds *b = &result.columns[i];
  if (left)
    b->most = fmin(b->most, node->threshold);
  else
    b->above = fmax(b->above, node->threshold);
  return result;
}

/* `orders >= 3` for `orders > 2`, unless that makes 101 of a round 100. */
static void write_lower(gy_buffer *text, const char *name, const bounds *b) {
  char number[GY_SHORT_TEXT];
  bool next = b->whole && gy_short_digits(b->above + 1) <= gy_short_digits(b->above);
  gy_buffer_printf(text, "%s %s %s", name, next ? ">=" : ">",
                   gy_short_text(next ? b->above + 1 : b->above, number));
}

static void write_bounds(gy_buffer *text, const char *name, const bounds *b) {
  char number[GY_SHORT_TEXT];
  if (b->whole && b->above + 1 == b->most) {
    gy_buffer_printf(text, "%s = %s", name, gy_short_text(b->most, number));
    return;
  }
  if (b->above > -INFINITY) write_lower(text, name, b);
  if (b->most == INFINITY) return;
  gy_buffer_printf(text, "%s%s <= %s", b->above > -INFINITY ? " and " : "", name,
                   gy_short_text(b->most, number));
}

static void write_leaf(gy_buffer *text, const path *way, const char *const *names, bool in_parentheses) {
  if (way->n == 0) gy_buffer_text(text, "true");
  if (in_parentheses) gy_buffer_text(text, text->length > 0 ? " or (" : "(");
  for (size_t i = 0; i < way->n; i++) {
    if (i > 0) gy_buffer_text(text, " and ");
    write_bounds(text, names[way->columns[i].column], &way->columns[i]);
  }
  if (in_parentheses) gy_buffer_text(text, ")");
}

static size_t count_leaves(const gy_surrogate_tree *tree, int32_t cluster) {
  size_t n = 0;
  for (int32_t i = 0; i < tree->n_nodes; i++)
    n += tree->nodes[i].column < 0 && tree->nodes[i].label == cluster;
  return n;
}

/* Leaves of the cluster under `at`, from left to right. */
static void write_leaves(const gy_surrogate_tree *tree, int32_t at, const path *way, int32_t cluster,
                         bool several, const char *const *names, gy_buffer *text) {
  const gy_surrogate_node *node = &tree->nodes[at];
  if (node->column < 0) {
    if (node->label == cluster) write_leaf(text, way, names, several);
    return;
  }
  path left = further(way, node, true), right = further(way, node, false);
  write_leaves(tree, node->left, &left, cluster, several, names, text);
  write_leaves(tree, node->right, &right, cluster, several, names, text);
}

gy_status gy_surrogate_tree_rule(const gy_surrogate_tree *tree, int32_t cluster, const char *const *names,
                                 char **rule, gy_error *err) {
  if (cluster < 0 || cluster >= tree->n_clusters)
    return gy_fail(err, GY_EUSAGE, "surrogate tree: there is no cluster %d; there are 0..%d", cluster,
                   tree->n_clusters - 1);
  gy_buffer text;
  path nowhere = {.n = 0};
  gy_buffer_init(&text, RULE_BYTES_MAX);
  write_leaves(tree, 0, &nowhere, cluster, count_leaves(tree, cluster) > 1, names, &text);
  char *made = gy_buffer_take(&text);
  gy_buffer_clear(&text);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "surrogate tree: out of memory for the rule of a cluster");
  *rule = made;
  return GY_OK;
}
