/* SPDX-License-Identifier: Apache-2.0
 *
 * Formats that name and type their columns themselves (JSON, NDJSON, Parquet) are read by the engine, and
 * their values watched as text. Inside the data room only. */
#ifndef GYEOL_DATA_SNIFF_TABLE_H
#define GYEOL_DATA_SNIFF_TABLE_H

#include "data/sniff.h"

/* Fills columns, n_rows and is_whole of a sniff whose path and format are set. */
GY_MUST_USE gy_status gy_sniff_table(gy_sniff *sniff, gy_arena *arena, gy_error *err);

/* Makes the columns. */
GY_MUST_USE gy_status gy_sniff_table_init(gy_sniff *sniff, const char *const *names, size_t n,
                                          gy_arena *arena, gy_error *err);

#endif
