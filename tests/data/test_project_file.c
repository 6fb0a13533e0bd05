/* SPDX-License-Identifier: Apache-2.0
 *
 * parse(emit(x)) = x over settings drawn at random, with texts that YAML finds hard. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "data/project_file.h"

static void parse(const char *text, gy_project_config *config) {
  gy_error err = {0};
  cr_assert_eq(gy_project_config_parse(text, strlen(text), "t.yaml", config, &err), GY_OK, "%s", err.text);
}

static char *emit(const gy_project_config *config) {
  gy_error err = {0};
  gy_buffer out;
  gy_buffer_init(&out, GY_PROJECT_FILE_MAX_BYTES);
  cr_assert_eq(gy_project_config_emit(config, &out, &err), GY_OK, "%s", err.text);
  return gy_buffer_take(&out);
}

static void assert_same(const gy_project_config *a, const gy_project_config *b, const char *yaml) {
  for (gy_config_section section = 0; section < GY_SECTION_COUNT; section++) {
    char *x = NULL, *y = NULL;
    cr_assert_eq(gy_project_config_canonical(a, section, &x, NULL), GY_OK);
    cr_assert_eq(gy_project_config_canonical(b, section, &y, NULL), GY_OK);
    cr_assert_str_eq(x, y, "section %d differs:\n%s\n%s\nin\n%s", (int)section, x, y, yaml);
    free(x);
    free(y);
  }
}

static void assert_round_trip(const gy_project_config *config) {
  char *yaml = emit(config);
  gy_project_config again;
  gy_error err = {0};
  cr_assert_eq(gy_project_config_parse(yaml, strlen(yaml), "t.yaml", &again, &err), GY_OK, "%s in\n%s",
               err.text, yaml);
  assert_same(config, &again, yaml);
  char *second = emit(&again);
  cr_assert_str_eq(yaml, second);
  free(second);
  free(yaml);
  gy_project_config_clear(&again);
}

Test(project_file, defaults_for_everything) {
  gy_project_config config;
  gy_error err = {0};
  cr_assert_eq(gy_project_config_init(&config, &err), GY_OK, "%s", err.text);
  cr_assert_str_eq(config.timezone, "Asia/Seoul");
  cr_assert_str_eq(config.currency, "KRW");
  cr_assert_str_eq(config.as_of, "auto");
  cr_assert_eq(config.language, GY_LANGUAGE_KO);
  cr_assert_eq(config.n_sources, 0);
  cr_assert_eq(config.features.n_windows, 3);
  cr_assert_eq(config.features.windows_days[1], 90);
  cr_assert_eq(config.cleaning.cancelled.action, GY_NET_EXCLUDE);
  cr_assert_eq(config.cleaning.zero_price, GY_KEEP_EXCLUDE);
  cr_assert_eq(config.cleaning.duplicates, GY_DUPLICATES_KEEP);
  cr_assert_eq(config.rfm.method, GY_RFM_QUINTILE);
  cr_assert_eq(config.rfm.n_segments, 0);
  cr_assert_eq(config.clusters.k, 0);
  cr_assert_eq(config.clusters.k_min, 2);
  cr_assert_eq(config.clusters.k_max, 12);
  cr_assert_eq(config.report.cohort_months, 12);
  assert_round_trip(&config);
  gy_project_config_clear(&config);
}

static const char EVERYTHING[] =
    "name: 결 상점\n"
    "language: en\n"
    "timezone: Europe/London\n"
    "currency: GBP\n"
    "as_of: 2011-12-10 12:50:00\n"
    "sources:\n"
    "  - name: lines\n"
    "    target: order_items\n"
    "    files: [a.csv, 'b *.csv']\n"
    "    format: csv\n"
    "    encoding: cp949\n"
    "    delimiter: ';'\n"
    "    quote: single\n"
    "    header: no\n"
    "    decimal: comma\n"
    "    time_format: dmy\n"
    "    columns:\n"
    "      고객번호: customer\n"
    "      \"a: b # c\": order\n"
    "      주문일시: time\n"
    "      x: attribute\n"
    "      y: ignore\n"
    "    contracts:\n"
    "      - {rule: required, column: customer, severity: stop, threshold: 0.5%, name: 'who: 고객'}\n"
    "      - {rule: type, column: x, type: integer}\n"
    "      - {rule: range, column: x, min: -1.5, max: 1e3, severity: quarantine}\n"
    "      - {rule: set, column: x, values: [\"yes\", '1', 서울, 'a, b']}\n"
    "      - {rule: pattern, column: x, pattern: '[A-Z]\\d{5}|\"#\"'}\n"
    "      - {rule: unique, columns: [order, x]}\n"
    "      - {rule: foreign_key, column: 고객번호, references: people.id}\n"
    "      - {rule: window, column: time, from: 2010-01-01 10:00:00, to: now, threshold: 10}\n"
    "      - {rule: fresh, column: time, days: 3}\n"
    "      - {rule: row_change, percent: 20%, severity: stop}\n"
    "    duplicates: {exact: drop, key: [order, x], keep: oldest, by: 주문일시, priority: 2}\n"
    "  - {name: people, target: customers, files: [p.csv], columns: {id: customer, consent_sms: consent, "
    "ok: 'consent:제3자 제공', 광고: 'consent:marketing:우편'}}\n"
    "  - {name: done, target: events, files: [e.json], event: 'Order: \"Completed\"', columns: {t: time, "
    "p.price: "
    "unit_price}}\n"
    "cleaning:\n"
    "  cancelled: {prefix: C, status: [취소], action: net}\n"
    "  returns: net\n"
    "  duplicates: drop\n"
    "  zero_price: keep\n"
    "  negative_price: keep\n"
    "  without_customer: exclude\n"
    "features: {windows_days: [7]}\n"
    "rfm:\n"
    "  method: weighted\n"
    "  thresholds: {recency_days: [1.5, 2, 3, 4], orders: [1, 2, 3, 4], monetary: [0.1, 0.2, "
    "0.30000000000000004, 1e9]}\n"
    "  weights: {recency: 0.5, frequency: 0, monetary: 2}\n"
    "  segments:\n"
    "    - {name: All, r: [1, 5], f: [2, 2]}\n"
    "preparation: {missing: \"constant:-1\", outliers: flag, features: [{feature: orders, outliers: "
    "\"robust-z:2.5\"}]}\n"
    "clusters: {features: [orders], scaling: none, k: 5, k_min: 3, k_max: 4, starts: 2, seed: "
    "18446744073709551615}\n"
    "lifecycle: {new_days: 14, lost_days: 400}\n"
    "campaigns:\n"
    "  - {name: 봄 행사, segments: [vip, 'a: b'], from: 2026-03-01, until: 2026-03-31}\n"
    "  - {name: open, segments: [vip], from: 2026-01-01}\n"
    "consent: {defaults: {analytics: no, marketing: yes}}\n"
    "privacy: {key: 'env:SHOP_KEY', free_text: keep, retention: [{table: order_items, keep_days: 730}, "
    "{table: events, "
    "keep_days: 1}]}\n"
    "identity: {keys: [customer_id, phone, email, anonymous_id], limits: {email: {values: 3, joins: 2}}, "
    "largest_person: 20, guests: leave, contradictions: ignore, fuzzy: review, merge: {rule: recent, "
    "recent_by: \"갱신 일시\", "
    "attributes: "
    "[{attribute: region, rule: longest}]}}\n"
    "report: {top_products: 3, cohort_months: 24}\n";

Test(project_file, the_place_of_a_sheet_is_read_and_written_back) {
  static const char *const SHEETS[] = {"주문 내역", "2", "\"3월: a#b\"", "''"};
  for (size_t i = 0; i < sizeof SHEETS / sizeof *SHEETS; i++) {
    char yaml[512];
    snprintf(
        yaml, sizeof yaml,
        "sources:\n  - {name: a, target: products, files: [a.xlsx], format: xlsx, sheet: %s, header_rows: 2, "
        "skip_lines: 3, columns: {x: product}}\n",
        SHEETS[i]);
    gy_project_config c;
    parse(yaml, &c);
    cr_expect_eq(c.sources[0].format, GY_FORMAT_XLSX);
    cr_expect_eq(c.sources[0].header_rows, 2);
    cr_expect_str_eq(c.sources[0].sheet, i == 2 ? "3월: a#b" : i == 3 ? "" : SHEETS[i]);
    assert_round_trip(&c);
    gy_project_config_clear(&c);
  }
}

Test(project_file, every_setting_is_read_and_written_back) {
  gy_project_config c;
  parse(EVERYTHING, &c);
  cr_assert_str_eq(c.name, "결 상점");
  cr_assert_str_eq(c.as_of, "2011-12-10 12:50:00");
  cr_assert_eq(c.n_sources, 3);
  cr_assert_str_eq(c.sources[2].event, "Order: \"Completed\"");
  cr_assert_str_eq(c.sources[2].columns[1].column, "p.price");
  const gy_source_config *s = &c.sources[0];
  cr_assert_eq(s->n_files, 2);
  cr_assert_str_eq(s->files[1], "b *.csv");
  cr_assert_eq(s->format, GY_FORMAT_CSV);
  cr_assert_str_eq(s->delimiter, ";");
  cr_assert_eq(s->quote, GY_QUOTE_SINGLE);
  cr_assert_eq(s->header, GY_HEADER_NO);
  cr_assert_eq(s->decimal, GY_DECIMAL_COMMA);
  cr_assert_eq(s->n_columns, 5);
  cr_assert_str_eq(s->columns[1].column, "a: b # c");
  cr_assert_eq(s->columns[1].role, GY_ROLE_ORDER);
  cr_assert_eq(s->columns[4].role, GY_ROLE_IGNORE);
  cr_assert_eq(s->n_contracts, 10);
  cr_assert_str_eq(s->contracts[0].name, "who: 고객");
  cr_assert_eq(s->contracts[0].severity, GY_SEVERITY_STOP);
  cr_assert_str_eq(s->contracts[1].name, "type(x)");
  cr_assert_str_eq(s->contracts[3].values[1], "1");
  cr_assert_str_eq(s->contracts[5].name, "unique(order, x)");
  cr_assert_eq(s->contracts[8].days, 3);
  cr_assert_eq(s->duplicates.exact, GY_EXACT_DROP);
  cr_assert_eq(s->duplicates.n_key, 2);
  cr_assert_str_eq(s->duplicates.key[1], "x");
  cr_assert_eq(s->duplicates.keep, GY_SURVIVOR_OLDEST);
  cr_assert_str_eq(s->duplicates.by, "주문일시");
  cr_assert_eq(s->duplicates.priority, 2);
  cr_assert_eq(c.cleaning.cancelled.action, GY_NET_NET);
  cr_assert_str_eq(c.cleaning.cancelled.status[0], "취소");
  cr_assert_eq(c.cleaning.duplicates, GY_DUPLICATES_DROP);
  cr_assert_eq(c.features.n_windows, 1);
  cr_assert_eq(c.rfm.thresholds.monetary[2], 0.30000000000000004);
  cr_assert_eq(c.rfm.weights.frequency, 0);
  cr_assert_eq(c.rfm.segments[0].f[1], 2);
  cr_assert_eq(c.rfm.segments[0].m[1], 5);
  cr_assert_str_eq(c.rfm.segments[0].name_ko, "All");
  cr_assert_str_eq(c.preparation.missing, "constant:-1");
  cr_assert_str_eq(c.preparation.outliers, "flag");
  cr_assert_str_eq(c.preparation.features[0].outliers, "robust-z:2.5");
  cr_assert_null(c.preparation.features[0].missing);
  cr_assert_eq(c.clusters.k, 5);
  cr_assert_eq(c.clusters.seed, UINT64_MAX);
  cr_assert_eq(c.report.cohort_months, 24);
  const gy_column_role *wide = c.sources[1].columns;
  cr_assert_eq(wide[1].role, GY_ROLE_CONSENT);
  cr_assert(wide[1].purpose == GY_PURPOSE_MARKETING && wide[1].channel == GY_CHANNEL_SMS, "by its name");
  cr_assert(wide[2].purpose == GY_PURPOSE_THIRD_PARTY && wide[2].channel == GY_CHANNEL_ANY);
  cr_assert(wide[3].purpose == GY_PURPOSE_MARKETING && wide[3].channel == GY_CHANNEL_MAIL);
  cr_assert(!gy_consent_default(&c, GY_PURPOSE_ANALYTICS) && gy_consent_default(&c, GY_PURPOSE_MARKETING));
  cr_assert(!gy_consent_default(&c, GY_PURPOSE_THIRD_PARTY), "what is not said is no");
  cr_assert_str_eq(c.privacy.key, "env:SHOP_KEY");
  cr_assert_eq(c.privacy.free_text, GY_FREE_TEXT_KEEP);
  cr_assert_eq(gy_retention_days(&c, GY_TARGET_ORDER_ITEMS), 730);
  cr_assert_eq(gy_retention_days(&c, GY_TARGET_EVENTS), 1);
  cr_assert_eq(gy_retention_days(&c, GY_TARGET_REVIEWS), 0);
  cr_assert_eq(gy_project_config_roles(&c, GY_TARGET_ORDER_ITEMS),
               GY_ROLE_BIT(GY_ROLE_CUSTOMER) | GY_ROLE_BIT(GY_ROLE_ORDER) | GY_ROLE_BIT(GY_ROLE_TIME) |
                   GY_ROLE_BIT(GY_ROLE_ATTRIBUTE) | GY_ROLE_BIT(GY_ROLE_IGNORE));
  assert_round_trip(&c);
  gy_project_config_clear(&c);
}

/* Texts that YAML readers trip over. */
static const char *const HARD[] = {"yes",
                                   "NULL",
                                   "~",
                                   "-",
                                   "1e3",
                                   "0x10",
                                   "a: b",
                                   "a #b",
                                   "#b",
                                   "- x",
                                   "[a]",
                                   "{a}",
                                   "*a",
                                   "&a",
                                   "!a",
                                   "%a",
                                   "@a",
                                   "`a",
                                   "'a'",
                                   "\"a\"",
                                   " a ",
                                   "a\tb",
                                   "a\nb",
                                   "\\",
                                   "\x01",
                                   "금액(원)",
                                   "판매가",
                                   "é",
                                   "\xEF\xBB\xBF"
                                   "a",
                                   "\xE2\x80\xA8",
                                   "😀",
                                   "?",
                                   ": ",
                                   "Annual Income (k$)",
                                   "a,b",
                                   "|",
                                   ">"};
