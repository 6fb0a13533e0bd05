/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema tables. Order and names here are the order and names in docs/project-file.md. */
#include "data/project_file_schema.h"

#define N(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))
#define WORDS(name, ...)                                    \
  static const cyaml_strval_t name##_table[] = __VA_ARGS__; \
  const gy_word_list name = {name##_table, N(name##_table)}

WORDS(gy_language_words, {{"ko", GY_LANGUAGE_KO}, {"en", GY_LANGUAGE_EN}});
#define GY_TARGET_WORD(code, name, meaning) {name, code},
WORDS(gy_target_words, {GY_TARGET_TABLE(GY_TARGET_WORD)});
#undef GY_TARGET_WORD
WORDS(gy_format_words, {{"auto", GY_FORMAT_AUTO},
                        {"csv", GY_FORMAT_CSV},
                        {"tsv", GY_FORMAT_TSV},
                        {"spaces", GY_FORMAT_SPACES},
                        {"xlsx", GY_FORMAT_XLSX},
                        {"json", GY_FORMAT_JSON},
                        {"ndjson", GY_FORMAT_NDJSON},
                        {"parquet", GY_FORMAT_PARQUET}});
#define GY_ENCODING_WORD(code, name, iconv_name) {name, code},
WORDS(gy_encoding_words, {GY_ENCODING_TABLE(GY_ENCODING_WORD){"euc-kr", GY_ENCODING_CP949}});
#undef GY_ENCODING_WORD
WORDS(gy_quote_words, {{"auto", GY_QUOTE_AUTO},
                       {"double", GY_QUOTE_DOUBLE},
                       {"single", GY_QUOTE_SINGLE},
                       {"none", GY_QUOTE_NONE}});
WORDS(gy_header_words, {{"auto", GY_HEADER_AUTO},
                        {"yes", GY_HEADER_YES},
                        {"no", GY_HEADER_NO},
                        {"true", GY_HEADER_YES},
                        {"false", GY_HEADER_NO}});
WORDS(gy_free_text_words, {{"mask", GY_FREE_TEXT_MASK}, {"keep", GY_FREE_TEXT_KEEP}});
WORDS(gy_yes_no_words, {{"yes", GY_YES}, {"no", GY_NO}, {"true", GY_YES}, {"false", GY_NO}});
WORDS(gy_decimal_words, {{"point", GY_DECIMAL_POINT}, {"comma", GY_DECIMAL_COMMA}});
WORDS(gy_net_words, {{"exclude", GY_NET_EXCLUDE}, {"net", GY_NET_NET}});
WORDS(gy_keep_words, {{"exclude", GY_KEEP_EXCLUDE}, {"keep", GY_KEEP_KEEP}});
WORDS(gy_duplicate_words, {{"keep", GY_DUPLICATES_KEEP}, {"drop", GY_DUPLICATES_DROP}});
WORDS(gy_rule_words, {{"required", GY_RULE_REQUIRED},
                      {"type", GY_RULE_TYPE},
                      {"range", GY_RULE_RANGE},
                      {"set", GY_RULE_SET},
                      {"pattern", GY_RULE_PATTERN},
                      {"unique", GY_RULE_UNIQUE},
                      {"foreign_key", GY_RULE_FOREIGN},
                      {"window", GY_RULE_WINDOW},
                      {"fresh", GY_RULE_FRESH},
                      {"row_change", GY_RULE_CHANGE}});
WORDS(gy_rule_type_words, {{"integer", GY_RULE_TYPE_INTEGER},
                           {"number", GY_RULE_TYPE_NUMBER},
                           {"time", GY_RULE_TYPE_TIME},
                           {"bool", GY_RULE_TYPE_BOOL}});
WORDS(gy_severity_words,
      {{"warn", GY_SEVERITY_WARN}, {"quarantine", GY_SEVERITY_QUARANTINE}, {"stop", GY_SEVERITY_STOP}});
WORDS(gy_exact_words, {{"keep", GY_EXACT_KEEP}, {"drop", GY_EXACT_DROP}});
WORDS(gy_survivor_words, {{"first", GY_SURVIVOR_FIRST},
                          {"last", GY_SURVIVOR_LAST},
                          {"newest", GY_SURVIVOR_NEWEST},
                          {"oldest", GY_SURVIVOR_OLDEST},
                          {"most_complete", GY_SURVIVOR_MOST_COMPLETE}});
WORDS(gy_rfm_method_words,
      {{"quintile", GY_RFM_QUINTILE}, {"thresholds", GY_RFM_THRESHOLDS}, {"weighted", GY_RFM_WEIGHTED}});
WORDS(gy_scaling_words, {{"log_robust", GY_SCALE_RULE_LOG_ROBUST},
                         {"robust", GY_SCALE_RULE_ROBUST},
                         {"standard", GY_SCALE_RULE_STANDARD},
                         {"none", GY_SCALE_RULE_NONE}});

#define GY_KEY_WORD(code, name, joins, values, others) {name, code},
WORDS(gy_key_words, {GY_KEY_TABLE(GY_KEY_WORD)});
#undef GY_KEY_WORD
WORDS(gy_guest_words, {{"person", GY_GUESTS_PERSON}, {"leave", GY_GUESTS_LEAVE}});
WORDS(gy_contradiction_words,
      {{"keep_apart", GY_CONTRADICTIONS_KEEP_APART}, {"ignore", GY_CONTRADICTIONS_IGNORE}});
WORDS(gy_fuzzy_words, {{"off", GY_FUZZY_OFF}, {"review", GY_FUZZY_REVIEW}, {"merge", GY_FUZZY_MERGE}});
WORDS(gy_merge_words, {{"source", GY_MERGE_SOURCE},
                       {"recent", GY_MERGE_RECENT},
                       {"frequent", GY_MERGE_FREQUENT},
                       {"longest", GY_MERGE_LONGEST}});

/* There is no rule that keeps lines without a customer: nothing could be said about them. */
static const cyaml_strval_t ONLY_EXCLUDE[] = {{"exclude", GY_KEEP_EXCLUDE}};
static const cyaml_strval_t CLUSTER_COUNT[] = {{"auto", 0}};

enum {
  OPTIONAL = CYAML_FLAG_OPTIONAL,
  WORD = CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
  TEXT_MAX = 4096,
};

#define TEXT(key, struct_, member) \
  CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | OPTIONAL, struct_, member, 0, TEXT_MAX)
