/* SPDX-License-Identifier: Apache-2.0
 *
 * A plain file through one clustering method: read, prepare, scale, fit, write, and the record of it all. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <gyeol/cluster.h>
#include <gyeol/scaling.h>

#include "base/clock.h"
#include "base/file.h"
#include "study/cluster_method.h"
#include "study/cluster_model.h"
#include "study/cluster_picture.h"
#include "study/point_prepare.h"
#include "study/point_table.h"
#include "study/preparation_json.h"

typedef struct {
  const gy_cluster_options *options;
  const gy_cluster_method *method;
  const gy_task *task;
  gy_point_table points;
  gy_point_preparation preparation;
  gy_column_scaling *scaling;
  gy_cluster_fit fit;
  float *coordinates[2]; /* of the picture; NULL: none */
  double load_seconds, fit_seconds, picture_seconds, write_seconds;
} cluster_run;

gy_cluster_options gy_cluster_defaults(const char *method, const char *input) {
  return (gy_cluster_options){
      .method = method, .input = input, .tolerance = -1, .eps = -1, .height = -1, .gini = -1, .trim = -1};
}

/* ---- before the fit ---- */

static gy_status check(const cluster_run *run, gy_error *err) {
  const gy_cluster_options *o = run->options;
  if (o->n_categories > 0 && !run->method->takes_categories)
    return gy_fail(err, GY_EUSAGE, "%s takes numbers only; for --categories use kprototypes or kmedoids",
                   o->method);
  if (o->weight != NULL && !run->method->takes_weights)
    return gy_fail(err, GY_EUSAGE, "%s takes no weights", o->method);
  bool logs_twice = o->scale != NULL && strcmp(o->scale, "log") == 0;
  for (size_t i = 0; i < o->n_outliers && logs_twice; i++) {
    size_t length = strlen(o->outliers[i]);
    if (length >= 3 && strcmp(o->outliers[i] + length - 3, "log") == 0)
      return gy_fail(err, GY_EUSAGE,
                     "--outliers %s and --scale log would take the logarithm twice; leave one out",
                     o->outliers[i]);
  }
  if (o->k < 0) return gy_fail(err, GY_EUSAGE, "--k %d is not a number of clusters", o->k);
  if (o->k == 0 && run->method->needs_k)
    return gy_fail(err, GY_EUSAGE, "%s needs the number of clusters; say --k N", o->method);
  return GY_OK;
}

static gy_status load(cluster_run *run, gy_error *err) {
  const gy_cluster_options *o = run->options;
  gy_point_spec spec = {.path = o->input,
                        .columns = o->columns,
                        .n_columns = o->n_columns,
                        .categories = o->categories,
                        .n_categories = o->n_categories,
                        .weight = o->weight,
                        .id = o->id};
  double start = gy_clock_seconds();
  gy_status status = gy_point_table_load(&spec, run->task, &run->points, err);
  if (status == GY_OK) status = gy_points_prepare(&run->points, o, run->task, &run->preparation, err);
  if (status == GY_OK && run->preparation.is_done && !run->method->takes_missing)
    status = gy_points_refuse_missing(&run->points, o->method, err);
  if (status == GY_OK) status = gy_points_scale(&run->points, o->scale, run->task, &run->scaling, err);
  run->load_seconds = gy_clock_seconds() - start;
  return status;
}

/* ---- the fit ---- */

/* Whether fewer than k rows are distinct; looks no further than the k-th. */
static bool has_fewer_distinct(gy_matrix x, size_t k) {
  size_t n_found = 0, d = x.n_columns, *found = malloc(k * sizeof *found);
  if (found == NULL) return false;
  for (size_t i = 0; i < x.n_rows && n_found < k; i++) {
    size_t f = 0;
    while (f < n_found && memcmp(gy_matrix_row(x, i), gy_matrix_row(x, found[f]), d * sizeof(float)) != 0)
      f++;
    if (f == n_found) found[n_found++] = i;
  }
  free(found);
  return n_found < k;
}

