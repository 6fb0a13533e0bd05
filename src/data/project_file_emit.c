/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing gyeol.yaml for people: one comment where a choice is not obvious, the choices beside it. No
 * YAML library writes comments, so scalars are quoted here: plain where that is safe in any YAML 1.1 or
 * 1.2 reader, double-quoted with escapes otherwise. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/file.h"
#include "data/project_file_schema.h"

enum { FILE_ROOM = GY_PROJECT_FILE_MAX_BYTES + 1, KEY_MAX = 900 }; /* YAML allows 1024 for a plain key */

static bool is_plain(const char *text) {
  static const char *const WORDS[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
    if (strcasecmp(text, WORDS[i]) == 0) return false;
  }
  const unsigned char *byte = (const unsigned char *)text;
  bool starts_well = (*byte | 0x20) >= 'a' && (*byte | 0x20) <= 'z';
  for (; starts_well && *byte != '\0'; byte++) {
    bool is_word = (*byte >= '0' && *byte <= '9') || ((*byte | 0x20) >= 'a' && (*byte | 0x20) <= 'z');
    if (!is_word && strchr("_-./", *byte) == NULL) return false;
  }
  return starts_well;
}

/* Hangul syllables need no quotes either, alone or with letters. */
static bool is_hangul_word(const char *text) {
  const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
  bool has_hangul = false;
  while (*at != '\0') {
    utf8proc_int32_t point;
    utf8proc_ssize_t length = utf8proc_iterate(at, -1, &point);
    bool is_hangul = length > 0 && point >= 0xAC00 && point <= 0xD7A3;
    bool is_word =
        point == '_' || (point >= '0' && point <= '9') || ((point | 0x20) >= 'a' && (point | 0x20) <= 'z');
    if (!is_hangul && (!is_word || !has_hangul)) return false;
    has_hangul |= is_hangul;
    at += length;
  }
  return has_hangul;
}

static bool needs_escape(utf8proc_int32_t point) {
  return point < 0x20 || point == 0x7F || (point >= 0x80 && point < 0xA0) || point == 0x2028 ||
         point == 0x2029 || point == 0xFEFF || (point & 0xFFFE) == 0xFFFE;
}

/* False when the text is not UTF-8. */
static bool put_quoted(gy_buffer *out, const char *text) {
  const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
  gy_buffer_text(out, "\"");
  while (*at != '\0') {
    utf8proc_int32_t point;
    utf8proc_ssize_t length = utf8proc_iterate(at, -1, &point);
    if (length <= 0) return false;
    if (point == '"' || point == '\\') {
      gy_buffer_printf(out, "\\%c", (char)point);
    } else if (point == '\t') {
      gy_buffer_text(out, "\\t");
    } else if (point == '\n') {
      gy_buffer_text(out, "\\n");
    } else if (needs_escape(point)) {
      gy_buffer_printf(out, "\\U%08X", (unsigned)point);
    } else {
      gy_buffer_append(out, at, (size_t)length);
    }
    at += length;
  }
  return gy_buffer_text(out, "\"");
}

bool gy_yaml_put_text(gy_buffer *out, const char *text) {
  if (!is_plain(text) && !is_hangul_word(text)) return put_quoted(out, text) || out->failed;
  gy_buffer_text(out, text);
  return true;
}

typedef struct {
  gy_buffer *out;
  const char *bad_text; /* the first that is not UTF-8 */
} writer;

static void put_text(writer *w, const char *text) {
  if (!gy_yaml_put_text(w->out, text) && w->bad_text == NULL) w->bad_text = text;
}

static void put_key(writer *w, const char *indent, const char *key) {
  bool is_long = strlen(key) * 2 > KEY_MAX;
  gy_buffer_printf(w->out, "%s%s", indent, is_long ? "? " : "");
  put_text(w, key);
  if (is_long) gy_buffer_printf(w->out, "\n%s", indent);
  gy_buffer_text(w->out, ": ");
}

