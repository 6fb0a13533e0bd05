/* SPDX-License-Identifier: Apache-2.0
 *
 * Small sealed things: texts that stay where they are but are not to be read there (quarantined records), and
 * small files. A sealed text is "sealed:" and base64 of the seal key's number and a box (box.h). Whoever
 * lacks the key learns its length only. */
#ifndef GYEOL_PRIVACY_SEAL_H
#define GYEOL_PRIVACY_SEAL_H

#include <stdbool.h>

#include "base/buffer.h"
#include "privacy/key_ring.h"

/* Appends the sealed text; the newest seal key is used. From any number of threads while nobody rotates. */
GY_MUST_USE gy_status gy_seal_text(const gy_key_ring *ring, const char *text, size_t n, gy_buffer *out,
                                   gy_error *err);

/* Appends what a sealed text holds. GY_ECORRUPT: it is of another vault or was changed. */
GY_MUST_USE gy_status gy_unseal_text(const gy_key_ring *ring, const char *sealed, size_t n, gy_buffer *out,
                                     gy_error *err);

bool gy_text_is_sealed(const char *text, size_t n);

/* The same for bytes, bound to a place ("tombstones") that must be the same on opening; GY_ECORRUPT without a
 * sentence, which the caller has. */
GY_MUST_USE gy_status gy_seal_bytes(const gy_key_ring *ring, const char *place, const void *bytes, size_t n,
                                    gy_buffer *out, gy_error *err);
GY_MUST_USE gy_status gy_unseal_bytes(const gy_key_ring *ring, const char *place, const void *sealed,
                                      size_t n, gy_buffer *out, gy_error *err);

#endif
