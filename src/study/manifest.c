/* SPDX-License-Identifier: Apache-2.0 */
#include "study/manifest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "study/quality.h"

static json_t *copy_of(const json_t *object, const char *key) {
  json_t *value = json_object_get(object, key);
  return value != NULL ? json_incref(value) : json_null();
}

/* One entry from a segment of the rfm step or a cluster of the clusters step. */
static json_t *segment_entry(const json_t *segment, const char *kind) {
  json_t *name = json_object_get(segment, "name");
  json_t *entry = json_object();
  json_object_set_new(entry, "name", copy_of(name, "en"));
  json_object_set_new(entry, "name_ko", copy_of(name, "ko"));
  json_object_set_new(entry, "kind", json_string(kind));
  json_object_set_new(entry, "customers", copy_of(segment, "customers"));
  json_object_set_new(entry, "share", copy_of(segment, "customer_share"));
  json_object_set_new(entry, "revenue", copy_of(segment, "revenue"));
  json_object_set_new(entry, "revenue_share", copy_of(segment, "revenue_share"));
  return entry;
}

json_t *gy_manifest_segments(const json_t *rfm, const json_t *clusters) {
  json_t *entries = json_array();
  size_t i;
  json_t *segment;
  json_array_foreach(json_object_get(rfm, "segments"), i, segment) {
    json_array_append_new(entries, segment_entry(segment, "rfm"));
  }
  json_array_foreach(json_object_get(clusters, "clusters"), i, segment) {
    json_t *entry = segment_entry(segment, "cluster");
    json_object_set_new(entry, "cluster", copy_of(segment, "cluster"));
    json_object_set_new(entry, "id", copy_of(segment, "id"));
    json_array_append_new(entries, entry);
  }
  return entries;
}

static json_t *sources_json(const json_t *imports) {
  json_t *sources = json_object();
  const char *name;
  json_t *source;
  json_object_foreach((json_t *)imports, name, source) {
    json_t *entry = json_object();
    static const char *const KEYS[] = {"target", "read",    "accepted",   "rejected",    "repaired",
                                       "files",  "changes", "duplicates", "rejects_kept"};
    for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++)
      json_object_set_new(entry, KEYS[k], copy_of(source, KEYS[k]));
    json_object_set_new(sources, name, entry);
  }
  return sources;
}

json_t *gy_manifest_tables(const gy_run_context *run) {
  json_t *tables = json_object();
  for (uint32_t i = 0; i < run->project.config.n_sources; i++) {
    const gy_source_config *source = &run->project.config.sources[i];
    bool is_other = source->target == GY_TARGET_OTHER;
    const char *table = is_other ? source->name : gy_target_name(source->target);
    json_t *entry = json_object_get(tables, table), *import = json_object_get(run->imports, source->name);
    json_int_t rows = json_integer_value(json_object_get(entry, "rows")),
               sources = json_integer_value(json_object_get(entry, "sources"));
    rows += json_integer_value(json_object_get(import, "accepted"));
    json_object_set_new(tables, table, json_pack("{s:I, s:I}", "rows", rows, "sources", sources + 1));
  }
  return tables;
}

/* Seconds of each step, imports of all sources together. */
json_t *gy_manifest_seconds(const json_t *steps, double total) {
  json_t *seconds = json_object();
  size_t i;
  json_t *step;
  json_array_foreach(steps, i, step) {
    const char *name = json_string_value(json_object_get(step, "step"));
    if (strncmp(name, "import:", 7) == 0) name = "import";
    double spent = json_number_value(json_object_get(step, "seconds"));
    json_object_set_new(seconds, name, json_real(spent + json_number_value(json_object_get(seconds, name))));
  }
  json_object_set_new(seconds, "total", json_real(total));
  return seconds;
}

static json_t *clusters_json(const json_t *clusters) {
  json_t *summary = json_object();
  static const char *const KEYS[] = {"k", "silhouette", "stability", "reason", "since_last", "preparation"};
  for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
    json_object_set_new(summary, KEYS[i], copy_of(clusters, KEYS[i]));
  return summary;
}

json_t *gy_manifest_create(const gy_run_context *run, int64_t started_us, const char *report_path,
                           double seconds) {
  const gy_project_config *config = &run->project.config;
  char started[32];
  gy_clock_rfc3339(started_us, started);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  json_t *manifest = json_pack("{s:s, s:b, s:s, s:s, s:s, s:s, s:s}", "run", run->log.run, "changed", 1,
                               "project", config->name, "started_at", started, "timezone", config->timezone,
                               "currency", config->currency, "version", GYEOL_VERSION);
  if (manifest == NULL) return NULL;
  static const char *const TOTALS[] = {"as_of",   "first_order", "last_order", "customers", "orders",
                                       "revenue", "lines",       "lines_kept", "rules"};
  for (size_t i = 0; i < sizeof TOTALS / sizeof *TOTALS; i++)
    json_object_set_new(manifest, TOTALS[i], copy_of(run->totals, TOTALS[i]));
  if (gy_run_left_out(run) > 0) json_object_set_new(manifest, "left_out", copy_of(run->totals, "left_out"));
  if (run->people != NULL) json_object_set_new(manifest, "identity", gy_identity_figures(run));
  if (run->consent != NULL) json_object_set(manifest, "consent", run->consent);
  json_object_set_new(manifest, "sources", sources_json(run->imports));
  json_object_set_new(manifest, "tables", gy_manifest_tables(run));
  json_object_set_new(manifest, "quality", gy_quality_json(run->imports));
  json_object_set_new(manifest, "segments", gy_manifest_segments(run->rfm, run->clusters));
  json_object_set_new(manifest, "clusters", clusters_json(run->clusters));
  json_object_set(manifest, "steps", run->log.steps);
  json_object_set_new(manifest, "seconds", gy_manifest_seconds(run->log.steps, seconds));
  json_object_set_new(manifest, "peak_bytes", json_integer((json_int_t)usage.ru_maxrss * 1024));
  json_object_set_new(manifest, "report", report_path != NULL ? json_string(report_path) : json_null());
  return manifest;
}

gy_status gy_manifest_load(gy_engine *engine, const char *run, json_t **manifest, gy_error *err) {
  static const char LAST[] = "SELECT manifest FROM runs ORDER BY started_at DESC, run DESC LIMIT 1",
                    NAMED[] = "SELECT manifest FROM runs WHERE run = $1";
  char *text = NULL;
  gy_value value = gy_bind_text(run);
  gy_status status =
      gy_engine_text(engine, run != NULL ? NAMED : LAST, &value, run != NULL ? 1 : 0, &text, err);
  if (status == GY_ENOTFOUND)
    return gy_fail(err, GY_ENOTFOUND,
                   "no run has been committed in this project yet; make one with: gyeol run");
  if (status != GY_OK) return status;
  *manifest = json_loads(text, 0, NULL);
  free(text);
  return *manifest != NULL ? GY_OK
                           : gy_fail(err, GY_ECORRUPT, "the manifest of the last run is damaged; run again");
}
