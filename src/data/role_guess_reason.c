/* SPDX-License-Identifier: Apache-2.0
 *
 * A guess in a few words: the name's part, then what the values show. */
#include <stdio.h>
#include <string.h>

#include "data/role_guess_platform.h"
#include "data/role_guess_table.h"

enum { NUMBER_TEXT_MAX = 40 };

/* 1234567 -> "1,234,567" */
static const char *grouped(uint64_t value, char text[NUMBER_TEXT_MAX]) {
  char digits[NUMBER_TEXT_MAX];
  int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value), used = 0;
  for (int i = 0; i < n; i++) {
    if (i > 0 && (n - i) % 3 == 0) text[used++] = ',';
    text[used++] = digits[i];
  }
  text[used] = '\0';
  return text;
}

static void add(char reason[GY_GUESS_REASON_MAX], const char *text) {
  size_t used = strlen(reason);
  snprintf(reason + used, GY_GUESS_REASON_MAX - used, "%s%s", used > 0 ? "; " : "", text);
}

static void tell_distinct(const gy_guess_table *table, size_t column, char *text, size_t room) {
  const gy_sniff_column *c = &table->sniff.columns[column];
  char number[NUMBER_TEXT_MAX];
  bool is_estimate = c->distinct.level > 0;
  const char *what = gy_sniff_is_unique(&table->sniff, column) ? ", no repeats" : ", repeats";
  uint64_t n = gy_sniff_distinct(c);
  snprintf(text, room, "%s%s distinct%s", is_estimate ? "about " : "", grouped(n, number), n > 1 ? what : "");
}

static void tell_numbers(const gy_sniff_column *c, char *text, size_t room) {
  const char *kind = c->n_fractions == 0 ? "whole numbers" : "numbers";
  snprintf(text, room, "%s from %.10g to %.10g", kind, c->least, c->most);
}

static void tell_times(const gy_sniff_column *c, char *text, size_t room) {
  static const char *const FORMS[GY_TIME_FORM_COUNT] = {
      [GY_TIME_YEAR_FIRST] = "dates, year first",     [GY_TIME_MONTH_FIRST] = "dates, month first",
      [GY_TIME_DAY_FIRST] = "dates, day first",       [GY_TIME_EPOCH_S] = "seconds since 1970",
      [GY_TIME_EPOCH_MS] = "milliseconds since 1970", [GY_TIME_EPOCH_US] = "microseconds since 1970"};
  double share;
  bool is_ambiguous;
  gy_time_form form = gy_time_evidence_form(&c->times, &share, &is_ambiguous);
  const char *form_text =
      c->times.n_clocks > 0 && form == GY_TIME_YEAR_FIRST ? "dates with times, year first" : FORMS[form];
  snprintf(text, room, "%s%s", form_text, is_ambiguous ? " (no day above 12 tells: check)" : "");
}

static bool tells_numbers(gy_role role) {
  const gy_role_set NUMBERS =
      GY_ROLE_BIT(GY_ROLE_QUANTITY) | GY_ROLE_BIT(GY_ROLE_UNIT_PRICE) | GY_ROLE_BIT(GY_ROLE_AMOUNT) |
      GY_ROLE_BIT(GY_ROLE_DISCOUNT) | GY_ROLE_BIT(GY_ROLE_RATING) | GY_ROLE_BIT(GY_ROLE_NPS) |
      GY_ROLE_BIT(GY_ROLE_LATITUDE) | GY_ROLE_BIT(GY_ROLE_LONGITUDE) | GY_ROLE_BIT(GY_ROLE_POPULATION) |
      GY_ROLE_BIT(GY_ROLE_MARKET_SIZE) | GY_ROLE_BIT(GY_ROLE_GROWTH) | GY_ROLE_BIT(GY_ROLE_COMPETITOR_SHARE);
  return (NUMBERS & GY_ROLE_BIT(role)) != 0;
}

static void tell_values(const gy_guess_table *table, size_t column, gy_role role,
                        char reason[GY_GUESS_REASON_MAX]) {
  const gy_sniff_column *c = &table->sniff.columns[column];
  char text[GY_GUESS_REASON_MAX];
  if (c->n_values == 0) {
    snprintf(text, sizeof text, "no values");
  } else if (tells_numbers(role)) {
    tell_numbers(c, text, sizeof text);
  } else if (role == GY_ROLE_TIME || role == GY_ROLE_SIGNUP) {
    tell_times(c, text, sizeof text);
  } else {
    tell_distinct(table, column, text, sizeof text);
  }
  add(reason, text);
}

static void tell_left_out(const gy_sniff_column *c, char reason[GY_GUESS_REASON_MAX]) {
  add(reason, c->n_values == 0 ? "empty"
              : gy_guess_is_plumbing(c->name)
                  ? "what the platform says of its own work"
                  : "looks like a direct identifier of a person, of which no more is needed");
}

void gy_guess_reason(const gy_guess_table *table, size_t column, char reason[GY_GUESS_REASON_MAX]) {
  const gy_sniff_column *c = &table->sniff.columns[column];
  const gy_guess_evidence *e = &table->evidence[column];
  gy_role role = table->roles[column];
  reason[0] = '\0';
  if (role == GY_ROLE_IGNORE) {
    tell_left_out(c, reason);
    return;
  }
  gy_purpose purpose;
  gy_channel channel;
  if (role == GY_ROLE_CONSENT && gy_consent_column_read(c->name, &purpose, &channel)) {
    snprintf(reason, GY_GUESS_REASON_MAX, "named %.60s: %s%s%s", c->name, gy_purpose_name(purpose),
             channel != GY_CHANNEL_ANY ? " by " : "",
             channel != GY_CHANNEL_ANY ? gy_channel_name(channel) : "");
  } else if (role == GY_ROLE_ATTRIBUTE) {
    if (e->is_echo) add(reason, "says the same as an earlier column");
  } else if (e->name.roles[role] > 0 || (role == GY_ROLE_TIME && e->name.moment > 0)) {
    char text[GY_GUESS_REASON_MAX];
    snprintf(text, sizeof text, "named %.60s", c->name);
    add(reason, text);
  }
  if (gy_role_is_direct(role)) {
    add(reason, "kept as pseudonym, original in the vault");
    return;
  }
  tell_values(table, column, role, reason);
  if (e->why_boost[role] != NULL) add(reason, e->why_boost[role]);
}
