/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads TZif (RFC 8536): the 64-bit data block of version 2 and later, then the POSIX TZ string in the
 * footer, which is unrolled into changes year by year. */
#include "base/time_zone.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/civil.h"
#include "base/file.h"

enum {
  HEADER_BYTES = 44,
  FILE_MAX = 1 << 20,
  FIRST_RULE_YEAR = 1900,
  LAST_YEAR = 2200,
  DAY_S = 86400,
  OFFSET_MOST_S = 7 * DAY_S,
};

/* "Big bang", the earliest time that zone files name, is -2^59. */
static const int64_t TIME_MOST_S = INT64_C(1) << 60;

typedef struct zone_change {
  int64_t utc_s;   /* from here on */
  int64_t local_s; /* and, on the clock on the wall, from here on */
  int32_t offset_s;
} zone_change;

struct gy_zone {
  char *name;
  int32_t first_offset_s; /* before the first change */
  size_t n_changes;
  zone_change changes[];
};

typedef struct reader {
  const unsigned char *at, *end;
  bool failed;
} reader;

static int64_t big_endian(reader *r, size_t bytes) {
  if ((size_t)(r->end - r->at) < bytes) {
    r->failed = true;
    return 0;
  }
  uint64_t value = bytes > 0 && (r->at[0] & 0x80) != 0 ? UINT64_MAX : 0;
  for (size_t i = 0; i < bytes; i++) value = value << 8 | *r->at++;
  return (int64_t)value;
}

static void skip(reader *r, int64_t bytes) {
  if (bytes < 0 || r->end - r->at < bytes) {
    r->failed = true;
  } else {
    r->at += bytes;
  }
}

/* The counts of one data block, in the order of the file. */
typedef struct block_counts {
  int64_t is_utc, is_std, leaps, times, types, chars;
} block_counts;

static int64_t read_count(reader *r) {
  int64_t count = big_endian(r, 4);
  if (count < 0) r->failed = true;
  return count;
}

static block_counts read_header(reader *r) {
  block_counts counts = {0};
  bool is_zone = r->end - r->at >= HEADER_BYTES && memcmp(r->at, "TZif", 4) == 0 && r->at[4] >= '2';
  if (!is_zone) {
    r->failed = true;
    return counts;
  }
  skip(r, 20);
  counts.is_utc = read_count(r);
  counts.is_std = read_count(r);
  counts.leaps = read_count(r);
  counts.times = read_count(r);
  counts.types = read_count(r);
  counts.chars = read_count(r);
  return counts;
}

static int64_t block_bytes(const block_counts *counts, int64_t time_bytes) {
  return counts->times * (time_bytes + 1) + counts->types * 6 + counts->chars +
         counts->leaps * (time_bytes + 4) + counts->is_std + counts->is_utc;
}

/* When in a year a rule takes effect: "M3.2.0/2" and its rarer forms "J60" and "59". */
typedef struct rule_day {
  char form; /* 'M', 'J' or 'n' */
  int month, week, day;
  int32_t time_s;
} rule_day;

typedef struct zone_rule {
  int32_t standard_s, summer_s;
  bool has_summer;
  rule_day begin, end;
} zone_rule;

static bool pass(const char **text, char c) {
  if (**text != c) return false;
  ++*text;
  return true;
}

static bool read_number(const char **text, int *value) {
  if (!isdigit((unsigned char)**text)) return false;
  for (*value = 0; isdigit((unsigned char)**text) && *value < 100000; ++*text)
    *value = *value * 10 + **text - '0';
  return true;
}

/* [+-]h[h][:mm[:ss]] */
static bool read_clock(const char **text, int32_t *seconds) {
  int sign = pass(text, '-') ? -1 : 1, hours, minutes = 0, rest = 0;
  if (sign == 1) pass(text, '+');
  if (!read_number(text, &hours)) return false;
  if (pass(text, ':') && !read_number(text, &minutes)) return false;
  if (pass(text, ':') && !read_number(text, &rest)) return false;
  if (hours > 167 || minutes > 59 || rest > 59) return false;
  *seconds = sign * (hours * 3600 + minutes * 60 + rest);
  return true;
}

static bool pass_name(const char **text) {
  const char *start = *text;
  if (pass(text, '<')) {
    while (**text != '\0' && **text != '>') ++*text;
    return pass(text, '>');
  }
  while (isalpha((unsigned char)**text)) ++*text;
  return *text > start;
}

