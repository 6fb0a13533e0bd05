/* SPDX-License-Identifier: Apache-2.0
 *
 * The built page has two places to fill, `{{title}}` and `{{model}}`. The model goes into a
 * <script type="application/json"> element, whose text ends at the first "</script" and changes meaning
 * at "<!--"; with every '<' written as \u003c neither can occur, and the JSON stays the same document.
 * U+2028 and U+2029, which end a line in older scripts, are escaped too. */
#include "report/render.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"

/* Defined by the file that web/build.mjs writes. */
extern const char gy_report_page[];
extern const char gy_report_page_end[];

static bool append_json(gy_buffer *out, const char *json) {
  const char *from = json;
  const char *at = json;
  bool ok = true;
  while (*at != '\0' && ok) {
    bool separator = strncmp(at, "\xe2\x80\xa8", 3) == 0 || strncmp(at, "\xe2\x80\xa9", 3) == 0;
    if (*at != '<' && !separator) {
      at++;
      continue;
    }
    const char *escape = *at == '<' ? "\\u003c" : at[2] == '\xa8' ? "\\u2028" : "\\u2029";
    ok = gy_buffer_append(out, from, (size_t)(at - from)) && gy_buffer_text(out, escape);
    at += separator ? 3 : 1;
    from = at;
  }
  return ok && gy_buffer_append(out, from, (size_t)(at - from));
}

static bool append_title(gy_buffer *out, const char *title) {
  bool ok = true;
  for (const char *at = title; *at != '\0' && ok; at++) {
    switch (*at) {
      case '<':
        ok = gy_buffer_text(out, "&lt;");
        break;
      case '&':
        ok = gy_buffer_text(out, "&amp;");
        break;
      default:
        ok = gy_buffer_append(out, at, 1);
    }
  }
  return ok;
}

static gy_status check_model(const json_t *model, gy_error *err) {
  const char *format = json_string_value(json_object_get(model, "format"));
  if (format == NULL || strcmp(format, "gyeol-report/1") != 0) {
    return gy_fail(err, GY_EINTERNAL, "report: the model is not of format gyeol-report/1");
  }
  if (!json_is_string(json_object_get(json_object_get(model, "meta"), "project"))) {
    return gy_fail(err, GY_EINTERNAL, "report: the model has no meta.project");
  }
  return GY_OK;
}

/* Appends the page up to `mark` and moves `*page` past it. */
static bool append_until(gy_buffer *out, const char **page, const char *mark) {
  const char *at = memmem(*page, (size_t)(gy_report_page_end - *page), mark, strlen(mark));
  if (at == NULL) return false;
  bool ok = gy_buffer_append(out, *page, (size_t)(at - *page));
  *page = at + strlen(mark);
  return ok;
}

gy_status gy_report_html(const json_t *model, char **html, size_t *length, gy_error *err) {
  gy_status status = check_model(model, err);
  if (status != GY_OK) return status;
  char *json = json_dumps(model, JSON_COMPACT);
  if (json == NULL) return gy_fail(err, GY_ENOMEM, "report: no memory to write the model");

  gy_buffer out;
  gy_buffer_init(&out, GY_REPORT_MAX_BYTES);
  const char *page = gy_report_page;
  const char *project = json_string_value(json_object_get(json_object_get(model, "meta"), "project"));
  bool ok = append_until(&out, &page, "{{title}}") && append_title(&out, project) &&
            append_until(&out, &page, "{{model}}") && append_json(&out, json) &&
            gy_buffer_append(&out, page, (size_t)(gy_report_page_end - page));
  free(json);
  size_t written = out.length;
  char *text = ok ? gy_buffer_take(&out) : NULL;
  gy_buffer_clear(&out);
  if (text == NULL) {
    return gy_fail(err, GY_ELIMIT, "report: the page needs more memory than there is, or passes %zu MiB",
                   GY_REPORT_MAX_BYTES >> 20);
  }
  *html = text;
  *length = written;
  return GY_OK;
}

gy_status gy_report_render(const json_t *model, const char *path, gy_error *err) {
  char *html = NULL;
  size_t length = 0;
  gy_status status = gy_report_html(model, &html, &length, err);
  if (status == GY_OK) status = gy_file_replace(path, html, length, err);
  if (status != GY_OK && html != NULL) gy_error_prefix(err, "report");
  free(html);
  return status;
}
