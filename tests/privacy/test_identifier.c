/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "privacy/identifier.h"

enum { VALUE = GY_NORMAL_VALUE, EMPTY = GY_NORMAL_EMPTY, JUNK = GY_NORMAL_JUNK, INVALID = GY_NORMAL_INVALID };
#define EMAIL    GY_IDENTIFIER_EMAIL
#define PHONE    GY_IDENTIFIER_PHONE
#define NAME     GY_IDENTIFIER_PERSON_NAME
#define ADDRESS  GY_IDENTIFIER_ADDRESS
#define RESIDENT GY_IDENTIFIER_RESIDENT_NUMBER
#define CARD     GY_IDENTIFIER_CARD_NUMBER
#define CUSTOMER GY_IDENTIFIER_CUSTOMER_ID
#define LOYALTY  GY_IDENTIFIER_LOYALTY_CARD
#define HASHED   GY_IDENTIFIER_HASHED_EMAIL
#define DEVICE   GY_IDENTIFIER_DEVICE_ID
#define COOKIE   GY_IDENTIFIER_COOKIE

typedef struct {
  gy_identifier kind;
  const char *text;
  int normal;
  const char *form;
} form_case;

static const form_case FORMS[] = {
    {EMAIL, "kim@shop.co.kr", VALUE, "kim@shop.co.kr"},
    {EMAIL, "  Kim.Min@Shop.CO.KR \t", VALUE, "kim.min@shop.co.kr"},
    {EMAIL, "Kim.Min+shop@Googlemail.com", VALUE, "kimmin@gmail.com"},
    {EMAIL, "k.i.m@gmail.com", VALUE, "kim@gmail.com"},
    {EMAIL, "kim+news@naver.com", VALUE, "kim+news@naver.com"},
    {EMAIL, "mailto:kim@naver.com", VALUE, "kim@naver.com"},
    {EMAIL, "kim@naver.com.", VALUE, "kim@naver.com"},
    {EMAIL, "\xEF\xBB\xBFkim@naver.com\xC2\xA0", VALUE, "kim@naver.com"},
    {EMAIL, "o'neil@b-c.org", VALUE, "o'neil@b-c.org"},
    {EMAIL, "JOSE\xCC\x81@correo.es", VALUE, "jos\xC3\xA9@correo.es"},
    {EMAIL, "홍길동@한국.kr", VALUE, "홍길동@한국.kr"},
    {EMAIL, "", EMPTY, NULL},
    {EMAIL, " \xE3\x80\x80", EMPTY, NULL},
    {EMAIL, "test@shop.kr", JUNK, NULL},
    {EMAIL, "TEST12@gmail.com", JUNK, NULL},
    {EMAIL, "t.e.s.t@gmail.com", JUNK, NULL},
    {EMAIL, "none@none.com", JUNK, NULL},
    {EMAIL, "noreply@shop.kr", JUNK, NULL},
    {EMAIL, "aaaa@b.com", JUNK, NULL},
    {EMAIL, "0@0.com", JUNK, NULL},
    {EMAIL, "testa@shop.kr", VALUE, "testa@shop.kr"},
    {EMAIL, "N/A", JUNK, NULL},
    {EMAIL, "없음", JUNK, NULL},
    {EMAIL, "kim", INVALID, NULL},
    {EMAIL, "kim@shop", INVALID, NULL},
    {EMAIL, "kim@@shop.kr", INVALID, NULL},
    {EMAIL, "@shop.kr", INVALID, NULL},
    {EMAIL, "kim@10.0.0.1", INVALID, NULL},
    {EMAIL, "kim lee@shop.kr", INVALID, NULL},
    {EMAIL, "+a@gmail.com", INVALID, NULL},
    {EMAIL, "kim@shop..kr", INVALID, NULL},
    {EMAIL, "kim\xFF@shop.kr", INVALID, NULL},
    {PHONE, "010-1234-5679", VALUE, "+821012345679"},
    {PHONE, "01012345679", VALUE, "+821012345679"},
    {PHONE, "010.1234.5679", VALUE, "+821012345679"},
    {PHONE, "1012345679", VALUE, "+821012345679"},
    {PHONE, "+82 10 1234 5679", VALUE, "+821012345679"},
    {PHONE, "+82 (0)10-1234-5679", VALUE, "+821012345679"},
    {PHONE, "0082-10-1234-5679", VALUE, "+821012345679"},
    {PHONE, "82 10 1234 5679", VALUE, "+821012345679"},
    {PHONE, "８２－０１０－１２３４－５６７９", VALUE, "+821012345679"},
    {PHONE, "０１０-１２３４-５６７９", VALUE, "+821012345679"},
    {PHONE, "＋８２ １０ １２３４ ５６７９", VALUE, "+821012345679"},
    {PHONE, "02-345-6780", VALUE, "+8223456780"},
    {PHONE, "02) 3456-7801", VALUE, "+82234567801"},
    {PHONE, "(031) 345-6780", VALUE, "+82313456780"},
    {PHONE, "070-7123-4560", VALUE, "+827071234560"},
    {PHONE, "0507-1234-5670", VALUE, "+8250712345670"},
    {PHONE, "1588-3456", VALUE, "+8215883456"},
    {PHONE, "+82-1588-3456", VALUE, "+8215883456"},
    {PHONE, "011-234-5670", VALUE, "+82112345670"},
    {PHONE, "112345670", VALUE, "+82112345670"},
    {PHONE, "+1 (415) 555-2671", VALUE, "+14155552671"},
    {PHONE, "0044 20 7946 0958", VALUE, "+442079460958"},
    {PHONE, "415-555-2671", VALUE, "4155552671"},
    {PHONE, "+81 90-1234-5670", VALUE, "+819012345670"},
    {PHONE, "010-0000-0000", JUNK, NULL},
    {PHONE, "+82 10-1111-1111", JUNK, NULL},
    {PHONE, "00000000", JUNK, NULL},
    {PHONE, "1234567890", JUNK, NULL},
    {PHONE, "0123456789", JUNK, NULL},
    {PHONE, "0012345678901", JUNK, NULL},
    {PHONE, "-", JUNK, NULL},
    {PHONE, "-1", JUNK, NULL},
    {PHONE, "null", JUNK, NULL},
    {PHONE, "12345", INVALID, NULL},
    {PHONE, "+82 10 1234", INVALID, NULL},
    {PHONE, "call me", INVALID, NULL},
    {PHONE, "010-1234-567a", INVALID, NULL},
    {NAME, " 홍 길동 ", VALUE, "홍길동"},
    {NAME, "\xE1\x84\x92\xE1\x85\xA9\xE1\x86\xBC길동", VALUE, "홍길동"},
    {NAME, "Ada  LOVELACE", VALUE, "ada lovelace"},
    {NAME, "STRASSE, Anna", VALUE, "strasse, anna"},
    {NAME, "익명", JUNK, NULL},
    {NAME, "비 회원", JUNK, NULL},
    {NAME, "Unknown", JUNK, NULL},
    {NAME, "xxx", JUNK, NULL},
    {NAME, "12345", INVALID, NULL},
    {ADDRESS, "서울특별시  강남구 테헤란로 1", VALUE, "서울 강남구 테헤란로 1"},
    {ADDRESS, "서울시 강남구, 테헤란로 1", VALUE, "서울 강남구 테헤란로 1"},
    {ADDRESS, "전북특별자치도 전주시", VALUE, "전북 전주시"},
    {ADDRESS, "전라북도 전주시", VALUE, "전북 전주시"},
    {ADDRESS, "서울숲길 1", VALUE, "서울숲길 1"},
    {ADDRESS, "1 Main St.,Springfield", VALUE, "1 main st. springfield"},
    {ADDRESS, "미상", JUNK, NULL},
    {ADDRESS, "06236", INVALID, NULL},
    {RESIDENT, "850101-1234562", INVALID, NULL},
    {RESIDENT, "850101-1234566", VALUE, "8501011234566"},
    {RESIDENT, "8501011234566", VALUE, "8501011234566"},
    {RESIDENT, "201015-3123456", VALUE, "2010153123456"}, /* drawn at random since then */
    {RESIDENT, "201315-3123456", INVALID, NULL},
    {RESIDENT, "000000-0000000", JUNK, NULL},
    {RESIDENT, "111111-1111111", JUNK, NULL},
    {RESIDENT, "850101", INVALID, NULL},
    {CARD, "4111 1111 1111 1111", VALUE, "4111111111111111"},
    {CARD, "4111-1111-1111-1112", INVALID, NULL},
    {CARD, "378282246310005", VALUE, "378282246310005"},
    {CARD, "0000 0000 0000 0000", JUNK, NULL},
    {CUSTOMER, " C-17 ", VALUE, "C-17"},
    {CUSTOMER, "7", VALUE, "7"},
    {CUSTOMER, "1111111", VALUE, "1111111"},
    {CUSTOMER, "0", JUNK, NULL},
    {CUSTOMER, "-1", JUNK, NULL},
    {CUSTOMER, "Anonymous", JUNK, NULL},
    {LOYALTY, "ab-12 34", VALUE, "ab1234"},
    {LOYALTY, "0000-0000", JUNK, NULL},
    {LOYALTY,
     "e \xCC\x81"
     "17",
     VALUE,
     "\xC3\xA9"
     "17"},
    {HASHED, "B94D27B9934D3E08A52E52D7DA7DABFAC484EFE37A5380EE9088F7ACE2EFCDE9", VALUE,
     "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"},
    {HASHED, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", JUNK, NULL},
    {HASHED, "b94d27", INVALID, NULL},
    {DEVICE, "AEBE52E7-03EE-455A-B3C4-E57283966239", VALUE, "aebe52e7-03ee-455a-b3c4-e57283966239"},
    {DEVICE, "00000000-0000-0000-0000-000000000000", JUNK, NULL},
    {COOKIE, "GA1.2.X", VALUE, "GA1.2.X"},
};

Test(identifier, normal_forms) {
  for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
    const form_case *c = &FORMS[i];
    char out[GY_IDENTIFIER_MAX], again[GY_IDENTIFIER_MAX];
    size_t n = 0, again_n = 0;
    gy_normal normal = gy_identifier_normalise(c->kind, c->text, strlen(c->text), out, &n);
    cr_expect_eq((int)normal, c->normal, "%s '%s': %d, not %d (%.*s)", gy_identifier_name(c->kind), c->text,
                 normal, c->normal, normal == GY_NORMAL_VALUE ? (int)n : 0, out);
    if (normal != GY_NORMAL_VALUE || c->form == NULL) continue;
    cr_expect(n == strlen(c->form) && memcmp(out, c->form, n) == 0, "%s '%s': '%.*s', not '%s'",
              gy_identifier_name(c->kind), c->text, (int)n, out, c->form);
    cr_expect_eq(gy_identifier_normalise(c->kind, out, n, again, &again_n), GY_NORMAL_VALUE);
    cr_expect(again_n == n && memcmp(again, out, n) == 0, "%s '%.*s' becomes '%.*s'",
              gy_identifier_name(c->kind), (int)n, out, (int)again_n, again);
  }
}

