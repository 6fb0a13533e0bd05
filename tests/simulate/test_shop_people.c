/* SPDX-License-Identifier: Apache-2.0
 *
 * Messy people: the truth files agree with what is written, shares are those of the model, and nobody who is
 * simulated can be reached. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shop_fixture.h"

static gy_shop_options messy_of(uint64_t customers) {
  gy_shop_options options = shop_of(customers);
  options.messy_people = true;
  options.tables |= GY_SHOP_PEOPLE_TABLES;
  return options;
}

/* Digits of a phone with its country taken off: 1012345678. */
static void bare_phone(const char *text, char *out) {
  size_t n = 0;
  if (strncmp(text, "+82", 3) == 0) text += 3;
  for (; *text != '\0'; text++)
    if (*text >= '0' && *text <= '9' && !(n == 0 && *text == '0')) out[n++] = *text;
  out[n] = '\0';
}

/* Lower case, without tag, and without dots at gmail.com. */
static void bare_mail(const char *text, char *out) {
  size_t n = 0;
  bool is_gmail = strcasestr(text, "@gmail.com") != NULL, in_tag = false, in_domain = false;
  for (; *text != '\0'; text++) {
    in_domain = in_domain || *text == '@';
    in_tag = !in_domain && (in_tag || *text == '+');
    if (in_tag || (*text == '.' && is_gmail && !in_domain)) continue;
    out[n++] = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
  }
  out[n] = '\0';
}

static bool is_junk(const char *mail) {
  return strchr(mail, '@') == NULL || strstr(mail, "test@") || strncmp(mail, "no", 2) == 0;
}

Test(shop_people, truth_agrees_with_the_files) {
  enum { N = 20000 };
  gy_shop_options options = messy_of(N);
  char *folder = simulate(&options, NULL);
  csv_table customers = read_csv(folder, "customers.csv"), people = read_csv(folder, "truth_people.csv");
  cr_assert_eq(customers.n_rows, people.n_rows);
  size_t again = 0, same_mail = 0, same_phone = 0, same_name = 0, linked = 0;
  for (size_t row = 0; row < N; row++) {
    size_t person = (size_t)number(&people, row, 1) - 1;
    cr_assert(person <= row, "customer %zu is person %zu", row + 1, person + 1);
    cr_assert_eq((size_t)number(&people, person, 1) - 1, person, "a person is his own first registration");
    if (person == row) continue;
    char a[256], b[256], x[64], y[64];
    again++;
    bare_mail(cell(&customers, row, 9), a);
    bare_mail(cell(&customers, person, 9), b);
    bare_phone(cell(&customers, row, 10), x);
    bare_phone(cell(&customers, person, 10), y);
    bool mail = strcmp(a, b) == 0 && !is_junk(a), phone = strcmp(x, y) == 0 && strlen(x) == 10;
    same_mail += mail;
    same_phone += phone;
    linked += mail || phone;
    same_name += strcmp(cell(&customers, row, 16), cell(&customers, person, 16)) == 0;
    cr_assert_str_eq(cell(&customers, row, 19), cell(&customers, person, 19), "another birth date");
  }
  double n = (double)again;
  cr_assert(fabs(n / N - 0.12) < 0.012, "%zu of %d registered again", again, N);
  cr_assert(same_mail > 0.7 * n && same_mail < 0.9 * n, "%zu of %zu kept their address", same_mail, again);
  cr_assert(same_phone > 0.65 * n && same_phone < 0.85 * n, "%zu of %zu kept their phone", same_phone, again);
  cr_assert(same_name > 0.7 * n && same_name < 0.9 * n, "%zu of %zu wrote their name alike", same_name,
            again);
  cr_assert(linked > 0.9 * n, "%zu of %zu share any key", linked, again);
  free_csv(&customers);
  free_csv(&people);
  remove_folder(folder);
}