/* Results that are right and yet not what was hoped for. */
static void note_what_is_odd(const gy_cluster_input *input, gy_cluster_fit *fit) {
  enum { K_LOOKED_AT = 1000 };
  if (fit->k == 0)
    gy_cluster_note(fit,
                    "No cluster was found: every row is noise (label -1). Ask for less dense or smaller "
                    "clusters, or give more rows.");
  if (fit->n_empty == 0 && fit->k > 1 && fit->k <= K_LOOKED_AT && input->n_categories == 0 &&
      has_fewer_distinct(input->x, (size_t)fit->k))
    gy_cluster_note(fit, "Fewer than %d rows differ: equal rows are in different clusters.", fit->k);
}

/* Kernels know bytes, not commands. */
static void say_what_helps(gy_error *err) {
  if (err == NULL) return;
  size_t used = strlen(err->text);
  snprintf(
      err->text + used, sizeof err->text - used,
      "; raise --memory, cluster a part of the rows, or take kmeans, minibatch or hierarchical with ward");
}

static void note_what_was_read(cluster_run *run) {
  const gy_point_table *points = &run->points;
  const gy_preparation *prepared = &run->preparation.fitted;
  if (points->n_rejected > 0)
    gy_cluster_note(&run->fit, "%llu rows could not be read and were left out.",
                    (unsigned long long)points->n_rejected);
  if (points->n_missing > 0 && !run->preparation.is_done)
    gy_cluster_note(&run->fit, "%llu missing values took the median of their column.",
                    (unsigned long long)points->n_missing);
  if (prepared->n_dropped > 0)
    gy_cluster_note(&run->fit, "%lld rows lack a value and were dropped: they have no label.",
                    (long long)prepared->n_dropped);
  if (prepared->n_aside > 0)
    gy_cluster_note(&run->fit, "%lld rows have values far out and were set aside (label -1).",
                    (long long)prepared->n_aside);
  if (points->own_id != NULL)
    gy_cluster_note(&run->fit,
                    "'%s' is each row's name, for it differs from row to row; to cluster by it, name it with "
                    "--columns.",
                    points->own_id);
  if (points->left_out != NULL)
    gy_cluster_note(&run->fit,
                    "Not used, because not all of their values are numbers: %s. Name columns with --columns.",
                    points->left_out);
}

/* The kernels number the rows they saw. */
static void number_medoids(const cluster_run *run) {
  const gy_point_table *points = &run->points;
  json_t *rows = json_object_get(run->fit.record, "medoid_rows"), *row;
  size_t kept = 0, m;
  for (size_t i = 0; i < points->n_all && rows != NULL; i++) {
    if (points->states[i] != GY_ROW_KEPT) continue;
    kept++;
    json_array_foreach(rows, m, row) {
      if (json_integer_value(row) == (json_int_t)kept) json_integer_set(row, -(json_int_t)(i + 1));
    }
  }
  json_array_foreach(rows, m, row) {
    if (json_integer_value(row) < 0) json_integer_set(row, -json_integer_value(row));
  }
}

