/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/content_hash.h"
#include "data/project_file_schema.h"

enum { TEXT_BYTES_MAX = 2 * GY_RULE_BYTES_MAX, LIST_BYTES_MAX = 1 << 30 };

static gy_status no_memory(gy_error *err) { return gy_fail(err, GY_ENOMEM, "no memory for the segments"); }

static gy_status set_error(gy_segment_judged *segment, const char *text, gy_error *err) {
  if (segment->error != NULL) return GY_OK;
  segment->error = strdup(text);
  return segment->error != NULL ? GY_OK : no_memory(err);
}

/* ---- rules of sets and of exclusive segments ---- */

static void put_member(gy_buffer *out, const char *name) {
  char *quoted = gy_sql_literal(name); /* rules write texts as SQL does */
  if (quoted == NULL) out->failed = true;
  gy_buffer_printf(out, "in_segment(%s)", quoted != NULL ? quoted : "");
  free(quoted);
}

static void put_members(gy_buffer *out, char *const *names, uint32_t n, const char *between) {
  for (uint32_t i = 0; i < n; i++) {
    if (i > 0) gy_buffer_text(out, between);
    put_member(out, names[i]);
  }
}

static void put_sets(gy_buffer *out, const gy_segment_file *file) {
  put_members(out, file->sets.all, file->sets.n_all, " and ");
  if (file->sets.n_any > 0) {
    gy_buffer_text(out, file->sets.n_all > 0 ? " and (" : "(");
    put_members(out, file->sets.any, file->sets.n_any, " or ");
    gy_buffer_text(out, ")");
  }
  if (file->sets.n_none > 0) {
    gy_buffer_text(out, " and not (");
    put_members(out, file->sets.none, file->sets.n_none, " or ");
    gy_buffer_text(out, ")");
  }
}

static bool comes_before(const gy_segment_file *a, const gy_segment_file *b) {
  return a->exclusive != NULL && b->exclusive != NULL && strcmp(a->exclusive, b->exclusive) == 0 &&
         a->priority < b->priority;
}

/* in_segment('vip (all)') and not in_segment('first'): everybody of its own that no earlier one has. */
static gy_status make_text(gy_segment_judgement *j, gy_segment_judged *segment, gy_error *err) {
  const gy_segment_file *file = &segment->entry->file;
  gy_buffer own, text;
  gy_buffer_init(&own, TEXT_BYTES_MAX);
  gy_buffer_init(&text, TEXT_BYTES_MAX);
  if (file->form == GY_SEGMENT_BY_SETS)
    put_sets(&own, file);
  else
    gy_buffer_text(&own, file->rule);
  bool waits = false;
  for (size_t i = 0; i < j->n; i++) waits |= comes_before(&j->segments[i].entry->file, file);
  if (waits) {
    gy_buffer name;
    gy_buffer_init(&name, 4 * GY_SEGMENT_NAME_MAX);
    gy_buffer_printf(&name, "%s (all)", segment->entry->name);
    put_member(&text, name.data != NULL ? name.data : "");
    gy_buffer_clear(&name);
    for (size_t i = 0; i < j->n; i++) {
      if (!comes_before(&j->segments[i].entry->file, file)) continue;
      gy_buffer_text(&text, " and not ");
      put_member(&text, j->segments[i].entry->name);
      segment->uses[i] = true;
    }
    segment->own = gy_buffer_take(&own);
    segment->text = gy_buffer_take(&text);
  } else {
    segment->text = gy_buffer_take(&own);
  }
  bool whole = segment->text != NULL && (!waits || segment->own != NULL);
  gy_buffer_clear(&own);
  gy_buffer_clear(&text);
  return whole ? GY_OK : no_memory(err);
}

/* ---- each for itself ---- */

