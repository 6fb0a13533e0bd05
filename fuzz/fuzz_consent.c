/* SPDX-License-Identifier: Apache-2.0
 *
 * A file of consents from any bytes: words for purposes and channels, yes and no, times. What must hold:
 * every row read is accepted or rejected; a word that is read is read the same under gyeol's own name for it;
 * a word that is refused has a complaint; names of columns are read or not, and never beyond their end. */
#include "data/consent_words.h"

#include <string.h>

#include "data/import.h"
#include "fuzz_engine.h"
#include "fuzz_file.h"

static const gy_import_column COLUMNS[] = {
    {.source = "customer_id", .target = "customer_id", .kind = GY_IMPORT_ID, .text_id = true},
    {.source = "purpose", .target = "purpose", .kind = GY_IMPORT_PURPOSE, .required = true},
    {.source = "channel", .target = "channel", .kind = GY_IMPORT_CHANNEL},
    {.source = "granted", .target = "granted", .kind = GY_IMPORT_BOOL, .required = true},
    {.source = "time", .target = "decided_at", .kind = GY_IMPORT_TIME},
};

static void check_word(const char *word, size_t length) {
  gy_purpose purpose, purpose_again;
  gy_channel channel, channel_again;
  if (gy_purpose_read(word, length, &purpose)) {
    const char *name = gy_purpose_name(purpose);
    must(gy_purpose_read(name, strlen(name), &purpose_again) && purpose_again == purpose);
  } else {
    must(gy_purpose_complaint(word, length)[0] != '\0');
  }
  if (gy_channel_read(word, length, &channel)) {
    const char *name = gy_channel_name(channel);
    must(gy_channel_read(name, strlen(name), &channel_again) && channel_again == channel);
  } else {
    must(gy_channel_complaint(word, length)[0] != '\0');
  }
}

static void check_name(const char *text, size_t length) {
  char name[256];
  gy_purpose purpose = GY_PURPOSE_COUNT;
  gy_channel channel = GY_CHANNEL_COUNT;
  size_t n = length < sizeof name - 1 ? length : sizeof name - 1;
  memcpy(name, text, n);
  name[n] = '\0';
  if (gy_consent_column_read(name, &purpose, &channel))
    must(purpose < GY_PURPOSE_COUNT && channel < GY_CHANNEL_COUNT);
}

static void check_file(const uint8_t *data, size_t size) {
  static gy_zone *zone;
  if (zone == NULL) must(gy_zone_load("UTC", &zone, NULL) == GY_OK);
  const char *path = fuzz_file(data, size);
  gy_import_spec spec = {.source = "consents", .table = "consents", .paths = &path, .n_paths = 1};
  spec.columns = COLUMNS;
  spec.n_columns = sizeof COLUMNS / sizeof *COLUMNS;
  spec.zone = zone;
  spec.rejects_stored = 3;
  spec.format = GY_IMPORT_CSV;
  spec.dialect = (gy_csv_dialect){.delimiter = ',', .quote = '"', .has_header = true};
  gy_engine *engine = NULL;
  gy_import_result result = {0};
  gy_error err = {0};
  must(gy_engine_open(NULL, &engine, NULL) == GY_OK);
  gy_status status = gy_import_run(engine, &spec, NULL, &result, &err);
  must(status == GY_OK || (err.text[0] != '\0' && status != GY_EINTERNAL));
  if (status == GY_OK) must(result.n_read == result.n_accepted + result.n_rejected);
  gy_import_result_clear(&result);
  gy_engine_close(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = (const char *)data;
  for (size_t at = 0; at < size;) {
    size_t end = at;
    while (end < size && text[end] != '\n' && text[end] != ',') end++;
    check_word(text + at, end - at);
    check_name(text + at, end - at);
    at = end + 1;
  }
  check_file(data, size);
  return 0;
}