static gy_status fit(cluster_run *run, gy_error *err) {
  gy_point_table *points = &run->points;
  gy_cluster_input input = {.x = {points->values, points->n, points->n_columns},
                            .codes = points->codes,
                            .n_categories = points->n_categories,
                            .n_levels = points->n_levels,
                            .weights = points->weights,
                            .options = run->options};
  run->fit.labels = malloc((points->n + 1) * sizeof *run->fit.labels);
  run->fit.record = json_object();
  run->fit.notes = json_array();
  if (run->fit.labels == NULL || run->fit.record == NULL || run->fit.notes == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for %zu labels", points->n);
  note_what_was_read(run);
  double start = gy_clock_seconds();
  gy_status status = run->method->fit(&input, run->task, &run->fit, err);
  run->fit_seconds = gy_clock_seconds() - start;
  if (status == GY_OK) note_what_is_odd(&input, &run->fit);
  if (status == GY_ELIMIT) say_what_helps(err);
  return status;
}

static gy_status draw(cluster_run *run, gy_error *err) {
  if (run->options->picture == NULL) return GY_OK;
  double start = gy_clock_seconds();
  json_t *worth = NULL;
  gy_matrix x = {run->points.values, run->points.n, run->points.n_columns};
  gy_status status = gy_cluster_picture(x, run->options->picture, run->options->seed, run->task,
                                        run->coordinates, &worth, err);
  if (status == GY_OK) json_object_set_new(run->fit.record, "picture", worth);
  run->picture_seconds = gy_clock_seconds() - start;
  return status;
}

/* From the rows that took part to all rows of the file. */
static gy_status spread(cluster_run *run, gy_error *err) {
  if (run->points.n_all == 0) return GY_OK;
  number_medoids(run);
  gy_status status = gy_points_spread_labels(&run->points, &run->fit.labels, err);
  for (size_t i = 0; i < GY_CLUSTER_SCORES_MAX && status == GY_OK; i++)
    status = gy_points_spread_reals(&run->points, &run->fit.scores[i], err);
  for (size_t i = 0; i < 2 && status == GY_OK; i++)
    status = gy_points_spread_reals(&run->points, &run->coordinates[i], err);
  if (status == GY_OK && run->options->tree != NULL && run->points.n < run->points.n_all)
    gy_cluster_note(&run->fit, "The leaves of the tree in %s number the rows that took part.",
                    run->options->tree);
  return status;
}

static gy_status write(cluster_run *run, gy_error *err) {
  if (run->options->output == NULL) return GY_OK;
  double start = gy_clock_seconds();
  gy_point_column *columns =
      calloc(1 + GY_CLUSTER_SCORES_MAX + 2 + run->preparation.n_flags, sizeof *columns);
  if (columns == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write %s", run->options->output);
  columns[0] = (gy_point_column){"label", run->fit.labels, NULL};
  size_t n_columns = 1;
  for (size_t i = 0; i < GY_CLUSTER_SCORES_MAX; i++)
    if (run->fit.scores[i] != NULL)
      columns[n_columns++] = (gy_point_column){run->fit.score_names[i], NULL, run->fit.scores[i]};
  for (size_t i = 0; i < 2 && run->coordinates[i] != NULL; i++)
    columns[n_columns++] = (gy_point_column){i == 0 ? "x" : "y", NULL, run->coordinates[i]};
  for (size_t i = 0; i < run->preparation.n_flags; i++)
    columns[n_columns++] =
        (gy_point_column){run->preparation.flags[i].name, run->preparation.flags[i].values, NULL};
  gy_status status =
      gy_point_table_export(&run->points, columns, n_columns, run->options->output, run->task, err);
  free(columns);
  run->write_seconds = gy_clock_seconds() - start;
  return status;
}

/* ---- the record ---- */

static json_t *names_json(const gy_point_table *points, size_t first, size_t n) {
  json_t *names = json_array();
  for (size_t j = 0; j < n; j++) json_array_append_new(names, json_string(points->names[first + j]));
  return names;
}

/* Rows of each cluster, and of noise. */
static gy_status count_sizes(const cluster_run *run, json_t **sizes, int64_t *n_noise, gy_error *err) {
  int64_t *counts = calloc((size_t)run->fit.k + 1, sizeof *counts);
  if (counts == NULL) return gy_fail(err, GY_ENOMEM, "no memory for %d clusters", run->fit.k);
  for (size_t i = 0; i < gy_point_table_rows(&run->points); i++)
    if (run->fit.labels[i] != GY_LABEL_NONE) counts[run->fit.labels[i] + 1]++;
  *sizes = json_array();
  for (int32_t c = 0; c < run->fit.k; c++) json_array_append_new(*sizes, json_integer(counts[c + 1]));
  *n_noise = counts[0];
  free(counts);
  return GY_OK;
}

static double in_own_units(const cluster_run *run, size_t j, double scaled) {
  double t = gy_scaling_invert(&run->scaling[j], scaled);
  const gy_preparation *p = &run->preparation.fitted;
  return j < p->n_numbers ? gy_preparation_invert(&p->columns[j], t) : t;
}

/* Completes the model with its columns, and shows the centres in the columns' own units. */
static void complete_model(const cluster_run *run, json_t *result) {
  json_t *model = json_object_get(run->fit.record, "model"), *row;
  if (model == NULL) return;
  json_t *columns = json_array(), *centers = json_array();
  for (size_t j = 0; j < run->points.n_columns; j++)
    json_array_append_new(columns, gy_scaling_json(run->points.names[j], &run->scaling[j]));
  size_t c;
  json_array_foreach(json_object_get(model, "centers"), c, row) {
    json_t *center = json_array();
    for (size_t j = 0; j < run->points.n_columns; j++)
      json_array_append_new(center, json_real(in_own_units(run, j, json_real_value(json_array_get(row, j)))));
    json_array_append_new(centers, center);
  }
  json_object_set_new(model, "columns", columns);
  json_object_set_new(model, "first_label", json_integer(0));
  if (run->preparation.is_done)
    json_object_set_new(
        model, "preparation",
        gy_preparation_model_json(&run->preparation.fitted, (const char *const *)run->preparation.names,
                                  run->preparation.indicators, run->preparation.n_indicators));
  json_object_set_new(result, "centers", centers);
}

static gy_status describe(const cluster_run *run, char **text, gy_error *err) {
  json_t *sizes = NULL;
  int64_t n_noise = 0;
  gy_status status = count_sizes(run, &sizes, &n_noise, err);
  if (status != GY_OK) return status;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const gy_point_table *points = &run->points;
  json_t *result = json_pack("{s:s, s:I, s:I, s:i, s:I, s:o, s:I, s:o, s:s}", "method", run->method->name,
                             "n", (json_int_t)gy_point_table_rows(points), "d",
                             (json_int_t)(points->n_columns + points->n_categories), "k", run->fit.k, "seed",
                             (json_int_t)run->options->seed, "sizes", sizes, "noise", (json_int_t)n_noise,
                             "columns", names_json(points, 0, points->n_columns), "scale",
                             run->options->scale != NULL ? run->options->scale : "standard");
  if (points->n_categories > 0)
    json_object_set_new(result, "categories", names_json(points, points->n_columns, points->n_categories));
  if (run->preparation.is_done)
    json_object_set_new(
        result, "preparation",
        gy_preparation_json(&run->preparation.fitted, (const char *const *)run->preparation.names,
                            (char *const *const *)points->levels));
  complete_model(run, result);
  json_object_update(result, run->fit.record);
  json_object_set_new(
      result, "seconds",
      json_pack("{s:f, s:f, s:f, s:f, s:f}", "load", run->load_seconds, "fit", run->fit_seconds, "picture",
                run->picture_seconds, "write", run->write_seconds, "total",
                run->load_seconds + run->fit_seconds + run->picture_seconds + run->write_seconds));
  json_object_set_new(result, "peak_bytes", json_integer((json_int_t)usage.ru_maxrss * 1024));
  json_object_set(result, "notes", run->fit.notes);
  if (run->options->output != NULL) json_object_set_new(result, "out", json_string(run->options->output));
  *text = json_dumps(result, JSON_COMPACT);
  json_decref(result);
  if (*text == NULL) return gy_fail(err, GY_ENOMEM, "no memory for the result");
  if (run->options->model == NULL) return GY_OK;
  status = gy_file_replace(run->options->model, *text, strlen(*text), err);
  if (status != GY_OK) free(*text);
  return status;
}

gy_status gy_cluster_file(const gy_cluster_options *options, const gy_task *task, char **result,
                          gy_error *err) {
  cluster_run run = {.options = options, .task = task};
  gy_status status = gy_cluster_method_find(options->method, &run.method, err);
  if (status == GY_OK) status = check(&run, err);
  if (status == GY_OK) status = load(&run, err);
  if (status == GY_OK) status = fit(&run, err);
  if (status == GY_OK) status = draw(&run, err);
  if (status == GY_OK) status = spread(&run, err);
  if (status == GY_OK) status = write(&run, err);
  if (status == GY_OK) status = describe(&run, result, err);
  gy_cluster_fit_clear(&run.fit);
  free(run.coordinates[0]);
  free(run.coordinates[1]);
  free(run.scaling);
  gy_point_preparation_clear(&run.preparation);
  gy_point_table_clear(&run.points);
  return status;
}