enum { N_HARD = sizeof HARD / sizeof HARD[0] };

static char *hard_text(gy_project_config *config, gy_rng *rng, int serial) {
  char text[9000];
  size_t n = 0;
  int pieces = 1 + (int)gy_rng_below(rng, 3);
  if (gy_rng_below(rng, 200) == 0) pieces = 300;
  for (int i = 0; i < pieces; i++) {
    n += (size_t)snprintf(text + n, sizeof text - n, "%s", HARD[gy_rng_below(rng, N_HARD)]);
  }
  if (serial >= 0) snprintf(text + n, sizeof text - n, "%d", serial);
  return gy_arena_strndup(&config->arena, text, strlen(text));
}

static void fill_at_random(gy_project_config *config, gy_rng *rng) {
  config->name = hard_text(config, rng, -1);
  config->language = gy_rng_below(rng, 2);
  config->n_sources = (uint32_t)gy_rng_below(rng, 4);
  config->sources = gy_arena_calloc(&config->arena, 4, sizeof *config->sources);
  for (uint32_t i = 0; i < config->n_sources; i++) {
    gy_source_config *s = &config->sources[i];
    *s = (gy_source_config){.name = hard_text(config, rng, (int)i),
                            .target = GY_TARGET_ORDER_ITEMS,
                            .n_files = 1 + (uint32_t)gy_rng_below(rng, 9),
                            .format = gy_rng_below(rng, 7),
                            .encoding = gy_rng_below(rng, GY_ENCODING_COUNT),
                            .skip_lines = (uint32_t)gy_rng_below(rng, 3),
                            .quote = gy_rng_below(rng, 4),
                            .header = gy_rng_below(rng, 3),
                            .decimal = gy_rng_below(rng, 2),
                            .time_format = gy_rng_below(rng, 2) ? "auto" : "epoch_ms",
                            .n_columns = (uint32_t)gy_rng_below(rng, 30)};
    s->delimiter[0] = ",;\t| :#~-"[gy_rng_below(rng, 9)];
    if (gy_rng_below(rng, 3) == 0) s->escape[0] = '\\';
    s->files = gy_arena_calloc(&config->arena, s->n_files, sizeof *s->files);
    for (uint32_t j = 0; j < s->n_files; j++) s->files[j] = hard_text(config, rng, (int)j);
    s->columns = gy_arena_calloc(&config->arena, s->n_columns + 1, sizeof *s->columns);
    for (uint32_t j = 0; j < s->n_columns; j++) {
      s->columns[j] =
          (gy_column_role){.column = hard_text(config, rng, (int)j),
                           .role = j > 1 && gy_role_fits(j, s->target) ? (gy_role)j : GY_ROLE_ATTRIBUTE};
    }
  }
  config->cleaning.cancelled.prefix = hard_text(config, rng, -1);
  config->cleaning.returns = gy_rng_below(rng, 2);
  config->cleaning.duplicates = gy_rng_below(rng, 2);
  config->rfm.method = gy_rng_below(rng, 3);
  config->rfm.weights.recency = gy_rng_uniform(rng) + 1e-9;
  for (int i = 0; i < GY_RFM_CUTS; i++) config->rfm.thresholds.monetary[i] = i + gy_rng_uniform(rng);
  config->rfm.n_segments = (uint32_t)gy_rng_below(rng, 3);
  config->rfm.segments = gy_arena_calloc(&config->arena, 3, sizeof *config->rfm.segments);
  for (uint32_t i = 0; i < config->rfm.n_segments; i++) {
    uint32_t low = 1 + (uint32_t)gy_rng_below(rng, 5);
    char name[24];
    snprintf(name, sizeof name, "%s%u", HARD[gy_rng_below(rng, N_HARD)], i);
    config->rfm.segments[i] =
        (gy_rfm_segment_config){.name = gy_arena_strndup(&config->arena, name, strlen(name)),
                                .name_ko = hard_text(config, rng, -1),
                                .r = {low, 5},
                                .f = {1, low},
                                .m = {low, low}};
  }
  config->preparation.missing = (char *[]){"median", "constant:-2.5", "predict"}[gy_rng_below(rng, 3)];
  config->preparation.n_features = (uint32_t)gy_rng_below(rng, 3);
  config->preparation.features = gy_arena_calloc(&config->arena, 3, sizeof *config->preparation.features);
  for (uint32_t i = 0; i < config->preparation.n_features; i++)
    config->preparation.features[i] =
        (gy_feature_preparation){.feature = config->clusters.features[i],
                                 .missing = gy_rng_below(rng, 2) ? "mode" : NULL,
                                 .outliers = gy_rng_below(rng, 2) ? "winsorise:0.02" : NULL};
  config->clusters.k = (uint32_t)gy_rng_below(rng, 2) * 7;
  config->clusters.seed = gy_rng_next(rng);
  config->privacy.key =
      (char *[]){"file", "env:A_KEY", "passphrase", "file:/a b/#c: d.key"}[gy_rng_below(rng, 4)];
  config->privacy.free_text = (gy_free_text)gy_rng_below(rng, 2);
  for (gy_key_kind k = 0; k < GY_KEY_COUNT; k++)
    config->identity.limits[k] =
        (gy_key_limit){(uint32_t)gy_rng_below(rng, 3), (uint32_t)gy_rng_below(rng, 3)};
  config->identity.n_keys = 1 + (uint32_t)gy_rng_below(rng, GY_KEY_COUNT);
  config->identity.merge.recent_by = hard_text(config, rng, -1);
  config->report.top_products = 1 + (uint32_t)gy_rng_below(rng, 1000);
}

