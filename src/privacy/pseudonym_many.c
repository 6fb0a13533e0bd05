/* SPDX-License-Identifier: Apache-2.0
 *
 * Pseudonyms of a batch. BLAKE2b (RFC 7693) with a key hashes a block that holds the key, then the blocks of
 * the text. What the block of the key leaves is the same for all values of a kind, and most normal forms are
 * one block, so that a value costs one compression instead of two; eight values go through it side by side.
 * Longer forms take the plain way through libsodium, with which a test compares this. */
#include <sodium.h>
#include <string.h>

#include "base/simd.h"
#include "privacy/pseudonym.h"

enum { LANES = 8, WORDS = 16, ROUNDS = 12, BLOCK_BYTES = 128 };

typedef uint64_t lanes __attribute__((vector_size(8 * LANES)));

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are read as they lie");
_Static_assert(GY_PSEUDONYM_STATE_WORDS == 8, "BLAKE2b's state");

static const uint64_t IV[8] = {0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B,
                               0xA54FF53A5F1D36F1, 0x510E527FADE682D1, 0x9B05688C2B3E6C1F,
                               0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179};

static const uint8_t SIGMA[ROUNDS][WORDS] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                             {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                             {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                             {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                             {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                             {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                             {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                             {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                             {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                             {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
                                             {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                             {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}};

#define ROTATE(x, by) ((x) >> (by) | (x) << (64 - (by)))
#define MIX(a, b, c, d, x, y) \
  do {                        \
    a += b + (x);             \
    d = ROTATE(d ^ a, 32);    \
    c += d;                   \
    b = ROTATE(b ^ c, 24);    \
    a += b + (y);             \
    d = ROTATE(d ^ a, 16);    \
    c += d;                   \
    b = ROTATE(b ^ c, 63);    \
  } while (0)

/* One block a lane, `at` bytes hashed with it; `last`: all bits where it is the last one. */
GY_SIMD_CLONES
static void compress(lanes h[8], const lanes m[WORDS], const lanes *at, uint64_t last) {
  lanes v[16];
  for (int i = 0; i < 8; i++) {
    v[i] = h[i];
    v[i + 8] = (lanes){0} + IV[i];
  }
  v[12] ^= *at;
  v[14] ^= last;
#pragma GCC unroll 12
  for (int r = 0; r < ROUNDS; r++) {
    const uint8_t *s = SIGMA[r];
    MIX(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    MIX(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    MIX(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    MIX(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    MIX(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    MIX(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    MIX(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    MIX(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
  }
  for (int i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];
}

void gy_pseudonym_key_absorb(gy_pseudonym_key *key) {
  for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++) {
    lanes h[8], m[WORDS] = {0}, at = (lanes){0} + BLOCK_BYTES;
    for (int i = 0; i < 8; i++) h[i] = (lanes){0} + IV[i];
    h[0] ^= 0x01010000u | GY_PSEUDONYM_KEY_BYTES << 8 | sizeof(gy_pseudonym); /* fanout, depth, key, digest */
    for (size_t i = 0; i < GY_PSEUDONYM_KEY_BYTES / 8; i++) {
      uint64_t word;
      memcpy(&word, key->kinds[kind] + 8 * i, sizeof word);
      m[i] = (lanes){0} + word;
    }
    compress(h, m, &at, 0);
    for (int i = 0; i < 8; i++) key->states[kind][i] = h[i][0];
    sodium_memzero(h, sizeof h);
    sodium_memzero(m, sizeof m);
  }
}

/* Up to LANES forms of one block each. */
static void make_block(const gy_pseudonym_key *key, gy_identifier kind, const gy_normal_form *const *forms,
                       size_t n, gy_pseudonym *const *pseudonyms) {
  lanes h[8], m[WORDS], at = {0};
  uint64_t words[LANES][WORDS];
  size_t most = 0;
  for (int i = 0; i < 8; i++) h[i] = (lanes){0} + key->states[kind][i];
  memset(m, 0, sizeof m);
  for (size_t l = 0; l < n; l++) {
    memset(words[l], 0, sizeof words[l]);
    memcpy(words[l], forms[l]->text, forms[l]->length);
    at[l] = BLOCK_BYTES + forms[l]->length;
    most = forms[l]->length > most ? forms[l]->length : most;
  }
  for (size_t w = 0; w < (most + 7) / 8; w++)
    for (size_t l = 0; l < n; l++) m[w][l] = words[l][w];
  compress(h, m, &at, ~UINT64_C(0));
  for (size_t l = 0; l < n; l++) {
    const uint64_t digest[2] = {h[0][l], h[1][l]};
    memcpy(pseudonyms[l]->bytes, digest, sizeof digest);
  }
}

void gy_pseudonym_make_many(const gy_pseudonym_key *key, gy_identifier kind, const gy_normal_form *forms,
                            size_t n, gy_pseudonym *pseudonyms) {
  const gy_normal_form *waiting[LANES];
  gy_pseudonym *places[LANES];
  size_t n_waiting = 0;
  for (size_t i = 0; i < n; i++) {
    if (forms[i].length == 0 || forms[i].length > BLOCK_BYTES) {
      gy_pseudonym_make(key, kind, forms[i].text, forms[i].length, &pseudonyms[i]);
      continue;
    }
    waiting[n_waiting] = &forms[i];
    places[n_waiting++] = &pseudonyms[i];
    if (n_waiting < LANES) continue;
    make_block(key, kind, waiting, n_waiting, places);
    n_waiting = 0;
  }
  if (n_waiting > 0) make_block(key, kind, waiting, n_waiting, places);
}
