/* SPDX-License-Identifier: Apache-2.0 */
#include "privacy/box.h"

bool gy_box_seal(const uint8_t key[GY_BOX_KEY_BYTES], const void *place, size_t place_length,
                 const void *plain, size_t n, gy_buffer *out) {
  if (n > SIZE_MAX / 2 || !gy_buffer_reserve(out, n + GY_BOX_EXTRA_BYTES)) return false;
  uint8_t *box = (uint8_t *)out->data + out->length;
  unsigned long long length = 0;
  randombytes_buf(box, GY_BOX_NONCE_BYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt(box + GY_BOX_NONCE_BYTES, &length, plain, n, place, place_length,
                                             NULL, box, key);
  out->length += GY_BOX_NONCE_BYTES + (size_t)length;
  out->data[out->length] = '\0';
  return true;
}

bool gy_box_open(const uint8_t key[GY_BOX_KEY_BYTES], const void *place, size_t place_length, const void *box,
                 size_t n, gy_buffer *out) {
  const uint8_t *bytes = box;
  unsigned long long length = 0;
  if (n < GY_BOX_EXTRA_BYTES || !gy_buffer_reserve(out, n)) return false;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)out->data + out->length, &length, NULL,
                                                 bytes + GY_BOX_NONCE_BYTES, n - GY_BOX_NONCE_BYTES, place,
                                                 place_length, bytes, key) != 0)
    return false;
  out->length += (size_t)length;
  out->data[out->length] = '\0';
  return true;
}

void gy_buffer_wipe(gy_buffer *buffer) {
  if (buffer->data != NULL) sodium_memzero(buffer->data, buffer->capacity);
  gy_buffer_clear(buffer);
}
