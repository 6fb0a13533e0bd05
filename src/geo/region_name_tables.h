/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of names, as data: add a row here to teach gyeol a name. Further names are parted by '|'. */
#ifndef GYEOL_GEO_REGION_NAME_TABLES_H
#define GYEOL_GEO_REGION_NAME_TABLES_H

typedef struct gy_province_row {
  const char *code, *name, *name_en, *further;
} gy_province_row;

typedef struct gy_municipality_row {
  const char *code, *name, *name_en; /* a 구 of a 시: "수원시 영통구" */
} gy_municipality_row;

typedef struct gy_country_row {
  const char *code, *code3, *name_en, *name, *further; /* further may be NULL */
} gy_country_row;

/* A name that a 시군구 has under this 시도, of another time. */
typedef struct gy_renamed_row {
  const char *name, *province, *code;
} gy_renamed_row;

/* Each ends with a row whose code is NULL. */
extern const gy_province_row gy_province_rows[];
extern const gy_municipality_row gy_municipality_rows[];
extern const gy_renamed_row gy_renamed_rows[];
extern const gy_country_row gy_country_rows[];

#endif
