/* SPDX-License-Identifier: Apache-2.0 */
#include "segment/segment_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/file.h"
#include "data/project_file_schema.h"
#include "rule/rule.h"

enum { FILE_ARENA_MAX = 64 << 20, TEXT_MAX = 4096, OPTIONAL = CYAML_FLAG_OPTIONAL, MACROS_MAX = 1000 };

static const cyaml_strval_t PURPOSES[] = {{"analytics", GY_PURPOSE_ANALYTICS},
                                          {"personalisation", GY_PURPOSE_PERSONALISATION},
                                          {"marketing", GY_PURPOSE_MARKETING},
                                          {"third_party", GY_PURPOSE_THIRD_PARTY}};

#define N(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))
#define TEXT(key, struct_, member) \
  CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | OPTIONAL, struct_, member, 0, TEXT_MAX)
#define LONG_TEXT(key, struct_, member) \
  CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | OPTIONAL, struct_, member, 1, GY_RULE_BYTES_MAX)
#define NAMES(key, struct_, member, n_member, max)                                                          \
  CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | OPTIONAL, struct_, member, n_member, &NAME_ENTRY, 0, \
                             max)

static const cyaml_schema_value_t NAME_ENTRY = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, TEXT_MAX)};

typedef __typeof__(((gy_segment_file *)NULL)->title) segment_title;
static const cyaml_schema_field_t TITLE_FIELDS[] = {
    TEXT("ko", segment_title, ko),
    TEXT("en", segment_title, en),
    CYAML_FIELD_END,
};

typedef __typeof__(((gy_segment_file *)NULL)->sets) segment_sets;
static const cyaml_schema_field_t SETS_FIELDS[] = {
    NAMES("all", segment_sets, all, n_all, GY_SEGMENT_SETS_MAX),
    NAMES("any", segment_sets, any, n_any, GY_SEGMENT_SETS_MAX),
    NAMES("none", segment_sets, none, n_none, GY_SEGMENT_SETS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t SEGMENT_FIELDS[] = {
    TEXT("name", gy_segment_file, name),
    CYAML_FIELD_MAPPING("title", OPTIONAL, gy_segment_file, title, TITLE_FIELDS),
    TEXT("description", gy_segment_file, description),
    TEXT("owner", gy_segment_file, owner),
    NAMES("tags", gy_segment_file, tags, n_tags, GY_SEGMENT_TAGS_MAX),
    CYAML_FIELD_ENUM("purpose", OPTIONAL | CYAML_FLAG_STRICT, gy_segment_file, purpose, PURPOSES,
                     N(PURPOSES)),
    LONG_TEXT("rule", gy_segment_file, rule),
    TEXT("list", gy_segment_file, list),
    CYAML_FIELD_MAPPING("sets", OPTIONAL, gy_segment_file, sets, SETS_FIELDS),
    TEXT("exclusive", gy_segment_file, exclusive),
    CYAML_FIELD_UINT("priority", OPTIONAL, gy_segment_file, priority),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t SEGMENT_SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, gy_segment_file, SEGMENT_FIELDS)};

static const cyaml_schema_field_t MACRO_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, gy_macro_entry, name, 1, GY_SEGMENT_NAME_MAX),
    CYAML_FIELD_STRING_PTR("rule", CYAML_FLAG_POINTER, gy_macro_entry, rule, 1, GY_RULE_BYTES_MAX),
    TEXT("description", gy_macro_entry, description),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t MACRO_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, gy_macro_entry, MACRO_FIELDS)};
static const cyaml_schema_field_t MACRO_FILE_FIELDS[] = {
    CYAML_FIELD_SEQUENCE_COUNT("macros", CYAML_FLAG_POINTER | OPTIONAL, gy_macro_file, macros, n_macros,
                               &MACRO_ENTRY, 0, MACROS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t MACRO_SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, gy_macro_file, MACRO_FILE_FIELDS)};

/* ---- names ---- */

const char *gy_segment_name_complaint(const char *name) {
  static const char PUNCTUATION[] = "_-.+ ";
  size_t n = strlen(name);
  if (n == 0) return "is empty";
  if (n > GY_SEGMENT_NAME_MAX) return "is longer than 100 bytes";
  if (name[0] == '.' || name[0] == ' ' || name[0] == '-' || name[n - 1] == ' ')
    return "must begin with a letter or digit and not end with a space";
  for (const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)name; *at != '\0';) {
    utf8proc_int32_t c;
    utf8proc_ssize_t length = utf8proc_iterate(at, -1, &c);
    if (length <= 0) return "is not UTF-8";
    utf8proc_category_t category = utf8proc_category(c);
    bool is_letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
    if (!is_letter && (c >= 0x80 || strchr(PUNCTUATION, (int)c) == NULL))
      return "may hold letters, digits, spaces and _ - . + only";
    at += length;
  }
  return NULL;
}

/* "segments/vip.yaml" is vip. */
static char *name_of_path(const char *path, gy_arena *arena) {
  const char *name = gy_path_name(path), *dot = strrchr(name, '.');
  size_t n = dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name);
  return gy_arena_strndup(arena, name, n);
}

