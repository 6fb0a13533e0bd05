/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gyeol/cluster.h>

#include "cli.h"
#include "show.h"

static const cli_option OPTIONS[] = {
    {"input", 'i', "FILE",
     "csv, tsv, xlsx (book.xlsx#sheet), json, ndjson or parquet; gzip, xz and zstd too"},
    {"columns", 'c', "A,B,...", "columns of numbers (default: every one there is)"},
    {"categories", 0, "C,D,...", "columns of categories, for kprototypes and kmedoids"},
    {"weight", 0, "COLUMN", "how much each row counts"},
    {"id", 0, "COLUMN", "carried to --out (default: a first column that is one, or the row's number)"},
    {"k", 'k', "N", "number of clusters (default: chosen, where the method can)"},
    {"scale", 0, "HOW", "none, standard, robust or log (default: standard)"},
    {"missing", 0, "[COLUMN=]WAY", "what missing values become, as above; may be repeated"},
    {"outliers", 0, "[COLUMN=]WAY", "what is done about far values; may be repeated"},
    {"indicators", 0, NULL, "cluster by whether values were missing, too"},
    {"seed", 0, "N", "of the random numbers (default: 0)"},
    {"starts", 0, "N", "starts to take the best of"},
    {"max-iter", 0, "N", "iterations at most"},
    {"tol", 0, "X", "when to stop"},
    {"eps", 0, "X", "dbscan: radius of a neighbourhood (default: from the k-distance curve)"},
    {"min-samples", 0, "N", "dbscan, optics, hdbscan: rows in a dense neighbourhood"},
    {"min-cluster-size", 0, "N", "hdbscan, optics: the smallest cluster"},
    {"selection", 0, "HOW", "hdbscan: eom or leaf"},
    {"linkage", 0, "HOW", "hierarchical: ward, average, complete, weighted, centroid, median, single"},
    {"height", 0, "X", "hierarchical: cut here instead of at k"},
    {"gini", 0, "X", "genie: threshold (default: 0.3)"},
    {"covariance", 0, "HOW", "gmm: full, tied, diag or spherical"},
    {"metric", 0, "HOW", "kmedoids: euclidean, manhattan, cosine or gower"},
    {"init", 0, "HOW", "kmeans: k-means++ or k-means||"},
    {"trim", 0, "SHARE", "trimmed: rows set aside (default: 0.05)"},
    {"picture", 0, "HOW", "pca or tsne: places in the plane as columns x, y of --out"},
    {"tree", 0, "FILE", "hierarchical, genie: the merges (a, b, height, size)"},
    {"horizon", 0, "DAYS", "suggest, of a project: how much of the past is the outcome (default: 90)"},
    {"time", 0, "SECONDS", "suggest: to stay within (default: 60)"},
    {"outcome", 0, "COLUMN", "suggest: what happened later, like next quarter's spend"},
    {"model", 'm', "FILE", "where the fitted model is written; predict and sql read it"},
    {"table", 0, "NAME", "sql: the table of new rows (default: customers)"},
    {"labels", 0, "FILE[:COLUMN]", "score: a clustering"},
    {"truth", 0, "FILE[:COLUMN]", "score: what to compare it with"},
    {"leave-out", 0, "LABEL", "score: rows that --truth marks so are left out"},
    {"out", 'o', "FILE", "labels, a row an input row: .csv, .xlsx, .parquet or .json"},
    {0},
};

enum { COLUMNS_MAX = 4096 };

/* ---- reading options ---- */

static gy_status get_integer(const cli *context, const char *name, long long least, long long most,
                             long long *value, gy_error *err) {
  const char *text = cli_get(context, name);
  if (text == NULL) return GY_OK;
  char *end;
  errno = 0;
  long long read = strtoll(text, &end, 10);
  if (end == text || *end != '\0' || errno != 0 || read < least || read > most)
    return gy_fail(err, GY_EUSAGE, "--%s %s is not a number from %lld to %lld", name, text, least, most);
  *value = read;
  return GY_OK;
}