static gy_status check_names(const gy_segment_judgement *j, gy_segment_judged *segment, char *const *names,
                             uint32_t n, gy_error *err) {
  for (uint32_t i = 0; i < n; i++) {
    if (gy_segment_folder_find(j->folder, names[i]) != NULL) continue;
    const char **known = calloc(j->n + 1, sizeof *known);
    if (known == NULL) return no_memory(err);
    for (size_t k = 0; k < j->n; k++) known[k] = j->segments[k].entry->name;
    const char *near = gy_word_nearest(names[i], known, j->n);
    char sentence[512];
    snprintf(sentence, sizeof sentence, "%s: sets names a segment '%s' that is not there%s%s%s",
             segment->entry->path, names[i], near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
             near != NULL ? "'?" : "");
    free(known);
    return set_error(segment, sentence, err);
  }
  return GY_OK;
}

static gy_status check_priorities(const gy_segment_judgement *j, gy_segment_judged *segment, gy_error *err) {
  const gy_segment_file *file = &segment->entry->file;
  for (size_t i = 0; i < j->n && file->exclusive != NULL; i++) {
    const gy_segment_file *other = &j->segments[i].entry->file;
    bool same = &j->segments[i] != segment && other->exclusive != NULL &&
                strcmp(other->exclusive, file->exclusive) == 0 && other->priority == file->priority;
    if (!same) continue;
    char sentence[512];
    snprintf(sentence, sizeof sentence, "%s: '%s' has the same priority %u in the exclusive set '%s'",
             segment->entry->path, other->name, file->priority, file->exclusive);
    return set_error(segment, sentence, err);
  }
  return GY_OK;
}

/* Compiles a rule by itself, with all segments as columns; which of them it reads is what it uses. */
static gy_status check_rule(gy_segment_judgement *j, gy_segment_judged *segment, gy_error *err) {
  const gy_rule_definition definition = {.text = segment->own != NULL ? segment->own : segment->text};
  gy_rule_set *set = NULL;
  gy_error why = {0};
  gy_status status = gy_rule_set_compile(&j->catalogue.rule, &j->catalogue.clock, &definition, 1, &set, &why);
  if (status == GY_ENOMEM) return no_memory(err);
  if (status != GY_OK) {
    gy_segment_file_place(&segment->entry->file, segment->entry->path, &why);
    return set_error(segment, why.text, err);
  }
  for (size_t i = 0; i < j->n; i++)
    segment->uses[i] = segment->uses[i] || gy_rule_set_reads_column(set, j->catalogue.n_own + i);
  gy_rule_set_destroy(set);
  return GY_OK;
}

char *gy_segment_list_path(const gy_segment_judgement *judgement, size_t segment) {
  return gy_path_join(judgement->list_root, judgement->segments[segment].entry->file.list);
}

static gy_status check_list(gy_segment_judgement *j, size_t segment, gy_digest *digest, gy_error *err) {
  char *path = gy_segment_list_path(j, segment);
  gy_content_hash *hash = gy_content_hash_create();
  gy_buffer text;
  gy_buffer_init(&text, LIST_BYTES_MAX);
  gy_error why = {0};
  char hex[GY_CONTENT_HASH_CHARS + 1] = "", sentence[GY_ERROR_TEXT_MAX + 64];
  gy_status status = path != NULL && hash != NULL ? gy_file_read(path, &text, &why) : GY_ENOMEM;
  if (status == GY_OK) {
    gy_content_hash_update(hash, text.data, text.length);
    gy_content_hash_text(hash, hex);
  }
  gy_digest_text(digest, hex);
  snprintf(sentence, sizeof sentence, "%s: list: %s", j->segments[segment].entry->path, why.text);
  gy_content_hash_destroy(hash);
  gy_buffer_clear(&text);
  free(path);
  if (status == GY_ENOMEM) return no_memory(err);
  return status == GY_OK ? GY_OK : set_error(&j->segments[segment], sentence, err);
}

