/* SPDX-License-Identifier: Apache-2.0
 *
 * A box: bytes under XChaCha20-Poly1305 behind their random nonce. What it belongs to (its place: kind of
 * file, vault, number) is authenticated with it, so that a box put elsewhere does not open. */
#ifndef GYEOL_PRIVACY_BOX_H
#define GYEOL_PRIVACY_BOX_H

#include <sodium.h>

#include "base/buffer.h"

enum {
  GY_BOX_KEY_BYTES = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
  GY_BOX_NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
  GY_BOX_TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
  GY_BOX_EXTRA_BYTES = GY_BOX_NONCE_BYTES + GY_BOX_TAG_BYTES, /* that a box is longer than what is in it */
};

/* Appends the box of `plain`; false when the buffer has no room. `place` may lie in `out` only where there is
 * room already. */
bool gy_box_seal(const uint8_t key[GY_BOX_KEY_BYTES], const void *place, size_t place_length,
                 const void *plain, size_t n, gy_buffer *out);

/* Appends what is in a box; false when it is not of this key and place, is damaged, or there is no room
 * (out->failed). Wipe what you got with gy_buffer_wipe. */
bool gy_box_open(const uint8_t key[GY_BOX_KEY_BYTES], const void *place, size_t place_length, const void *box,
                 size_t n, gy_buffer *out);

/* Clears a buffer that held secrets. */
void gy_buffer_wipe(gy_buffer *buffer);

#endif
