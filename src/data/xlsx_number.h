/* SPDX-License-Identifier: Apache-2.0
 *
 * What a number in a cell means, by its number format, and how it is written as text.
 *
 * A workbook has no dates: it has numbers that a format shows as dates, days since the end of 1899 or since
 * 1904. The 1900 epoch counts a 29 February 1900 that never was (as Lotus 1-2-3 did), so that numbers from 61
 * on are days since 1899-12-30 and those below 60 days since 1899-12-31. */
#ifndef GYEOL_DATA_XLSX_NUMBER_H
#define GYEOL_DATA_XLSX_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum gy_xlsx_format {
  GY_XLSX_NUMBER,
  GY_XLSX_DATE,      /* shows no clock */
  GY_XLSX_DATE_TIME, /* a date with a clock, or a clock alone */
  GY_XLSX_DURATION,  /* [h]:mm: may pass 24 hours */
} gy_xlsx_format;

/* Built-in formats by number (ECMA-376 part 1, 18.8.30, with those of Korean, Japanese and Chinese Excel). */
gy_xlsx_format gy_xlsx_builtin_format(uint32_t id);

/* A format of the workbook's own: `yyyy"년" m"월" d"일"`, `#,##0`, `[$-412]AM/PM h:mm`. */
gy_xlsx_format gy_xlsx_custom_format(const char *code);

enum { GY_XLSX_NUMBER_TEXT = 40 };

/* "2011-12-09", "2011-12-09 08:26:00", "08:26:00", "26:30:00"; a number that is no date of its epoch is
 * written as a number. 60 in the 1900 epoch is "1900-02-29", which no calendar has. Returns its length. */
size_t gy_xlsx_date_text(double serial, gy_xlsx_format format, bool is_1904, char text[GY_XLSX_NUMBER_TEXT]);

/* As a spreadsheet shows it, with at most 15 digits: 19.989999999999998 is 19.99. */
size_t gy_xlsx_number_text(double value, char text[GY_XLSX_NUMBER_TEXT]);

#endif
