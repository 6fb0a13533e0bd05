/* SPDX-License-Identifier: Apache-2.0 */
#include "people/forget_texts.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "privacy/identifier.h"

/* Shorter keys are met by chance: they are taken out of rows, but not out of texts. */
enum { TEXT_MAX = 1 << 30, ID_MAX = 512, WORD_LEAST = 6, NAME_LEAST = 2, NUMBER_LEAST = 9 };

static const char FORGOTTEN[] = "[forgotten]";

struct gy_forget_words {
  json_t *ids;   /* customer id: true */
  json_t *texts; /* lower-cased identifiers, and their normal forms behind a letter and a colon: true */
};

/* ---- the words ---- */

/* ASCII in lower case, the rest as it is; false for what is too long to be an identifier. */
static bool lower(const char *text, size_t n, char out[ID_MAX]) {
  if (n == 0 || n >= ID_MAX) return false;
  for (size_t i = 0; i < n; i++) out[i] = (char)tolower((unsigned char)text[i]);
  out[n] = '\0';
  return true;
}

/* The normal form of what may be an address or a phone number, behind "e:" or "p:"; false for anything else.
 */
static bool normal_form(const char *text, size_t n, char out[ID_MAX]) {
  bool is_address = memchr(text, '@', n) != NULL,
       is_number = n >= NUMBER_LEAST && strchr("+0123456789", *text) != NULL;
  char normal[GY_IDENTIFIER_MAX];
  size_t length = 0;
  if (!is_address && !is_number) return false;
  gy_identifier kind = is_address ? GY_IDENTIFIER_EMAIL : GY_IDENTIFIER_PHONE;
  if (gy_identifier_normalise(kind, text, n, normal, &length) != GY_NORMAL_VALUE) return false;
  return snprintf(out, ID_MAX, "%c:%.*s", is_address ? 'e' : 'p', (int)length, normal) < ID_MAX;
}

static bool add_all(json_t *set, const json_t *texts, size_t least) {
  size_t i;
  json_t *text;
  char small[ID_MAX];
  json_array_foreach(texts, i, text) {
    if (!json_is_string(text) || !lower(json_string_value(text), json_string_length(text), small)) continue;
    if (strlen(small) >= least && json_object_set_new(set, small, json_true()) != 0) return false;
    bool has_normal = normal_form(json_string_value(text), json_string_length(text), small);
    if (has_normal && json_object_set_new(set, small, json_true()) != 0) return false;
  }
  return true;
}

static bool add_traces(gy_forget_words *words, const json_t *traces) {
  const char *kind;
  json_t *values;
  json_object_foreach((json_t *)(uintptr_t)traces, kind, values) {
    bool is_number = strcmp(kind, "order_id") == 0 || strcmp(kind, "session_id") == 0;
    bool is_id = strcmp(kind, "customer_id") == 0;
    if (!is_number && !add_all(is_id ? words->ids : words->texts, values, is_id ? 1 : WORD_LEAST))
      return false;
  }
  return true;
}

gy_status gy_forget_words_create(const json_t *traces, const json_t *texts, gy_forget_words **words,
                                 gy_error *err) {
  gy_forget_words *made = calloc(1, sizeof *made);
  bool good = made != NULL && (made->ids = json_object()) != NULL && (made->texts = json_object()) != NULL &&
              add_traces(made, traces) && add_all(made->texts, texts, NAME_LEAST);
  if (!good) {
    gy_forget_words_destroy(made);
    return gy_fail(err, GY_ENOMEM, "no memory for the names of those to be forgotten");
  }
  *words = made;
  return GY_OK;
}

void gy_forget_words_destroy(gy_forget_words *words) {
  if (words == NULL) return;
  json_decref(words->ids);
  json_decref(words->texts);
  free(words);
}

bool gy_forget_is_id(const gy_forget_words *words, const char *text) {
  char small[ID_MAX];
  size_t n = text != NULL ? strlen(text) : 0;
  if (n > 2 && strcmp(text + n - 2, ".0") == 0) n -= 2;
  return text != NULL && lower(text, n, small) && json_object_get(words->ids, small) != NULL;
}

static bool is_text(const gy_forget_words *words, const char *text, size_t n) {
  char small[ID_MAX];
  if (lower(text, n, small) && json_object_get(words->texts, small) != NULL) return true;
  return n > 0 && normal_form(text, n, small) && json_object_get(words->texts, small) != NULL;
}

/* ---- words within a text ---- */

static bool is_word_sign(unsigned char sign) {
  return isalnum(sign) || sign >= 0x80 || strchr("@._+-", sign) != NULL;
}

/* The next word at or after `at`: signs of addresses, numbers and keys, without points and dashes at its
 * ends. */
