/* SPDX-License-Identifier: Apache-2.0
 *
 * `2010-12-01 08:26:00` is checked and converted as three words of eight bytes; every other form goes
 * through a scanner that reads a date, then a clock time, then an offset. */
#include "data/convert_time.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/civil.h"

enum { DAY_S = 86400, SECOND_US = 1000000, YEAR_MAX = 9999, PIVOT_YEAR = 70 };

static const char *const FORM_NAMES[GY_TIME_FORM_COUNT] = {
#define GY_TIME_FORM_NAME(code, name) name,
    GY_TIME_FORM_TABLE(GY_TIME_FORM_NAME)
#undef GY_TIME_FORM_NAME
};

const char *gy_time_form_name(gy_time_form form) {
  return form < GY_TIME_FORM_COUNT ? FORM_NAMES[form] : "unknown";
}

bool gy_time_form_parse(const char *name, gy_time_form *form) {
  for (int i = 0; i < GY_TIME_FORM_COUNT; i++) {
    if (strcmp(name, FORM_NAMES[i]) == 0) {
      *form = (gy_time_form)i;
      return true;
    }
  }
  return false;
}

typedef struct scanner {
  const char *at, *end;
} scanner;

static bool at_digit(const scanner *s) { return s->at < s->end && isdigit((unsigned char)*s->at); }

static void pass_blanks(scanner *s) {
  size_t length = (size_t)(s->end - s->at), whole = length;
  const char *text = s->at;
  gy_text_trim(&text, &length);
  s->at = length == 0 ? s->at + whole : text;
}

static bool pass_word(scanner *s, const char *word) {
  size_t n = strlen(word);
  if ((size_t)(s->end - s->at) < n || strncasecmp(s->at, word, n) != 0) return false;
  s->at += n;
  return true;
}

/* At most `most` digits; returns how many. */
static int read_digits(scanner *s, int most, int64_t *value) {
  int n = 0;
  for (*value = 0; n < most && at_digit(s); n++) *value = *value * 10 + (*s->at++ - '0');
  return n;
}

static int read_month_name(scanner *s) {
  static const char *const MONTHS[] = {"january", "february", "march",     "april",   "may",      "june",
                                       "july",    "august",   "september", "october", "november", "december"};
  size_t n = 0;
  while (s->at + n < s->end && isalpha((unsigned char)s->at[n])) n++;
  if (n < 3) return 0;
  for (int m = 0; m < 12; m++) {
    bool sept = m == 8 && n == 4; /* the one usual abbreviation of four letters */
    if ((n == 3 || sept || n == strlen(MONTHS[m])) && strncasecmp(s->at, MONTHS[m], n) == 0) {
      s->at += n;
      return m + 1;
    }
  }
  return 0;
}

/* What may stand between the parts of a date. */
static bool pass_date_separator(scanner *s) {
  const char *start = s->at;
  pass_blanks(s);
  bool sign = pass_word(s, "년") || pass_word(s, "월") || pass_word(s, "-") || pass_word(s, "/") ||
              pass_word(s, ".") || pass_word(s, ",");
  if (sign) pass_blanks(s);
  return sign || s->at > start;
}

typedef struct civil_date {
  int64_t year, month, day;
} civil_date;

static bool is_date(const civil_date *d) {
  return d->year >= 1 && d->year <= YEAR_MAX && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
         d->day <= gy_civil_month_days(d->year, (int)d->month);
}

static int64_t full_year(int64_t year, int digits) {
  if (digits > 2) return year;
  return year + (year < PIVOT_YEAR ? 2000 : 1900);
}

/* Dec 1, 2010 */
static bool read_named_date(scanner *s, civil_date *d) {
  d->month = read_month_name(s);
  if (d->month == 0 || !pass_date_separator(s)) return false;
  if (read_digits(s, 2, &d->day) == 0 || !pass_date_separator(s)) return false;
  int n = read_digits(s, 4, &d->year);
  d->year = full_year(d->year, n);
  return n == 2 || n == 4;
}

