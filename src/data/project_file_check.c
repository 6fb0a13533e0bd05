/* SPDX-License-Identifier: Apache-2.0
 *
 * What a schema cannot say: defaults, ranges, and settings that must fit together. Each complaint names
 * the line, found by the setting's path in the document. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/time_zone.h"
#include "data/convert_time.h"
#include "data/csv_dialect.h"
#include "data/project_file_schema.h"
#include "data/xlsx_place.h"
#include "privacy/key_source.h"

typedef struct {
  gy_project_config *config;
  gy_yaml_tree *tree;
  gy_error *err;
} check;

#define FAIL_AT(c, path, ...) \
  gy_yaml_tree_fail((c)->tree, gy_yaml_tree_find((c)->tree, path), (c)->err, __VA_ARGS__)

static gy_status spent(check *c) {
  return gy_fail(c->err, GY_ENOMEM, "no memory for the settings of the project");
}

static bool is_given(check *c, const char *path) { return gy_yaml_tree_find(c->tree, path) != NULL; }

static const struct {
  const char *path;
  size_t offset;
  const char *fallback;
} TEXTS[] = {
    {"name", offsetof(gy_project_config, name), "shop"},
    {"timezone", offsetof(gy_project_config, timezone), "Asia/Seoul"},
    {"currency", offsetof(gy_project_config, currency), "KRW"},
    {"as_of", offsetof(gy_project_config, as_of), "auto"},
    {"privacy.key", offsetof(gy_project_config, privacy.key), "file"},
    {"preparation.missing", offsetof(gy_project_config, preparation.missing), "median"},
    {"preparation.outliers", offsetof(gy_project_config, preparation.outliers), "none"},
    {"cleaning.cancelled.prefix", offsetof(gy_project_config, cleaning.cancelled.prefix), ""},
};

static gy_status copy_text(check *c, char **text, const char *from) {
  *text = gy_arena_strndup(&c->config->arena, from, strlen(from));
  return *text != NULL ? GY_OK : spent(c);
}

static gy_status complete_texts(check *c) {
  for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
    char **text = (char **)((char *)c->config + TEXTS[i].offset);
    bool may_be_empty = TEXTS[i].fallback[0] == '\0';
    if (*text == NULL) {
      gy_status status = copy_text(c, text, TEXTS[i].fallback);
      if (status != GY_OK) return status;
    } else if (**text == '\0' && !may_be_empty) {
      return FAIL_AT(c, TEXTS[i].path, "%s is empty; leave it out for %s", TEXTS[i].path, TEXTS[i].fallback);
    }
  }
  return GY_OK;
}

static bool is_timezone(const char *name) {
  gy_zone *zone = NULL;
  bool is_known = gy_zone_load(name, &zone, NULL) == GY_OK;
  gy_zone_destroy(zone);
  return is_known;
}

static bool is_moment(const char *text) {
  gy_written_time time;
  return gy_convert_written_time(text, strlen(text), GY_TIME_YEAR_FIRST, &time) == GY_FIELD_VALUE;
}

static gy_status check_texts(check *c) {
  const char *currency = c->config->currency;
  if (strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3 || currency[3] != '\0') {
    return FAIL_AT(c, "currency", "currency '%s' is no ISO 4217 code; write three capitals, as in KRW",
                   currency);
  }
  if (!is_timezone(c->config->timezone)) {
    return FAIL_AT(c, "timezone", "timezone '%s' is not known; write an IANA name, as in Asia/Seoul or UTC",
                   c->config->timezone);
  }
  if (!gy_key_source_is_valid(c->config->privacy.key)) {
    return FAIL_AT(c, "privacy.key", "privacy.key is '%s'; write file, file:PATH, env:NAME or passphrase",
                   c->config->privacy.key);
  }
  if (strcmp(c->config->as_of, "auto") != 0 && !is_moment(c->config->as_of)) {
    return FAIL_AT(c, "as_of",
                   "as_of '%s' is no date; write auto, a date as in 2011-12-10, or 2011-12-10 12:50:00",
                   c->config->as_of);
  }
  return GY_OK;
}

static const struct {
  const char *path;
  size_t offset;
  uint32_t fallback, least, most;
} NUMBERS[] = {
    {"clusters.k_min", offsetof(gy_project_config, clusters.k_min), 2, 2, 100},
    {"clusters.k_max", offsetof(gy_project_config, clusters.k_max), 12, 2, 100},
    {"clusters.starts", offsetof(gy_project_config, clusters.starts), 10, 1, 1000},
    {"report.top_products", offsetof(gy_project_config, report.top_products), 10, 1, 1000},
    {"report.cohort_months", offsetof(gy_project_config, report.cohort_months), 12, 1, 120},
};

static gy_status complete_numbers(check *c) {
  for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
    uint32_t *value = (uint32_t *)(void *)((char *)c->config + NUMBERS[i].offset);
    if (!is_given(c, NUMBERS[i].path)) *value = NUMBERS[i].fallback;
    if (*value < NUMBERS[i].least || *value > NUMBERS[i].most) {
      return FAIL_AT(c, NUMBERS[i].path, "%s is %u; it must lie between %u and %u", NUMBERS[i].path, *value,
                     NUMBERS[i].least, NUMBERS[i].most);
    }
  }
  if (!is_given(c, "clusters.seed")) c->config->clusters.seed = 1;
  return GY_OK;
}

static gy_status read_columns(check *c, gy_source_config *source, yaml_node_t *node) {
  if (node == NULL) return GY_OK;
  if (node->type != YAML_MAPPING_NODE) {
    return gy_yaml_tree_fail(c->tree, node, c->err,
                             "columns must hold 'column: role' lines, indented below it");
  }
  const yaml_node_pair_t *pairs = node->data.mapping.pairs.start;
  size_t n = (size_t)(node->data.mapping.pairs.top - pairs);
  if (n > GY_PROJECT_COLUMNS_MAX) {
    return gy_yaml_tree_fail(c->tree, node, c->err, "%zu columns; at most %d can be used", n,
                             GY_PROJECT_COLUMNS_MAX);
  }
  gy_column_role *columns = gy_arena_calloc(&c->config->arena, n + 1, sizeof *columns);
  if (columns == NULL) return spent(c);
  for (size_t i = 0; i < n; i++) {
    yaml_node_t *value = yaml_document_get_node(&c->tree->document, pairs[i].value);
    const char *column = gy_yaml_tree_text(yaml_document_get_node(&c->tree->document, pairs[i].key));
    const char *word = gy_yaml_tree_text(value);
    gy_status status = copy_text(c, &columns[i].column, column);
    if (status != GY_OK) return status;
    gy_error why = {0};
    bool is_consent = word != NULL && (strcmp(word, "consent") == 0 || strncmp(word, "consent:", 8) == 0);
    if (is_consent && gy_column_consent_parse(word, &columns[i], &why) != GY_OK)
      return gy_yaml_tree_fail(c->tree, value, c->err, "column '%s': %s", column, why.text);
    if (!is_consent && (word == NULL || !gy_role_parse(word, &columns[i].role))) {
      const char *names[GY_ROLE_COUNT];
      for (gy_role role = 0; role < GY_ROLE_COUNT; role++) names[role] = gy_role_name(role);
      const char *meant = word != NULL ? gy_word_nearest(word, names, GY_ROLE_COUNT) : NULL;
      return gy_yaml_tree_fail(
          c->tree, value, c->err, "column '%s': '%s' is no role; %s%s%s", column,
          word != NULL ? word : "a list", meant != NULL ? "did you mean '" : "use attribute or ignore",
          meant != NULL ? meant : "", meant != NULL ? "'?" : " for columns that mean nothing special");
    }
  }
  source->columns = columns;
  source->n_columns = (uint32_t)n;
  return GY_OK;
}

/* The engine tells names apart without case. */
static bool is_taken(const gy_source_config *source, uint32_t column, const char *name) {
  if (strcasecmp(name, "row_no") == 0) return true;
  for (uint32_t i = 0; i < source->n_columns; i++) {
    const gy_column_role *other = &source->columns[i];
    bool is_before = gy_role_column(other->role, source->target) != NULL || i < column;
    if (i == column || !is_before || !gy_role_is_read(other->role)) continue;
    if (strcasecmp(gy_column_role_target(source, other), name) == 0) return true;
  }
  return false;
}

