/* SPDX-License-Identifier: Apache-2.0
 *
 * What imports do with identifiers, as functions of SQL: for Parquet, whose rows never pass through C.
 *
 *   gyeol_pseudonym(kind, text)  UUID     of a direct identifier, its original on the way to the vault
 *   gyeol_person_id(text)        VARCHAR  an id, or the pseudonym of one that is a direct identifier
 *   gyeol_forgotten(kind, text)  BOOLEAN  whether somebody who was forgotten is meant
 *   gyeol_is_direct(text)        BOOLEAN  whether an id is a direct identifier
 *   gyeol_masked(text)           VARCHAR  free text with its identifiers masked */
#ifndef GYEOL_DATA_IMPORT_FUNCTIONS_H
#define GYEOL_DATA_IMPORT_FUNCTIONS_H

#include "data/import_privacy.h"
#include "engine/engine.h"

/* The last two, which need no key: views call them for as long as the store is open. */
GY_MUST_USE gy_status gy_import_functions_define(gy_engine *engine, gy_error *err);

/* The first three, for one import; to be called by no statement after it. */
GY_MUST_USE gy_status gy_import_functions_open(gy_engine *engine, gy_pseudonymiser *pseudonyms,
                                               gy_error *err);

#endif
