/* SPDX-License-Identifier: Apache-2.0
 *
 * gyeol.yaml: everything a project is, in one file that people read, edit and review.
 *
 *   text --tree (lines)--> --schema (libcyaml)--> gy_project_config --emit--> text with comments
 *
 * Every setting has a default, so a missing one is never an error; an unknown or mistyped one always
 * is, in one sentence with file and line. parse(emit(x)) = x. docs/project-file.md is the user's page. */
#ifndef GYEOL_DATA_PROJECT_FILE_H
#define GYEOL_DATA_PROJECT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "data/byte_stream.h"
#include "data/consent_words.h"
#include "data/project_file_contracts.h"
#include "data/project_file_duplicates.h"
#include "data/project_file_identity.h"
#include "data/project_file_roles.h"

enum {
  GY_PROJECT_FILE_MAX_BYTES = 4 << 20,
  GY_PROJECT_SOURCES_MAX = 64,
  GY_PROJECT_FILES_MAX = 4096, /* globs of one source */
  GY_PROJECT_COLUMNS_MAX = 4096,
  GY_WINDOWS_MAX = 8,
  GY_CLUSTER_FEATURES_MAX = 64,
  GY_RFM_SEGMENTS_MAX = 125,
  GY_RFM_CUTS = 4, /* between five scores */
};

/* In every enum the first value is the default. */
typedef enum gy_language { GY_LANGUAGE_KO, GY_LANGUAGE_EN } gy_language;
typedef enum gy_file_format {
  GY_FORMAT_AUTO,
  GY_FORMAT_CSV,
  GY_FORMAT_TSV,
  GY_FORMAT_SPACES, /* columns set apart by runs of spaces */
  GY_FORMAT_XLSX,   /* a sheet of a workbook */
  GY_FORMAT_JSON,
  GY_FORMAT_NDJSON,
  GY_FORMAT_PARQUET,
} gy_file_format;
typedef enum gy_file_quote { GY_QUOTE_AUTO, GY_QUOTE_DOUBLE, GY_QUOTE_SINGLE, GY_QUOTE_NONE } gy_file_quote;
typedef enum gy_file_header { GY_HEADER_AUTO, GY_HEADER_YES, GY_HEADER_NO } gy_file_header;
typedef enum gy_decimal_mark { GY_DECIMAL_POINT, GY_DECIMAL_COMMA } gy_decimal_mark;
typedef enum gy_net_rule { GY_NET_EXCLUDE, GY_NET_NET } gy_net_rule;
typedef enum gy_keep_rule { GY_KEEP_EXCLUDE, GY_KEEP_KEEP } gy_keep_rule;
typedef enum gy_duplicate_rule { GY_DUPLICATES_KEEP, GY_DUPLICATES_DROP } gy_duplicate_rule;
typedef enum gy_yes_no { GY_UNSAID, GY_NO, GY_YES } gy_yes_no;
typedef enum gy_rfm_method { GY_RFM_QUINTILE, GY_RFM_THRESHOLDS, GY_RFM_WEIGHTED } gy_rfm_method;
typedef enum gy_scaling_rule {
  GY_SCALE_RULE_LOG_ROBUST, /* log(1 + x), then median and interquartile range */
  GY_SCALE_RULE_ROBUST,
  GY_SCALE_RULE_STANDARD, /* mean and standard deviation */
  GY_SCALE_RULE_NONE,
} gy_scaling_rule;

typedef struct gy_column_role {
  char *column; /* as the source names it; "column1".. where the file has no header */
  gy_role role;
  char *own_name;     /* in the source's relation, where `column` is taken there; NULL: `column` */
  gy_purpose purpose; /* of the role consent */
  gy_channel channel;
} gy_column_role;

typedef struct gy_source_config {
  char *name;
  gy_target target;
  char **files; /* globs, relative to the folder of gyeol.yaml or absolute */
  uint32_t n_files;
  gy_file_format format;
  gy_encoding encoding;
  char delimiter[2]; /* one ASCII character; "" finds out */
  gy_file_quote quote;
  char escape[2]; /* one ASCII character that makes the next one ordinary; "" for none */
  gy_file_header header;
  uint32_t skip_lines;  /* lines before the header: titles and notes */
  char *sheet;          /* of a workbook: its name or number; "" for the first that is a table */
  uint32_t header_rows; /* of a sheet; 0 finds out */
  gy_decimal_mark decimal;
  char *time_format; /* name of a gy_time_form; "auto" finds out */
  char *event;       /* of events: what happened, where no column says so; "" or NULL: nothing */
  gy_column_role *columns;
  uint32_t n_columns;
  gy_contract_config *contracts;
  uint32_t n_contracts;
  gy_duplicates_config duplicates;
} gy_source_config;