/* A column kept under its own name may be called as a role of another is in the table, or as another but for
 * its capitals: it becomes NAME_2. */
static gy_status name_attributes(check *c, gy_source_config *source) {
  for (uint32_t i = 0; i < source->n_columns; i++) {
    gy_column_role *column = &source->columns[i];
    bool keeps_name = column->role == GY_ROLE_ATTRIBUTE || column->role == GY_ROLE_CONSENT;
    if (!keeps_name || !is_taken(source, i, column->column)) continue;
    size_t room = strlen(column->column) + 12;
    char *name = gy_arena_alloc(&c->config->arena, room);
    if (name == NULL) return spent(c);
    unsigned n = 2;
    do snprintf(name, room, "%s_%u", column->column, n++);
    while (is_taken(source, i, name));
    column->own_name = name;
  }
  return GY_OK;
}

static gy_role first_of(gy_role_set roles) {
  gy_role role = 0;
  while ((roles & GY_ROLE_BIT(role)) == 0) role++;
  return role;
}

/* A table that lacks what makes it one would leave every question about it without an answer. */
static gy_status check_needs(check *c, const gy_source_config *source, gy_role_set seen, yaml_node_t *node) {
  gy_role_set any, missing = gy_target_needs(source->target, &any) & ~seen;
  if (missing == 0 && (any == 0 || (any & seen) != 0)) return GY_OK;
  bool is_choice = missing == 0;
  gy_role role = first_of(is_choice ? any : missing);
  const char *other = is_choice && (any & (any - 1)) != 0 ? gy_role_name(first_of(any & (any - 1))) : NULL;
  return gy_yaml_tree_fail(c->tree, node, c->err,
                           "source '%s': no column is its %s%s%s, without which it is no table of %s",
                           source->name, gy_role_name(role), other != NULL ? " or its " : "",
                           other != NULL ? other : "", gy_target_name(source->target));
}

