/* SPDX-License-Identifier: Apache-2.0
 *
 * Guessing in tests: from files to "column=role column=role". */
#ifndef GUESS_CASE_H
#define GUESS_CASE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/role_guess.h"

typedef char data_file[1024];

typedef struct {
  gy_project_config config;
  gy_guess_report report;
} guessed;

#define need_data(path, name)                                                       \
  do {                                                                              \
    const char *folder = getenv("GYEOL_DATA");                                      \
    snprintf(path, sizeof(data_file), "%s/%s", folder != NULL ? folder : "", name); \
    if (access(path, R_OK) != 0) cr_skip_test("no %s", path);                       \
  } while (0)

static inline guessed guess(const char *const *files, size_t n) {
  guessed g = {0};
  gy_error err = {0};
  cr_assert_eq(gy_guess_sources(files, n, "/tmp/shop", &g.config, &g.report, &err), GY_OK, "%s", err.text);
  return g;
}

static inline void put_away(guessed *g) {
  gy_project_config_clear(&g->config);
  gy_guess_report_clear(&g->report);
}

static inline void expect_file(const guessed *g, size_t file, gy_target target, const char *roles) {
  const gy_guess_file *f = &g->report.files[file];
  gy_buffer found;
  gy_buffer_init(&found, 1 << 20);
  for (size_t c = 0; c < f->n_columns; c++) {
    gy_buffer_printf(&found, "%s%s=%s", c > 0 ? " " : "", f->columns[c].name,
                     gy_role_name(f->columns[c].role));
    cr_expect(f->columns[c].confidence >= 0 && f->columns[c].confidence <= 1, "%s", f->columns[c].name);
    cr_expect(f->columns[c].reason[0] != '\0', "%s has no reason", f->columns[c].name);
  }
  cr_expect_eq(f->target, target, "%s is %s: %s", f->path, gy_target_name(f->target), f->note);
  cr_expect_str_eq(found.data, roles, "%s\n  gives %s\n  not   %s", f->path, found.data, roles);
  gy_buffer_clear(&found);
}

/* None of the canonical tables; kept as `source`, left aside when that is NULL. */
static inline void expect_other(const guessed *g, size_t file, const char *source, const char *note) {
  const gy_guess_file *f = &g->report.files[file];
  cr_expect_eq(f->target, GY_TARGET_OTHER, "%s is %s", f->path, gy_target_name(f->target));
  cr_expect((source == NULL) == (f->source == NULL) && (source == NULL || strcmp(source, f->source) == 0),
            "%s is kept as %s", f->path, f->source != NULL ? f->source : "nothing");
  cr_expect_str_eq(f->note, note, "%s: %s", f->path, f->note);
}

/* What was guessed can be written, and is accepted when read. */
static inline void expect_round_trip(const guessed *g) {
  gy_buffer text;
  gy_error err = {0};
  gy_project_config again;
  gy_buffer_init(&text, GY_PROJECT_FILE_MAX_BYTES);
  cr_assert_eq(gy_project_config_emit(&g->config, &text, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_project_config_parse(text.data, text.length, "gyeol.yaml", &again, &err), GY_OK,
               "%s in\n%s", err.text, text.data);
  for (gy_config_section section = 0; section < GY_SECTION_COUNT; section++) {
    char x[GY_SECTION_HASH_CHARS + 1], y[GY_SECTION_HASH_CHARS + 1];
    cr_assert_eq(gy_project_config_hash(&g->config, section, x, NULL), GY_OK);
    cr_assert_eq(gy_project_config_hash(&again, section, y, NULL), GY_OK);
    cr_expect_str_eq(x, y, "section %d", (int)section);
  }
  gy_project_config_clear(&again);
  gy_buffer_clear(&text);
}

#endif