#define ENUM(key, struct_, member, table)   CYAML_FIELD_ENUM(key, WORD, struct_, member, table, N(table))
#define NUMBER(key, struct_, member)        CYAML_FIELD_UINT(key, OPTIONAL, struct_, member)
#define REAL(key, struct_, member)          CYAML_FIELD_FLOAT(key, OPTIONAL, struct_, member)
#define GROUP(key, struct_, member, fields) CYAML_FIELD_MAPPING(key, OPTIONAL, struct_, member, fields)
#define FIXED(key, struct_, member, entry, n) \
  CYAML_FIELD_SEQUENCE_FIXED(key, OPTIONAL, struct_, member, entry, n)
#define LIST(key_, struct_, member, n_member, entry_, max_)                                                 \
  {                                                                                                         \
    .key = key_, .data_offset = offsetof(struct_, member), .count_offset = offsetof(struct_, n_member),     \
    .count_size = sizeof(((struct_ *)NULL)->n_member),                                                      \
    .value = {                                                                                              \
        CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER | OPTIONAL, *(((struct_ *)NULL)->member), entry_, 0, max_), \
    },                                                                                                      \
  }

static const cyaml_schema_value_t TEXT_ENTRY = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MAX)};
static const cyaml_schema_value_t NUMBER_ENTRY = {CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint32_t)};
static const cyaml_schema_value_t REAL_ENTRY = {CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, double)};

static const cyaml_schema_field_t CONTRACT_FIELDS[] = {
    TEXT("name", gy_contract_config, name),
    CYAML_FIELD_ENUM("rule", CYAML_FLAG_STRICT, gy_contract_config, rule, gy_rule_words_table,
                     N(gy_rule_words_table)),
    TEXT("column", gy_contract_config, column),
    LIST("columns", gy_contract_config, columns, n_columns, &TEXT_ENTRY, GY_CONTRACT_COLUMNS_MAX),
    ENUM("type", gy_contract_config, type, gy_rule_type_words_table),
    TEXT("min", gy_contract_config, min),
    TEXT("max", gy_contract_config, max),
    LIST("values", gy_contract_config, values, n_values, &TEXT_ENTRY, GY_CONTRACT_VALUES_MAX),
    TEXT("pattern", gy_contract_config, pattern),
    TEXT("references", gy_contract_config, references),
    TEXT("from", gy_contract_config, from),
    TEXT("to", gy_contract_config, to),
    NUMBER("days", gy_contract_config, days),
    TEXT("percent", gy_contract_config, percent),
    ENUM("severity", gy_contract_config, severity, gy_severity_words_table),
    TEXT("threshold", gy_contract_config, threshold),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t CONTRACT_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, gy_contract_config, CONTRACT_FIELDS)};

