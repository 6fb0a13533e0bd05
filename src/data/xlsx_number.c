/* SPDX-License-Identifier: Apache-2.0 */
#include "data/xlsx_number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/civil.h"

enum { SERIAL_MAX = 2958465 /* 9999-12-31 */, DAY_MS = 86400000 };

gy_xlsx_format gy_xlsx_builtin_format(uint32_t id) {
  bool is_date = (id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58);
  bool is_clock = (id >= 18 && id <= 22) || (id >= 32 && id <= 35) || id == 45 || id == 47;
  if (id == 46) return GY_XLSX_DURATION;
  return is_date ? GY_XLSX_DATE : is_clock ? GY_XLSX_DATE_TIME : GY_XLSX_NUMBER;
}

/* Which letters of time a format has, outside of quotes, brackets and escapes. */
typedef struct {
  bool day, clock, month, elapsed;
} letters;

static size_t passed(const char *at, letters *found) {
  if (*at == '"') {
    const char *end = strchr(at + 1, '"');
    return end != NULL ? (size_t)(end - at) + 1 : strlen(at);
  }
  if (*at == '[') {
    const char *end = strchr(at + 1, ']');
    char unit = (char)(at[1] | 32);
    bool is_elapsed = end != NULL && (unit == 'h' || unit == 'm' || unit == 's');
    for (const char *c = at + 1; is_elapsed && c < end; c++) is_elapsed = (*c | 32) == unit;
    found->elapsed |= is_elapsed;
    return end != NULL ? (size_t)(end - at) + 1 : strlen(at);
  }
  if (*at == '\\' || *at == '_' || *at == '*') return at[1] != '\0' ? 2 : 1;
  if (strncasecmp(at, "General", 7) == 0) return 7;
  if ((at[0] | 32) == 'e' && (at[1] == '+' || at[1] == '-')) return 2;
  return 0;
}

gy_xlsx_format gy_xlsx_custom_format(const char *code) {
  letters found = {0};
  for (const char *at = code; *at != '\0' && *at != ';';) {
    size_t n = passed(at, &found);
    if (n > 0) {
      at += n;
      continue;
    }
    char c = (char)(*at++ | 32);
    found.day |= c == 'y' || c == 'd';
    found.clock |= c == 'h' || c == 's';
    found.month |= c == 'm';
  }
  if (found.elapsed) return GY_XLSX_DURATION;
  if (found.clock) return GY_XLSX_DATE_TIME;
  return found.day || found.month ? GY_XLSX_DATE : GY_XLSX_NUMBER;
}

size_t gy_xlsx_number_text(double value, char text[GY_XLSX_NUMBER_TEXT]) {
  bool is_long_whole = fabs(value) >= 1e15 && fabs(value) < 1e18;
  return (size_t)snprintf(text, GY_XLSX_NUMBER_TEXT, is_long_whole ? "%.0f" : "%.15g", value);
}

static size_t clock_text(int64_t ms, char *text, size_t room) {
  int written = snprintf(text, room, "%02d:%02d:%02d", (int)(ms / 3600000), (int)(ms / 60000 % 60),
                         (int)(ms / 1000 % 60));
  if (ms % 1000 != 0) written += snprintf(text + written, room - (size_t)written, ".%03d", (int)(ms % 1000));
  return (size_t)written;
}

static size_t day_text(int64_t day, bool is_1904, char *text, size_t room) {
  if (!is_1904 && day == 60) return (size_t)snprintf(text, room, "1900-02-29");
  int64_t year, from = is_1904 ? gy_civil_days(1904, 1, 1) : gy_civil_days(1899, 12, 30) + (day < 60 ? 1 : 0);
  int month, of_month;
  gy_civil_date(from + day, &year, &month, &of_month);
  return (size_t)snprintf(text, room, "%04d-%02d-%02d", (int)year, month, of_month);
}

size_t gy_xlsx_date_text(double serial, gy_xlsx_format format, bool is_1904, char text[GY_XLSX_NUMBER_TEXT]) {
  if (!(serial >= 0 && serial < SERIAL_MAX + 1.0)) return gy_xlsx_number_text(serial, text);
  int64_t day = (int64_t)floor(serial), ms = llround((serial - (double)day) * DAY_MS);
  if (ms == DAY_MS) {
    day++;
    ms = 0;
  }
  if (format == GY_XLSX_DURATION) return clock_text(day * DAY_MS + ms, text, GY_XLSX_NUMBER_TEXT);
  bool is_clock_alone = format == GY_XLSX_DATE_TIME && day == 0;
  if (is_clock_alone) return clock_text(ms, text, GY_XLSX_NUMBER_TEXT);
  if ((!is_1904 && day == 0) || day > SERIAL_MAX) return gy_xlsx_number_text(serial, text);
  size_t n = day_text(day, is_1904, text, GY_XLSX_NUMBER_TEXT);
  if (format == GY_XLSX_DATE && ms == 0) return n;
  text[n++] = ' ';
  return n + clock_text(ms, text + n, GY_XLSX_NUMBER_TEXT - n);
}
