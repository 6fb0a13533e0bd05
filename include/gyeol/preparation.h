/* SPDX-License-Identifier: Apache-2.0
 *
 * Attributes made ready for methods that compute with every value: what is done where a value is missing, and
 * where one lies far out. Fitted on training rows; what was fitted is applied to any rows ever after and does
 * the same again.
 *
 * A fit goes through each column, in this order:
 *
 *   bounds  [low, high] of the present values x, by the column's rule for outliers
 *   treat   t = x, or the nearer bound where the rule caps, or sign(x) log(1 + |x|) where it is log
 *   rows    a row is dropped where a column that drops has no value, and set aside where a column that
 *           isolates has one outside its bounds; neither takes part in what follows
 *   fill    from the t of the other rows: mean, median, mode, or a prediction from the other attributes
 *
 * Bounds: winsorise: the quantiles q and 1 - q (type 7; Tukey 1962). isolate: the order statistics floor((n -
 * 1) q) and ceil((n - 1)(1 - q)), so that at most the share q is outside on either side. robust z: median -+
 * z s with s = 1.4826 times the median absolute deviation, or, where that is 0, 1.2533 times the mean
 * absolute deviation from the median (Iglewicz and Hoaglin 1993); where that is 0, too, there are no bounds.
 *
 * Predictions see of each other attribute: its standardised t (0, the mean, where missing), whether it is
 * missing, and of a category whether it is each of its most frequent levels. Numbers: ridge regression (Hoerl
 * and Kennard 1970), its penalty by five-fold cross-validation, kept within the values seen. Categories: a
 * tree of at most four levels (gyeol/surrogate_tree.h). The error beside a prediction is of rows that it was
 * not fitted on: five folds, the penalty chosen anew within each (nested); so is the baseline, the error of
 * the mean or the most frequent level. A column that cannot be predicted (fewer than GY_PREDICTED_ROWS_MIN
 * values, all the same, no other attribute) takes its median or mode, and says so in `predicted`.
 *
 * Missing is NaN in numbers and -1 in codes. A column without any value: 0, and its first level or -1.
 * Infinite values: refused with row and column. Determinism: the same bytes on any number of threads. Cost:
 * O(n) expected a column (mode: O(n log n)); each prediction of a number O(n p^2) for p predictors; trees
 * grow on at most GY_PREDICTED_TREE_ROWS rows. Kinds of missingness, and when a fill misleads:
 * docs/methods/preparation.md (Rubin 1976). */
#ifndef GYEOL_PREPARATION_H
#define GYEOL_PREPARATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>
#include <gyeol/surrogate_tree.h>
#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GY_PREDICTED_ROWS_MIN = 20, GY_PREDICTED_TREE_ROWS = 50000, GY_PREDICTED_LEVELS_MAX = 16 };

/* Of mixed rows: views only. */
typedef struct gy_attributes {
  size_t n_rows;
  const float *numbers; /* n x n_numbers, row-major; NaN: missing */
  size_t n_numbers;
  const int32_t *codes; /* n x n_categories, row-major, 0..n_levels-1; -1: missing */
  size_t n_categories;
  const int32_t *n_levels; /* n_categories */
} gy_attributes;

typedef enum gy_missing_way {
  GY_MISSING_LEAVE,
  GY_MISSING_DROP,   /* the row */
  GY_MISSING_MEAN,   /* numbers */
  GY_MISSING_MEDIAN, /* numbers */
  GY_MISSING_MODE,   /* the most frequent value; the lowest of equals */
  GY_MISSING_CONSTANT,
  GY_MISSING_OWN, /* a category of its own, code n_levels */
  GY_MISSING_PREDICT
} gy_missing_way;

typedef enum gy_outlier_way {
  GY_OUTLIERS_NONE,
  GY_OUTLIERS_WINSORISE, /* cap at the quantiles at, 1 - at; 0 <= at < 0.5 */
  GY_OUTLIERS_LOG,
  GY_OUTLIERS_ROBUST_Z, /* cap beyond z = at > 0 */
  GY_OUTLIERS_FLAG,     /* the same bounds; values stay, rows beyond are counted */
  GY_OUTLIERS_ISOLATE   /* rows outside the quantiles are set aside */
} gy_outlier_way;