static gy_status get_int32(const cli *context, const char *name, int32_t *value, gy_error *err) {
  long long read = *value;
  gy_status status = get_integer(context, name, 1, INT32_MAX, &read, err);
  *value = (int32_t)read;
  return status;
}

static gy_status get_real(const cli *context, const char *name, double *value, gy_error *err) {
  const char *text = cli_get(context, name);
  if (text == NULL) return GY_OK;
  char *end;
  double read = strtod(text, &end);
  if (end == text || *end != '\0' || !(read >= 0))
    return gy_fail(err, GY_EUSAGE, "--%s %s is not a number of at least 0", name, text);
  *value = read;
  return GY_OK;
}

/* Cuts "a,b,c" in place into `names`. */
static gy_status split(char *list, const char *option, const char **names, size_t *n, gy_error *err) {
  for (char *at = list; at != NULL;) {
    char *comma = strchr(at, ',');
    if (comma != NULL) *comma = '\0';
    if (*at == '\0') return gy_fail(err, GY_EUSAGE, "--%s has an empty name; write it like a,b,c", option);
    if (*n == COLUMNS_MAX)
      return gy_fail(err, GY_ELIMIT, "--%s names more than %d columns", option, COLUMNS_MAX);
    names[(*n)++] = at;
    at = comma != NULL ? comma + 1 : NULL;
  }
  return GY_OK;
}

static gy_status read_numbers(const cli *context, gy_cluster_options *o, gy_error *err) {
  const struct {
    const char *name;
    int32_t *value;
  } integers[] = {{"k", &o->k},
                  {"starts", &o->starts},
                  {"max-iter", &o->max_iterations},
                  {"min-samples", &o->min_samples},
                  {"min-cluster-size", &o->min_cluster_size}};
  const struct {
    const char *name;
    double *value;
  } reals[] = {{"tol", &o->tolerance},
               {"eps", &o->eps},
               {"height", &o->height},
               {"gini", &o->gini},
               {"trim", &o->trim}};
  gy_status status = GY_OK;
  for (size_t i = 0; i < sizeof integers / sizeof *integers && status == GY_OK; i++)
    status = get_int32(context, integers[i].name, integers[i].value, err);
  for (size_t i = 0; i < sizeof reals / sizeof *reals && status == GY_OK; i++)
    status = get_real(context, reals[i].name, reals[i].value, err);
  long long seed = 0;
  if (status == GY_OK) status = get_integer(context, "seed", 0, INT64_MAX, &seed, err);
  o->seed = (uint64_t)seed;
  return status;
}

static void read_words(const cli *context, gy_cluster_options *o) {
  o->weight = cli_get(context, "weight");
  o->id = cli_get(context, "id");
  o->scale = cli_get(context, "scale");
  o->output = cli_get(context, "out");
  o->picture = cli_get(context, "picture");
  o->tree = cli_get(context, "tree");
  o->model = cli_get(context, "model");
  o->selection = cli_get(context, "selection");
  o->linkage = cli_get(context, "linkage");
  o->covariance = cli_get(context, "covariance");
  o->metric = cli_get(context, "metric");
  o->init = cli_get(context, "init");
}

/* ---- printing ---- */

static void print_notes(const json_t *result) {
  size_t i;
  json_t *note;
  json_array_foreach(json_object_get(result, "notes"), i, note) printf("%s\n", json_string_value(note));
}