Test(project_file, random_settings_survive_the_file) {
  gy_rng rng;
  gy_rng_init(&rng, 7, 0);
  for (int i = 0; i < 300; i++) {
    gy_project_config config;
    cr_assert_eq(gy_project_config_init(&config, NULL), GY_OK);
    fill_at_random(&config, &rng);
    assert_round_trip(&config);
    gy_project_config_clear(&config);
  }
}

Test(project_file, a_change_shows_in_its_own_section_only) {
  static const struct {
    const char *from, *to;
    gy_config_section section;
  } CASES[] = {
      {"language: en", "language: ko", GY_SECTION_IDENTITY},
      {"Europe/London", "Asia/Seoul", GY_SECTION_TIMEZONE},
      {"12:50:00", "12:51:00", GY_SECTION_AS_OF},
      {"encoding: cp949", "encoding: utf-8", GY_SECTION_SOURCES},
      {"y: ignore", "y: attribute", GY_SECTION_SOURCES},
      {"zero_price: keep", "zero_price: exclude", GY_SECTION_CLEANING},
      {"[7]", "[8]", GY_SECTION_FEATURES},
      {"[1.5, 2,", "[1.25, 2,", GY_SECTION_RFM},
      {"constant:-1", "constant:0", GY_SECTION_PREPARATION},
      {"robust-z:2.5", "winsorise:0.25", GY_SECTION_PREPARATION},
      {"k: 5", "k: auto", GY_SECTION_CLUSTERS},
      {"until: 2026-03-31", "until: 2026-03-30", GY_SECTION_CAMPAIGNS},
      {"lost_days: 400", "lost_days: 401", GY_SECTION_LIFECYCLE},
      {"cohort_months: 24", "cohort_months: 25", GY_SECTION_REPORT},
      {"phone, email", "email, phone", GY_SECTION_PEOPLE},
      {"{values: 3, joins: 2}", "{values: 3}", GY_SECTION_PEOPLE},
      {"guests: leave", "guests: person", GY_SECTION_PEOPLE},
      {"contradictions: ignore", "contradictions: keep_apart", GY_SECTION_PEOPLE},
      {"fuzzy: review", "fuzzy: merge", GY_SECTION_PEOPLE},
      {"largest_person: 20", "largest_person: 21", GY_SECTION_PEOPLE},
      {"rule: longest", "rule: frequent", GY_SECTION_PEOPLE},
      {"갱신 일시", "갱신", GY_SECTION_PEOPLE},
  };
  gy_project_config before;
  parse(EVERYTHING, &before);
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    char text[4096];
    const char *at = strstr(EVERYTHING, CASES[i].from);
    cr_assert_not_null(at, "%s", CASES[i].from);
    snprintf(text, sizeof text, "# a comment\n%.*s%s%s", (int)(at - EVERYTHING), EVERYTHING, CASES[i].to,
             at + strlen(CASES[i].from));
    gy_project_config after;
    parse(text, &after);
    for (gy_config_section section = 0; section < GY_SECTION_COUNT; section++) {
      char x[GY_SECTION_HASH_CHARS + 1], y[GY_SECTION_HASH_CHARS + 1];
      cr_assert_eq(gy_project_config_hash(&before, section, x, NULL), GY_OK);
      cr_assert_eq(gy_project_config_hash(&after, section, y, NULL), GY_OK);
      cr_assert_eq(strlen(x), GY_SECTION_HASH_CHARS);
      cr_assert_eq(strcmp(x, y) != 0, section == CASES[i].section, "%s: section %d", CASES[i].to,
                   (int)section);
    }
    gy_project_config_clear(&after);
  }
  gy_project_config_clear(&before);
}

Test(project_file, is_saved_and_loaded) {
  char dir[] = "/tmp/gyeol-project-XXXXXX", path[64];
  cr_assert_not_null(mkdtemp(dir));
  snprintf(path, sizeof path, "%s/gyeol.yaml", dir);
  gy_project_config config, again;
  parse(EVERYTHING, &config);
  gy_error err = {0};
  cr_assert_eq(gy_project_config_save(&config, path, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_project_config_load(path, &again, &err), GY_OK, "%s", err.text);
  assert_same(&config, &again, path);
  gy_project_config_clear(&config);
  gy_project_config_clear(&again);
  unlink(path);
  cr_assert_eq(gy_project_config_load(path, &again, &err), GY_ENOTFOUND);
  rmdir(dir);
}