static const char *next_word(const char *at, size_t *length) {
  while (*at != '\0' && (!is_word_sign((unsigned char)*at) || strchr(".-", *at) != NULL)) at++;
  size_t n = 0;
  while (at[n] != '\0' && is_word_sign((unsigned char)at[n])) n++;
  while (n > 0 && strchr(".-", at[n - 1]) != NULL) n--;
  *length = n;
  return at;
}

/* The first word of a text that is one of theirs; NULL: there is none. */
static const char *find_word(const gy_forget_words *words, const char *text, size_t *length) {
  for (const char *at = next_word(text, length); *length > 0; at = next_word(at + *length, length))
    if (*length >= WORD_LEAST && is_text(words, at, *length)) return at;
  return NULL;
}

/* The text with every such word replaced; NULL with `*failed` unset: it has none. */
static char *without_words(const gy_forget_words *words, const char *text, bool *failed) {
  size_t length;
  const char *word = find_word(words, text, &length);
  if (is_text(words, text, strlen(text))) return strdup(FORGOTTEN);
  if (word == NULL) return NULL;
  gy_buffer out;
  gy_buffer_init(&out, TEXT_MAX);
  for (; word != NULL; word = find_word(words, text, &length)) {
    gy_buffer_append(&out, text, (size_t)(word - text));
    gy_buffer_text(&out, FORGOTTEN);
    text = word + length;
  }
  gy_buffer_text(&out, text);
  char *made = gy_buffer_take(&out);
  *failed = made == NULL;
  gy_buffer_clear(&out);
  return made;
}

/* ---- documents ---- */

typedef struct {
  const gy_forget_words *words;
  bool changed, failed;
} walk;

static bool ends_with(const char *name, const char *ending) {
  size_t n = strlen(name), m = strlen(ending);
  return n >= m && strcmp(name + n - m, ending) == 0;
}

static bool names_person(const char *member) {
  return ends_with(member, "customer_id") || strcmp(member, "customer") == 0 || ends_with(member, "person") ||
         strcmp(member, "person_id") == 0;
}

static bool is_their_id(const gy_forget_words *words, const json_t *value) {
  char number[32];
  if (json_is_string(value)) return gy_forget_is_id(words, json_string_value(value));
  if (!json_is_integer(value)) return false;
  snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
  return gy_forget_is_id(words, number);
}

/* An entry about one of them. */
static bool is_their_entry(const gy_forget_words *words, const json_t *object, bool is_example) {
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)object, name, value) {
    if (names_person(name) && is_their_id(words, value)) return true;
    const char *text = json_string_value(value);
    size_t length;
    if (is_example && strcmp(name, "value") == 0 &&
        (is_their_id(words, value) || (text != NULL && find_word(words, text, &length) != NULL)))
      return true;
  }
  return false;
}

static void walk_value(walk *w, json_t *value, bool are_examples);

/* What a member becomes; NULL: it stays. */
static json_t *replaced(walk *w, const json_t *value) {
  if (json_is_object(value) && is_their_entry(w->words, value, false)) return json_null();
  if (!json_is_string(value)) return NULL;
  char *text = without_words(w->words, json_string_value(value), &w->failed);
  json_t *made = text != NULL ? json_string(text) : NULL;
  if (text != NULL && made == NULL) w->failed = true;
  free(text);
  return made;
}

static void walk_object(walk *w, json_t *object) {
  const char *name;
  json_t *value;
  void *next;
  json_object_foreach_safe(object, next, name, value) {
    json_t *other = replaced(w, value);
    if (other == NULL) {
      walk_value(w, value, strcmp(name, "examples") == 0);
      continue;
    }
    w->changed = true;
    if (json_object_set_new(object, name, other) != 0) w->failed = true;
  }
}

static void walk_array(walk *w, json_t *array, bool are_examples) {
  for (size_t i = json_array_size(array); i-- > 0;) {
    json_t *value = json_array_get(array, i);
    if (json_is_object(value) && is_their_entry(w->words, value, are_examples)) {
      json_array_remove(array, i);
      w->changed = true;
      continue;
    }
    json_t *other = replaced(w, value);
    if (other == NULL) {
      walk_value(w, value, false);
      continue;
    }
    w->changed = true;
    if (json_array_set_new(array, i, other) != 0) w->failed = true;
  }
}

static void walk_value(walk *w, json_t *value, bool are_examples) {
  if (json_is_object(value)) walk_object(w, value);
  if (json_is_array(value)) walk_array(w, value, are_examples);
}

gy_status gy_forget_json(json_t *document, const gy_forget_words *words, bool *changed, gy_error *err) {
  walk w = {.words = words};
  walk_value(&w, document, false);
  *changed = w.changed;
  return w.failed ? gy_fail(err, GY_ENOMEM, "no memory to take people out of a document") : GY_OK;
}

/* ---- texts ---- */