/* Three parts, one of which may be the name of a month. */
static bool read_parted_date(scanner *s, gy_time_form form, int64_t first, int n_first, civil_date *d) {
  int64_t second, third;
  if (!pass_date_separator(s)) return false;
  int n_second = read_digits(s, 2, &second);
  bool named = n_second == 0;
  if (named) second = read_month_name(s);
  if ((named && second == 0) || !pass_date_separator(s)) return false;
  int n_third = read_digits(s, 4, &third);
  if (n_third == 0 || n_third == 3) return false;
  bool year_first = n_first == 4 || (form == GY_TIME_YEAR_FIRST && n_third <= 2 && !named);
  if (year_first) {
    if (n_third > 2 || (n_first != 4 && n_first != 2)) return false;
    *d = (civil_date){full_year(first, n_first), second, third};
  } else {
    if (n_first > 2 || (!named && form == GY_TIME_YEAR_FIRST) || n_third == 1) return false;
    bool month_first = form == GY_TIME_MONTH_FIRST && !named;
    *d = (civil_date){full_year(third, n_third), month_first ? first : second, month_first ? second : first};
  }
  return true;
}

/* The seconds of a clock time written without signs: hhmm or hhmmss. */
static bool packed_clock(int64_t digits, int n, int64_t *clock_s) {
  if (n == 4) digits *= 100;
  int64_t hour = digits / 10000, minute = digits / 100 % 100, second = digits % 100;
  *clock_s = hour * 3600 + minute * 60 + second;
  return hour < 24 && minute < 60 && second < 60;
}

static bool read_date(scanner *s, gy_time_form form, civil_date *d, int64_t *clock_s, bool *has_clock) {
  int64_t first;
  if (!at_digit(s)) return read_named_date(s, d);
  int n = read_digits(s, 8, &first);
  if (n == 8) {
    *d = (civil_date){first / 10000, first / 100 % 100, first % 100};
    int64_t clock;
    int n_clock = read_digits(s, 7, &clock);
    if (n_clock == 0) return true;
    *has_clock = true;
    return (n_clock == 4 || n_clock == 6) && packed_clock(clock, n_clock, clock_s);
  }
  return read_parted_date(s, form, first, n, d);
}

/* What may trail a date before the clock: 일, a full stop, (weekday), T. */
static bool pass_date_end(scanner *s) {
  if (!pass_word(s, "일")) pass_word(s, ".");
  pass_blanks(s);
  if (s->at < s->end && *s->at == '(') {
    const char *close = memchr(s->at, ')', (size_t)(s->end - s->at));
    const ptrdiff_t longest_weekday = 12;
    if (close == NULL || close - s->at > longest_weekday) return false;
    s->at = close + 1;
  }
  pass_blanks(s);
  if (s->at + 1 < s->end && (*s->at == 'T' || *s->at == 't' || *s->at == ',')) s->at++;
  pass_blanks(s);
  return true;
}

typedef enum half_day { WHOLE_DAY, MORNING, AFTERNOON } half_day;

static half_day read_half_day(scanner *s) {
  half_day half = WHOLE_DAY;
  if (pass_word(s, "오전") || pass_word(s, "a.m.") || pass_word(s, "am")) half = MORNING;
  if (half == WHOLE_DAY && (pass_word(s, "오후") || pass_word(s, "p.m.") || pass_word(s, "pm")))
    half = AFTERNOON;
  if (half != WHOLE_DAY) pass_blanks(s);
  return half;
}

static int64_t read_fraction(scanner *s) {
  int64_t us = 0, unit = SECOND_US;
  for (; at_digit(s); s->at++) {
    unit /= 10;
    us += unit * (*s->at - '0'); /* what is below a microsecond is dropped */
  }
  return us;
}

/* hhmm or hhmmss as one number. */
static bool read_packed_clock(scanner *s, int64_t *clock_s) {
  scanner ahead = *s;
  int64_t digits;
  int n = read_digits(&ahead, 7, &digits);
  if (n != 4 && n != 6) return false;
  *s = ahead;
  return packed_clock(digits, n, clock_s);
}

/* Passes what closes an hour or a minute; true when another part follows. */
static bool part_follows(scanner *s, const char *korean, bool *named) {
  if (!pass_word(s, korean)) return pass_word(s, ":");
  *named = true;
  pass_blanks(s);
  return at_digit(s);
}

