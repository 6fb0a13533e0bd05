/* SPDX-License-Identifier: Apache-2.0
 *
 * Breadth first, from key to key; a person has few keys, so links are gone through one by one. */
#include "people/identity_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_at(const json_t *row, const char *name) {
  const char *text = json_string_value(json_object_get(row, name));
  return text != NULL ? text : "";
}

static char *name_of(const char *kind, const char *key) {
  char *name = NULL;
  return asprintf(&name, "%s %s", kind, key) < 0 ? NULL : name;
}

/* Whether the row joins keys at all. */
static bool is_used(const json_t *row) {
  const char *action = text_at(row, "action");
  return action[0] != '\0' ? strcmp(action, "unmerge") != 0 : strcmp(text_at(row, "state"), "used") == 0;
}

/* Every key reached gets the row by which it was: {name: {"row", "from"}}. */
static bool spread(const json_t *rows, const char *from, json_t *reached, json_t *queue) {
  size_t i;
  json_t *row;
  json_array_foreach((json_t *)rows, i, row) {
    char *left = name_of(text_at(row, "left_kind"), text_at(row, "left_key"));
    char *right = name_of(text_at(row, "right_kind"), text_at(row, "right_key"));
    if (left == NULL || right == NULL) {
      free(left);
      free(right);
      return false;
    }
    const char *to = strcmp(left, from) == 0 ? right : strcmp(right, from) == 0 ? left : NULL;
    if (to != NULL && is_used(row) && json_object_get(reached, to) == NULL) {
      json_object_set_new(reached, to, json_pack("{s:O, s:s}", "row", row, "from", from));
      json_array_append_new(queue, json_string(to));
    }
    free(left);
    free(right);
  }
  return true;
}

gy_status gy_identity_path(const json_t *links, const json_t *decisions, const gy_person_key *a,
                           const gy_person_key *b, json_t **path, gy_error *err) {
  char *start = name_of(gy_key_name(a->kind), a->key), *goal = name_of(gy_key_name(b->kind), b->key);
  json_t *reached = json_object(), *queue = json_array(), *made = json_array();
  bool fine = start != NULL && goal != NULL;
  if (fine) {
    json_object_set_new(reached, start, json_object());
    json_array_append_new(queue, json_string(start));
  }
  for (size_t i = 0; fine && i < json_array_size(queue) && json_object_get(reached, goal) == NULL; i++) {
    const char *from = json_string_value(json_array_get(queue, i));
    fine = spread(links, from, reached, queue) && spread(decisions, from, reached, queue);
  }
  const json_t *step = fine ? json_object_get(reached, goal) : NULL;
  while (step != NULL && json_object_get(step, "row") != NULL) {
    json_array_insert(made, 0, json_object_get(step, "row"));
    step = json_object_get(reached, text_at(step, "from"));
  }
  json_decref(reached);
  json_decref(queue);
  free(start);
  free(goal);
  if (!fine) {
    json_decref(made);
    return gy_fail(err, GY_ENOMEM, "no memory to explain a person");
  }
  *path = made;
  return GY_OK;
}
