/* SPDX-License-Identifier: Apache-2.0
 *
 * People within documents: what names them goes, everything else stays as it was. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "people/forget_texts.h"
#include "support/alloc_fail.h"

static gy_forget_words *make_words(void) {
  gy_forget_words *words = NULL;
  gy_error err = {0};
  json_t *traces = json_pack("{s:[s, s], s:[s], s:[s]}", "customer_id", "17", "cust-0021", "anonymous_id",
                             "3fa9-visitor", "order_id", "4711"),
         *texts = json_pack("[s, s, s]", "Kim.Min@Example.com", "010-2345-6789", "김민수");
  cr_assert_eq(gy_forget_words_create(traces, texts, &words, &err), GY_OK, "%s", err.text);
  json_decref(traces);
  json_decref(texts);
  return words;
}

typedef struct {
  const char *before, *after; /* NULL: it stays as it is */
} document;

Test(forget_texts, what_names_them_goes_and_nothing_else) {
  static const document CASES[] = {
      {"{\"prototype\":{\"customer_id\":\"17\",\"values\":{\"orders\":3}},\"k\":3}",
       "{\"prototype\":null,\"k\":3}"},
      {"{\"prototype\":{\"customer_id\":17}}", "{\"prototype\":null}"},
      {"{\"prototype\":{\"customer_id\":\"17.0\"}}", "{\"prototype\":null}"},
      {"{\"prototype\":{\"customer_id\":\"170\"}}", NULL},
      {"{\"revenue\":\"17\",\"customers\":17,\"months\":[17]}", NULL},
      {"{\"examples\":[{\"value\":\"17\",\"line\":3},{\"value\":\"18\"}]}",
       "{\"examples\":[{\"value\":\"18\"}]}"},
      {"{\"rows\":[{\"value\":\"17\"}]}", NULL},
      {"{\"customers\":[{\"customer_id\":\"cust-0021\"},{\"customer_id\":\"cust-0022\"}]}",
       "{\"customers\":[{\"customer_id\":\"cust-0022\"}]}"},
      {"{\"text\":\"mail to KIM.MIN@example.com, please.\"}", "{\"text\":\"mail to [forgotten], please.\"}"},
      {"{\"text\":\"call 010 2345 6789\"}", NULL}, /* not one word */
      {"{\"text\":\"call 01023456789.\"}", "{\"text\":\"call [forgotten].\"}"},
      {"[\"김민수\",\"김민수정\",\"3fa9-visitor\"]", "[\"[forgotten]\",\"김민수정\",\"[forgotten]\"]"},
      {"{\"order\":\"4711\"}", NULL},
      {"a line about kim.min@example.com", "a line about [forgotten]"},
      {"", NULL},
      {"{broken", NULL},
      {"<html><script type=\"application/json\" "
       "id=\"model\">{\"a\":\"\\u003c/b>\",\"p\":{\"customer_id\":\"17\"}}"
       "</script><p>17</p>",
       "<html><script type=\"application/json\" "
       "id=\"model\">{\"a\":\"\\u003c/b>\",\"p\":null}</script><p>17</p>"},
  };
  gy_forget_words *words = make_words();
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *clean = NULL;
    gy_error err = {0};
    cr_assert_eq(gy_forget_text(CASES[i].before, words, &clean, &err), GY_OK, "%s", err.text);
    if (CASES[i].after == NULL)
      cr_expect_null(clean, "%s became %s", CASES[i].before, clean);
    else
      cr_expect_str_eq(clean != NULL ? clean : "nothing", CASES[i].after, "%s", CASES[i].before);
    free(clean);
  }
  gy_forget_words_destroy(words);
}

Test(forget_texts, a_reason_names_nobody) {
  static const document CASES[] = {
      {"letter of 17, and cust-0021.", "letter of [forgotten], and [forgotten]."},
      {"request of 3 March", NULL},
      {"kim.min@example.com", "[forgotten]"},
      {"", NULL}};
  gy_forget_words *words = make_words();
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *clean = NULL;
    gy_error err = {0};
    cr_assert_eq(gy_forget_sentence(CASES[i].before, words, &clean, &err), GY_OK, "%s", err.text);
    cr_expect_str_eq(clean != NULL ? clean : "it stays", CASES[i].after != NULL ? CASES[i].after : "it stays",
                     "%s", CASES[i].before);
    free(clean);
  }
  gy_forget_words_destroy(words);
}

Test(forget_texts, records_are_theirs_by_id_and_by_identifier) {
  gy_forget_words *words = make_words();
  json_t *by_id = json_pack("{s:s, s:s}", "buyer", "17.0", "n", "x"), *other = json_pack("{s:s}", "n", "17"),
         *by_mail = json_pack("{s:s}", "note", "ask kim.min@example.com");
  cr_expect(gy_forget_record_is_theirs(by_id, "buyer", words));
  cr_expect_not(gy_forget_record_is_theirs(by_id, NULL, words));
  cr_expect_not(gy_forget_record_is_theirs(other, "buyer", words));
  cr_expect(gy_forget_record_is_theirs(by_mail, "buyer", words));
  json_decref(by_id);
  json_decref(other);
  json_decref(by_mail);
  gy_forget_words_destroy(words);
}

static gy_status clean_once(void *user, gy_error *err) {
  gy_forget_words *words = NULL;
  char *clean = NULL;
  gy_status status = gy_forget_words_create(NULL, user, &words, err);
  if (status == GY_OK) status = gy_forget_text("kim.min@example.com and more", words, &clean, err);
  free(clean);
  gy_forget_words_destroy(words);
  return status;
}

Test(forget_texts, failed_allocations) {
  json_t *texts = json_pack("[s]", "kim.min@example.com");
  cr_expect_gt(alloc_fail_each("forget a text", clean_once, texts), 0);
  json_decref(texts);
}
