/* SPDX-License-Identifier: Apache-2.0
 *
 * Every mistake in gyeol.yaml ends in one sentence with file and line. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "data/project_file.h"

static const struct {
  const char *yaml;
  const char *sentence;
} CASES[] = {
    {"name: x\nsorces: []\n", "p.yaml:2: unknown key 'sorces'; did you mean 'sources'?"},
    {"name: x\nzzz: 1\n",
     "p.yaml:2: unknown key 'zzz'; known are: name, language, timezone, currency, as_of, sources, "
     "cleaning, features, rfm, preparation, clusters, campaigns, lifecycle, consent, privacy, "
     "identity, report"},
    {"identity:\n  keys: [customer_id, emial]\n",
     "p.yaml:2: identity.keys[2] cannot be 'emial'; did you mean 'email'? (customer_id, loyalty_card, email, "
     "hashed_email, phone, anonymous_id, device_id)"},
    {"identity:\n  keys: [email, customer_id]\n",
     "p.yaml:2: identity.keys must begin with customer_id, which people are named by"},
    {"identity:\n  keys: [customer_id, email, email]\n", "p.yaml:2: identity.keys names email twice"},
    {"identity:\n  limits:\n    email: {values: 2000000}\n",
     "p.yaml:3: identity.limits.email.values is 2000000; it must lie between 0 (no limit) and 1000000"},
    {"identity:\n  limits: {emails: {values: 2}}\n",
     "p.yaml:2: unknown key 'emails' in identity.limits; did you mean 'email'?"},
    {"identity:\n  largest_person: 1\n",
     "p.yaml:2: identity.largest_person is 1; it must lie between 2 and 1000000"},
    {"identity:\n  merge: {attributes: [{attribute: a, rule: oldest}]}\n",
     "p.yaml:2: identity.merge.attributes[1].rule cannot be 'oldest'; did you mean 'longest'? (source, "
     "recent, "
     "frequent, longest)"},
    {"report:\n  top_product: 3\n",
     "p.yaml:2: unknown key 'top_product' in report; did you mean 'top_products'?"},
    {"sources:\n  - target: products\n    files: [a]\n    format: csv\n    sheet: 2\n    columns: {x: "
     "product}\n",
     "p.yaml:5: sheet is for Excel workbooks; the format of this source is csv"},
    {"sources:\n  - target: products\n    files: [a]\n    header_rows: 9\n    columns: {x: product}\n",
     "p.yaml:4: header_rows must be from 1 to 4, or left out"},
    {"sources:\n  - target: customers\n    files: [a]\n    duplicates: {key: [custmer]}\n    columns: {x: "
     "customer}\n",
     "p.yaml:4: duplicates.key of source 'customers': 'custmer' is no column or role of it that is read; did "
     "you "
     "mean 'customer'?"},
    {"sources:\n  - target: customers\n    files: [a]\n    duplicates: {key: [x], keep: newest}\n    "
     "columns: "
     "{x: customer}\n",
     "p.yaml:4: duplicates of source 'customers': say by which column the newest is found, as in by: "
     "updated_at"},
    {"sources:\n  - target: customers\n    files: [a]\n    duplicates: {priority: 1}\n    columns: {x: "
     "customer}\n",
     "p.yaml:4: duplicates of source 'customers' need a key, as in key: [order, product]"},
    {"sources:\n  - {name: a, target: customers, files: [a], duplicates: {key: [x], priority: 1}, columns: "
     "{x: "
     "customer}}\n  - {name: b, target: customers, files: [b], duplicates: {key: [z], priority: 2}, columns: "
     "{x: "
     "customer, z: attribute}}\n",
     "p.yaml:3: sources 'a' and 'b' are compared by duplicates.priority: their keys must have the same roles "
     "in "
     "the same order"},
    {"language: kr\n", "p.yaml:1: language cannot be 'kr'; did you mean 'ko'? (ko, en)"},
    {"cleaning:\n  returns: delete\n",
     "p.yaml:2: cleaning.returns cannot be 'delete'; it is one of: exclude, net"},
    {"cleaning:\n  without_customer: keep\n",
     "p.yaml:2: cleaning.without_customer cannot be 'keep'; it is one of: exclude"},
    {"preparation:\n  missing: average\n",
     "p.yaml:2: preparation.missing: 'average' is no way to treat missing values; there are leave, drop, "
     "mean, "
     "median, mode, constant:VALUE, own, predict"},
    {"preparation:\n  missing: drop\n",
     "p.yaml:2: preparation.missing 'drop' would leave customers without a cluster; use median, "
     "constant:VALUE or "
     "predict"},
    {"preparation:\n  missing: own\n",
     "p.yaml:2: preparation.missing 'own' is for categories, and features are numbers; use median, "
     "constant:VALUE or "
     "predict"},
    {"preparation:\n  missing: constant:x\n", "p.yaml:2: preparation.missing 'constant:x' names no number"},
    {"preparation:\n  outliers: isolate:0.01\n",
     "p.yaml:2: preparation.outliers 'isolate:0.01' would leave customers without a cluster; use winsorise "
     "or "
     "robust-z"},
    {"preparation:\n  features:\n    - {feature: orders, outliers: winsorise:2}\n",
     "p.yaml:3: preparation.features.0.outliers: 'winsorise:2': after the colon comes a number above 0 and "
     "below 0.5, "
     "as in winsorise:0.01"},
    {"preparation:\n  features:\n    - {feature: height}\n",
     "p.yaml:3: preparation.features.0.feature 'height' is not one of clusters.features"},
    {"preparation:\n  features:\n    - {feature: orders}\n    - {feature: orders}\n",
     "p.yaml:4: preparation.features.1.feature 'orders' stands here twice"},
    {"\nclusters:\n  k: many\n", "p.yaml:3: clusters.k cannot be 'many'; it is one of: auto, or a number"},
    {"clusters:\n  k: 1\n", "p.yaml:2: clusters.k is 1; it must lie between 2 and 100, or be auto"},
    {"clusters:\n  k: 0\n", "p.yaml:2: clusters.k is 0; it must lie between 2 and 100, or be auto"},
    {"clusters:\n  k_min: 0\n", "p.yaml:2: clusters.k_min is 0; it must lie between 2 and 100"},
    {"clusters:\n  k_min: 9\n  k_max: 5\n", "p.yaml:3: clusters.k_max 5 is below k_min 9"},
    {"clusters:\n  starts: -3\n", "p.yaml:2: clusters.starts must be a whole number of 0 or more, not '-3'"},
    {"clusters:\n  starts: ten\n",
     "p.yaml:2: clusters.starts must be a whole number of 0 or more, not 'ten'"},
    {"clusters:\n  starts: 99999999999\n",
     "p.yaml:2: clusters.starts must be a whole number of 0 or more, not '99999999999'"},
    {"clusters:\n  features: recency_days\n", "p.yaml:2: clusters.features must be a list, as in [a, b]"},
    {"clusters:\n  features: []\n", "p.yaml:2: clusters.features is empty; leave it out for the default"},
    {"report: 5\n", "p.yaml:1: report must hold 'key: value' lines, indented below it"},
    {"- a\n- b\n", "p.yaml:1: the file must hold 'key: value' lines"},
    {"name: [a]\n", "p.yaml:1: name must be one value"},
    {"name: x\nname: y\n", "p.yaml:2: 'name' is given twice (first in line 1); keep one of them"},
    {"name: \"\"\n", "p.yaml:1: name is empty; leave it out for shop"},
    {"name: \"a\\0b\"\n", "p.yaml:1: 'a' goes on with a NUL character; remove it"},
    {"currency: won\n", "p.yaml:1: currency 'won' is no ISO 4217 code; write three capitals, as in KRW"},
    {"timezone: Asia/Seol\n",
     "p.yaml:1: timezone 'Asia/Seol' is not known; write an IANA name, as in Asia/Seoul or UTC"},
    {"timezone: ../etc\n",
     "p.yaml:1: timezone '../etc' is not known; write an IANA name, as in Asia/Seoul or UTC"},
    {"\nas_of: 2011-02-31\n",
     "p.yaml:2: as_of '2011-02-31' is no date; write auto, a date as in 2011-12-10, or 2011-12-10 12:50:00"},
    {"features:\n  windows_days: [90, 30]\n",
     "p.yaml:2: features.windows_days must rise and lie between 1 and 36500, as in [30, 90, 365]"},
    {"rfm:\n  thresholds:\n    orders: [1, 2, 3]\n",
     "p.yaml:3: rfm.thresholds.orders must be a list of 4 values, not of 3"},
    {"rfm:\n  thresholds:\n    orders: [1, 3, 2, 4]\n",
     "p.yaml:3: rfm.thresholds.orders must be four rising numbers"},
    {"rfm:\n  weights: {recency: a}\n", "p.yaml:2: rfm.weights.recency must be a number, not 'a'"},
    {"rfm:\n  weights: {recency: 0, frequency: 0, monetary: 0}\n",
     "p.yaml:2: rfm.weights must be 0 or more, and not all 0"},
    {"rfm:\n  segments:\n    - {name: A, r: [0, 5]}\n",
     "p.yaml:3: segment 'A': r must be [lowest, highest] between 1 and 5"},
    {"rfm:\n  segments:\n    - {r: [1, 5]}\n", "p.yaml:3: rfm.segments[1] has no 'name'"},
    {"rfm:\n  segments:\n    - {name: A}\n    - {name: A}\n",
     "p.yaml:4: two segments are named 'A'; rename one"},
    {"sources:\n  - name: a\n    files: [x.csv]\n", "p.yaml:2: sources[1] has no 'target'"},
    {"sources:\n  - target: orders\n",
     "p.yaml:2: source 'orders' has no files; list at least one, as in [orders.csv]"},
    {"sources:\n  - {target: orders, files: [a]}\n  - {target: orders, files: [b]}\n",
     "p.yaml:3: two sources are named 'orders'; rename one"},
    {"sources:\n  - target: order\n    files: [a]\n",
     "p.yaml:2: sources[1].target cannot be 'order'; did you mean 'orders'? "
     "(order_items, orders, customers, products, events, engagements, reviews, surveys, consents, regions, "
     "market, other)"},
    {"sources:\n  - target: events\n    files: [a]\n    columns:\n      X: event\n",
     "p.yaml:5: source 'events': no column is its time, without which it is no table of events"},
    {"sources:\n  - target: events\n    files: [a]\n    columns:\n      X: time\n",
     "p.yaml:5: source 'events': no column is its event or its page, without which it is no table of events"},
    {"sources:\n  - target: consents\n    files: [a]\n    columns:\n      X: customer\n      Y: rating\n",
     "p.yaml:6: column 'Y': consents has no rating; make it an attribute"},
    {"sources:\n  - target: other\n    files: [a]\n    columns:\n      X: customer\n",
     "p.yaml:5: column 'X': other has no customer; make it an attribute"},
    {"sources:\n  - target: orders\n    files: [a]\n    delimiter: ';;'\n",
     "p.yaml:4: sources[1].delimiter is too long: 2 bytes where 1 are allowed"},
    {"sources:\n  - target: orders\n    files: [a]\n    columns:\n      X: custmer\n",
     "p.yaml:5: column 'X': 'custmer' is no role; did you mean 'customer'?"},
    {"sources:\n  - target: orders\n    files: [a]\n    columns:\n      X: product\n",
     "p.yaml:5: column 'X': orders has no product; make it an attribute"},
    {"sources:\n  - target: orders\n    files: [a]\n    columns:\n      X: order\n      Y: order\n",
     "p.yaml:6: column 'Y': another column of this source is the order already; make one of them an "
     "attribute"},
    {"sources:\n  - target: orders\n    files: [a]\n    delimiter: x\n",
     "p.yaml:2: source 'orders': the delimiter must be one ASCII sign, not a letter, digit or newline"},
    {"sources:\n  - target: orders\n    files: [a]\n    event: Sold\n",
     "p.yaml:4: event says what happened in sources of events; 'orders' is one of orders"},
    {"sources:\n  - target: orders\n    files: [a]\n    time_format: iso\n",
     "p.yaml:4: time_format 'iso' is not known; it is one of: auto, ymd, mdy, dmy, epoch_s, epoch_ms, "
     "epoch_us"},
    {"sources:\n  - target: customers\n    files: [a]\n    columns:\n      id: customer\n      ok: consent\n",
     "p.yaml:6: column 'ok': its name does not say what the consent is for; say it, as in "
     "consent:marketing:email"},
    {"sources:\n  - target: customers\n    files: [a]\n    columns:\n      ok: consent:marketting\n",
     "p.yaml:5: column 'ok': 'marketting' is not a purpose; did you mean marketing?"},
    {"sources:\n  - target: customers\n    files: [a]\n    columns:\n      ok: consent:marketing:fax\n",
     "p.yaml:5: column 'ok': 'fax' is not a channel: email, sms, push, kakao, ads, mail or *"},
    {"sources:\n  - target: orders\n    files: [a]\n    columns:\n      consent_sms: consent\n",
     "p.yaml:5: column 'consent_sms': orders has no consent; make it an attribute"},
    {"sources:\n  - target: consents\n    files: [a]\n    columns:\n      X: granted\n",
     "p.yaml:5: source 'consents': no column is its customer or its email, without which it is no table of "
     "consents"},
    {"campaigns:\n  - {name: a, segments: [x], from: 2026-02-30}\n",
     "p.yaml:2: campaign 'a': '2026-02-30' is no day; write it as in 2026-03-31"},
    {"campaigns:\n  - {name: a, segments: [x], from: 2026-02-20, until: 2026-2-28}\n",
     "p.yaml:2: campaign 'a': '2026-2-28' is no day; write it as in 2026-03-31"},
    {"campaigns:\n  - {name: a, segments: [x], from: 2026-02-20, until: 2026-02-19}\n",
     "p.yaml:2: campaign 'a' ends on 2026-02-19, before it begins on 2026-02-20"},
    {"campaigns:\n  - {name: a, segments: [], from: 2026-02-20}\n",
     "p.yaml:2: campaign 'a' goes to no segment; name at least one, as in [vip]"},
    {"campaigns:\n  - {name: a, segments: [x], from: 2026-02-20}\n  - {name: a, segments: [x], from: "
     "2026-02-20}\n",
     "p.yaml:3: two campaigns are named 'a'; rename one"},
    {"name: x\nlifecycle:\n  active_days: 180\n",
     "p.yaml:3: lifecycle: new_days is 30, active_days 180, lapsed_days 180, lost_days 365; they must be 1 "
     "or "
     "more and at most 36525, new_days at most active_days, and the others must rise"},
    {"lifecycle:\n  new_days: 0\n",
     "p.yaml:2: lifecycle: new_days is 0, active_days 90, lapsed_days 180, lost_days 365; they must be 1 or "
     "more "
     "and at most 36525, new_days at most active_days, and the others must rise"},
    {"consent:\n  defaults:\n    marketing: maybe\n",
     "p.yaml:3: consent.defaults.marketing cannot be 'maybe'; it is one of: yes, no, true, false"},
    {"privacy: {key: vault.key}\n",
     "p.yaml:1: privacy.key is 'vault.key'; write file, file:PATH, env:NAME or passphrase"},
    {"privacy:\n  key: \"env:NO SUCH\"\n",
     "p.yaml:2: privacy.key is 'env:NO SUCH'; write file, file:PATH, env:NAME or passphrase"},
    {"privacy: {key: \"\"}\n", "p.yaml:1: privacy.key is empty; leave it out for file"},
    {"privacy:\n  retention:\n    - {table: events, keep_days: 0}\n",
     "p.yaml:3: retention of events: keep_days is 0; it must lie between 1 and 36525"},
    {"privacy:\n  retention:\n    - {table: customers, keep_days: 9}\n",
     "p.yaml:3: retention of customers: its rows have no time to grow old by"},
    {"privacy:\n  retention:\n    - {table: consents, keep_days: 9}\n",
     "p.yaml:3: retention of consents: consents are kept for as long as the person: without a withdrawal an "
     "older grant would hold again"},
    {"privacy:\n  retention:\n    - {table: events, keep_days: 9}\n    - {table: events, keep_days: 8}\n",
     "p.yaml:4: retention of events is said twice; keep one"},
    {"sources:\n  - {target: order_items, files: [a], columns: {x: order}}\nprivacy:\n  retention:\n    - "
     "{table: "
     "order_items, keep_days: 9}\n",
     "p.yaml:5: retention of order_items: source 'order_items' has no column with the role time to go by"},
    {"a: [\n", "p.yaml:2: not YAML: did not find expected node content"},
    {"name: a\nnow: \xff\n",
     "p.yaml:2:6: byte 13 cannot be read as text: invalid leading UTF-8 octet; save the file as UTF-8"},
    {"name: 결\x01\n",
     "p.yaml:1:8: byte 9 cannot be read as text: control characters are not allowed; save the file as UTF-8"},
    {"name: &x KRW\ncurrency: *x\n", "p.yaml: aliases (*name) are not read here; write the value out"},
    {"", "p.yaml is empty; `gyeol init` writes a complete one"},
    {"# only a comment\n", "p.yaml is empty; `gyeol init` writes a complete one"},
};

Test(project_file, a_mistake_is_one_sentence_with_its_line) {
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    gy_project_config config;
    gy_error err = {0};
    gy_status status = gy_project_config_parse(CASES[i].yaml, strlen(CASES[i].yaml), "p.yaml", &config, &err);
    cr_assert_eq(status, GY_ECONFIG, "case %zu gives %s: %s", i, gy_status_name(status), CASES[i].yaml);
    cr_expect_str_eq(err.text, CASES[i].sentence, "case %zu\n  says   %s\n  not    %s", i, err.text,
                     CASES[i].sentence);
    cr_assert_null(config.arena.newest, "case %zu keeps memory", i);
  }
}

/* libyaml alone takes hours for a megabyte of brackets. */
Test(project_file, nesting_is_bounded_and_says_where, .timeout = 20) {
  static const struct {
    const char *open, *close, *sentence;
  } NESTS[] = {
      {"[", "]", "p.yaml:1:65: lists or keys are nested more than 64 deep here"},
      {"{a: ", "}", "p.yaml:1:257: lists or keys are nested more than 64 deep here"},
      {"- ", "", "p.yaml:1:129: lists or keys are nested more than 64 deep here"},
  };
  enum { DEPTH = 200000 };
  for (size_t i = 0; i < sizeof NESTS / sizeof *NESTS; i++) {
    gy_project_config config;
    gy_error err = {0};
    gy_buffer text;
    gy_buffer_init(&text, GY_PROJECT_FILE_MAX_BYTES);
    size_t depth = GY_PROJECT_FILE_MAX_BYTES / 8 < DEPTH ? GY_PROJECT_FILE_MAX_BYTES / 8 : DEPTH;
    for (size_t k = 0; k < depth; k++) gy_buffer_text(&text, NESTS[i].open);
    gy_buffer_text(&text, "a");
    for (size_t k = 0; k < depth; k++) gy_buffer_text(&text, NESTS[i].close);
    cr_expect_eq(gy_project_config_parse(text.data, text.length, "p.yaml", &config, &err), GY_ECONFIG);
    cr_expect_str_eq(err.text, NESTS[i].sentence);
    gy_buffer_clear(&text);
  }
}

/* Cut anywhere, a project file is read or refused, and leaves no memory behind. */
Test(project_file, a_truncated_file_is_read_or_refused) {
  gy_project_config config;
  gy_buffer text;
  gy_buffer_init(&text, GY_PROJECT_FILE_MAX_BYTES);
  cr_assert_eq(gy_project_config_init(&config, NULL), GY_OK);
  cr_assert_eq(gy_project_config_emit(&config, &text, NULL), GY_OK);
  gy_project_config_clear(&config);
  for (size_t length = 0; length < text.length; length++) {
    gy_error err = {0};
    gy_status status = gy_project_config_parse(text.data, length, "p.yaml", &config, &err);
    cr_assert(status == GY_OK || status == GY_ECONFIG, "%zu bytes: %s", length, err.text);
    cr_assert(status == GY_OK || strncmp(err.text, "p.yaml", 6) == 0, "%zu bytes: %s", length, err.text);
    gy_project_config_clear(&config);
  }
  gy_buffer_clear(&text);
}
