/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>

#include <gyeol/status.h>

Test(status, every_code_has_name_meaning_and_exit) {
  for (int code = 0; code < GY_STATUS_COUNT; code++) {
    cr_assert(strlen(gy_status_name(code)) > 0, "code %d", code);
    cr_assert(strlen(gy_status_meaning(code)) > 0, "code %d", code);
    cr_assert_eq(gy_status_exit_code(code) == 0, code == GY_OK, "code %d", code);
    cr_assert(gy_status_http(code) >= 200 && gy_status_http(code) < 600, "code %d", code);
    for (int other = 0; other < code; other++) cr_assert_str_neq(gy_status_name(code), gy_status_name(other));
  }
}

Test(status, unknown_code_is_internal) { cr_assert_str_eq(gy_status_name((gy_status)999), "internal"); }

Test(status, fail_returns_its_code_and_keeps_the_sentence) {
  gy_error err = {0};
  cr_assert_eq(gy_fail(&err, GY_EIO, "cannot read %s", "x.csv"), GY_EIO);
  cr_assert_eq(err.code, GY_EIO);
  cr_assert_str_eq(err.text, "cannot read x.csv");
  cr_assert_eq(gy_fail(NULL, GY_EIO, "nobody listens"), GY_EIO);
}

Test(status, prefix_keeps_the_code) {
  gy_error err = {0};
  gy_status status = gy_fail(&err, GY_EPARSE, "line 3: bad date");
  gy_error_prefix(&err, "source %s", "orders");
  cr_assert_eq(status, err.code);
  cr_assert_str_eq(err.text, "source orders: line 3: bad date");
}

Test(status, long_text_is_cut_between_characters) {
  char korean[3 * 600 + 1] = "";
  for (int i = 0; i < 600; i++) memcpy(korean + 3 * i, "결", 3);
  korean[sizeof korean - 1] = '\0';
  for (int shift = 0; shift < 3; shift++) {
    gy_error err = {0};
    gy_status status = gy_fail(&err, GY_EIO, "%.*s%s", shift, "ab", korean);
    cr_assert_eq(status, GY_EIO);
    size_t length = strlen(err.text);
    cr_assert(length > GY_ERROR_TEXT_MAX - 5);
    cr_assert_eq((length - (size_t)(shift > 2 ? 2 : shift)) % 3, 0u, "shift %d", shift);
  }
}