/* ---- reading ---- */

typedef struct reading {
  gy_segment_file *file;
  gy_yaml_tree tree;
  const char *text, *path;
  size_t length;
  gy_error *err;
} reading;

static gy_status fail_at(const reading *r, const char *where, const char *format, ...) GY_PRINTF(3, 4);

/* "path:line:column: sentence" at a node. */
static gy_status fail_at(const reading *r, const char *where, const char *format, ...) {
  char sentence[640];
  va_list args;
  va_start(args, format);
  vsnprintf(sentence, sizeof sentence, format, args); /* NOLINT(clang-analyzer-valist.Uninitialized) */
  va_end(args);
  const yaml_node_t *node = gy_yaml_tree_find((gy_yaml_tree *)&r->tree, where);
  if (node == NULL) return gy_fail(r->err, GY_ECONFIG, "%s: %s", r->path, sentence);
  return gy_fail(r->err, GY_ECONFIG, "%s:%zu:%zu: %s", r->path, node->start_mark.line + 1,
                 node->start_mark.column + 1, sentence);
}

static gy_status check_names(const reading *r, const char *key, char *const *names, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    const char *complaint = gy_segment_name_complaint(names[i]);
    if (complaint == NULL && strcmp(names[i], r->file->name) == 0) complaint = "is this segment itself";
    char where[64];
    snprintf(where, sizeof where, "sets.%s.%u", key, i);
    if (complaint != NULL) return fail_at(r, where, "the segment name '%.100s' %s", names[i], complaint);
  }
  return GY_OK;
}

static gy_status check_form(const reading *r) {
  gy_segment_file *f = r->file;
  bool has_sets = gy_yaml_tree_find((gy_yaml_tree *)&r->tree, "sets") != NULL;
  int forms = (f->rule != NULL) + (f->list != NULL) + has_sets;
  if (forms != 1)
    return gy_fail(r->err, GY_ECONFIG, "%s: a segment has either a rule, a list or sets; this one has %s",
                   r->path, forms == 0 ? "none of them" : "several");
  f->form = f->rule != NULL ? GY_SEGMENT_BY_RULE : f->list != NULL ? GY_SEGMENT_BY_LIST : GY_SEGMENT_BY_SETS;
  if (f->form == GY_SEGMENT_BY_LIST && f->list[0] == '\0') return fail_at(r, "list", "list names no file");
  if (has_sets && f->sets.n_all + f->sets.n_any == 0)
    return fail_at(r, "sets", "sets needs segments to be in: all: [...] or any: [...]");
  gy_status status = check_names(r, "all", f->sets.all, f->sets.n_all);
  if (status == GY_OK) status = check_names(r, "any", f->sets.any, f->sets.n_any);
  if (status == GY_OK) status = check_names(r, "none", f->sets.none, f->sets.n_none);
  if (status != GY_OK) return status;
  if (f->exclusive != NULL && gy_segment_name_complaint(f->exclusive) != NULL)
    return fail_at(r, "exclusive", "the name of the exclusive set '%.100s' %s", f->exclusive,
                   gy_segment_name_complaint(f->exclusive));
  if (f->exclusive != NULL && f->form == GY_SEGMENT_BY_LIST)
    return fail_at(r, "exclusive",
                   "a list cannot be in an exclusive set; a segment with sets: {all: [%s]} can", f->name);
  if (f->exclusive != NULL && gy_yaml_tree_find((gy_yaml_tree *)&r->tree, "priority") == NULL)
    return fail_at(r, "exclusive", "a segment of an exclusive set needs a priority; 1 comes first");
  return GY_OK;
}

static gy_status check_name(const reading *r, const char *given) {
  const char *complaint = gy_segment_name_complaint(r->file->name);
  if (complaint != NULL)
    return gy_fail(r->err, GY_ECONFIG, "%s: the file's name is the segment's name, which %s", r->path,
                   complaint);
  if (given == NULL || strcmp(given, r->file->name) == 0) return GY_OK;
  return fail_at(r, "name",
                 "name is '%.100s', but the file's name says '%s'; leave the key out or rename the file",
                 given, r->file->name);
}

static gy_status complete(const reading *r) {
  gy_segment_file *f = r->file;
  const char *given = f->name;
  char **texts[] = {&f->title.ko, &f->title.en, &f->description, &f->owner};
  f->name = name_of_path(r->path, &f->arena);
  bool whole = f->name != NULL;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    if (*texts[i] == NULL) *texts[i] = gy_arena_strndup(&f->arena, "", 0);
    whole = whole && *texts[i] != NULL;
  }
  if (!whole) return gy_fail(r->err, GY_ENOMEM, "no memory to read %s", r->path);
  gy_status status = check_name(r, given);
  return status == GY_OK ? check_form(r) : status;
}