static gy_status check_roles(check *c, const gy_source_config *source, yaml_node_t *node) {
  gy_role_set seen = 0;
  for (uint32_t i = 0; i < source->n_columns; i++) {
    const gy_column_role *column = &source->columns[i];
    yaml_node_t *at = gy_yaml_tree_member(c->tree, node, column->column);
    if (!gy_role_fits(column->role, source->target)) {
      return gy_yaml_tree_fail(c->tree, at, c->err, "column '%s': %s has no %s; make it an attribute",
                               column->column, gy_target_name(source->target), gy_role_name(column->role));
    }
    if (gy_role_is_single(column->role) && (seen & GY_ROLE_BIT(column->role))) {
      return gy_yaml_tree_fail(c->tree, at, c->err,
                               "column '%s': another column of this source is the %s already; make "
                               "one of them an attribute",
                               column->column, gy_role_name(column->role));
    }
    seen |= GY_ROLE_BIT(column->role);
  }
  if (source->event[0] != '\0') seen |= GY_ROLE_BIT(GY_ROLE_EVENT);
  return check_needs(c, source, seen, node);
}

/* What is found out when the file is read stands here as it is most often. */
static gy_status check_dialect(check *c, const gy_source_config *source, yaml_node_t *node) {
  gy_csv_dialect dialect = gy_csv_dialect_default();
  if (source->delimiter[0] != '\0') dialect.delimiter = source->delimiter[0];
  dialect.quote = source->quote == GY_QUOTE_NONE ? '\0' : source->quote == GY_QUOTE_SINGLE ? '\'' : '"';
  dialect.escape = source->escape[0];
  gy_error why = {0};
  if (gy_csv_dialect_check(&dialect, &why) == GY_OK) return GY_OK;
  return gy_yaml_tree_fail(c->tree, node, c->err, "source '%s': %s", source->name, why.text);
}