Test(identifier, long_texts_are_refused_not_cut) {
  char text[4096], out[GY_IDENTIFIER_MAX];
  size_t n;
  memset(text, 'a', sizeof text);
  for (int kind = 0; kind < GY_IDENTIFIER_COUNT; kind++)
    cr_expect_eq(gy_identifier_normalise((gy_identifier)kind, text, sizeof text, out, &n), GY_NORMAL_INVALID,
                 "%s", gy_identifier_name((gy_identifier)kind));
}

typedef struct {
  const char *text, *masked; /* each span as [kind] */
} find_case;

static const find_case FOUND[] = {
    {"", ""},
    {"nothing here", "nothing here"},
    {"write to kim.min+a@shop.co.kr, please", "write to [email], please"},
    {"kim99@shop.kr와 lee@shop.kr", "[email]와 [email]"},
    {"<a@b.io>", "<[email]>"},
    {"a@b", "a@b"},
    {"@home 3 times", "@home 3 times"},
    {"연락처 010-1234-5678로 주세요", "연락처 [phone]로 주세요"},
    {"연락처01012345678로", "연락처[phone]로"},
    {"０１０－１２３４－５６７８", "[phone]"},
    {"tel +82 10 1234 5678.", "tel [phone]."},
    {"82-10-1234-5678", "[phone]"},
    {"(02) 345-6789", "[phone]"},
    {"call 031-345-6789 or (415) 555-2671", "call [phone] or [phone]"},
    {"+1 415 555 2671", "[phone]"},
    {"order 0212345678 of 2026-11-22 10:30", "order 0212345678 of 2026-11-22 10:30"},
    {"12,345,678 won; 1234-5678; 3.14159265358979", "12,345,678 won; 1234-5678; 3.14159265358979"},
    {"A01012345678 X010-1234-5678Y", "A01012345678 X010-1234-5678Y"},
    {"주민번호 850101-1234567 입니다", "주민번호 [resident_number] 입니다"},
    {"8501011234566", "[resident_number]"},
    {"8501011234567", "8501011234567"},
    {"1700000000000", "1700000000000"},
    {"card 4111 1111 1111 1111 exp 12/29", "card [card_number] exp 12/29"},
    {"4111-1111-1111-1112", "4111-1111-1111-1112"},
    {"4111111111111111", "[card_number]"},
    {"8801234567893", "8801234567893"},
    {"2026112200012345", "2026112200012345"},
    {"1588-1234 대표번호", "1588-1234 대표번호"},
    {"010 1234 5678 2 pieces", "[phone] 2 pieces"},
    {"3 010-1234-5678", "3 [phone]"},
    {"0.0212345678 0.02123456789 37.5665 126.9780", "0.0212345678 0.02123456789 37.5665 126.9780"},
    {"02.345.6789", "[phone]"},
};

