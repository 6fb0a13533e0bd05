/* SPDX-License-Identifier: Apache-2.0
 *
 * Two plain files through linkage: what to compare, both read, linked, written. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "study/link_export.h"

gy_link_files_options gy_link_files_defaults(const char *input, const char *with) {
  return (gy_link_files_options){.input = input, .with = with, .match_prob = 0.99, .review_prob = 0.7};
}

typedef struct link_run {
  const gy_link_files_options *options;
  const gy_task *task;
  gy_link_spec spec;
  gy_link_table tables[2];
  gy_link_result result;
  double read_seconds, link_seconds, write_seconds;
} link_run;

static gy_status read_tables(link_run *run, gy_error *err) {
  const gy_link_files_options *o = run->options;
  double start = gy_clock_seconds();
  gy_status status = gy_link_table_load(o->input, run->spec.columns[0], run->spec.n_fields, o->id, run->task,
                                        &run->tables[0], err);
  if (status == GY_OK && o->with != NULL)
    status = gy_link_table_load(o->with, run->spec.columns[1], run->spec.n_fields, o->with_id, run->task,
                                &run->tables[1], err);
  run->read_seconds = gy_clock_seconds() - start;
  return status;
}

static gy_status link_tables(link_run *run, gy_error *err) {
  double start = gy_clock_seconds();
  gy_link_options options =
      gy_link_defaults(run->spec.fields, run->spec.n_fields, run->spec.rules, run->spec.n_rules);
  options.match_prob = run->options->match_prob;
  options.review_prob = run->options->review_prob;
  options.one_to_one = run->options->one_to_one;
  gy_status status =
      gy_link_records(&run->tables[0].list, run->options->with != NULL ? &run->tables[1].list : NULL,
                      &options, run->task, &run->result, err);
  run->link_seconds = gy_clock_seconds() - start;
  return status;
}

static gy_status give(link_run *run, double start, char **result, gy_error *err) {
  gy_link_found found = {run->options, &run->spec, &run->tables[0],
                         run->options->with != NULL ? &run->tables[1] : &run->tables[0], &run->result};
  gy_status status = GY_OK;
  double written_from = gy_clock_seconds();
  json_t *json = gy_link_json(&found);
  if (run->options->output != NULL) status = gy_link_export(&found, run->options->output, run->task, err);
  run->write_seconds = gy_clock_seconds() - written_from;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  if (status == GY_OK) {
    json_object_set_new(
        json, "seconds",
        json_pack("{s:f, s:f, s:f, s:f}", "read", run->read_seconds, "link", run->link_seconds, "write",
                  run->write_seconds, "total", gy_clock_seconds() - start));
    json_object_set_new(json, "peak_bytes", json_integer((json_int_t)usage.ru_maxrss * 1024));
    *result = json_dumps(json, JSON_COMPACT);
    if (*result == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the result");
  }
  json_decref(json);
  return status;
}

gy_status gy_link_files(const gy_link_files_options *options, const gy_task *task, char **result,
                        gy_error *err) {
  link_run run = {.options = options, .task = task};
  double start = gy_clock_seconds();
  gy_status status = gy_link_spec_make(options, &run.spec, err);
  if (status == GY_OK) status = read_tables(&run, err);
  if (status == GY_OK) status = link_tables(&run, err);
  if (status == GY_OK) status = give(&run, start, result, err);
  gy_link_result_clear(&run.result);
  gy_link_table_clear(&run.tables[0]);
  gy_link_table_clear(&run.tables[1]);
  gy_link_spec_clear(&run.spec);
  return status;
}