/* A macro counts where its name stands in the text, and those that stand in its own text. */
static void digest_macros(const gy_segment_folder *folder, const char *text, gy_digest *digest, int depth) {
  for (uint32_t i = 0; i < folder->macros.n_macros && depth < 8; i++) {
    if (strstr(text, folder->macros.macros[i].name) == NULL) continue;
    gy_digest_text(digest, folder->macros.macros[i].name);
    gy_digest_text(digest, folder->macros.macros[i].rule);
    if (strstr(folder->macros.macros[i].rule, folder->macros.macros[i].name) == NULL)
      digest_macros(folder, folder->macros.macros[i].rule, digest, depth + 1);
  }
}

static gy_status judge_one(gy_segment_judgement *j, size_t i, gy_error *err) {
  gy_segment_judged *segment = &j->segments[i];
  const gy_segment_file *file = &segment->entry->file;
  if (segment->entry->error != NULL) return set_error(segment, segment->entry->error, err);
  if (file->form != GY_SEGMENT_BY_LIST && j->folder->macros_error != NULL)
    return set_error(segment, j->folder->macros_error, err);
  gy_buffer form;
  gy_buffer_init(&form, 8 * GY_SEGMENT_FILE_MAX_BYTES);
  gy_digest *digest = gy_digest_create();
  gy_status status = gy_segment_file_emit(file, &form, err);
  gy_digest_text(digest, form.data);
  gy_buffer_clear(&form);
  if (status == GY_OK && file->form == GY_SEGMENT_BY_LIST) status = check_list(j, i, digest, err);
  if (status == GY_OK && file->form != GY_SEGMENT_BY_LIST) status = make_text(j, segment, err);
  if (status == GY_OK && segment->text != NULL)
    digest_macros(j->folder, segment->own != NULL ? segment->own : segment->text, digest, 0);
  gy_digest_text(digest, segment->own != NULL ? segment->text : NULL); /* names those that come first */
  gy_digest_finish(digest, segment->hash);
  if (status == GY_OK && file->form == GY_SEGMENT_BY_SETS) {
    status = check_names(j, segment, file->sets.all, file->sets.n_all, err);
    if (status == GY_OK) status = check_names(j, segment, file->sets.any, file->sets.n_any, err);
    if (status == GY_OK) status = check_names(j, segment, file->sets.none, file->sets.n_none, err);
  }
  if (status == GY_OK) status = check_priorities(j, segment, err);
  if (status == GY_OK && segment->text != NULL && segment->error == NULL)
    status = check_rule(j, segment, err);
  return status;
}

/* ---- together ---- */

/* Follows uses from `at`; when the walk comes back to `start`, its path is the circle. */
static bool find_circle(const gy_segment_judgement *j, size_t at, size_t start, bool *seen, gy_buffer *path) {
  for (size_t next = 0; next < j->n; next++) {
    if (!j->segments[at].uses[next]) continue;
    size_t length = path->length;
    gy_buffer_printf(path, " -> %s", j->segments[next].entry->name);
    if (next == start) return true;
    if (!seen[next]) {
      seen[next] = true;
      if (find_circle(j, next, start, seen, path)) return true;
    }
    path->length = length;
    if (path->data != NULL) path->data[length] = '\0';
  }
  return false;
}

static gy_status refuse_circles(gy_segment_judgement *j, gy_error *err) {
  bool *seen = calloc(j->n + 1, sizeof *seen);
  gy_status status = seen != NULL ? GY_OK : no_memory(err);
  for (size_t i = 0; i < j->n && status == GY_OK; i++) {
    gy_buffer path;
    gy_buffer_init(&path, 64 << 10);
    memset(seen, 0, j->n * sizeof *seen);
    gy_buffer_text(&path, j->segments[i].entry->name);
    if (find_circle(j, i, i, seen, &path) && path.data != NULL) {
      char sentence[900];
      snprintf(sentence, sizeof sentence, "%s: a segment cannot use itself: %.700s",
               j->segments[i].entry->path, path.data);
      status = set_error(&j->segments[i], sentence, err);
    }
    gy_buffer_clear(&path);
  }
  free(seen);
  return status;
}