/* Clusters in rows; sizes, and centres in the columns' own units where the method has some. */
static void print_clusters(const json_t *result) {
  enum { COLUMNS_SHOWN = 8 };
  const json_t *names = json_object_get(result, "columns"), *centers = json_object_get(result, "centers");
  size_t d = centers != NULL ? json_array_size(names) : 0;
  if (d > COLUMNS_SHOWN) d = COLUMNS_SHOWN;
  cli_column columns[3 + COLUMNS_SHOWN] = {{"Label", CLI_RIGHT}, {"Rows", CLI_RIGHT}, {"Share", CLI_RIGHT}};
  for (size_t j = 0; j < d; j++)
    columns[3 + j] = (cli_column){json_string_value(json_array_get(names, j)), CLI_RIGHT};
  cli_table *table = cli_table_create(columns, 3 + d);
  double n = (double)json_integer_value(json_object_get(result, "n"));
  size_t c;
  json_t *size;
  json_array_foreach(json_object_get(result, "sizes"), c, size) {
    char count[32];
    cli_table_cell(table, "%zu", c);
    cli_table_cell(table, "%s", cli_thousands(json_integer_value(size), count));
    cli_table_cell(table, "%.1f %%", 100 * (double)json_integer_value(size) / n);
    for (size_t j = 0; j < d; j++)
      cli_table_cell(table, "%.4g", json_real_value(json_array_get(json_array_get(centers, c), j)));
  }
  cli_table_print(table);
}

static void print_fit(const json_t *result) {
  char n[32], noise[32];
  printf("%s: %s rows, %lld columns, %lld clusters", show_text(result, "method"),
         cli_thousands(json_integer_value(json_object_get(result, "n")), n),
         (long long)json_integer_value(json_object_get(result, "d")),
         (long long)json_integer_value(json_object_get(result, "k")));
  json_int_t n_noise = json_integer_value(json_object_get(result, "noise"));
  if (n_noise > 0) printf(", %s rows of noise (label -1)", cli_thousands(n_noise, noise));
  const json_t *seconds = json_object_get(result, "seconds");
  printf("; read in %.2f s, fitted in %.3f s\n\n", json_real_value(json_object_get(seconds, "load")),
         json_real_value(json_object_get(seconds, "fit")));
  print_clusters(result);
  show_preparation(json_object_get(result, "preparation"));
  if (json_array_size(json_object_get(result, "notes")) > 0) putchar('\n');
  print_notes(result);
  if (json_object_get(result, "out") != NULL) printf("Labels: %s\n", show_text(result, "out"));
}

/* ---- the command ---- */

/* Option texts that name columns, cut into names. Clear in either case. */
typedef struct {
  char *columns_text, *categories_text;
  const char **names; /* the columns, then, from COLUMNS_MAX on, the categories */
  size_t n_columns, n_categories;
} column_names;

static gy_status read_columns(const cli *context, column_names *c, gy_error *err) {
  const char *columns = cli_get(context, "columns"), *categories = cli_get(context, "categories");
  *c = (column_names){.names = calloc(2 * COLUMNS_MAX, sizeof *c->names),
                      .columns_text = strdup(columns != NULL ? columns : ""),
                      .categories_text = strdup(categories != NULL ? categories : "")};
  if (c->names == NULL || c->columns_text == NULL || c->categories_text == NULL)
    return gy_fail(err, GY_ENOMEM, "no memory for the names of columns");
  gy_status status =
      columns != NULL ? split(c->columns_text, "columns", c->names, &c->n_columns, err) : GY_OK;
  if (status == GY_OK && categories != NULL)
    status = split(c->categories_text, "categories", c->names + COLUMNS_MAX, &c->n_categories, err);
  return status;
}

static void clear_columns(column_names *c) {
  free(c->names);
  free(c->columns_text);
  free(c->categories_text);
}

static gy_status run_method(cli *context, const char *method, gy_error *err) {
  gy_cluster_options options = gy_cluster_defaults(method, cli_get(context, "input"));
  if (options.input == NULL)
    return gy_fail(err, GY_EUSAGE, "cluster %s needs --input FILE; see gyeol cluster --help", method);
  column_names names;
  char *text = NULL;
  const char *missing[CLI_MAX_GIVEN], *outliers[CLI_MAX_GIVEN];
  options.missing = missing;
  options.n_missing = cli_get_all(context, "missing", missing);
  options.outliers = outliers;
  options.n_outliers = cli_get_all(context, "outliers", outliers);
  options.indicators = cli_get(context, "indicators") != NULL;
  gy_status status = read_columns(context, &names, err);
  options.columns = names.names;
  options.n_columns = names.n_columns;
  options.categories = names.names + COLUMNS_MAX;
  options.n_categories = names.n_categories;
  read_words(context, &options);
  if (status == GY_OK) status = read_numbers(context, &options, err);
  if (status == GY_OK) status = gy_cluster_file(&options, &context->task, &text, err);
  json_t *result = NULL;
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status == GY_OK && !context->json && !context->quiet) print_fit(result);
  json_decref(result);
  clear_columns(&names);
  return status;
}