/* Where the rule's text begins in the file: behind the quote, or on the first line of a block. */
static void find_place(reading *r) {
  const yaml_node_t *node = gy_yaml_tree_find(&r->tree, "rule");
  if (node == NULL) return;
  r->file->place.line = (int)node->start_mark.line + 1;
  r->file->place.column = (int)node->start_mark.column + 1;
  yaml_scalar_style_t style = node->data.scalar.style;
  r->file->place.has_lines =
      strchr(r->file->rule, '\n') == NULL && node->start_mark.line == node->end_mark.line;
  if (style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE) {
    r->file->place.column++;
  } else if (style == YAML_LITERAL_SCALAR_STYLE) {
    size_t at = node->start_mark.index;
    const char *line = memchr(r->text + at, '\n', r->length - at);
    const char *end = r->text + r->length, *first = line != NULL ? line + 1 : end;
    while (first < end && *first == ' ') first++;
    r->file->place.line++;
    r->file->place.column = line != NULL ? (int)(first - line) : 1;
    r->file->place.has_lines = first < end && *first != '\n' && r->file->rule[0] != ' ';
  }
}

static gy_status read_values(reading *r) {
  void *loaded = NULL;
  gy_status status =
      gy_yaml_values_load(r->text, r->length, &r->tree, &SEGMENT_SCHEMA, &r->file->arena, &loaded, r->err);
  if (status != GY_OK) return status;
  gy_arena arena = r->file->arena;
  memcpy(r->file, loaded, sizeof *r->file);
  r->file->arena = arena;
  return GY_OK;
}

gy_status gy_segment_file_parse(const char *text, size_t length, const char *path, gy_segment_file *file,
                                gy_error *err) {
  *file = (gy_segment_file){0};
  if (length > GY_SEGMENT_FILE_MAX_BYTES)
    return gy_fail(err, GY_ELIMIT, "%s has %zu bytes; the file of a segment has at most %d", path, length,
                   GY_SEGMENT_FILE_MAX_BYTES);
  gy_arena_init(&file->arena, 0, FILE_ARENA_MAX);
  reading r = {.file = file, .text = text, .path = path, .length = length, .err = err};
  gy_status status = gy_yaml_tree_load(&r.tree, text, length, path, err);
  if (status == GY_OK) {
    status = read_values(&r);
    if (status == GY_OK) status = complete(&r);
    if (status == GY_OK) find_place(&r);
    gy_yaml_tree_clear(&r.tree);
  }
  if (status != GY_OK) gy_segment_file_clear(file);
  return status;
}

void gy_segment_file_clear(gy_segment_file *file) {
  gy_arena_clear(&file->arena);
  *file = (gy_segment_file){0};
}

void gy_segment_file_place(const gy_segment_file *file, const char *path, gy_error *err) {
  int line, column, used = 0;
  if (err == NULL) return;
  gy_error was = *err;
  if (sscanf(was.text, "line %d, column %d: %n", &line, &column, &used) != 2 || used == 0)
    gy_fail(err, was.code, "%s:%d: %s", path, file->place.line, was.text);
  else if (file->place.has_lines)
    gy_fail(err, was.code, "%s:%d:%d: %s", path, file->place.line + line - 1, file->place.column + column - 1,
            was.text + used);
  else
    gy_fail(err, was.code, "%s:%d: rule, %s", path, file->place.line, was.text);
}

/* ---- macros ---- */

gy_status gy_macro_file_parse(const char *text, size_t length, const char *path, gy_macro_file *file,
                              gy_error *err) {
  *file = (gy_macro_file){0};
  if (length > GY_SEGMENT_FILE_MAX_BYTES)
    return gy_fail(err, GY_ELIMIT, "%s has %zu bytes; a file of macros has at most %d", path, length,
                   GY_SEGMENT_FILE_MAX_BYTES);
  gy_arena_init(&file->arena, 0, FILE_ARENA_MAX);
  gy_yaml_tree tree;
  void *loaded = NULL;
  gy_status status = gy_yaml_tree_load(&tree, text, length, path, err);
  if (status != GY_OK) return status;
  status = gy_yaml_values_load(text, length, &tree, &MACRO_SCHEMA, &file->arena, &loaded, err);
  if (status == GY_OK) {
    gy_arena arena = file->arena;
    memcpy(file, loaded, sizeof *file);
    file->arena = arena;
  }
  for (uint32_t i = 0; status == GY_OK && i < file->n_macros; i++) {
    char where[48];
    snprintf(where, sizeof where, "macros.%u.name", i);
    const yaml_node_t *node = gy_yaml_tree_find(&tree, where);
    file->macros[i].line = node != NULL ? (int)node->start_mark.line + 1 : 0;
    for (uint32_t j = 0; j < i && status == GY_OK; j++)
      if (strcmp(file->macros[i].name, file->macros[j].name) == 0)
        status = gy_yaml_tree_fail(&tree, node, err, "the macro '%s' is there twice", file->macros[i].name);
  }
  gy_yaml_tree_clear(&tree);
  if (status != GY_OK) gy_macro_file_clear(file);
  return status;
}

void gy_macro_file_clear(gy_macro_file *file) {
  gy_arena_clear(&file->arena);
  *file = (gy_macro_file){0};
}