static gy_status check_time_format(check *c, const gy_source_config *source, yaml_node_t *node) {
  gy_time_form form;
  if (strcmp(source->time_format, "auto") == 0 || gy_time_form_parse(source->time_format, &form))
    return GY_OK;
  return gy_yaml_tree_fail(
      c->tree, gy_yaml_tree_member(c->tree, node, "time_format"), c->err,
      "time_format '%s' is not known; it is one of: auto, ymd, mdy, dmy, epoch_s, epoch_ms, epoch_us",
      source->time_format);
}

static gy_status check_sheet(check *c, const gy_source_config *source, yaml_node_t *node) {
  const char *key = source->sheet[0] != '\0' ? "sheet" : source->header_rows > 0 ? "header_rows" : NULL;
  yaml_node_t *at = key != NULL ? gy_yaml_tree_member(c->tree, node, key) : NULL;
  if (key != NULL && source->format != GY_FORMAT_AUTO && source->format != GY_FORMAT_XLSX)
    return gy_yaml_tree_fail(c->tree, at, c->err,
                             "%s is for Excel workbooks; the format of this source is %s", key,
                             gy_word_of(&gy_format_words, (int)source->format));
  if (source->header_rows > GY_XLSX_HEADER_ROWS_MAX)
    return gy_yaml_tree_fail(c->tree, gy_yaml_tree_member(c->tree, node, "header_rows"), c->err,
                             "header_rows must be from 1 to %d, or left out", GY_XLSX_HEADER_ROWS_MAX);
  return GY_OK;
}

static gy_status complete_source(check *c, uint32_t i, yaml_node_t *node) {
  gy_source_config *source = &c->config->sources[i];
  gy_status status = GY_OK;
  if (source->sheet == NULL) status = copy_text(c, &source->sheet, "");
  if (status == GY_OK && source->event == NULL) status = copy_text(c, &source->event, "");
  if (status != GY_OK) return status;
  if (source->time_format == NULL) status = copy_text(c, &source->time_format, "auto");
  if (status == GY_OK && source->name == NULL)
    status = copy_text(c, &source->name, gy_target_name(source->target));
  if (status != GY_OK) return status;
  if (source->name[0] == '\0')
    return gy_yaml_tree_fail(c->tree, node, c->err, "the name of a source is empty");
  for (uint32_t j = 0; j < i; j++) {
    if (strcmp(c->config->sources[j].name, source->name) != 0) continue;
    return gy_yaml_tree_fail(c->tree, node, c->err, "two sources are named '%s'; rename one", source->name);
  }
  if (source->n_files == 0) {
    return gy_yaml_tree_fail(c->tree, node, c->err,
                             "source '%s' has no files; list at least one, as in [orders.csv]", source->name);
  }
  status = check_dialect(c, source, node);
  if (status == GY_OK) status = check_time_format(c, source, node);
  if (status == GY_OK) status = check_sheet(c, source, node);
  if (status == GY_OK && source->event[0] != '\0' && source->target != GY_TARGET_EVENTS)
    status = gy_yaml_tree_fail(c->tree, gy_yaml_tree_member(c->tree, node, "event"), c->err,
                               "event says what happened in sources of events; '%s' is one of %s",
                               source->name, gy_target_name(source->target));
  if (status != GY_OK) return status;
  yaml_node_t *columns = gy_yaml_tree_member(c->tree, node, "columns");
  status = read_columns(c, source, columns);
  if (status == GY_OK) status = check_roles(c, source, columns);
  return status == GY_OK ? name_attributes(c, source) : status;
}

static gy_status complete_sources(check *c) {
  yaml_node_t *list = gy_yaml_tree_find(c->tree, "sources");
  for (uint32_t i = 0; i < c->config->n_sources; i++) {
    gy_status status = complete_source(c, i, gy_yaml_tree_item(c->tree, list, i));
    if (status != GY_OK) return status;
  }
  return GY_OK;
}