/* hh:mm[:ss[.f]] with 오전/AM at either end, hh AM, hh시 mm분 ss초, hhmm, hhmmss. */
static bool read_clock(scanner *s, int64_t *clock_s, int64_t *fraction_us) {
  half_day half = read_half_day(s);
  if (half == WHOLE_DAY && read_packed_clock(s, clock_s)) return true;
  int64_t hour, minute = 0, second = 0;
  bool named = false;
  if (read_digits(s, 2, &hour) == 0) return false;
  bool has_minute = part_follows(s, "시", &named);
  if (has_minute && read_digits(s, 2, &minute) == 0) return false;
  if (has_minute && part_follows(s, "분", &named)) {
    if (read_digits(s, 2, &second) == 0) return false;
    if (pass_word(s, ".") || pass_word(s, ",")) *fraction_us = read_fraction(s);
    pass_word(s, "초");
  }
  pass_blanks(s);
  if (half == WHOLE_DAY) half = read_half_day(s);
  if (!has_minute && !named && half == WHOLE_DAY) return false; /* a bare number */
  if (hour > 12 && half == MORNING) return false;
  if (half == AFTERNOON && hour < 12) hour += 12;
  if (half == MORNING && hour == 12) hour = 0;
  *clock_s = hour * 3600 + minute * 60 + second;
  bool end_of_day = hour == 24 && minute == 0 && second == 0 && *fraction_us == 0;
  return (hour < 24 || end_of_day) && minute < 60 && second < 60;
}

/* Z, UTC, GMT, +09:00, +0900, +09. */
static bool read_offset(scanner *s, gy_written_time *time) {
  pass_blanks(s);
  if (s->at == s->end) return true;
  time->has_offset = true;
  bool named = pass_word(s, "Z") || pass_word(s, "UTC") || pass_word(s, "GMT");
  if (s->at < s->end && (*s->at == '+' || *s->at == '-')) {
    int sign = *s->at++ == '-' ? -1 : 1;
    int64_t hours, minutes = 0;
    if (read_digits(s, 2, &hours) != 2) return false;
    pass_word(s, ":");
    if (s->at < s->end && read_digits(s, 2, &minutes) != 2) return false;
    if (hours > 15 || minutes > 59) return false;
    time->offset_s = sign * (int32_t)(hours * 3600 + minutes * 60);
    named = true;
  }
  return named && s->at == s->end;
}

static gy_field convert_epoch(const char *text, size_t length, gy_time_form form, gy_written_time *time) {
  int64_t unit_us = form == GY_TIME_EPOCH_S ? SECOND_US : form == GY_TIME_EPOCH_MS ? 1000 : 1;
  int64_t whole, part = 0; /* part: in 1/10000 of the unit */
  gy_field field = gy_convert_integer_id(text, length, &whole);
  if (field == GY_FIELD_INVALID) {
    int64_t value;
    field = gy_convert_number(text, length, GY_NUMBER_POINT, &value);
    if (field == GY_FIELD_EMPTY || field == GY_FIELD_INVALID) return field;
    whole = value / 10000;
    part = value % 10000;
  }
  if (field == GY_FIELD_EMPTY) return field;
  const int64_t last_us = gy_civil_days(YEAR_MAX, 12, 31) * DAY_S * SECOND_US;
  const int64_t first_us = gy_civil_days(1, 1, 1) * DAY_S * SECOND_US;
  if (whole > last_us / unit_us || whole < first_us / unit_us) return GY_FIELD_INVALID;
  int64_t us = whole * unit_us + part * unit_us / 10000;
  *time = (gy_written_time){.local_us = us, .has_offset = true, .has_clock = true};
  return GY_FIELD_VALUE;
}

gy_field gy_convert_written_time(const char *text, size_t length, gy_time_form form, gy_written_time *time) {
  gy_text_trim(&text, &length);
  if (form >= GY_TIME_EPOCH_S) return convert_epoch(text, length, form, time);
  if (gy_text_is_empty(text, length)) return GY_FIELD_EMPTY;
  scanner s = {text, text + length};
  gy_written_time found = {0};
  civil_date date;
  int64_t clock_s = 0, fraction_us = 0;
  if (!read_date(&s, form, &date, &clock_s, &found.has_clock) || !is_date(&date)) return GY_FIELD_INVALID;
  if (!pass_date_end(&s)) return GY_FIELD_INVALID;
  bool more = s.at < s.end;
  if (more && !found.has_clock) {
    found.has_clock = true;
    if (!read_clock(&s, &clock_s, &fraction_us)) return GY_FIELD_INVALID;
  } else if (more && pass_word(&s, ".")) {
    fraction_us = read_fraction(&s);
  }
  if (more && !read_offset(&s, &found)) return GY_FIELD_INVALID;
  int64_t days = gy_civil_days(date.year, (int)date.month, (int)date.day);
  found.local_us = (days * DAY_S + clock_s) * SECOND_US + fraction_us;
  *time = found;
  return GY_FIELD_VALUE;
}
