/* SPDX-License-Identifier: Apache-2.0
 *
 * Definitions as they are written: keys in one order, those without a value left out. */
#include <string.h>
#include <utf8proc.h>

#include "data/project_file_schema.h"
#include "segment/segment_file.h"

typedef struct writer {
  gy_buffer *out;
  bool is_text; /* all of it was UTF-8 */
} writer;

static void put_text(writer *w, const char *text) {
  if (!gy_yaml_put_text(w->out, text)) w->is_text = false;
}

static void put_key(writer *w, const char *key, const char *text) {
  if (text == NULL || text[0] == '\0') return;
  gy_buffer_printf(w->out, "%s: ", key);
  put_text(w, text);
  gy_buffer_text(w->out, "\n");
}

static void put_names(writer *w, char *const *names, uint32_t n) {
  gy_buffer_text(w->out, "[");
  for (uint32_t i = 0; i < n; i++) {
    if (i > 0) gy_buffer_text(w->out, ", ");
    put_text(w, names[i]);
  }
  gy_buffer_text(w->out, "]");
}

/* A text that a literal block keeps as it is: lines without signs that YAML would have escaped. */
static bool is_block(const char *text) {
  size_t n = strlen(text);
  if (strchr(text, '\n') == NULL || text[0] == ' ' || text[0] == '\n') return false;
  if (n >= 2 && text[n - 1] == '\n' && text[n - 2] == '\n') return false;
  for (const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text; *at != '\0';) {
    utf8proc_int32_t c;
    utf8proc_ssize_t length = utf8proc_iterate(at, -1, &c);
    if (length <= 0) return false;
    bool is_letter = (c >= 0x20 && c < 0x7F) || (c >= 0xA0 && c < 0xFFF0 && c != 0x2028 && c != 0x2029 &&
                                                 c != 0xFEFF && (c < 0xD800 || c > 0xDFFF));
    if (!is_letter && c != '\n') return false;
    at += length;
  }
  return true;
}

static void put_rule(writer *w, const char *rule) {
  if (!is_block(rule)) {
    put_key(w, "rule", rule);
    return;
  }
  bool ends = rule[strlen(rule) - 1] == '\n';
  gy_buffer_text(w->out, ends ? "rule: |\n" : "rule: |-\n");
  for (const char *line = rule; *line != '\0';) {
    size_t n = strcspn(line, "\n");
    if (n > 0) gy_buffer_text(w->out, "  ");
    gy_buffer_append(w->out, line, n);
    gy_buffer_text(w->out, "\n");
    line += n + (line[n] == '\n');
  }
}

static void put_sets(writer *w, const gy_segment_file *file) {
  const struct {
    const char *key;
    char *const *names;
    uint32_t n;
  } LISTS[] = {{"all", file->sets.all, file->sets.n_all},
               {"any", file->sets.any, file->sets.n_any},
               {"none", file->sets.none, file->sets.n_none}};
  gy_buffer_text(w->out, "sets:\n");
  for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
    if (LISTS[i].n == 0) continue;
    gy_buffer_printf(w->out, "  %s: ", LISTS[i].key);
    put_names(w, LISTS[i].names, LISTS[i].n);
    gy_buffer_text(w->out, "\n");
  }
}

static void put_title(writer *w, const gy_segment_file *file) {
  if (file->title.ko[0] == '\0' && file->title.en[0] == '\0') return;
  gy_buffer_text(w->out, "title:\n");
  if (file->title.ko[0] != '\0') gy_buffer_text(w->out, "  "), put_key(w, "ko", file->title.ko);
  if (file->title.en[0] != '\0') gy_buffer_text(w->out, "  "), put_key(w, "en", file->title.en);
}

gy_status gy_segment_file_emit(const gy_segment_file *file, gy_buffer *out, gy_error *err) {
  writer w = {out, true};
  put_key(&w, "name", file->name);
  put_title(&w, file);
  put_key(&w, "description", file->description);
  put_key(&w, "owner", file->owner);
  if (file->n_tags > 0) {
    gy_buffer_text(out, "tags: ");
    put_names(&w, file->tags, file->n_tags);
    gy_buffer_text(out, "\n");
  }
  put_key(&w, "purpose", gy_purpose_name(file->purpose));
  if (file->exclusive != NULL) {
    put_key(&w, "exclusive", file->exclusive);
    gy_buffer_printf(out, "priority: %u\n", file->priority);
  }
  if (file->form == GY_SEGMENT_BY_RULE) put_rule(&w, file->rule);
  if (file->form == GY_SEGMENT_BY_LIST) put_key(&w, "list", file->list);
  if (file->form == GY_SEGMENT_BY_SETS) put_sets(&w, file);
  if (out->failed) return gy_fail(err, GY_ENOMEM, "no memory to write the segment %s", file->name);
  return w.is_text ? GY_OK : gy_fail(err, GY_ECONFIG, "a text of the segment %s is not UTF-8", file->name);
}

bool gy_segment_file_equal(const gy_segment_file *a, const gy_segment_file *b) {
  gy_buffer one, other;
  gy_buffer_init(&one, 8 * GY_SEGMENT_FILE_MAX_BYTES);
  gy_buffer_init(&other, 8 * GY_SEGMENT_FILE_MAX_BYTES);
  bool same = gy_segment_file_emit(a, &one, NULL) == GY_OK &&
              gy_segment_file_emit(b, &other, NULL) == GY_OK && one.length == other.length &&
              memcmp(one.data, other.data, one.length) == 0;
  gy_buffer_clear(&one);
  gy_buffer_clear(&other);
  return same;
}
