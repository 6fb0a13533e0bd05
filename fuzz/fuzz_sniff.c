/* SPDX-License-Identifier: Apache-2.0
 *
 * What `gyeol init` makes of any file: it is read or refused with a sentence, the proposed project can be
 * written and read, and nothing is more certain than certain. */
#include "data/role_guess.h"

#include <string.h>

#include "fuzz_file.h"

static void check_report(const gy_guess_report *report) {
  must(report->n_files == 1);
  const gy_guess_file *file = &report->files[0];
  must(file->n_faults <= file->n_rows);
  for (size_t c = 0; c < file->n_columns; c++) {
    must(file->columns[c].confidence >= 0 && file->columns[c].confidence <= 1);
    must(file->columns[c].name != NULL && file->columns[c].reason != NULL);
  }
  json_t *json = gy_guess_report_json(report);
  must(json != NULL);
  json_decref(json);
}

static void check_config(const gy_project_config *config) {
  gy_buffer text;
  gy_buffer_init(&text, GY_PROJECT_FILE_MAX_BYTES);
  gy_project_config again = {0};
  gy_error err = {0};
  must(gy_project_config_emit(config, &text, &err) == GY_OK);
  must(gy_project_config_parse(text.data, text.length, "guessed.yaml", &again, &err) == GY_OK);
  gy_project_config_clear(&again);
  gy_buffer_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *path = fuzz_file(data, size);
  gy_project_config config = {0};
  gy_guess_report report = {0};
  gy_error err = {0};
  gy_status status = gy_guess_sources(&path, 1, "/tmp/shop", &config, &report, &err);
  must(status == GY_OK || (err.text[0] != '\0' && status != GY_EINTERNAL));
  if (status == GY_OK) {
    check_report(&report);
    if (config.n_sources > 0) check_config(&config);
    gy_project_config_clear(&config);
    gy_guess_report_clear(&report);
  }
  return 0;
}
