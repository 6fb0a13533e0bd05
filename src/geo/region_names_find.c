/* SPDX-License-Identifier: Apache-2.0
 *
 * A column of names: what was found, and the texts that were not, the most frequent first. */
#include <stdlib.h>
#include <string.h>

#include <gyeol/region_names.h>

typedef struct unmatched {
  const char *text;
  gy_region_match_kind kind;
} unmatched;

static int compare_unmatched(const void *a, const void *b) {
  return strcmp(((const unmatched *)a)->text, ((const unmatched *)b)->text);
}

/* Texts come in the order of their bytes, so that of equally frequent ones the first stays before. */
static void list(gy_region_name_figures *figures, const unmatched *text, size_t n) {
  size_t at = figures->n_listed;
  figures->n_distinct++;
  while (at > 0 && figures->listed[at - 1].n < n) at--;
  if (at == GY_REGION_TEXTS_LISTED) return;
  if (figures->n_listed < GY_REGION_TEXTS_LISTED) figures->n_listed++;
  for (size_t i = figures->n_listed - 1; i > at; i--) figures->listed[i] = figures->listed[i - 1];
  figures->listed[at].text = text->text;
  figures->listed[at].n = n;
  figures->listed[at].kind = text->kind;
}

static void list_all(gy_region_name_figures *figures, unmatched *texts, size_t n) {
  qsort(texts, n, sizeof *texts, compare_unmatched);
  for (size_t i = 0, end; i < n; i = end) {
    for (end = i + 1; end < n && strcmp(texts[i].text, texts[end].text) == 0;) end++;
    list(figures, &texts[i], end - i);
  }
}

gy_status gy_region_names_find(const gy_region_names *names, const char *const *texts, size_t n,
                               int32_t *region, gy_region_name_figures *figures, gy_error *err) {
  gy_region_name_figures sum = {0};
  size_t n_unmatched = 0;
  unmatched *left = malloc((n > 0 ? n : 1) * sizeof *left);
  if (left == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %zu names", n);
  for (size_t i = 0; i < n; i++) {
    const char *text = texts[i] != NULL ? texts[i] : "";
    gy_region_match match = gy_region_name_find(names, text, strlen(text));
    region[i] = match.region;
    sum.n_found += match.kind == GY_REGION_FOUND;
    sum.n_partly += match.kind == GY_REGION_PARTLY;
    sum.n_ambiguous += match.kind == GY_REGION_AMBIGUOUS;
    sum.n_unknown += match.kind == GY_REGION_UNKNOWN;
    sum.n_empty += match.kind == GY_REGION_EMPTY;
    if (match.kind == GY_REGION_AMBIGUOUS || match.kind == GY_REGION_UNKNOWN)
      left[n_unmatched++] = (unmatched){text, match.kind};
  }
  list_all(&sum, left, n_unmatched);
  free(left);
  *figures = sum;
  return GY_OK;
}