static gy_status complete_status(check *c) {
  static const char *const WORDS[] = {"cancelled", "canceled", "refunded", "returned", "취소", "주문취소",
                                      "취소완료",  "결제취소", "환불",     "환불완료", "반품", "반품완료"};
  enum { N = sizeof WORDS / sizeof WORDS[0] };
  if (is_given(c, "cleaning.cancelled.status")) return GY_OK;
  char **status_words = gy_arena_calloc(&c->config->arena, N, sizeof *status_words);
  if (status_words == NULL) return spent(c);
  for (size_t i = 0; i < N; i++) {
    gy_status status = copy_text(c, &status_words[i], WORDS[i]);
    if (status != GY_OK) return status;
  }
  c->config->cleaning.cancelled.status = status_words;
  c->config->cleaning.cancelled.n_status = N;
  return GY_OK;
}

static gy_status complete_windows(check *c) {
  static const uint32_t DAYS[] = {30, 90, 365};
  enum { N = sizeof DAYS / sizeof DAYS[0] };
  if (!is_given(c, "features.windows_days")) {
    uint32_t *days = gy_arena_alloc(&c->config->arena, sizeof DAYS);
    if (days == NULL) return spent(c);
    memcpy(days, DAYS, sizeof DAYS);
    c->config->features.windows_days = days;
    c->config->features.n_windows = N;
  }
  const uint32_t *days = c->config->features.windows_days;
  for (uint32_t i = 0; i < c->config->features.n_windows; i++) {
    if (days[i] >= 1 && days[i] <= 36500 && (i == 0 || days[i] > days[i - 1])) continue;
    return FAIL_AT(c, "features.windows_days",
                   "features.windows_days must rise and lie between 1 and 36500, as in [30, 90, 365]");
  }
  return GY_OK;
}

static gy_status complete_features(check *c) {
  static const char *const NAMES[] = {"recency_days", "orders", "monetary"};
  enum { N = sizeof NAMES / sizeof NAMES[0] };
  gy_cluster_config *clusters = &c->config->clusters;
  if (!is_given(c, "clusters.features")) {
    char **names = gy_arena_calloc(&c->config->arena, N, sizeof *names);
    if (names == NULL) return spent(c);
    for (size_t i = 0; i < N; i++) {
      gy_status status = copy_text(c, &names[i], NAMES[i]);
      if (status != GY_OK) return status;
    }
    clusters->features = names;
    clusters->n_features = N;
  }
  if (clusters->n_features == 0)
    return FAIL_AT(c, "clusters.features", "clusters.features is empty; leave it out for the default");
  if (clusters->k_min > clusters->k_max) {
    return FAIL_AT(c, "clusters.k_max", "clusters.k_max %u is below k_min %u", clusters->k_max,
                   clusters->k_min);
  }
  const char *k = gy_yaml_tree_text(gy_yaml_tree_find(c->tree, "clusters.k"));
  bool is_chosen = k == NULL || strcmp(k, "auto") == 0;
  if (!is_chosen && (clusters->k < 2 || clusters->k > 100)) {
    return FAIL_AT(c, "clusters.k", "clusters.k is %s; it must lie between 2 and 100, or be auto", k);
  }
  return GY_OK;
}

static gy_status complete_preparation(check *c) {
  return gy_project_preparation_complete(c->config, c->tree, c->err);
}

static gy_status complete_cuts(check *c, const char *path, double cuts[GY_RFM_CUTS],
                               const double fallback[GY_RFM_CUTS]) {
  if (!is_given(c, path)) memcpy(cuts, fallback, GY_RFM_CUTS * sizeof *cuts);
  for (int i = 0; i < GY_RFM_CUTS; i++) {
    if (!isfinite(cuts[i]) || (i > 0 && cuts[i] <= cuts[i - 1])) {
      return FAIL_AT(c, path, "%s must be four rising numbers", path);
    }
  }
  return GY_OK;
}

static gy_status complete_consent(check *c) {
  return gy_project_consent_complete(c->config, c->tree, c->err);
}