static const cyaml_schema_field_t DUPLICATE_FIELDS[] = {
    ENUM("exact", gy_duplicates_config, exact, gy_exact_words_table),
    LIST("key", gy_duplicates_config, key, n_key, &TEXT_ENTRY, GY_DUPLICATE_KEY_MAX),
    ENUM("keep", gy_duplicates_config, keep, gy_survivor_words_table),
    TEXT("by", gy_duplicates_config, by),
    NUMBER("priority", gy_duplicates_config, priority),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t SOURCE_FIELDS[] = {
    TEXT("name", gy_source_config, name),
    CYAML_FIELD_ENUM("target", CYAML_FLAG_STRICT, gy_source_config, target, gy_target_words_table,
                     N(gy_target_words_table)),
    LIST("files", gy_source_config, files, n_files, &TEXT_ENTRY, GY_PROJECT_FILES_MAX),
    ENUM("format", gy_source_config, format, gy_format_words_table),
    ENUM("encoding", gy_source_config, encoding, gy_encoding_words_table),
    CYAML_FIELD_STRING("delimiter", OPTIONAL, gy_source_config, delimiter, 0),
    ENUM("quote", gy_source_config, quote, gy_quote_words_table),
    CYAML_FIELD_STRING("escape", OPTIONAL, gy_source_config, escape, 0),
    ENUM("header", gy_source_config, header, gy_header_words_table),
    NUMBER("skip_lines", gy_source_config, skip_lines),
    TEXT("sheet", gy_source_config, sheet),
    NUMBER("header_rows", gy_source_config, header_rows),
    ENUM("decimal", gy_source_config, decimal, gy_decimal_words_table),
    TEXT("time_format", gy_source_config, time_format),
    TEXT("event", gy_source_config, event),
    CYAML_FIELD_IGNORE("columns", CYAML_FLAG_OPTIONAL),
    LIST("contracts", gy_source_config, contracts, n_contracts, &CONTRACT_ENTRY, GY_CONTRACTS_MAX),
    GROUP("duplicates", gy_source_config, duplicates, DUPLICATE_FIELDS),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t SOURCE_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, gy_source_config, SOURCE_FIELDS)};

