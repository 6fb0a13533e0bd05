/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of a field -> instant. A form only settles what the text itself leaves open: whether 1/2/2019 is in
 * January or February, and what a bare number counts. Within a form all of these are understood:
 *
 *   2010-12-01 08:26:00   2010-12-01T08:26:00.5Z   2010-12-01 08:26+09:00   2010/12/1   2010.12.1
 *   20101201   201012010826   20101201082600   10-12-01 (year first)
 *   12/1/2010 8:26   1.12.2010   12/1/10 8:26 PM   1 Dec 2010   Dec 1, 2010   01-Dec-10
 *   2011. 12. 9.   2011년 12월 9일 오후 3시 5분   2011-12-09 오후 3:05:00   2011-12-09(금)
 *
 * Two-digit years up to 69 are 20xx. A time without an offset is local time of the zone; one that has an
 * offset keeps it. Years 1 to 9999. Dates that the calendar does not have are invalid; so are seconds of
 * 60. 24:00 is the end of the day. */
#ifndef GYEOL_DATA_CONVERT_TIME_H
#define GYEOL_DATA_CONVERT_TIME_H

#include "base/time_zone.h"
#include "data/convert.h"

/* form, name in gyeol.yaml */
#define GY_TIME_FORM_TABLE(X)     \
  X(GY_TIME_YEAR_FIRST, "ymd")    \
  X(GY_TIME_MONTH_FIRST, "mdy")   \
  X(GY_TIME_DAY_FIRST, "dmy")     \
  X(GY_TIME_EPOCH_S, "epoch_s")   \
  X(GY_TIME_EPOCH_MS, "epoch_ms") \
  X(GY_TIME_EPOCH_US, "epoch_us")

typedef enum gy_time_form {
#define GY_TIME_FORM_CODE(code, name) code,
  GY_TIME_FORM_TABLE(GY_TIME_FORM_CODE)
#undef GY_TIME_FORM_CODE
      GY_TIME_FORM_COUNT
} gy_time_form;

const char *gy_time_form_name(gy_time_form form); /* never NULL */
bool gy_time_form_parse(const char *name, gy_time_form *form);

/* A time as written. */
typedef struct gy_written_time {
  int64_t local_us; /* microseconds since 1970-01-01 00:00 on the clock it was read from */
  bool has_offset;
  int32_t offset_s; /* of that clock */
  bool has_clock;   /* false: a date alone */
} gy_written_time;

gy_field gy_convert_written_time(const char *text, size_t length, gy_time_form form, gy_written_time *time);

/* Converts one column's cells; remembers the last cell and the last span of the zone, which makes it fast
 * where neighbours are alike. Used by one thread at a time. */
enum { GY_TIME_MEMO_BYTES = 32 };

typedef struct gy_time_reader {
  gy_time_form form;
  const gy_zone *zone; /* lent */
  gy_zone_span span;
  uint64_t date_words[2]; /* of the last `2010-12-01 `, and when that day began */
  int64_t date_s;
  char memo_text[GY_TIME_MEMO_BYTES]; /* the last cell in any other form, and what it was */
  size_t memo_length;
  gy_field memo_field;
  int64_t memo_us;
} gy_time_reader;

void gy_time_reader_init(gy_time_reader *reader, gy_time_form form, const gy_zone *zone);
gy_field gy_time_reader_convert(gy_time_reader *reader, const char *text, size_t length, int64_t *utc_us);

#endif