Test(shop_people, guests_leave_an_address_or_a_phone) {
  gy_shop_summary summary;
  gy_shop_options options = messy_of(3000);
  options.full_columns = true;
  char *folder = simulate(&options, &summary);
  csv_table orders = read_csv(folder, "orders.csv"), guests = read_csv(folder, "truth_guests.csv");
  size_t at = 0;
  double last = 0;
  for (size_t row = 0; row < orders.n_rows; row++) {
    bool is_guest = *cell(&orders, row, 1) == '\0';
    bool has_contact = *cell(&orders, row, 7) != '\0' || *cell(&orders, row, 8) != '\0';
    cr_assert(is_guest == has_contact, "row %zu: guest %d, contact %d", row, is_guest, has_contact);
    double order = number(&orders, row, 0);
    bool is_new = is_guest && order != last && number(&orders, row, 4) > 0;
    if (!is_new) continue;
    cr_assert(at < guests.n_rows && number(&guests, at, 0) == order, "order %g is not in truth_guests",
              order);
    at++;
    last = order;
  }
  cr_assert_eq(at, guests.n_rows);
  cr_assert(fabs((double)at / (double)summary.orders - 0.08) < 0.01, "%zu guests of %llu orders", at,
            (unsigned long long)summary.orders);
  free_csv(&orders);
  free_csv(&guests);
  remove_folder(folder);
}

/* gmail.com takes at most 30 letters; 010-0 and 010-1 begin no mobile number. */
Test(shop_people, nobody_is_reached) {
  gy_shop_options options = messy_of(5000);
  char *folder = simulate(&options, NULL);
  csv_table customers = read_csv(folder, "customers.csv");
  for (size_t row = 0; row < customers.n_rows; row++) {
    char mail[256], phone[64];
    bare_mail(cell(&customers, row, 9), mail);
    bare_phone(cell(&customers, row, 10), phone);
    const char *at = strchr(mail, '@');
    if (at != NULL && strcmp(at, "@gmail.com") == 0) cr_assert_gt(at - mail, 30, "%s", mail);
    if (at != NULL && strcmp(at, "@gmail.com") != 0)
      cr_assert(strstr(at, "@example.") != NULL || is_junk(mail), "%s", mail);
    cr_assert(strlen(phone) != 10 || phone[2] == '0' || phone[2] == '1', "%s", phone);
  }
  free_csv(&customers);
  remove_folder(folder);
}

Test(shop_people, same_bytes_on_any_threads_and_other_tables_alone) {
  gy_shop_options options = messy_of(6000);
  static const char *const FILES[] = {"customers.csv", "orders.csv", "events.csv", "truth_people.csv",
                                      "truth_guests.csv"};
  char *first = NULL;
  for (int n_threads = 1; n_threads <= 5; n_threads += 2) {
    char *folder = make_folder();
    gy_shop_summary summary;
    gy_task task = {.n_threads = n_threads, .memory_bytes = n_threads == 5 ? 1 << 20 : 0};
    MUST(gy_simulate_shop(&options, folder, &task, &summary, &err));
    for (size_t f = 0; f < sizeof FILES / sizeof *FILES && first != NULL; f++) {
      size_t n, m;
      char *a = read_file(first, FILES[f], &n), *b = read_file(folder, FILES[f], &m);
      cr_assert(n == m && memcmp(a, b, n) == 0, "%s differs with %d threads", FILES[f], n_threads);
      free(a);
      free(b);
    }
    if (first != NULL)
      remove_folder(folder);
    else
      first = folder;
  }
  remove_folder(first);
}

Test(shop_people, truth_tables_need_messy_people) {
  gy_shop_options options = shop_of(10);
  options.tables |= GY_SHOP_PEOPLE_TABLES;
  gy_error err = {0};
  gy_shop_summary summary;
  char *folder = make_folder();
  cr_assert_eq(gy_simulate_shop(&options, folder, NULL, &summary, &err), GY_EUSAGE);
  cr_assert_not_null(strstr(err.text, "messy"), "%s", err.text);
  remove_folder(folder);
}