typedef struct gy_cleaning_config {
  struct {
    char *prefix; /* of order ids, compared without case; "" for none */
    char **status;
    uint32_t n_status;
    gy_net_rule action;
  } cancelled;
  gy_net_rule returns;
  gy_duplicate_rule duplicates;
  gy_keep_rule zero_price;
  gy_keep_rule negative_price;
  gy_keep_rule without_customer; /* always GY_KEEP_EXCLUDE */
} gy_cleaning_config;

/* Cut points between the scores 1..5, each rising; recency is scored the other way round. */
typedef struct gy_rfm_threshold_config {
  double recency_days[GY_RFM_CUTS];
  double orders[GY_RFM_CUTS];
  double monetary[GY_RFM_CUTS];
} gy_rfm_threshold_config;

typedef struct gy_rfm_segment_config {
  char *name;
  char *name_ko;
  uint32_t r[2], f[2], m[2]; /* lowest and highest score, 1..5 */
} gy_rfm_segment_config;

typedef struct gy_rfm_config {
  gy_rfm_method method;
  gy_rfm_threshold_config thresholds;
  struct {
    double recency, frequency, monetary;
  } weights;
  gy_rfm_segment_config *segments; /* none: the built-in eleven */
  uint32_t n_segments;
} gy_rfm_config;

typedef struct gy_cluster_config {
  char **features; /* names from the feature catalogue */
  uint32_t n_features;
  gy_scaling_rule scaling;
  uint32_t k; /* 0: chosen between k_min and k_max */
  uint32_t k_min, k_max;
  uint32_t starts;
  uint64_t seed;
} gy_cluster_config;

/* Ways as in preparation_rule.h: "median", "winsorise:0.01". */
typedef struct gy_feature_preparation {
  char *feature;
  char *missing, *outliers; /* NULL: as for all */
} gy_feature_preparation;

typedef struct gy_preparation_config {
  char *missing, *outliers;
  gy_feature_preparation *features; /* exceptions, each of clusters.features */
  uint32_t n_features;
} gy_preparation_config;

/* Whole days between a customer's orders and now, rising: new_days <= active_days < lapsed_days < lost_days.
 */
typedef struct gy_lifecycle_config {
  uint32_t new_days, active_days, lapsed_days, lost_days;
} gy_lifecycle_config;

/* A campaign to segments of segments/. Days are those of the project's time zone, both its own. */
typedef struct gy_campaign_config {
  char *name; /* as engagements call it */
  char **segments;
  uint32_t n_segments;
  char *from, *until; /* "2026-03-01"; until NULL: open */
} gy_campaign_config;

enum { GY_CAMPAIGNS_MAX = 1000, GY_CAMPAIGN_SEGMENTS_MAX = 100 };

/* What holds of a purpose for people of whom nothing is known. */
typedef struct gy_consent_config {
  struct {
    gy_yes_no analytics, personalisation, marketing, third_party;
  } defaults;
} gy_consent_config;

typedef struct gy_retention_config {
  gy_target table;
  uint32_t keep_days;
} gy_retention_config;

typedef enum gy_free_text { GY_FREE_TEXT_MASK, GY_FREE_TEXT_KEEP } gy_free_text;

typedef struct gy_privacy_config {
  char *key;                      /* where the vault's key comes from; privacy/key_source.h */
  gy_free_text free_text;         /* what is done about identifiers in it */
  gy_retention_config *retention; /* at most one a table */
  uint32_t n_retention;
} gy_privacy_config;

typedef struct gy_project_config {
  char *name;
  gy_language language;
  char *timezone; /* IANA name */
  char *currency; /* ISO 4217 */
  char *as_of;    /* "auto", a date, or a date and time */
  gy_source_config *sources;
  uint32_t n_sources;
  gy_cleaning_config cleaning;
  struct {
    uint32_t *windows_days; /* rising */
    uint32_t n_windows;
  } features;
  gy_rfm_config rfm;
  gy_preparation_config preparation;
  gy_cluster_config clusters;
  gy_lifecycle_config lifecycle;
  gy_campaign_config *campaigns;
  uint32_t n_campaigns;
  gy_consent_config consent;
  gy_privacy_config privacy;
  gy_identity_config identity;
  struct {
    uint32_t top_products;
    uint32_t cohort_months;
  } report;
  gy_arena arena; /* owns everything above */
} gy_project_config;