static gy_status run_score(cli *context, gy_error *err) {
  gy_cluster_score_options options = {.labels = cli_get(context, "labels"),
                                      .truth = cli_get(context, "truth"),
                                      .left_out = cli_get(context, "leave-out")};
  if (options.labels == NULL || options.truth == NULL)
    return gy_fail(err, GY_EUSAGE,
                   "cluster score needs --labels FILE and --truth FILE; see gyeol cluster --help");
  char *text = NULL;
  gy_status status = gy_cluster_score(&options, &context->task, &text, err);
  json_t *result = NULL;
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status == GY_OK && !context->json && !context->quiet) {
    const char *key;
    json_t *value;
    json_object_foreach(result, key, value) {
      if (json_is_real(value))
        printf("%-20s %.6f\n", key, json_real_value(value));
      else if (json_is_integer(value))
        printf("%-20s %lld\n", key, (long long)json_integer_value(value));
    }
  }
  json_decref(result);
  return status;
}

static void print_candidates(const json_t *result) {
  enum { SHOWN = 12 };
  static const cli_column COLUMNS[] = {
      {"", CLI_LEFT},        {"Method", CLI_LEFT},  {"k", CLI_RIGHT},     {"Silhouette", CLI_RIGHT},
      {"Null", CLI_RIGHT},   {"Stable", CLI_RIGHT}, {"Least", CLI_RIGHT}, {"Smallest", CLI_RIGHT},
      {"Outcome", CLI_RIGHT}};
  enum { N_COLUMNS = sizeof COLUMNS / sizeof *COLUMNS };
  const json_t *first = json_array_get(json_object_get(result, "candidates"), 0);
  bool has_outcome = json_object_get(first, "outcome_share") != NULL;
  cli_table *table = cli_table_create(COLUMNS, has_outcome ? N_COLUMNS : N_COLUMNS - 1);
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(result, "candidates"), i, row) {
    if (i == SHOWN) break;
    const json_t *stable = json_object_get(row, "stability");
    bool sound = stable != NULL && json_array_size(json_object_get(row, "faults")) == 0;
    cli_table_cell(table, "%s", sound ? "+" : "");
    cli_table_cell(table, "%s", show_text(row, "method"));
    cli_table_cell(table, "%lld", (long long)json_integer_value(json_object_get(row, "k")));
    cli_table_cell(table, "%.2f", json_real_value(json_object_get(row, "silhouette")));
    cli_table_cell(table, stable != NULL ? "%.2f" : "",
                   json_real_value(json_object_get(row, "null_silhouette")));
    cli_table_cell(table, stable != NULL ? "%.2f" : "", json_real_value(stable));
    cli_table_cell(table, stable != NULL ? "%.2f" : "",
                   json_real_value(json_object_get(row, "least_stable")));
    cli_table_cell(table, "%.1f %%", 100 * json_real_value(json_object_get(row, "smallest_share")));
    if (has_outcome)
      cli_table_cell(table, "%.1f %%", 100 * json_real_value(json_object_get(row, "outcome_share")));
  }
  cli_table_print(table);
}

static gy_status suggest_for_file(cli *context, uint64_t seed, double seconds, char **text, gy_error *err) {
  column_names names;
  gy_status status = read_columns(context, &names, err);
  gy_cluster_suggest_options options = {.input = cli_get(context, "input"),
                                        .columns = names.names,
                                        .n_columns = names.n_columns,
                                        .id = cli_get(context, "id"),
                                        .outcome = cli_get(context, "outcome"),
                                        .scale = cli_get(context, "scale"),
                                        .time_seconds = seconds,
                                        .seed = seed};
  if (status == GY_OK) status = gy_cluster_suggest(&options, &context->task, text, err);
  clear_columns(&names);
  return status;
}

