/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "report/render.h"

static const char OPENING[] = "<script type=\"application/json\" id=\"model\">";

static json_t *model_of(const char *project) {
  return json_pack("{s:s, s:{s:s, s:s}}", "format", "gyeol-report/1", "meta", "project", project, "language",
                   "ko");
}

static char *render(const json_t *model) {
  char *html = NULL;
  size_t length = 0;
  gy_error err = {0};
  cr_assert_eq(gy_report_html(model, &html, &length, &err), GY_OK, "%s", err.text);
  cr_assert_eq(strlen(html), length);
  return html;
}

/* The model as a browser takes it out of the page: up to the first "</script". */
static json_t *model_in(const char *html) {
  const char *from = strstr(html, OPENING);
  cr_assert_not_null(from);
  from += strlen(OPENING);
  const char *end = strstr(from, "</script");
  cr_assert_not_null(end);
  json_error_t why;
  json_t *model = json_loadb(from, (size_t)(end - from), 0, &why);
  cr_assert_not_null(model, "%s", why.text);
  return model;
}

static size_t count(const char *text, const char *word) {
  size_t n = 0;
  for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) n++;
  return n;
}

Test(report_render, any_text_comes_back_as_it_was) {
  static const char *const TEXTS[] = {
      "</script><script>alert(1)</script>",
      "<!-- <script> --> ]]>",
      "\"quotes\" 'single' \\ back\\slash \t tab \n line",
      "\xe2\x80\xa8 and \xe2\x80\xa9 \xe2\x80\xaa",
      "서울 고객 결, 챔피언 🛒 é",
      "{{model}} {{title}} $& $1",
      "<",
      "",
  };
  for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
    json_t *model = model_of(TEXTS[i]);
    char *html = render(model);
    json_t *back = model_in(html);
    cr_assert(json_equal(model, back), "case %zu: %s", i, TEXTS[i]);
    cr_assert_eq(count(html, "<script"), 2, "case %zu: a text became markup", i);
    cr_assert_eq(count(strstr(html, OPENING), "\xe2\x80\xa8"), 0, "case %zu", i);
    json_decref(back);
    json_decref(model);
    free(html);
  }
}

Test(report_render, title_is_text) {
  json_t *model = model_of("A </title> & B {{model}}");
  char *html = render(model);
  cr_assert_not_null(strstr(html, "<title>A &lt;/title> &amp; B {{model}}</title>"));
  json_decref(model);
  free(html);
}

Test(report_render, example_stands_alone) {
  json_t *model = json_load_file(getenv("GYEOL_REPORT_EXAMPLE"), 0, NULL);
  cr_assert_not_null(model);
  char *html = render(model);
  json_t *back = model_in(html);
  cr_assert(json_equal(model, back));
  static const char *const LOADS[] = {"<link",   "<img",     "<iframe",        "<script src",
                                      "@import", "url(http", "XMLHttpRequest", "fetch("};
  for (size_t i = 0; i < sizeof LOADS / sizeof *LOADS; i++) {
    cr_assert_null(strstr(html, LOADS[i]), "the page holds %s", LOADS[i]);
  }
  cr_assert_not_null(strstr(html, "content=\"default-src 'none'; script-src 'sha256-"));
  cr_assert_lt(strlen(html), (size_t)800 * 1000);
  json_decref(back);
  json_decref(model);
  free(html);
}

Test(report_render, a_wrong_model_is_refused) {
  static const char *const MODELS[] = {"{}", "[]",
                                       "{\"format\": \"gyeol-report/2\", \"meta\": {\"project\": \"a\"}}",
                                       "{\"format\": \"gyeol-report/1\"}", "{\"format\": 1}"};
  for (size_t i = 0; i < sizeof MODELS / sizeof *MODELS; i++) {
    json_t *model = json_loads(MODELS[i], 0, NULL);
    char *html = NULL;
    size_t length = 7;
    gy_error err = {0};
    cr_assert_eq(gy_report_html(model, &html, &length, &err), GY_EINTERNAL, "%s", MODELS[i]);
    cr_assert_null(html);
    cr_assert_eq(length, 7);
    cr_assert_neq(err.text[0], '\0');
    json_decref(model);
  }
}

static size_t files_in(const char *dir) {
  char pattern[256];
  glob_t found = {0};
  snprintf(pattern, sizeof pattern, "%s/*", dir);
  size_t n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
  globfree(&found);
  return n;
}

/* A device that is full after 1000 bytes, played by the limit on file size. */
Test(report_render, a_failed_write_leaves_the_old_report) {
  char dir[] = "/tmp/gyeol-report-XXXXXX", path[128], start[16] = "";
  cr_assert_not_null(mkdtemp(dir));
  snprintf(path, sizeof path, "%s/report.html", dir);
  json_t *model = model_of("before");
  cr_assert_eq(gy_report_render(model, path, NULL), GY_OK);

  struct rlimit limit;
  getrlimit(RLIMIT_FSIZE, &limit);
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, limit.rlim_max});
  gy_error err = {0};
  gy_status status = gy_report_render(model, path, &err);
  setrlimit(RLIMIT_FSIZE, &limit);

  cr_assert_eq(status, GY_EIO);
  cr_assert_not_null(strstr(err.text, path), "%s", err.text);
  cr_assert_eq(files_in(dir), 1, "a partial file was left");
  FILE *file = fopen(path, "r");
  cr_assert_not_null(file);
  cr_assert_not_null(fgets(start, sizeof start, file));
  fclose(file);
  cr_assert_str_eq(start, "<!doctype html>");
  unlink(path);
  rmdir(dir);
  json_decref(model);
}

Test(report_render, a_missing_folder_is_named) {
  json_t *model = model_of("x");
  gy_error err = {0};
  cr_assert_neq(gy_report_render(model, "/nonexistent/report.html", &err), GY_OK);
  cr_assert_not_null(strstr(err.text, "/nonexistent/report.html"));
  json_decref(model);
}