typedef struct gy_preparation_rule {
  gy_missing_way missing;
  double constant; /* of GY_MISSING_CONSTANT: a value in the column's own units, which is not capped; or a
                      category's code, 0..n_levels */
  gy_outlier_way outliers; /* numbers */
  double at;
} gy_preparation_rule;

/* What the predictions see, standardised: (v - center) / scale, 0 where a value is missing. */
typedef enum gy_term_kind { GY_TERM_VALUE, GY_TERM_MISSING, GY_TERM_LEVEL } gy_term_kind;

typedef struct gy_preparation_term {
  gy_term_kind kind;
  size_t column; /* numbers, then categories */
  int32_t level;
  double center, scale; /* scale > 0 */
} gy_preparation_term;

typedef struct gy_prepared_column {
  gy_preparation_rule rule;
  bool is_category;
  int32_t n_levels;
  double low, high; /* in the column's own units; -+INFINITY: no bounds */
  double fill;      /* in units of t, or a code; NaN or -1: left. Of a prediction: its stand-in */
  int64_t n_missing, n_low, n_high; /* of the training rows: missing, below low, above high */

  bool predicted;
  double *weights; /* numbers: n_terms; t = intercept + sum of weight x term, within least..most */
  double intercept, least, most;
  double penalty;          /* of the ridge, a row */
  gy_surrogate_tree *tree; /* categories: of the terms */
  int64_t n_trained;       /* rows that the prediction was fitted on */
  double error, baseline;  /* numbers: root mean squares in units of t; categories: shares wrong */
} gy_prepared_column;

typedef struct gy_preparation {
  size_t n_numbers, n_categories;
  gy_prepared_column *columns; /* numbers, then categories */
  gy_preparation_term *terms;  /* none where nothing is predicted */
  size_t n_terms;
  int64_t n_rows, n_dropped, n_aside; /* of the training rows */
} gy_preparation;

typedef enum gy_row_state { GY_ROW_KEPT, GY_ROW_DROPPED, GY_ROW_ASIDE } gy_row_state;

/* Median for a number, leave for a category, outliers as they are. */
gy_preparation_rule gy_preparation_default(bool is_category);

/* Bytes of scratch and result that a fit will hold beside x, at most; SIZE_MAX when that overflows. */
size_t gy_preparation_memory(const gy_attributes *x, const gy_preparation_rule *rules, const gy_task *task);

/* Fits. `rules`: n_numbers + n_categories. On success *preparation gives a result for gy_preparation_clear.
 * Errors: GY_EUSAGE (a rule that does not fit its column), GY_EDATA (no rows, an infinite value, a code
 * outside, no row is left), GY_ELIMIT (memory budget), GY_ENOMEM, GY_ECANCELLED. */
GY_MUST_USE gy_status gy_preparation_fit(const gy_attributes *x, const gy_preparation_rule *rules,
                                         uint64_t seed, const gy_task *task, gy_preparation *preparation,
                                         gy_error *err);

/* Prepares any rows of the same columns into the caller's `numbers` (n x n_numbers, may be x's own), `codes`
 * (n x n_categories, may be x's own) and `states` (n; NULL: not wanted). Dropped rows and rows set aside are
 * written, too. Errors: GY_EDATA (other columns, an infinite value, a code outside; outputs are then partly
 * written), GY_ECANCELLED. */
GY_MUST_USE gy_status gy_preparation_apply(const gy_preparation *preparation, const gy_attributes *x,
                                           const gy_task *task, float *numbers, int32_t *codes,
                                           uint8_t *states, gy_error *err);

/* One row, its finite numbers in double: what apply rounds to float. `prepared` and `prepared_codes` are the
 * caller's, not the row itself. */
gy_row_state gy_preparation_row(const gy_preparation *preparation, const float *numbers, const int32_t *codes,
                                double *prepared, int32_t *prepared_codes);

/* Whether a present value lies outside the column's bounds. */
bool gy_preparation_is_outlier(const gy_prepared_column *column, float x);

/* A treated value in the column's own units again. */
double gy_preparation_invert(const gy_prepared_column *column, double t);

/* Frees what a fit gave. NULL-safe, and safe on a zeroed preparation. */
void gy_preparation_clear(gy_preparation *preparation);

#ifdef __cplusplus
}
#endif
#endif
