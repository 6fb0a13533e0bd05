/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the values of a column are all different, asked of their hashes while they pass by: 64 bits of each
 * value are kept, parted by their first bits, and each part is looked through when all are there. Where no
 * two hashes are equal no two values are, and nothing more need be asked; where two are, or there are too
 * many, the engine is asked, which knows the values: a hash that two values share costs time and changes no
 * answer. */
#ifndef GYEOL_DATA_CONTRACT_HASHES_H
#define GYEOL_DATA_CONTRACT_HASHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gyeol/status.h>

typedef struct contract_hashes contract_hashes;

/* For at most so many bytes of hashes. */
GY_MUST_USE gy_status contract_hashes_create(size_t most_bytes, contract_hashes **hashes, gy_error *err);
void contract_hashes_destroy(contract_hashes *hashes); /* NULL-safe */

/* What one thread has not handed over yet. */
typedef struct contract_hash_buffer contract_hash_buffer;

GY_MUST_USE gy_status contract_hash_buffer_create(contract_hashes *hashes, contract_hash_buffer **buffer,
                                                  gy_error *err);
void contract_hash_buffer_add(contract_hash_buffer *buffer, const void *value, size_t length);
/* Hands over the rest and frees it; NULL-safe. */
void contract_hash_buffer_close(contract_hash_buffer *buffer);

/* `*differ`: each value was another one; false when two hashes are equal or they did not fit. Takes as much
 * again as the largest part needs. GY_ENOMEM also for what was missing when values were added. */
GY_MUST_USE gy_status contract_hashes_all_differ(contract_hashes *hashes, int n_threads, bool *differ,
                                                 gy_error *err);

#endif