typedef __typeof__(((gy_cleaning_config *)NULL)->cancelled) cancelled_config;
static const cyaml_schema_field_t CANCELLED_FIELDS[] = {
    TEXT("prefix", cancelled_config, prefix),
    LIST("status", cancelled_config, status, n_status, &TEXT_ENTRY, 256),
    ENUM("action", cancelled_config, action, gy_net_words_table),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t CLEANING_FIELDS[] = {
    GROUP("cancelled", gy_cleaning_config, cancelled, CANCELLED_FIELDS),
    ENUM("returns", gy_cleaning_config, returns, gy_net_words_table),
    ENUM("duplicates", gy_cleaning_config, duplicates, gy_duplicate_words_table),
    ENUM("zero_price", gy_cleaning_config, zero_price, gy_keep_words_table),
    ENUM("negative_price", gy_cleaning_config, negative_price, gy_keep_words_table),
    ENUM("without_customer", gy_cleaning_config, without_customer, ONLY_EXCLUDE),
    CYAML_FIELD_END,
};

typedef __typeof__(((gy_project_config *)NULL)->features) feature_config;
static const cyaml_schema_field_t FEATURE_FIELDS[] = {
    LIST("windows_days", feature_config, windows_days, n_windows, &NUMBER_ENTRY, GY_WINDOWS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t THRESHOLD_FIELDS[] = {
    FIXED("recency_days", gy_rfm_threshold_config, recency_days, &REAL_ENTRY, GY_RFM_CUTS),
    FIXED("orders", gy_rfm_threshold_config, orders, &REAL_ENTRY, GY_RFM_CUTS),
    FIXED("monetary", gy_rfm_threshold_config, monetary, &REAL_ENTRY, GY_RFM_CUTS),
    CYAML_FIELD_END,
};
typedef __typeof__(((gy_rfm_config *)NULL)->weights) weight_config;
static const cyaml_schema_field_t WEIGHT_FIELDS[] = {
    REAL("recency", weight_config, recency),
    REAL("frequency", weight_config, frequency),
    REAL("monetary", weight_config, monetary),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t SEGMENT_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, gy_rfm_segment_config, name, 1, 128),
    TEXT("name_ko", gy_rfm_segment_config, name_ko),
    FIXED("r", gy_rfm_segment_config, r, &NUMBER_ENTRY, 2),
    FIXED("f", gy_rfm_segment_config, f, &NUMBER_ENTRY, 2),
    FIXED("m", gy_rfm_segment_config, m, &NUMBER_ENTRY, 2),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t SEGMENT_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, gy_rfm_segment_config, SEGMENT_FIELDS)};
static const cyaml_schema_field_t RFM_FIELDS[] = {
    ENUM("method", gy_rfm_config, method, gy_rfm_method_words_table),
    GROUP("thresholds", gy_rfm_config, thresholds, THRESHOLD_FIELDS),
    GROUP("weights", gy_rfm_config, weights, WEIGHT_FIELDS),
    LIST("segments", gy_rfm_config, segments, n_segments, &SEGMENT_ENTRY, GY_RFM_SEGMENTS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t PREPARED_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("feature", CYAML_FLAG_POINTER, gy_feature_preparation, feature, 1, 128),
    TEXT("missing", gy_feature_preparation, missing),
    TEXT("outliers", gy_feature_preparation, outliers),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t PREPARED_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, gy_feature_preparation, PREPARED_FIELDS)};
static const cyaml_schema_field_t PREPARATION_FIELDS[] = {
    TEXT("missing", gy_preparation_config, missing),
    TEXT("outliers", gy_preparation_config, outliers),
    LIST("features", gy_preparation_config, features, n_features, &PREPARED_ENTRY, GY_CLUSTER_FEATURES_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t CLUSTER_FIELDS[] = {
    LIST("features", gy_cluster_config, features, n_features, &TEXT_ENTRY, GY_CLUSTER_FEATURES_MAX),
    ENUM("scaling", gy_cluster_config, scaling, gy_scaling_words_table),
    CYAML_FIELD_ENUM("k", OPTIONAL, gy_cluster_config, k, CLUSTER_COUNT, N(CLUSTER_COUNT)),
    NUMBER("k_min", gy_cluster_config, k_min),
    NUMBER("k_max", gy_cluster_config, k_max),
    NUMBER("starts", gy_cluster_config, starts),
    NUMBER("seed", gy_cluster_config, seed),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t LIFECYCLE_FIELDS[] = {
    NUMBER("new_days", gy_lifecycle_config, new_days),
    NUMBER("active_days", gy_lifecycle_config, active_days),
    NUMBER("lapsed_days", gy_lifecycle_config, lapsed_days),
    NUMBER("lost_days", gy_lifecycle_config, lost_days),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t CAMPAIGN_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, gy_campaign_config, name, 1, 256),
    LIST("segments", gy_campaign_config, segments, n_segments, &TEXT_ENTRY, GY_CAMPAIGN_SEGMENTS_MAX),
    CYAML_FIELD_STRING_PTR("from", CYAML_FLAG_POINTER, gy_campaign_config, from, 1, 32),
    TEXT("until", gy_campaign_config, until),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t CAMPAIGN_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, gy_campaign_config, CAMPAIGN_FIELDS)};

typedef __typeof__(((gy_consent_config *)NULL)->defaults) consent_defaults;
static const cyaml_schema_field_t DEFAULT_FIELDS[] = {
    ENUM("analytics", consent_defaults, analytics, gy_yes_no_words_table),
    ENUM("personalisation", consent_defaults, personalisation, gy_yes_no_words_table),
    ENUM("marketing", consent_defaults, marketing, gy_yes_no_words_table),
    ENUM("third_party", consent_defaults, third_party, gy_yes_no_words_table),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t CONSENT_FIELDS[] = {
    GROUP("defaults", gy_consent_config, defaults, DEFAULT_FIELDS),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t RETENTION_FIELDS[] = {
    CYAML_FIELD_ENUM("table", CYAML_FLAG_STRICT, gy_retention_config, table, gy_target_words_table,
                     N(gy_target_words_table)),
    CYAML_FIELD_UINT("keep_days", CYAML_FLAG_DEFAULT, gy_retention_config, keep_days),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t RETENTION_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, gy_retention_config, RETENTION_FIELDS)};
static const cyaml_schema_field_t PRIVACY_FIELDS[] = {
    TEXT("key", gy_privacy_config, key),
    ENUM("free_text", gy_privacy_config, free_text, gy_free_text_words_table),
    LIST("retention", gy_privacy_config, retention, n_retention, &RETENTION_ENTRY, GY_TARGET_COUNT),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t KEY_ENTRY = {
    CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, gy_key_kind, gy_key_words_table, N(gy_key_words_table))};
static const cyaml_schema_field_t LIMIT_FIELDS[] = {
    NUMBER("values", gy_key_limit, values),
    NUMBER("joins", gy_key_limit, joins),
    CYAML_FIELD_END,
};
#define LIMIT(code, name, joins, values, others)                            \
  {                                                                         \
      .key = name,                                                          \
      .data_offset = code * sizeof(gy_key_limit),                           \
      .value = {CYAML_VALUE_MAPPING(OPTIONAL, gy_key_limit, LIMIT_FIELDS)}, \
  },
static const cyaml_schema_field_t LIMIT_LIST_FIELDS[] = {GY_KEY_TABLE(LIMIT) CYAML_FIELD_END};
static const cyaml_schema_field_t ATTRIBUTE_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("attribute", CYAML_FLAG_POINTER, gy_attribute_merge, attribute, 1, 256),
    CYAML_FIELD_ENUM("rule", CYAML_FLAG_STRICT, gy_attribute_merge, rule, gy_merge_words_table,
                     N(gy_merge_words_table)),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t ATTRIBUTE_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, gy_attribute_merge, ATTRIBUTE_FIELDS)};
typedef __typeof__(((gy_identity_config *)NULL)->merge) merge_config;
static const cyaml_schema_field_t MERGE_FIELDS[] = {
    ENUM("rule", merge_config, rule, gy_merge_words_table),
    TEXT("recent_by", merge_config, recent_by),
    LIST("attributes", merge_config, attributes, n_attributes, &ATTRIBUTE_ENTRY, GY_MERGE_ATTRIBUTES_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t IDENTITY_FIELDS[] = {
    LIST("keys", gy_identity_config, keys, n_keys, &KEY_ENTRY, GY_KEY_COUNT),
    GROUP("limits", gy_identity_config, limits, LIMIT_LIST_FIELDS),
    NUMBER("largest_person", gy_identity_config, largest_person),
    ENUM("guests", gy_identity_config, guests, gy_guest_words_table),
    ENUM("contradictions", gy_identity_config, contradictions, gy_contradiction_words_table),
    ENUM("fuzzy", gy_identity_config, fuzzy, gy_fuzzy_words_table),
    GROUP("merge", gy_identity_config, merge, MERGE_FIELDS),
    CYAML_FIELD_END,
};

typedef __typeof__(((gy_project_config *)NULL)->report) report_config;
static const cyaml_schema_field_t REPORT_FIELDS[] = {
    NUMBER("top_products", report_config, top_products),
    NUMBER("cohort_months", report_config, cohort_months),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t PROJECT_FIELDS[] = {
    TEXT("name", gy_project_config, name),
    ENUM("language", gy_project_config, language, gy_language_words_table),
    TEXT("timezone", gy_project_config, timezone),
    TEXT("currency", gy_project_config, currency),
    TEXT("as_of", gy_project_config, as_of),
    LIST("sources", gy_project_config, sources, n_sources, &SOURCE_ENTRY, GY_PROJECT_SOURCES_MAX),
    GROUP("cleaning", gy_project_config, cleaning, CLEANING_FIELDS),
    GROUP("features", gy_project_config, features, FEATURE_FIELDS),
    GROUP("rfm", gy_project_config, rfm, RFM_FIELDS),
    GROUP("preparation", gy_project_config, preparation, PREPARATION_FIELDS),
    GROUP("clusters", gy_project_config, clusters, CLUSTER_FIELDS),
    LIST("campaigns", gy_project_config, campaigns, n_campaigns, &CAMPAIGN_ENTRY, GY_CAMPAIGNS_MAX),
    GROUP("lifecycle", gy_project_config, lifecycle, LIFECYCLE_FIELDS),
    GROUP("consent", gy_project_config, consent, CONSENT_FIELDS),
    GROUP("privacy", gy_project_config, privacy, PRIVACY_FIELDS),
    GROUP("identity", gy_project_config, identity, IDENTITY_FIELDS),
    GROUP("report", gy_project_config, report, REPORT_FIELDS),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t gy_project_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, gy_project_config, PROJECT_FIELDS)};

const char *gy_word_of(const gy_word_list *list, int value) {
  for (uint32_t i = 0; i < list->n; i++) {
    if (list->words[i].val == value) return list->words[i].str;
  }
  return list->words[0].str;
}
