/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include "base/rng.h"
#include "feature/row_pack.h"

Test(row_pack, every_word_survives) {
  for (int bit = 0; bit < 64; bit++) {
    for (int delta = -2; delta <= 2; delta++) {
      for (int sign = 0; sign < 2; sign++) {
        uint64_t word = ((uint64_t)1 << bit) + (uint64_t)(int64_t)delta;
        if (sign) word = -word;
        uint64_t code = gy_pack_word(word);
        cr_assert_eq(gy_unpack_word(code), word, "2^%d%+d, sign %d", bit, delta, sign);
        unsigned width = (unsigned)gy_pack_width(code);
        cr_assert(width >= 1 && width <= 7, "2^%d%+d: width %u", bit, delta, width);
        cr_assert(width == 7 || code >> 8 * width == 0, "2^%d%+d: width %u", bit, delta, width);
        cr_assert(width == 1 || code >> 8 * (width - 1) != 0, "2^%d%+d: width %u is wider than needed", bit,
                  delta, width);
        unsigned char bytes[16];
        memset(bytes, 0xa5, sizeof bytes);
        memcpy(bytes + 1, &code, gy_pack_bytes(width));
        cr_assert_eq(gy_pack_load(bytes + 1, width), code, "2^%d%+d", bit, delta);
      }
    }
  }
  cr_assert_eq(gy_pack_word((uint64_t)1 << 63), 0, "NULL is the shortest");
}

Test(row_pack, times_survive_with_their_flags) {
  static const int64_t TIMES[] = {0,
                                  1,
                                  -1,
                                  999999,
                                  1000000,
                                  -1000000,
                                  -1000001,
                                  1700000000000000,
                                  1700000000000001,
                                  36000000000000000,
                                  -36000000000000000,
                                  35999999999999999};
  for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
    for (uint64_t flags = 0; flags < 128; flags++) {
      uint64_t word = (uint64_t)TIMES[i] << 8 | flags;
      cr_assert_eq(gy_unpack_time(gy_pack_time(word)), word, "%ld us, flags %lu", (long)TIMES[i],
                   (long)flags);
      cr_assert_eq((gy_pack_time(word) >> 1 & 0x7f), flags);
    }
  }
  cr_assert_eq(gy_pack_width(gy_pack_time((uint64_t)1700000000000000 << 8)), 5,
               "a whole second takes five bytes");
}

Test(row_pack, widths_add_up) {
  gy_rng rng;
  gy_rng_init(&rng, 3, 0);
  for (int run = 0; run < 10000; run++) {
    uint32_t header = run == 0 ? 0x3fffffff : (uint32_t)gy_rng_next(&rng) & 0x3fffffff;
    size_t sum = 0;
    for (int w = 0; w < GY_PACK_MAX_WORDS; w++) sum += gy_pack_bytes(header >> GY_PACK_WIDTH_BITS * w & 7);
    cr_assert_eq(gy_pack_sum_bytes(header), sum, "header %o", header);
  }
}
