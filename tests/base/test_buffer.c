/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

Test(buffer, appends_grow_and_stay_terminated) {
  gy_buffer buffer;
  gy_buffer_init(&buffer, 1 << 20);
  for (int i = 0; i < 1000; i++) cr_assert(gy_buffer_printf(&buffer, "%d,", i));
  cr_assert(gy_buffer_text(&buffer, "end"));
  cr_assert_eq(strlen(buffer.data), buffer.length);
  cr_assert_eq(strncmp(buffer.data, "0,1,2,3,", 8), 0);
  cr_assert_str_eq(buffer.data + buffer.length - 7, "999,end");
  gy_buffer_clear(&buffer);
}

Test(buffer, maximum_fails_and_keeps_contents) {
  gy_buffer buffer;
  gy_buffer_init(&buffer, 16);
  cr_assert(gy_buffer_text(&buffer, "0123456789"));
  cr_assert_not(gy_buffer_text(&buffer, "abcdef"));
  cr_assert_str_eq(buffer.data, "0123456789");
  cr_assert_not(gy_buffer_text(&buffer, "a"), "a failed buffer stays failed");
  cr_assert_null(gy_buffer_take(&buffer));
  cr_assert(gy_buffer_text(&buffer, "fifteen bytes!!"));
  gy_buffer_clear(&buffer);
}

Test(buffer, taking_nothing_gives_an_empty_text) {
  gy_buffer buffer;
  gy_buffer_init(&buffer, 16);
  char *text = gy_buffer_take(&buffer);
  cr_assert_str_eq(text, "");
  free(text);
}
