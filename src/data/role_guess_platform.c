/* SPDX-License-Identifier: Apache-2.0 */
#include "data/role_guess_platform.h"

#include <string.h>

static size_t column_named(const gy_guess_table *table, const char *name) {
  for (size_t c = 0; c < table->sniff.n_columns; c++)
    if (strcmp(table->sniff.columns[c].name, name) == 0) return c;
  return SIZE_MAX;
}

static bool has(const gy_guess_table *table, const char *name) {
  return column_named(table, name) != SIZE_MAX;
}

static bool begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

static bool has_below(const gy_guess_table *table, const char *object) {
  for (size_t c = 0; c < table->sniff.n_columns; c++)
    if (begins(table->sniff.columns[c].name, object)) return true;
  return false;
}

bool gy_guess_is_platform(const gy_guess_table *table) {
  bool is_json = table->sniff.format == GY_FORMAT_JSON || table->sniff.format == GY_FORMAT_NDJSON;
  bool who = has(table, "userId") || has(table, "anonymousId") || has(table, "user_id") ||
             has(table, "anonymous_id");
  bool when = has(table, "timestamp") || has(table, "originalTimestamp") || has(table, "original_timestamp");
  bool nested = has_below(table, "properties.") || has_below(table, "context.");
  size_t type = column_named(table, "type"), event = column_named(table, "event");
  if (!is_json || !who || !when || !nested) return false;
  if (event != SIZE_MAX) return true;
  return type != SIZE_MAX && strcmp(table->sniff.columns[type].samples[0], "identify") != 0;
}

/* Of people's traits a little less is said than a column of people would say: the calls are events all the
 * same. */
gy_name_evidence gy_guess_path_evidence(const char *path) {
  static const struct {
    const char *object;
    double weight;
  } OBJECTS[] = {{"properties.", 0.95}, {"context.traits.", 0.88}, {"traits.", 0.88}};
  for (size_t o = 0; o < sizeof OBJECTS / sizeof *OBJECTS; o++) {
    if (!begins(path, OBJECTS[o].object)) continue;
    gy_name_evidence evidence = gy_role_name_evidence(path + strlen(OBJECTS[o].object));
    for (gy_role role = 0; role < GY_ROLE_COUNT; role++) evidence.roles[role] *= OBJECTS[o].weight;
    bool is_person = strstr(OBJECTS[o].object, "traits") != NULL; /* a person's "name" is no product's */
    if (is_person && evidence.roles[GY_ROLE_DESCRIPTION] > 0.5)
      evidence.roles[GY_ROLE_PERSON_NAME] = OBJECTS[o].weight;
    evidence.moment *= OBJECTS[o].weight;
    evidence.person *= OBJECTS[o].weight;
    evidence.personal *= OBJECTS[o].weight;
    return evidence;
  }
  return gy_role_name_evidence(path);
}

static void say(gy_guess_table *table, const char *name, gy_role role, double boost, const char *why) {
  size_t column = column_named(table, name);
  if (column == SIZE_MAX) return;
  table->evidence[column].boost[role] += boost;
  table->evidence[column].why_boost[role] = why;
}

void gy_guess_platform_relate(gy_guess_table *table) {
  static const char *const OTHER_TIMES[] = {"originalTimestamp", "original_timestamp", "sentAt",
                                            "sent_at",           "receivedAt",         "received_at"};
  if (!gy_guess_is_platform(table)) return;
  bool has_timestamp = has(table, "timestamp");
  say(table, "timestamp", GY_ROLE_TIME, 0.2, "when it happened, of the times of a call");
  for (size_t i = 0; i < sizeof OTHER_TIMES / sizeof *OTHER_TIMES && has_timestamp; i++)
    say(table, OTHER_TIMES[i], GY_ROLE_TIME, -1, NULL);
  size_t type = column_named(table, "type");
  if (has(table, "event") || type == SIZE_MAX) return;
  table->evidence[type].name.roles[GY_ROLE_EVENT] = 0.9;
  table->evidence[type].why_boost[GY_ROLE_EVENT] = "the kind of call";
}

bool gy_guess_is_plumbing(const char *path) {
  static const char *const OBJECTS[] = {"integrations.", "context.library.", "_metadata.",  "metadata.",
                                        "context.ip",    "context.network.", "context.app."};
  static const char *const NAMES[] = {
      "version",    "writeKey", "projectId", "integrations",       "originalTimestamp",
      "receivedAt", "sentAt",   "_metadata", "original_timestamp", "received_at",
      "sent_at"};
  for (size_t i = 0; i < sizeof OBJECTS / sizeof *OBJECTS; i++)
    if (begins(path, OBJECTS[i])) return true;
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
    if (strcmp(path, NAMES[i]) == 0) return true;
  return false;
}

void gy_guess_platform_ignore(gy_guess_table *table) {
  if (table->target != GY_TARGET_EVENTS || !gy_guess_is_platform(table)) return;
  for (size_t c = 0; c < table->sniff.n_columns; c++)
    if (table->roles[c] == GY_ROLE_ATTRIBUTE && gy_guess_is_plumbing(table->sniff.columns[c].name))
      table->roles[c] = GY_ROLE_IGNORE;
}