static bool read_rule_day(const char **text, rule_day *day) {
  *day = (rule_day){.form = 'n', .time_s = 2 * 3600};
  bool good;
  if (pass(text, 'M')) {
    day->form = 'M';
    good = read_number(text, &day->month) && pass(text, '.') && read_number(text, &day->week) &&
           pass(text, '.') && read_number(text, &day->day) && day->month >= 1 && day->month <= 12 &&
           day->week >= 1 && day->week <= 5 && day->day <= 6;
  } else {
    if (pass(text, 'J')) day->form = 'J';
    good = read_number(text, &day->day) && day->day <= 365;
  }
  if (good && pass(text, '/')) good = read_clock(text, &day->time_s);
  return good;
}

static bool read_rule(const char *text, zone_rule *rule) {
  *rule = (zone_rule){0};
  if (!pass_name(&text) || !read_clock(&text, &rule->standard_s)) return false;
  rule->standard_s = -rule->standard_s; /* POSIX counts westward */
  if (*text == '\0') return true;
  rule->has_summer = true;
  rule->summer_s = rule->standard_s + 3600;
  if (!pass_name(&text)) return false;
  if (*text != ',') {
    if (!read_clock(&text, &rule->summer_s)) return false;
    rule->summer_s = -rule->summer_s;
  }
  return pass(&text, ',') && read_rule_day(&text, &rule->begin) && pass(&text, ',') &&
         read_rule_day(&text, &rule->end) && *text == '\0';
}

/* Seconds on the wall clock, as if it were UTC, at which the rule strikes in a year. */
static int64_t rule_time(const rule_day *day, int64_t year) {
  int64_t days;
  if (day->form == 'M') {
    int64_t first = gy_civil_days(year, day->month, 1);
    int ahead = (day->day - gy_civil_weekday(first) + 7) % 7;
    int of_month = ahead + 7 * (day->week - 1);
    while (of_month >= gy_civil_month_days(year, day->month)) of_month -= 7;
    days = first + of_month;
  } else {
    days = gy_civil_days(year, 1, 1) + day->day;
    if (day->form == 'J')
      days += (gy_civil_is_leap(year) && day->day >= 60) - 1; /* 29 February has no number */
  }
  return days * DAY_S + day->time_s;
}

static void add_change(gy_zone *zone, int64_t utc_s, int32_t offset_s) {
  const zone_change *last = zone->n_changes > 0 ? &zone->changes[zone->n_changes - 1] : NULL;
  int32_t before_s = last != NULL ? last->offset_s : zone->first_offset_s;
  if (offset_s == before_s || (last != NULL && utc_s <= last->utc_s)) return;
  int64_t local_s = utc_s + (offset_s > before_s ? offset_s : before_s);
  if (last != NULL && local_s < last->local_s) local_s = last->local_s;
  zone->changes[zone->n_changes++] = (zone_change){utc_s, local_s, offset_s};
}

static void unroll_rule(gy_zone *zone, const zone_rule *rule) {
  int64_t since_s = zone->n_changes > 0 ? zone->changes[zone->n_changes - 1].utc_s : INT64_MIN / 2;
  int64_t year = 1970;
  int month, day;
  if (zone->n_changes > 0) gy_civil_date(since_s / DAY_S, &year, &month, &day);
  if (year < FIRST_RULE_YEAR) year = FIRST_RULE_YEAR;
  for (; year <= LAST_YEAR; year++) {
    int64_t begin_s = rule_time(&rule->begin, year) - rule->standard_s;
    int64_t end_s = rule_time(&rule->end, year) - rule->summer_s;
    bool northern = begin_s < end_s;
    add_change(zone, northern ? begin_s : end_s, northern ? rule->summer_s : rule->standard_s);
    add_change(zone, northern ? end_s : begin_s, northern ? rule->standard_s : rule->summer_s);
  }
}

static bool is_within(int64_t value, int64_t most) { return value >= -most && value <= most; }

static bool read_changes(reader *r, const block_counts *counts, gy_zone *zone) {
  const unsigned char *times = r->at;
  const unsigned char *indexes = times + counts->times * 8;
  const unsigned char *types = indexes + counts->times;
  reader type = {types, r->end, false};
  zone->first_offset_s = (int32_t)big_endian(&type, 4);
  if (!is_within(zone->first_offset_s, OFFSET_MOST_S)) return false;
  for (int64_t i = 0; i < counts->times; i++) {
    if (indexes[i] >= counts->types) return false;
    reader time = {times + i * 8, r->end, false};
    type = (reader){types + indexes[i] * 6, r->end, false};
    int64_t utc_s = big_endian(&time, 8), offset_s = big_endian(&type, 4);
    if (!is_within(utc_s, TIME_MOST_S) || !is_within(offset_s, OFFSET_MOST_S)) return false;
    add_change(zone, utc_s, (int32_t)offset_s);
  }
  return true;
}