/* Who uses a segment that never was good has nothing to use. */
static gy_status refuse_users(gy_segment_judgement *j, gy_error *err) {
  bool again = true;
  while (again) {
    again = false;
    for (size_t i = 0; i < j->n; i++) {
      gy_segment_judged *segment = &j->segments[i];
      for (size_t u = 0; u < j->n && segment->error == NULL; u++) {
        const gy_segment_judged *used = &j->segments[u];
        if (!segment->uses[u] || used->error == NULL || used->known.version > 0) continue;
        char sentence[512];
        snprintf(sentence, sizeof sentence, "%s: it uses '%s', which has an error and no earlier version",
                 segment->entry->path, used->entry->name);
        gy_status status = set_error(segment, sentence, err);
        if (status != GY_OK) return status;
        again = true;
      }
    }
  }
  return GY_OK;
}

static void spread_changes(gy_segment_judgement *j) {
  for (size_t i = 0; i < j->n; i++)
    j->segments[i].is_changed =
        j->segments[i].error == NULL && strcmp(j->segments[i].hash, j->segments[i].known.hash) != 0;
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < j->n; i++)
      for (size_t u = 0; u < j->n && !j->segments[i].is_changed; u++)
        if (j->segments[i].uses[u] && j->segments[u].is_changed && j->segments[i].error == NULL)
          j->segments[i].is_changed = again = true;
  }
}

gy_status gy_segment_definitions_make(const gy_segment_judgement *judgement,
                                      gy_segment_definitions *definitions, gy_error *err) {
  const gy_segment_judgement *j = judgement;
  gy_segment_definitions *d = definitions;
  *d = (gy_segment_definitions){.items = calloc(2 * j->n + 1, sizeof *d->items),
                                .names = calloc(j->n + 1, sizeof *d->names)};
  if (d->items == NULL || d->names == NULL) return no_memory(err);
  for (size_t i = 0; i < j->n; i++) {
    gy_segment_judged *segment = &j->segments[i];
    segment->answer = -1;
    if (segment->error != NULL || segment->text == NULL) continue;
    segment->answer = (int64_t)d->n;
    d->items[d->n++] = (gy_rule_definition){segment->entry->name, segment->text};
    if (segment->own == NULL) continue;
    if (asprintf(&d->names[d->n_names], "%s (all)", segment->entry->name) < 0) {
      d->names[d->n_names] = NULL;
      return no_memory(err);
    }
    d->items[d->n++] = (gy_rule_definition){d->names[d->n_names++], segment->own};
  }
  return GY_OK;
}

void gy_segment_definitions_clear(gy_segment_definitions *definitions) {
  for (size_t i = 0; i < definitions->n_names; i++) free(definitions->names[i]);
  free(definitions->names);
  free(definitions->items);
  *definitions = (gy_segment_definitions){0};
}

static gy_status compile_all(gy_segment_judgement *j, gy_error *err) {
  gy_segment_definitions definitions;
  gy_status status = gy_segment_definitions_make(j, &definitions, err);
  if (status == GY_OK && definitions.n > 0)
    status = gy_rule_set_compile(&j->catalogue.rule, &j->catalogue.clock, definitions.items, definitions.n,
                                 &j->set, err);
  gy_segment_definitions_clear(&definitions);
  return status;
}

/* What is wrong with rules only together is told of the innermost: "segment 'a': segment 'b': line 1, ...".
 */
static gy_segment_judged *find_blamed(const gy_segment_judgement *j, const char **text) {
  gy_segment_judged *found = NULL;
  char name[GY_SEGMENT_NAME_MAX + 1];
  int used = 0;
  while (sscanf(*text, "segment '%100[^']': %n", name, &used) == 1 && used > 0) {
    char *own = strstr(name, " (all)");
    if (own != NULL) *own = '\0';
    for (size_t i = 0; i < j->n; i++)
      if (strcmp(j->segments[i].entry->name, name) == 0) found = &j->segments[i];
    *text += used;
    used = 0;
  }
  return found;
}