static gy_status complete_scores(check *c) {
  static const double DAYS[] = {30, 90, 180, 365}, ORDERS[] = {2, 3, 5, 10},
                      MONEY[] = {50000, 100000, 300000, 1000000};
  gy_rfm_config *rfm = &c->config->rfm;
  gy_status status = complete_cuts(c, "rfm.thresholds.recency_days", rfm->thresholds.recency_days, DAYS);
  if (status == GY_OK) status = complete_cuts(c, "rfm.thresholds.orders", rfm->thresholds.orders, ORDERS);
  if (status == GY_OK) status = complete_cuts(c, "rfm.thresholds.monetary", rfm->thresholds.monetary, MONEY);
  if (status != GY_OK) return status;
  if (!is_given(c, "rfm.weights.recency")) rfm->weights.recency = 1;
  if (!is_given(c, "rfm.weights.frequency")) rfm->weights.frequency = 1;
  if (!is_given(c, "rfm.weights.monetary")) rfm->weights.monetary = 1;
  double r = rfm->weights.recency, f = rfm->weights.frequency, m = rfm->weights.monetary;
  if (r >= 0 && f >= 0 && m >= 0 && r + f + m > 0 && isfinite(r + f + m)) return GY_OK;
  return FAIL_AT(c, "rfm.weights", "rfm.weights must be 0 or more, and not all 0");
}

static gy_status complete_range(check *c, const gy_rfm_segment_config *segment, yaml_node_t *node,
                                const char *key, uint32_t range[2]) {
  yaml_node_t *given = gy_yaml_tree_member(c->tree, node, key);
  if (given == NULL) {
    range[0] = 1;
    range[1] = 5;
  }
  if (range[0] >= 1 && range[0] <= range[1] && range[1] <= 5) return GY_OK;
  return gy_yaml_tree_fail(c->tree, given, c->err,
                           "segment '%s': %s must be [lowest, highest] between 1 and 5", segment->name, key);
}

static gy_status complete_segments(check *c) {
  yaml_node_t *list = gy_yaml_tree_find(c->tree, "rfm.segments");
  for (uint32_t i = 0; i < c->config->rfm.n_segments; i++) {
    gy_rfm_segment_config *segment = &c->config->rfm.segments[i];
    yaml_node_t *node = gy_yaml_tree_item(c->tree, list, i);
    gy_status status = GY_OK;
    if (segment->name_ko == NULL) status = copy_text(c, &segment->name_ko, segment->name);
    if (status == GY_OK) status = complete_range(c, segment, node, "r", segment->r);
    if (status == GY_OK) status = complete_range(c, segment, node, "f", segment->f);
    if (status == GY_OK) status = complete_range(c, segment, node, "m", segment->m);
    if (status != GY_OK) return status;
    for (uint32_t j = 0; j < i; j++) {
      if (strcmp(c->config->rfm.segments[j].name, segment->name) != 0) continue;
      return gy_yaml_tree_fail(c->tree, node, c->err, "two segments are named '%s'; rename one",
                               segment->name);
    }
  }
  return GY_OK;
}

static gy_status complete_contracts(check *c) {
  return gy_project_contracts_complete(c->config, c->tree, c->err);
}

static gy_status complete_identity(check *c) {
  return gy_project_identity_complete(c->config, c->tree, c->err);
}

static gy_status complete_lifecycle(check *c) { return gy_lifecycle_complete(c->config, c->tree, c->err); }

static gy_status complete_campaigns(check *c) { return gy_campaigns_complete(c->config, c->tree, c->err); }

static gy_status complete_duplicates(check *c) { return gy_duplicates_complete(c->config, c->tree, c->err); }

gy_status gy_project_config_complete(gy_project_config *config, gy_yaml_tree *tree, gy_error *err) {
  static gy_status (*const STEPS[])(check *) = {
      complete_texts,   check_texts,       complete_numbers,   complete_sources,
      complete_status,  complete_windows,  complete_features,  complete_preparation,
      complete_scores,  complete_segments, complete_contracts, complete_duplicates,
      complete_consent, complete_identity, complete_lifecycle, complete_campaigns,
  };
  check c = {config, tree, err};
  for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
    gy_status status = STEPS[i](&c);
    if (status != GY_OK) return status;
  }
  return GY_OK;
}
