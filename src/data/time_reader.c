/* SPDX-License-Identifier: Apache-2.0
 *
 * Cells of a time column -> UTC. `2010-12-01 08:26:00` is checked and converted as three words of eight
 * bytes; the other forms go through the scanner, unless the cell is the same as the one before. */
#include <string.h>

#include "base/civil.h"
#include "data/convert_time.h"

enum { DAY_S = 86400, SECOND_US = 1000000, ISO_LENGTH = 19 };

void gy_time_reader_init(gy_time_reader *r, gy_time_form form, const gy_zone *zone) {
  *r = (gy_time_reader){.form = form,
                        .zone = zone,
                        .span = gy_zone_of_local(zone, 0),
                        .date_words = {UINT64_MAX, UINT64_MAX},
                        .memo_length = SIZE_MAX};
}

static int64_t to_utc_us(gy_time_reader *r, int64_t local_s) {
  if (local_s < r->span.from_s || local_s >= r->span.until_s) r->span = gy_zone_of_local(r->zone, local_s);
  return (local_s - r->span.offset_s) * SECOND_US;
}

/* Eight characters of a shape ("0000-00-") less those expected there: digits as their values, the signs
 * between them as 0. */
static inline uint64_t unshape(const char *text, const char *shape) {
  uint64_t word, expected;
  memcpy(&word, text, sizeof word);
  memcpy(&expected, shape, sizeof expected);
  return word ^ expected;
}

/* Not 0 when a byte is no digit or, where `signs` is 0xFF, not the expected sign. */
static inline uint64_t misfit(uint64_t digits, uint64_t signs) {
  const uint64_t to_carry = UINT64_C(0x7676767676767676); /* lifts what is over 9 to bit 7 */
  return (((digits + to_carry) | digits) & UINT64_C(0x8080808080808080)) | (digits & signs);
}

/* Byte i of a word of digit values joined with the one behind it. */
static inline int pair(uint64_t digits, int i) {
  return (int)((digits * 10 + (digits >> 8)) >> (8 * i) & 0xFF);
}

static bool new_date(gy_time_reader *r, uint64_t year_month, uint64_t day) {
  int64_t year = pair(year_month, 0) * 100 + pair(year_month, 2);
  int month = pair(year_month, 5), day_of_month = pair(day, 0);
  if (year < 1 || month < 1 || month > 12 || day_of_month < 1 ||
      day_of_month > gy_civil_month_days(year, month)) {
    return false;
  }
  r->date_s = gy_civil_days(year, month, day_of_month) * DAY_S;
  r->date_words[0] = year_month;
  r->date_words[1] = day & 0xFFFF;
  return true;
}

static inline bool convert_iso(gy_time_reader *r, const char *text, int64_t *utc_us) {
  const uint64_t date_signs = UINT64_C(0xFF0000FF00000000), clock_signs = UINT64_C(0x0000FF0000FF0000);
  uint64_t year_month = unshape(text, "0000-00-");
  uint64_t day = unshape(text + 8, text[10] == 'T' ? "00T00:00" : "00 00:00");
  uint64_t clock = unshape(text + 11, "00:00:00");
  if ((misfit(year_month, date_signs) | misfit(day, clock_signs) | misfit(clock, clock_signs)) != 0)
    return false;
  bool same_date = year_month == r->date_words[0] && (day & 0xFFFF) == r->date_words[1];
  if (!same_date && !new_date(r, year_month, day)) return false;
  int hour = pair(clock, 0), minute = pair(clock, 3), second = pair(clock, 6);
  if (hour > 23 || minute > 59 || second > 59) return false;
  *utc_us = to_utc_us(r, r->date_s + hour * 3600 + minute * 60 + second);
  return true;
}

static gy_field convert_any(gy_time_reader *r, const char *text, size_t length, int64_t *utc_us) {
  gy_written_time time;
  gy_field field = gy_convert_written_time(text, length, r->form, &time);
  if (field != GY_FIELD_VALUE) return field;
  int64_t offset_us = (int64_t)time.offset_s * SECOND_US;
  int64_t seconds = time.local_us / SECOND_US, rest = time.local_us % SECOND_US;
  if (rest < 0) seconds--, rest += SECOND_US;
  *utc_us = time.has_offset ? time.local_us - offset_us : to_utc_us(r, seconds) + rest;
  return field;
}

gy_field gy_time_reader_convert(gy_time_reader *r, const char *text, size_t length, int64_t *utc_us) {
  bool usual = length == ISO_LENGTH && r->form < GY_TIME_EPOCH_S;
  if (usual && convert_iso(r, text, utc_us)) return GY_FIELD_VALUE;
  if (length != r->memo_length || memcmp(text, r->memo_text, length) != 0) {
    int64_t us = 0;
    gy_field field = convert_any(r, text, length, &us);
    if (length > GY_TIME_MEMO_BYTES) {
      if (field == GY_FIELD_VALUE) *utc_us = us;
      return field;
    }
    memcpy(r->memo_text, text, length);
    r->memo_length = length;
    r->memo_field = field;
    r->memo_us = us;
  }
  if (r->memo_field == GY_FIELD_VALUE) *utc_us = r->memo_us;
  return r->memo_field;
}