/* Each for itself they are good; one that is too much with those that it uses keeps its last good version. */
static gy_status compile_good(gy_segment_judgement *j, gy_error *err) {
  for (;;) {
    gy_error why = {0};
    gy_status status = compile_all(j, &why);
    if (status == GY_OK) return GY_OK;
    const char *text = why.text;
    gy_segment_judged *blamed = status != GY_ENOMEM ? find_blamed(j, &text) : NULL;
    if (blamed == NULL || blamed->error != NULL) return gy_fail(err, status, "%s", why.text);
    gy_error placed = {.code = status};
    snprintf(placed.text, sizeof placed.text, "%s", text);
    gy_segment_file_place(&blamed->entry->file, blamed->entry->path, &placed);
    status = set_error(blamed, placed.text, err);
    if (status == GY_OK) status = refuse_users(j, err);
    if (status != GY_OK) return status;
  }
}

static gy_status load_known(const gy_run_context *run, gy_segment_judgement *j, gy_error *err) {
  json_t *rows = NULL, *row;
  gy_status status = gy_engine_json(run->project.engine, gy_sql("segment/known"), NULL, 0, NULL, &rows, err);
  size_t r;
  json_array_foreach(rows, r, row) {
    const char *name = json_string_value(json_object_get(row, "segment")),
               *hash = json_string_value(json_object_get(row, "hash"));
    for (size_t i = 0; i < j->n; i++) {
      if (strcmp(j->segments[i].entry->name, name) != 0) continue;
      gy_segment_known *known = &j->segments[i].known;
      known->no = json_integer_value(json_object_get(row, "segment_no"));
      known->version = json_integer_value(json_object_get(row, "version"));
      known->members = json_integer_value(json_object_get(row, "members"));
      known->has_error = json_is_string(json_object_get(row, "error"));
      known->is_stored = true;
      known->is_removed = json_is_true(json_object_get(row, "removed"));
      snprintf(known->hash, sizeof known->hash, "%s", hash != NULL ? hash : "");
    }
  }
  json_decref(rows);
  return status;
}

gy_status gy_segment_judge(const gy_run_context *run, const gy_segment_folder *folder, int64_t now_us,
                           gy_segment_judgement *judgement, gy_error *err) {
  *judgement = (gy_segment_judgement){.folder = folder, .n = folder->n};
  gy_segment_judgement *j = judgement;
  j->segments = calloc(folder->n + 1, sizeof *j->segments);
  j->list_root = strdup(folder->path);
  if (j->segments == NULL || j->list_root == NULL) return no_memory(err);
  for (size_t i = 0; i < j->n; i++) {
    j->segments[i] = (gy_segment_judged){.entry = &folder->entries[i], .answer = -1};
    j->segments[i].uses = calloc(j->n + 1, sizeof(bool));
    if (j->segments[i].uses == NULL) return no_memory(err);
  }
  gy_status status = load_known(run, j, err);
  if (status == GY_OK) status = gy_segment_catalogue_make(run, folder, now_us, &j->catalogue, err);
  for (size_t i = 0; i < j->n && status == GY_OK; i++) status = judge_one(j, i, err);
  if (status == GY_OK) status = refuse_circles(j, err);
  if (status == GY_OK) status = refuse_users(j, err);
  if (status == GY_OK) status = compile_good(j, err);
  if (status == GY_OK) spread_changes(j);
  return status;
}

void gy_segment_judgement_clear(gy_segment_judgement *judgement) {
  gy_rule_set_destroy(judgement->set);
  for (size_t i = 0; i < judgement->n && judgement->segments != NULL; i++) {
    gy_segment_judged *segment = &judgement->segments[i];
    free(segment->error);
    free(segment->text);
    free(segment->own);
    free(segment->uses);
  }
  free(judgement->segments);
  free(judgement->list_root);
  gy_segment_catalogue_clear(&judgement->catalogue);
  *judgement = (gy_segment_judgement){0};
}