/* The shortest text that reads back as the same number. */
static void put_real(writer *w, double value) {
  char text[40];
  bool is_whole = value >= -1e15 && value <= 1e15 && value == (double)(int64_t)value;
  if (is_whole) snprintf(text, sizeof text, "%.0f", value);
  for (int digits = 6; digits <= 17 && !is_whole; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  gy_buffer_text(w->out, text);
}

static void put_texts(writer *w, char *const *texts, uint32_t n) {
  gy_buffer_text(w->out, "[");
  for (uint32_t i = 0; i < n; i++) {
    if (i > 0) gy_buffer_text(w->out, ", ");
    put_text(w, texts[i]);
  }
  gy_buffer_text(w->out, "]");
}

static void put_cuts(writer *w, const char *key, const double cuts[GY_RFM_CUTS]) {
  gy_buffer_printf(w->out, "    %s: [", key);
  for (int i = 0; i < GY_RFM_CUTS; i++) {
    if (i > 0) gy_buffer_text(w->out, ", ");
    put_real(w, cuts[i]);
  }
  gy_buffer_text(w->out, "]\n");
}

static void put_head(writer *w, const gy_project_config *config) {
  gy_buffer_text(
      w->out,
      "# A gyeol project. Every setting may be left out; docs/project-file.md lists them all.\n\nname: ");
  put_text(w, config->name);
  gy_buffer_printf(w->out, "\nlanguage: %s  # of reports: ko | en\ntimezone: ",
                   gy_word_of(&gy_language_words, (int)config->language));
  put_text(w, config->timezone);
  gy_buffer_text(w->out,
                 "  # where days, weeks and months begin; also of times without an offset\ncurrency: ");
  put_text(w, config->currency);
  gy_buffer_text(w->out, "  # ISO 4217\nas_of: ");
  put_text(w, config->as_of);
  gy_buffer_text(w->out,
                 "  # the analysis looks back from here: auto (a day after the last order), or a date\n");
}

/* What only workbooks have. */
static void put_sheet(writer *w, const gy_source_config *source) {
  if (source->sheet != NULL && source->sheet[0] != '\0') {
    gy_buffer_text(w->out, "    sheet: ");
    put_text(w, source->sheet);
    gy_buffer_text(w->out, "  # its name, or its number\n");
  }
  if (source->header_rows > 0)
    gy_buffer_printf(w->out, "    header_rows: %u  # names in two rows are joined\n", source->header_rows);
}

static void put_event(writer *w, const gy_source_config *source) {
  if (source->event == NULL || source->event[0] == '\0') return;
  gy_buffer_text(w->out, "\n    event: ");
  put_text(w, source->event);
  gy_buffer_text(w->out, "  # what happened, where no column says so");
}

static void put_duplicates(writer *w, const gy_duplicates_config *duplicates) {
  gy_buffer_printf(w->out, "    duplicates:\n      exact: %s  # keep | drop; rows equal in every column\n",
                   gy_word_of(&gy_exact_words, (int)duplicates->exact));
  gy_buffer_text(w->out, "      key: ");
  put_texts(w, duplicates->key, duplicates->n_key);
  gy_buffer_printf(w->out,
                   "  # columns or roles\n      keep: %s  # first | last | newest | oldest | most_complete\n",
                   gy_word_of(&gy_survivor_words, (int)duplicates->keep));
  gy_buffer_text(w->out, "      by: ");
  put_text(w, duplicates->by);
  gy_buffer_printf(
      w->out,
      "  # what newest and oldest go by; \"\" is the time\n      priority: %u  # among the sources "
      "of the target, 1 before 2; 0: not compared\n",
      duplicates->priority);
}

static void put_source(writer *w, const gy_source_config *source) {
  gy_buffer_text(w->out, "  - name: ");
  put_text(w, source->name);
  gy_buffer_printf(w->out, "\n    target: %s  # %s\n    files: ", gy_target_name(source->target),
                   gy_target_meaning(source->target));
  put_texts(w, source->files, source->n_files);
  gy_buffer_printf(w->out,
                   "  # globs, from this folder\n    format: %s  # auto | csv | tsv | spaces | xlsx | json | "
                   "ndjson | parquet\n",
                   gy_word_of(&gy_format_words, (int)source->format));
  gy_buffer_printf(w->out, "    encoding: %s  # auto | utf-8 | cp949 | utf-16le | utf-16be | cp1252\n",
                   gy_word_of(&gy_encoding_words, (int)source->encoding));
  if (source->delimiter[0] != '\0') {
    gy_buffer_text(w->out, "    delimiter: ");
    put_text(w, source->delimiter);
    gy_buffer_text(w->out, "\n");
  }
  if (source->escape[0] != '\0') {
    gy_buffer_text(w->out, "    escape: ");
    put_text(w, source->escape);
    gy_buffer_text(w->out, "\n");
  }
  if (source->skip_lines > 0)
    gy_buffer_printf(w->out, "    skip_lines: %u  # before the header\n", source->skip_lines);
  put_sheet(w, source);
  gy_buffer_printf(w->out, "    quote: %s  # auto | double | single | none\n",
                   gy_word_of(&gy_quote_words, (int)source->quote));
  gy_buffer_printf(w->out, "    header: %s  # auto | yes | no (columns are then column1, column2, ...)\n",
                   gy_word_of(&gy_header_words, (int)source->header));
  gy_buffer_printf(w->out, "    decimal: %s  # point | comma\n    time_format: ",
                   gy_word_of(&gy_decimal_words, (int)source->decimal));
  put_text(w, source->time_format);
  put_event(w, source);
  gy_buffer_text(
      w->out,
      "\n    columns:  # column: role; attribute keeps it under its own name, ignore leaves it out\n");
  if (source->n_columns == 0) gy_buffer_text(w->out, "      {}\n");
  for (uint32_t i = 0; i < source->n_columns; i++) {
    put_key(w, "      ", source->columns[i].column);
    char role[GY_ROLE_TEXT_MAX];
    gy_buffer_printf(w->out, "%s\n", gy_column_role_text(&source->columns[i], role));
  }
  if (gy_duplicates_any(&source->duplicates)) put_duplicates(w, &source->duplicates);
  if (source->n_contracts > 0)
    gy_buffer_text(w->out, "    contracts:  # severity: warn | quarantine | stop; docs/contracts.md\n");
  for (uint32_t i = 0; i < source->n_contracts; i++)
    if (!gy_contract_emit(&source->contracts[i], "      ", w->out)) w->bad_text = source->contracts[i].name;
}

static void put_sources(writer *w, const gy_project_config *config) {
  gy_buffer_text(
      w->out, "\n# Tables are joined by the columns with the same role: customer, order, product.\nsources:");
  gy_buffer_text(w->out, config->n_sources == 0 ? " []\n" : "\n");
  for (uint32_t i = 0; i < config->n_sources; i++) put_source(w, &config->sources[i]);
}

static void put_cleaning(writer *w, const gy_cleaning_config *cleaning) {
  gy_buffer_text(w->out,
                 "\n# exclude leaves lines out and counts them; net keeps them and subtracts their money.\n"
                 "cleaning:\n  cancelled:\n    prefix: ");
  put_text(w, cleaning->cancelled.prefix);
  gy_buffer_text(w->out, "  # of order ids; \"\" for none\n    status: ");
  put_texts(w, cleaning->cancelled.status, cleaning->cancelled.n_status);
  gy_buffer_printf(w->out, "\n    action: %s  # exclude | net\n",
                   gy_word_of(&gy_net_words, (int)cleaning->cancelled.action));
  gy_buffer_printf(w->out, "  returns: %s  # exclude | net; quantity of 0 or less, not cancelled\n",
                   gy_word_of(&gy_net_words, (int)cleaning->returns));
  gy_buffer_printf(w->out, "  duplicates: %s  # keep | drop; lines equal in every column\n",
                   gy_word_of(&gy_duplicate_words, (int)cleaning->duplicates));
  gy_buffer_printf(w->out, "  zero_price: %s  # exclude | keep\n",
                   gy_word_of(&gy_keep_words, (int)cleaning->zero_price));
  gy_buffer_printf(w->out, "  negative_price: %s  # exclude | keep\n",
                   gy_word_of(&gy_keep_words, (int)cleaning->negative_price));
  gy_buffer_text(w->out, "  without_customer: exclude\n");
}

static void put_features(writer *w, const gy_project_config *config) {
  gy_buffer_text(w->out, "\nfeatures:\n  windows_days: [");
  for (uint32_t i = 0; i < config->features.n_windows; i++) {
    gy_buffer_printf(w->out, "%s%u", i > 0 ? ", " : "", config->features.windows_days[i]);
  }
  gy_buffer_text(w->out, "]  # some features look back this far\n");
}

static void put_segments(writer *w, const gy_rfm_config *rfm) {
  if (rfm->n_segments == 0) {
    gy_buffer_text(w->out,
                   "  # segments: absent, so the eleven built-in ones. Your own would look like this:\n"
                   "  #   - {name: Champions, name_ko: 챔피언, r: [4, 5], f: [4, 5], m: [4, 5]}\n");
    return;
  }
  gy_buffer_text(w->out, "  segments:  # lowest and highest score, 1 to 5\n");
  for (uint32_t i = 0; i < rfm->n_segments; i++) {
    const gy_rfm_segment_config *s = &rfm->segments[i];
    gy_buffer_text(w->out, "    - {name: ");
    put_text(w, s->name);
    gy_buffer_text(w->out, ", name_ko: ");
    put_text(w, s->name_ko);
    gy_buffer_printf(w->out, ", r: [%u, %u], f: [%u, %u], m: [%u, %u]}\n", s->r[0], s->r[1], s->f[0], s->f[1],
                     s->m[0], s->m[1]);
  }
}

static void put_rfm(writer *w, const gy_rfm_config *rfm) {
  gy_buffer_printf(w->out, "\nrfm:\n  method: %s  # quintile | thresholds | weighted\n",
                   gy_word_of(&gy_rfm_method_words, (int)rfm->method));
  gy_buffer_text(w->out, "  thresholds:  # of method thresholds: where the next score begins\n");
  put_cuts(w, "recency_days", rfm->thresholds.recency_days);
  put_cuts(w, "orders", rfm->thresholds.orders);
  put_cuts(w, "monetary", rfm->thresholds.monetary);
  gy_buffer_text(w->out, "  weights: {recency: ");
  put_real(w, rfm->weights.recency);
  gy_buffer_text(w->out, ", frequency: ");
  put_real(w, rfm->weights.frequency);
  gy_buffer_text(w->out, ", monetary: ");
  put_real(w, rfm->weights.monetary);
  gy_buffer_text(w->out, "}  # of method weighted\n");
  put_segments(w, rfm);
}

static void put_preparation(writer *w, const gy_preparation_config *p) {
  gy_buffer_text(
      w->out,
      "\n# Of the features that clusters use; docs/methods/preparation.md.\npreparation:\n  missing: ");
  put_text(w, p->missing);
  gy_buffer_text(w->out, "  # median | mean | mode | constant:VALUE | predict\n  outliers: ");
  put_text(w, p->outliers);
  gy_buffer_text(w->out, "  # none | winsorise:0.01 | log | robust-z:3.5 | flag:3.5\n");
  if (p->n_features == 0) {
    gy_buffer_text(w->out,
                   "  # features: none treated otherwise. That would look like this:\n"
                   "  #   - {feature: monetary, missing: predict, outliers: \"winsorise:0.01\"}\n");
    return;
  }
  gy_buffer_text(w->out, "  features:\n");
  for (uint32_t i = 0; i < p->n_features; i++) {
    const gy_feature_preparation *f = &p->features[i];
    gy_buffer_text(w->out, "    - {feature: ");
    put_text(w, f->feature);
    if (f->missing != NULL) gy_buffer_text(w->out, ", missing: ");
    if (f->missing != NULL) put_text(w, f->missing);
    if (f->outliers != NULL) gy_buffer_text(w->out, ", outliers: ");
    if (f->outliers != NULL) put_text(w, f->outliers);
    gy_buffer_text(w->out, "}\n");
  }
}

static void put_clusters(writer *w, const gy_cluster_config *clusters) {
  gy_buffer_text(w->out, "\nclusters:\n  features: ");
  put_texts(w, clusters->features, clusters->n_features);
  gy_buffer_printf(w->out, "\n  scaling: %s  # log_robust | robust | standard | none\n",
                   gy_word_of(&gy_scaling_words, (int)clusters->scaling));
  if (clusters->k == 0) {
    gy_buffer_text(w->out, "  k: auto  # or a number\n");
  } else {
    gy_buffer_printf(w->out, "  k: %u  # or auto\n", clusters->k);
  }
  gy_buffer_printf(w->out, "  k_min: %u\n  k_max: %u\n  starts: %u\n  seed: %llu\n", clusters->k_min,
                   clusters->k_max, clusters->starts, (unsigned long long)clusters->seed);
}

static void put_lifecycle(writer *w, const gy_lifecycle_config *l) {
  gy_buffer_printf(
      w->out,
      "\n# Where the stages of a customer's life begin and end; docs/methods/lifecycle.md.\nlifecycle:\n"
      "  new_days: %u  # since the first order\n"
      "  active_days: %u  # since the last one\n"
      "  lapsed_days: %u  # until then at risk\n"
      "  lost_days: %u  # until then lapsed\n",
      l->new_days, l->active_days, l->lapsed_days, l->lost_days);
}

static void put_consent(writer *w, const gy_project_config *config) {
  gy_buffer_text(w->out,
                 "\n# What holds for people who said nothing; docs/privacy.md.\nconsent:\n  defaults: {");
  for (gy_purpose purpose = 0; purpose < GY_PURPOSE_COUNT; purpose++)
    gy_buffer_printf(w->out, "%s%s: %s", purpose > 0 ? ", " : "", gy_purpose_name(purpose),
                     gy_consent_default(config, purpose) ? "yes" : "no");
  gy_buffer_text(w->out, "}\n");
}

static void put_privacy(writer *w, const gy_project_config *config) {
  gy_buffer_text(w->out, "\nprivacy:\n  key: ");
  put_text(w, config->privacy.key);
  gy_buffer_printf(w->out,
                   "  # of the vault: file | file:PATH | env:NAME | passphrase\n"
                   "  free_text: %s  # identifiers in it: mask | keep\n",
                   gy_word_of(&gy_free_text_words, (int)config->privacy.free_text));
  if (config->privacy.n_retention > 0)
    gy_buffer_text(w->out, "  retention:  # older rows are deleted by the next run\n");
  for (uint32_t i = 0; i < config->privacy.n_retention; i++)
    gy_buffer_printf(w->out, "    - {table: %s, keep_days: %u}\n",
                     gy_target_name(config->privacy.retention[i].table),
                     config->privacy.retention[i].keep_days);
}

gy_status gy_project_config_emit(const gy_project_config *config, gy_buffer *out, gy_error *err) {
  writer w = {.out = out};
  put_head(&w, config);
  put_sources(&w, config);
  put_cleaning(&w, &config->cleaning);
  put_features(&w, config);
  put_rfm(&w, &config->rfm);
  put_preparation(&w, &config->preparation);
  put_clusters(&w, &config->clusters);
  put_lifecycle(&w, &config->lifecycle);
  if (!gy_campaigns_emit(config, out)) w.bad_text = "campaigns";
  put_consent(&w, config);
  put_privacy(&w, config);
  if (!gy_identity_emit(config, out)) w.bad_text = "identity";
  gy_buffer_printf(out, "\nreport:\n  top_products: %u\n  cohort_months: %u\n", config->report.top_products,
                   config->report.cohort_months);
  if (w.bad_text != NULL) {
    return gy_fail(err, GY_ECONFIG, "a name in the project is not UTF-8 and cannot be written to gyeol.yaml");
  }
  if (out->failed)
    return gy_fail(err, GY_ELIMIT, "the project file would be larger than %d bytes",
                   GY_PROJECT_FILE_MAX_BYTES);
  return GY_OK;
}

gy_status gy_project_config_save(const gy_project_config *config, const char *path, gy_error *err) {
  gy_buffer text;
  gy_buffer_init(&text, FILE_ROOM);
  gy_status status = gy_project_config_emit(config, &text, err);
  if (status == GY_OK) status = gy_file_replace(path, text.data, text.length, err);
  gy_buffer_clear(&text);
  return status;
}