Test(identifier, found_in_free_text) {
  for (size_t i = 0; i < sizeof FOUND / sizeof *FOUND; i++) {
    const char *text = FOUND[i].text;
    char masked[512];
    size_t n = strlen(text), from = 0, used = 0;
    gy_identifier_span span;
    while (gy_identifier_find(text, n, from, &span)) {
      cr_assert(span.begin >= from && span.begin < span.end && span.end <= n);
      used += (size_t)snprintf(masked + used, sizeof masked - used, "%.*s[%s]", (int)(span.begin - from),
                               text + from, gy_identifier_name(span.kind));
      from = span.end;
    }
    snprintf(masked + used, sizeof masked - used, "%s", text + from);
    cr_expect_str_eq(masked, FOUND[i].masked, "'%s': '%s', not '%s'", text, masked, FOUND[i].masked);
  }
}

Test(identifier, looks_of_whole_values) {
  static const struct {
    const char *text;
    int kind; /* -1: none */
  } CASES[] = {{" kim@shop.kr ", EMAIL},
               {"홍@한국.kr", EMAIL},
               {"010-1234-5678", PHONE},
               {"01012345678", PHONE},
               {"1012345678", -1},
               {"C-17", -1},
               {"17850", -1},
               {"850101-1234567", RESIDENT},
               {"4111 1111 1111 1111", CARD},
               {"kim@shop.kr 010", -1},
               {"", -1},
               {"2026-11-22", -1}};
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_identifier kind = GY_IDENTIFIER_COUNT;
    bool looks = gy_identifier_look(CASES[i].text, strlen(CASES[i].text), &kind);
    cr_expect_eq(looks ? (int)kind : -1, CASES[i].kind, "'%s'", CASES[i].text);
  }
}

/* Wherever an address stands among other bytes, it is found as a whole. */
Test(identifier, is_found_at_any_place) {
  char text[96];
  for (size_t place = 0; place < 40; place++) {
    memset(text, ' ', sizeof text);
    memcpy(text + place, "kim@shop.kr", 11);
    gy_identifier_span span = {0};
    cr_assert(gy_identifier_find(text, sizeof text, 0, &span), "%zu", place);
    cr_expect(span.begin == place && span.end == place + 11, "%zu: %zu to %zu", place, span.begin, span.end);
  }
}