static gy_zone *parse_zone(const char *bytes, size_t length) {
  reader r = {(const unsigned char *)bytes, (const unsigned char *)bytes + length, false};
  block_counts counts = read_header(&r);
  if (!r.failed) skip(&r, block_bytes(&counts, 4));
  if (!r.failed) counts = read_header(&r);
  if (r.failed || counts.types < 1 || r.end - r.at < block_bytes(&counts, 8)) return NULL;
  size_t room = (size_t)counts.times + 2 * (LAST_YEAR - FIRST_RULE_YEAR + 1);
  gy_zone *zone = calloc(1, sizeof *zone + room * sizeof zone->changes[0]);
  if (zone == NULL) return NULL;
  bool good = read_changes(&r, &counts, zone);
  skip(&r, block_bytes(&counts, 8));
  char footer[128] = "";
  const unsigned char *close = r.end - r.at > 1 ? memchr(r.at + 1, '\n', (size_t)(r.end - r.at) - 1) : NULL;
  size_t bytes_of_rule = close != NULL ? (size_t)(close - r.at) - 1 : 0;
  if (bytes_of_rule > 0 && bytes_of_rule < sizeof footer) {
    memcpy(footer, r.at + 1, bytes_of_rule);
    zone_rule rule;
    good = good && read_rule(footer, &rule);
    if (good && rule.has_summer) unroll_rule(zone, &rule);
  }
  if (good) return zone;
  free(zone);
  return NULL;
}

static bool is_zone_name(const char *name) {
  if (name[0] == '\0' || name[0] == '/' || strstr(name, "..") != NULL || strlen(name) > 100) return false;
  for (const char *c = name; *c != '\0'; c++) {
    if (!isalnum((unsigned char)*c) && strchr("/_+-", *c) == NULL) return false;
  }
  return true;
}

static gy_status load_file(const char *name, gy_zone **zone, gy_error *err) {
  const char *folder = getenv("TZDIR");
  char *path = gy_path_join(folder != NULL ? folder : "/usr/share/zoneinfo", name);
  gy_buffer file;
  gy_buffer_init(&file, FILE_MAX);
  gy_status status = GY_OK;
  if (path == NULL) {
    status = gy_fail(err, GY_ENOMEM, "out of memory for the time zone %s", name);
  } else if (!gy_path_exists(path) || gy_path_is_dir(path)) {
    status = gy_fail(err, GY_ENOTFOUND,
                     "no time zone '%s' in %s; write it as in Asia/Seoul, and is the package "
                     "tzdata there?",
                     name, folder != NULL ? folder : "/usr/share/zoneinfo");
  } else {
    status = gy_file_read(path, &file, err);
  }
  if (status == GY_OK) {
    *zone = parse_zone(file.data, file.length);
    if (*zone == NULL) status = gy_fail(err, GY_ECORRUPT, "%s is not a time zone file", path);
  }
  gy_buffer_clear(&file);
  free(path);
  return status;
}

gy_status gy_zone_load(const char *name, gy_zone **zone, gy_error *err) {
  if (!is_zone_name(name)) {
    return gy_fail(err, GY_ENOTFOUND, "'%.100s' is not the name of a time zone; write it as in Asia/Seoul",
                   name);
  }
  gy_zone *loaded = NULL;
  gy_status status = GY_OK;
  if (strcmp(name, "UTC") == 0) {
    loaded = calloc(1, sizeof *loaded);
  } else {
    status = load_file(name, &loaded, err);
  }
  if (status != GY_OK) return status;
  if (loaded != NULL) loaded->name = strdup(name);
  if (loaded == NULL || loaded->name == NULL) {
    gy_zone_destroy(loaded);
    return gy_fail(err, GY_ENOMEM, "out of memory for the time zone %s", name);
  }
  *zone = loaded;
  return GY_OK;
}

void gy_zone_destroy(gy_zone *zone) {
  if (zone == NULL) return;
  free(zone->name);
  free(zone);
}

const char *gy_zone_name(const gy_zone *zone) { return zone->name; }

static int64_t start_of(const zone_change *change, bool local) {
  return local ? change->local_s : change->utc_s;
}

static gy_zone_span find_span(const gy_zone *zone, int64_t time_s, bool local) {
  size_t low = 0,
         high = zone->n_changes; /* changes before `low` have struck, those from `high` on have not */
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (start_of(&zone->changes[middle], local) <= time_s) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return (gy_zone_span){
      .from_s = low > 0 ? start_of(&zone->changes[low - 1], local) : INT64_MIN,
      .until_s = low < zone->n_changes ? start_of(&zone->changes[low], local) : INT64_MAX,
      .offset_s = low > 0 ? zone->changes[low - 1].offset_s : zone->first_offset_s,
  };
}

gy_zone_span gy_zone_of_utc(const gy_zone *zone, int64_t utc_s) { return find_span(zone, utc_s, false); }
gy_zone_span gy_zone_of_local(const gy_zone *zone, int64_t local_s) { return find_span(zone, local_s, true); }