static gy_status suggest_for_project(cli *context, uint64_t seed, double seconds, char **text,
                                     gy_error *err) {
  long long horizon = 0;
  gy_status status = get_integer(context, "horizon", 1, 3650, &horizon, err);
  gy_project_suggest_options options = {.horizon_days = (int)horizon, .time_seconds = seconds, .seed = seed};
  if (status == GY_OK)
    status = gy_project_suggest(cli_project_dir(context, 1), &options, &context->task, text, err);
  return status;
}

static gy_status run_suggest(cli *context, gy_error *err) {
  long long seed = 0;
  double seconds = 0;
  char *text = NULL;
  json_t *result = NULL;
  gy_status status = get_real(context, "time", &seconds, err);
  if (status == GY_OK) status = get_integer(context, "seed", 0, INT64_MAX, &seed, err);
  if (status != GY_OK) return status;
  status = cli_get(context, "input") != NULL
               ? suggest_for_file(context, (uint64_t)seed, seconds, &text, err)
               : suggest_for_project(context, (uint64_t)seed, seconds, &text, err);
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status == GY_OK && !context->json && !context->quiet) {
    size_t i;
    json_t *reason;
    json_array_foreach(json_object_get(result, "reasons"), i, reason)
        printf("%s\n", json_string_value(reason));
    json_int_t days = json_integer_value(json_object_get(result, "outcome_days"));
    if (days > 0)
      printf(
          "Outcome: the share of the variance of spend in the %lld days after that lies between the "
          "clusters.\n",
          (long long)days);
    putchar('\n');
    print_candidates(result);
  }
  json_decref(result);
  return status;
}

static gy_status run_predict(cli *context, gy_error *err) {
  gy_cluster_predict_options options = {.model = cli_get(context, "model"),
                                        .input = cli_get(context, "input"),
                                        .id = cli_get(context, "id"),
                                        .output = cli_get(context, "out")};
  if (options.model == NULL || options.input == NULL)
    return gy_fail(err, GY_EUSAGE,
                   "cluster predict needs --model FILE and --input FILE; see gyeol cluster --help");
  char *text = NULL;
  gy_status status = gy_cluster_predict(&options, &context->task, &text, err);
  json_t *result = NULL;
  if (status == GY_OK) status = cli_result(context, text, &result, err);
  if (status == GY_OK && !context->json && !context->quiet) {
    char n[32];
    printf("%s rows labelled\n\n", cli_thousands(json_integer_value(json_object_get(result, "n")), n));
    print_clusters(result);
    if (options.output != NULL) printf("Labels: %s\n", options.output);
  }
  json_decref(result);
  return status;
}

static gy_status run_sql(cli *context, gy_error *err) {
  const char *model = cli_get(context, "model"), *table = cli_get(context, "table"),
             *id = cli_get(context, "id");
  if (model == NULL)
    return gy_fail(err, GY_EUSAGE, "cluster sql needs --model FILE; see gyeol cluster --help");
  char *sql = NULL;
  gy_status status =
      gy_cluster_sql(model, table != NULL ? table : "customers", id != NULL ? id : "customer_id", &sql, err);
  if (status == GY_OK) cli_sql(context, model, sql);
  return status;
}

/* Only a fit prepares; a prediction repeats what the model's fit did. */
static gy_status refuse_preparation(const cli *context, const char *what, gy_error *err) {
  static const char *const OPTIONS_OF_FITS[] = {"missing", "outliers", "indicators"};
  for (size_t i = 0; i < 3; i++)
    if (cli_get(context, OPTIONS_OF_FITS[i]) != NULL)
      return gy_fail(err, GY_EUSAGE,
                     "cluster %s does not take --%s: it is for fits, like gyeol cluster kmeans", what,
                     OPTIONS_OF_FITS[i]);
  return GY_OK;
}