/* Every default, no sources. Clear it in either case. */
GY_MUST_USE gy_status gy_project_config_init(gy_project_config *config, gy_error *err);
void gy_project_config_clear(gy_project_config *config); /* safe on a zeroed struct */

/* Reads `text`; `file` is only for messages. GY_ECONFIG: "shop/gyeol.yaml:12: ...". On failure
 * `config` is zeroed. */
GY_MUST_USE gy_status gy_project_config_parse(const char *text, size_t length, const char *file,
                                              gy_project_config *config, gy_error *err);
GY_MUST_USE gy_status gy_project_config_load(const char *path, gy_project_config *config, gy_error *err);

/* Appends the commented file. */
GY_MUST_USE gy_status gy_project_config_emit(const gy_project_config *config, gy_buffer *out, gy_error *err);
/* Writes it beside `path` and renames it into place: a reader sees the old file or the new one. */
GY_MUST_USE gy_status gy_project_config_save(const gy_project_config *config, const char *path,
                                             gy_error *err);

/* One contract on one line, as an item of a list, with its newline. False: a text is not UTF-8. */
bool gy_contract_emit(const gy_contract_config *contract, const char *indent, gy_buffer *out);

/* The parts of a project that steps depend on separately. */
typedef enum gy_config_section {
  GY_SECTION_IDENTITY, /* name, language, currency */
  GY_SECTION_TIMEZONE,
  GY_SECTION_AS_OF,
  GY_SECTION_SOURCES,
  GY_SECTION_CLEANING,
  GY_SECTION_FEATURES,
  GY_SECTION_RFM,
  GY_SECTION_PREPARATION,
  GY_SECTION_CLUSTERS,
  GY_SECTION_REPORT,
  GY_SECTION_CONSENT,
  GY_SECTION_RETENTION,
  GY_SECTION_PEOPLE, /* identity */
  GY_SECTION_LIFECYCLE,
  GY_SECTION_CAMPAIGNS,
  GY_SECTION_COUNT,
} gy_config_section;

enum { GY_SECTION_HASH_CHARS = 64 };

/* The section's settings as one line of JSON that does not depend on layout, comments or order of keys
 * in the file; gives it. */
GY_MUST_USE gy_status gy_project_config_canonical(const gy_project_config *config, gy_config_section section,
                                                  char **json, gy_error *err);
/* BLAKE2b-256 of that line, as hexadecimal text. */
GY_MUST_USE gy_status gy_project_config_hash(const gy_project_config *config, gy_config_section section,
                                             char hash[GY_SECTION_HASH_CHARS + 1], gy_error *err);

/* The column of a source that `name` means: by its own name, else by its role. NULL: there is none, and where
 * `nearest` is not NULL it receives the one that was probably meant, or NULL. */
const gy_column_role *gy_source_config_column(const gy_source_config *source, const char *name,
                                              const char **nearest);

/* The name of a column in the source's relation. */
const char *gy_column_role_target(const gy_source_config *source, const gy_column_role *column);

enum { GY_ROLE_TEXT_MAX = 64 };
/* The role as gyeol.yaml says it: its name; of a consent with purpose and channel, "consent:marketing:email".
 */
const char *gy_column_role_text(const gy_column_role *column, char text[GY_ROLE_TEXT_MAX]);

/* Whether people of whom nothing is known have agreed to a purpose. */
bool gy_consent_default(const gy_project_config *config, gy_purpose purpose);

/* The days for which rows of a table are kept; 0: for ever. */
uint32_t gy_retention_days(const gy_project_config *config, gy_target table);

/* The column by which the newest row of a key is found; NULL where there is none. */
const gy_column_role *gy_duplicates_by(const gy_source_config *source);

/* Splits "SOURCE.COLUMN": the source and its column; false when there is no such source or column, with
 * `source` set as far as it was found. */
bool gy_project_config_reference(const gy_project_config *config, const char *reference,
                                 const gy_source_config **source, const gy_column_role **column);

/* Roles that sources of `target` map to some column. */
gy_role_set gy_project_config_roles(const gy_project_config *config, gy_target target);

#endif
