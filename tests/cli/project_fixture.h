/* SPDX-License-Identifier: Apache-2.0
 *
 * Projects as tests of the binary use them: made, run, changed, and read back through exports and the
 * report's embedded model. Every step asserts that it succeeded. */
#ifndef GYEOL_TESTS_PROJECT_FIXTURE_H
#define GYEOL_TESTS_PROJECT_FIXTURE_H

#include "gyeol_process.h"

/* Runs gyeol, which must end with 0. */
process_result gyeol_ok(const char *arguments, ...) __attribute__((format(printf, 1, 2)));

/* `gyeol init NAME FILES --yes --no-segments`. */
void project_make(const char *name, const char *files);

/* `gyeol run NAME --json OPTIONS`: its manifest, a new reference. */
json_t *project_run(const char *name, const char *options);

/* Replaces the one place where gyeol.yaml of a project holds `from`. */
void project_set(const char *name, const char *from, const char *to);

/* The report model that an HTML report embeds, a new reference. */
json_t *report_model(const char *page);

/* Every customer of the project by its id, from exports of all segments of a kind ("rfm", "cluster") in JSON:
 * no customer may be in two. A new reference. */
json_t *project_customers(const char *name, const char *kind);

/* Rows of a query on a project's store, as gy_engine_json gives them, a new reference. */
json_t *project_query(const char *name, const char *sql);
/* The same as one text: rows parted by " | ", values by commas, null as "-". free() it. */
char *project_rows(const char *name, const char *sql);

json_int_t int_of(const json_t *json, const char *path);
double number_of(const json_t *json, const char *path);
const char *text_of(const json_t *json, const char *path); /* "" when absent */

/* A whole file as text; free() it. */
char *file_text(const char *path);

/* A shop of `lines` order lines by a fixed rule: 1 + lines / 25 customers, 40 products, one year of hours, a
 * few returns and lines without a customer. `order` is a permutation step: line i is written at i * order
 * mod lines; 1 writes them as they came. */
void write_small_shop(const char *path, int lines, int order);

#endif