static gy_status run_cluster(cli *context, gy_error *err) {
  if (context->n_arguments == 0)
    return gy_fail(err, GY_EUSAGE,
                   "cluster needs a method, like gyeol cluster kmeans -i FILE; see gyeol cluster --help");
  const char *what = context->arguments[0];
  static const struct {
    const char *name;
    gy_status (*run)(cli *context, gy_error *err);
  } others[] = {{"suggest", run_suggest}, {"score", run_score}, {"predict", run_predict}, {"sql", run_sql}};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    if (strcmp(what, others[i].name) != 0) continue;
    gy_status status = refuse_preparation(context, what, err);
    return status == GY_OK ? others[i].run(context, err) : status;
  }
  return run_method(context, what, err);
}

const cli_command CMD_CLUSTER = {
    .name = "cluster",
    .synopsis =
        "cluster METHOD --input FILE [--columns A,B,...] [--k N] [OPTIONS]\n"
        "cluster suggest --input FILE [--outcome COLUMN] [--time SECONDS]\n"
        "cluster suggest [DIR] [--horizon DAYS] [--time SECONDS]\n"
        "cluster predict --model FILE --input FILE [--out FILE]\n"
        "cluster sql --model FILE [--table NAME] [--id COLUMN]\n"
        "cluster score --labels FILE --truth FILE",
    .summary = "clusters of the rows of any file, by any method",
    .description =
        "Puts the rows of a file into clusters, and labels them. METHOD is one of\n"
        "  kmeans        k centres that minimise squared distances; fast at any size\n"
        "  minibatch, bisecting, spherical, trimmed\n"
        "                k-means by small batches; by halving; of directions; with outliers set aside\n"
        "  kmedoids      k of the rows as centres, under any distance; mixed data by Gower\n"
        "  kprototypes   numbers and categories together; k-modes without numbers\n"
        "  hierarchical  a tree to cut anywhere: ward, average, complete, single and others\n"
        "  genie         single linkage kept even; clusters of any shape\n"
        "  dbscan        dense regions at one radius; the rest is noise\n"
        "  optics        dense regions at every radius\n"
        "  hdbscan       regions denser than their surroundings; finds k itself\n"
        "  latent        latent classes of categories and numbers; k by BIC\n"
        "  gmm           normal distributions, each with its own shape; k by BIC\n"
        "Labels are 0, 1, ...; -1 is noise.\n"
        "--missing takes leave, drop, mean, median (the default of numbers), mode, constant:VALUE, own (a\n"
        "category of its own) or predict (from the other columns, with its error shown); --outliers none,\n"
        "winsorise:0.01, log, robust-z:3.5, flag:3.5 or isolate:0.001. Both are stored with the model and\n"
        "done again by predict and sql. A first column that names the rows (id, ..._id) goes to --out.\n"
        "suggest tries the methods and says which and how many, or that there are no clear clusters.\n"
        "predict labels new rows by a fitted model; sql prints it as a SELECT for any database.\n"
        "score compares two labelings: adjusted Rand index, mutual information and others.",
    .examples =
        "gyeol cluster suggest -i features.csv --scale log --time 20\n"
        "gyeol cluster suggest shop --time 20\n"
        "gyeol cluster kmeans -i features.csv -c recency,orders,spend -k 5 --scale log --out labels.csv\n"
        "gyeol cluster kmeans -i features.csv -k 5 --id customer_id --model fit.json\n"
        "gyeol cluster kmeans -i features.csv -k 4 --missing spend=predict --outliers winsorise:0.01\n"
        "gyeol cluster predict --model fit.json -i new.csv --id customer_id --out new_labels.csv\n"
        "gyeol cluster sql --model fit.json --table warehouse_customers   # the same in any database\n"
        "gyeol cluster hdbscan -i features.csv --min-cluster-size 20 --picture tsne --out drawn.csv\n"
        "gyeol cluster score --labels labels.csv --truth truth.csv:segment",
    .options = OPTIONS,
    .most_arguments = 2,
    .run = run_cluster,
};