/* JSON as it stands in a page: with every '<' and the two line separators written as escapes. */
static void put_escaped(gy_buffer *out, const char *json) {
  for (const char *at = json; *at != '\0'; at++) {
    bool separator = strncmp(at, "\xe2\x80\xa8", 3) == 0 || strncmp(at, "\xe2\x80\xa9", 3) == 0;
    if (separator) {
      gy_buffer_text(out, at[2] == '\xa8' ? "\\u2028" : "\\u2029");
      at += 2;
    } else if (*at == '<') {
      gy_buffer_text(out, "\\u003c");
    } else {
      gy_buffer_append(out, at, 1);
    }
  }
}

static gy_status clean_json(const char *text, size_t n, const gy_forget_words *words, bool is_indented,
                            char **clean, gy_error *err) {
  bool changed = false;
  json_t *document = json_loadb(text, n, 0, NULL);
  gy_status status = gy_forget_json(document, words, &changed, err);
  if (status == GY_OK && changed) {
    *clean = json_dumps(document, is_indented ? JSON_INDENT(1) : JSON_COMPACT);
    if (*clean == NULL) status = gy_fail(err, GY_ENOMEM, "no memory to write a document again");
  }
  json_decref(document);
  return status;
}

/* The model within a report. */
static gy_status clean_page(const char *text, const char *begin, const char *end,
                            const gy_forget_words *words, char **clean, gy_error *err) {
  char *model = NULL;
  gy_status status = clean_json(begin, (size_t)(end - begin), words, false, &model, err);
  if (status != GY_OK || model == NULL) return status;
  gy_buffer out;
  gy_buffer_init(&out, TEXT_MAX);
  gy_buffer_append(&out, text, (size_t)(begin - text));
  put_escaped(&out, model);
  gy_buffer_text(&out, end);
  *clean = gy_buffer_take(&out);
  if (*clean == NULL) status = gy_fail(err, GY_ENOMEM, "no memory to write a report again");
  gy_buffer_clear(&out);
  free(model);
  return status;
}

gy_status gy_forget_text(const char *text, const gy_forget_words *words, char **clean, gy_error *err) {
  static const char MODEL[] = "<script type=\"application/json\" id=\"model\">";
  *clean = NULL;
  const char *at = text + strspn(text, " \t\r\n"), *model = strstr(text, MODEL);
  const char *end = model != NULL ? strstr(model, "</script>") : NULL;
  if (*at == '<' && end != NULL) return clean_page(text, model + strlen(MODEL), end, words, clean, err);
  json_t *document = *at == '{' || *at == '[' ? json_loads(text, 0, NULL) : NULL;
  bool is_json = document != NULL;
  json_decref(document);
  if (is_json) return clean_json(text, strlen(text), words, strncmp(at, "{\n", 2) == 0, clean, err);
  bool failed = false;
  *clean = without_words(words, text, &failed);
  return failed ? gy_fail(err, GY_ENOMEM, "no memory to write a text again") : GY_OK;
}

gy_status gy_forget_sentence(const char *text, const gy_forget_words *words, char **clean, gy_error *err) {
  gy_buffer out;
  gy_buffer_init(&out, TEXT_MAX);
  size_t length;
  const char *from = text;
  bool changed = is_text(words, text, strlen(text));
  for (const char *at = next_word(text, &length); length > 0 && !changed;
       at = next_word(at + length, &length)) {
    char *word = strndup(at, length);
    bool theirs = word != NULL && (gy_forget_is_id(words, word) || is_text(words, word, length));
    if (word == NULL) out.failed = true;
    free(word);
    if (!theirs) continue;
    gy_buffer_append(&out, from, (size_t)(at - from));
    gy_buffer_text(&out, FORGOTTEN);
    from = at + length;
  }
  gy_buffer_text(&out, changed ? FORGOTTEN : from);
  changed = changed || from != text;
  char *made = gy_buffer_take(&out);
  gy_buffer_clear(&out);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "no memory to write a text again");
  if (!changed) {
    free(made);
    made = NULL;
  }
  *clean = made;
  return GY_OK;
}

bool gy_forget_record_is_theirs(const json_t *record, const char *customer, const gy_forget_words *words) {
  const char *name;
  json_t *cell;
  size_t length;
  const char *whole = json_string_value(record);
  if (whole != NULL) return is_text(words, whole, strlen(whole)) || find_word(words, whole, &length) != NULL;
  json_object_foreach((json_t *)(uintptr_t)record, name, cell) {
    const char *text = json_string_value(cell);
    if (text == NULL) continue;
    if (customer != NULL && strcmp(name, customer) == 0 && gy_forget_is_id(words, text)) return true;
    if (is_text(words, text, strlen(text)) || find_word(words, text, &length) != NULL) return true;
  }
  return false;
}
