/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

Test(arena, allocations_are_aligned_and_apart) {
  gy_arena arena;
  gy_arena_init(&arena, 1024, 0);
  unsigned char *pieces[200];
  for (size_t i = 0; i < 200; i++) {
    pieces[i] = gy_arena_alloc(&arena, i + 1);
    cr_assert_not_null(pieces[i]);
    cr_assert_eq((uintptr_t)pieces[i] % 64, 0u);
    memset(pieces[i], (int)i, i + 1);
  }
  for (size_t i = 0; i < 200; i++)
    for (size_t j = 0; j <= i; j++) cr_assert_eq(pieces[i][j], (unsigned char)i);
  gy_arena_clear(&arena);
  cr_assert_eq(arena.held_bytes, 0u);
}

Test(arena, maximum_is_kept) {
  gy_arena arena;
  gy_arena_init(&arena, 1024, 8192);
  size_t got = 0;
  while (gy_arena_alloc(&arena, 512) != NULL) got += 512;
  cr_assert(got >= 4096 && got <= 8192, "%zu", got);
  cr_assert(arena.held_bytes <= 8192);
  gy_arena_clear(&arena);
  cr_assert_not_null(gy_arena_alloc(&arena, 512));
  gy_arena_clear(&arena);
}

Test(arena, sizes_that_overflow_fail) {
  gy_arena arena;
  gy_arena_init(&arena, 0, 0);
  cr_assert_null(gy_arena_alloc(&arena, SIZE_MAX));
  cr_assert_null(gy_arena_alloc(&arena, SIZE_MAX - 128));
  cr_assert_null(gy_arena_calloc(&arena, SIZE_MAX / 2, 3));
  gy_arena_clear(&arena);
}

Test(arena, text_is_copied_and_terminated) {
  gy_arena arena;
  gy_arena_init(&arena, 0, 0);
  cr_assert_str_eq(gy_arena_strndup(&arena, "가나다라", 6), "가나");
  gy_arena_clear(&arena);
}
