/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects within the records of a JSON file: which values there are, by their paths. "a.b" is the value "b"
 * of the object "a", as import reads it. Lists are values, and so are objects with very many keys, which are
 * maps. */
#ifndef GYEOL_DATA_SNIFF_NESTED_H
#define GYEOL_DATA_SNIFF_NESTED_H

#include "data/sniff.h"
#include "engine/engine.h"

/* Gives `*sql` where records hold objects: a query of at most `most` rows with a column of text for each
 * path, in the order in which they come; NULL where all values are plain. free() it. GY_EENGINE: it cannot be
 * read. */
GY_MUST_USE gy_status gy_sniff_nested(gy_engine *engine, const gy_sniff *sniff, int most, char **sql,
                                      gy_error *err);

#endif
