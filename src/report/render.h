/* SPDX-License-Identifier: Apache-2.0
 *
 * The self-contained HTML report: the page built from web/report, with a report model placed in it.
 * docs/internals/report-model.md describes the model. The file loads nothing, runs one script whose
 * digest its content policy names, and shows the same page wherever it is opened. */
#ifndef GYEOL_REPORT_RENDER_H
#define GYEOL_REPORT_RENDER_H

#include <jansson.h>
#include <stddef.h>

#include <gyeol/status.h>

/* The largest page that is made, script and style included. */
#define GY_REPORT_MAX_BYTES ((size_t)256 << 20)

/* The page as text. `html` is given (free() it) with its length; GY_EINTERNAL when the model is not an
 * object of format "gyeol-report/1", GY_ELIMIT when the page would pass GY_REPORT_MAX_BYTES. */
GY_MUST_USE gy_status gy_report_html(const json_t *model, char **html, size_t *length, gy_error *err);

/* Writes the page to `path`, where it appears whole or not at all; the folder must exist. Errors of the
 * model as above, of the file as gy_file_replace. */
GY_MUST_USE gy_status gy_report_render(const json_t *model, const char *path, gy_error *err);

#endif
