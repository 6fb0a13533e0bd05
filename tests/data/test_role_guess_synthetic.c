/* SPDX-License-Identifier: Apache-2.0
 *
 * Made-up exports: Korean in CP949, names that say nothing, orders with headers and lines apart. */
#include <criterion/criterion.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "data/role_guess_names.h"
#include "guess_case.h"

typedef char temp_path[64];

static void write_as(temp_path path, const char *encoding, gy_buffer *text) {
  strcpy(path, "/tmp/gyeol-guess-XXXXXX");
  int fd = mkstemp(path);
  size_t n_in = text->length, capacity = 2 * text->length + 16, n_out = capacity;
  char *bytes = malloc(capacity), *in = text->data, *out = bytes;
  iconv_t converter = iconv_open(encoding, "UTF-8");
  cr_assert_neq(iconv(converter, &in, &n_in, &out, &n_out), (size_t)-1);
  iconv_close(converter);
  cr_assert_eq(write(fd, bytes, capacity - n_out), (ssize_t)(capacity - n_out));
  close(fd);
  free(bytes);
  gy_buffer_clear(text);
}

enum { ORDERS = 400 };

/* A Korean shop's order export. */
static void korean_orders(gy_buffer *out, gy_rng *rng) {
  static const char *const GOODS[] = {"사과 1kg", "배 3입", "포도 한 상자", "감귤 5kg", "딸기 500g"};
  static const int PRICES[] = {9900, 12900, 15900, 19900, 8900};
  gy_buffer_init(out, 1 << 20);
  gy_buffer_text(out,
                 "주문번호,주문일시,회원번호,주문자명,휴대폰번호,상품코드,상품명,카테고리,판매가,수량,"
                 "할인금액,결제금액,주문상태,시도,쿠폰명\r\n");
  for (int i = 0; i < ORDERS; i++) {
    int member = (int)gy_rng_below(rng, 120), n_lines = 1 + (int)gy_rng_below(rng, 3);
    for (int line = 0; line < n_lines; line++) {
      int g = (int)gy_rng_below(rng, 5), pieces = 1 + (int)gy_rng_below(rng, 4);
      int off = gy_rng_below(rng, 3) == 0 ? 1000 : 0;
      gy_buffer_printf(out,
                       "2023%04d-%05d,2023.%02d.%02d "
                       "%02d:%02d,M%06d,김%d,010-%04d-1234,P%03d,%s,%s,\"%d,%03d\",%d,%d,%d,%s,%s,%s\r\n",
                       100 + i % 31, i, 1 + i / 40, 1 + i % 28, i % 24, i % 60, member, member, member, g,
                       GOODS[g], g < 3 ? "과일" : "제철", PRICES[g] / 1000, PRICES[g] % 1000, pieces, off,
                       PRICES[g] * pieces - off, i % 20 == 0 ? "취소완료" : "배송완료",
                       i % 3 == 0 ? "서울" : "부산", off > 0 ? "가을쿠폰" : "");
    }
  }
}

static void korean_members(gy_buffer *out, gy_rng *rng) {
  gy_buffer_init(out, 1 << 20);
  gy_buffer_text(out, "회원번호\t이름\t성별\t생년월일\t가입일\t이메일\t회원등급\r\n");
  for (int i = 0; i < 120; i++) {
    gy_buffer_printf(out, "M%06d\t김%d\t%s\t19%02d-%02d-11\t2022-%02d-%02d\tm%d@example.com\t%s\r\n", i, i,
                     i % 2 ? "남" : "여", 60 + (int)gy_rng_below(rng, 40), 1 + i % 12, 1 + i % 12, 1 + i % 28,
                     i, i % 9 ? "일반" : "우수");
  }
}

Test(role_guess, korean_export_in_cp949) {
  gy_rng rng;
  gy_rng_init(&rng, 3, 0);
  gy_buffer text;
  temp_path orders, members;
  korean_orders(&text, &rng);
  write_as(orders, "CP949", &text);
  korean_members(&text, &rng);
  write_as(members, "CP949", &text);
  const char *files[] = {members, orders};
  guessed g = guess(files, 2);
  unlink(orders);
  unlink(members);
  expect_file(&g, 0, GY_TARGET_CUSTOMERS,
              "회원번호=customer 이름=person_name 성별=gender 생년월일=birth 가입일=signup 이메일=email "
              "회원등급=attribute");
  expect_file(&g, 1, GY_TARGET_ORDER_ITEMS,
              "주문번호=order 주문일시=time 회원번호=customer 주문자명=person_name 휴대폰번호=phone "
              "상품코드=product 상품명=description "
              "카테고리=category 판매가=unit_price 수량=quantity 할인금액=discount 결제금액=amount "
              "주문상태=status 시도=region "
              "쿠폰명=coupon");
  cr_expect_eq(g.config.language, GY_LANGUAGE_KO);
  cr_expect_eq(g.config.sources[1].encoding, GY_ENCODING_CP949);
  cr_expect_eq(g.config.sources[0].format, GY_FORMAT_TSV);
  cr_expect_eq(g.report.n_keys, 1);
  expect_round_trip(&g);
  put_away(&g);
}

/* Names that say nothing: roles from values and relations alone. */
Test(role_guess, relations_find_what_names_do_not) {
  gy_rng rng;
  gy_rng_init(&rng, 4, 0);
  gy_buffer text;
  gy_buffer_init(&text, 1 << 20);
  for (int i = 0; i < 600; i++) {
    int buyer = 1000 + (int)gy_rng_below(&rng, 90), n_lines = 1 + (int)gy_rng_below(&rng, 4);
    for (int line = 0; line < n_lines; line++) {
      int pieces = 1 + (int)gy_rng_below(&rng, 6), cents = 99 + (int)gy_rng_below(&rng, 3000);
      gy_buffer_printf(&text, "%d;%d;%02d/%02d/2020;%d;%d,%02d;%d,%02d\n", 500000 + i, buyer, 1 + i % 28,
                       1 + i / 50, pieces, cents / 100, cents % 100, pieces * cents / 100,
                       pieces * cents % 100);
    }
  }
  temp_path path;
  write_as(path, "UTF-8", &text);
  const char *files[] = {path};
  guessed g = guess(files, 1);
  unlink(path);
  expect_file(
      &g, 0, GY_TARGET_ORDER_ITEMS,
      "column1=order column2=customer column3=time column4=quantity column5=unit_price column6=amount");
  cr_expect_str_eq(g.config.sources[0].time_format, "dmy");
  cr_expect_eq(g.config.sources[0].decimal, GY_DECIMAL_COMMA);
  cr_expect_str_eq(g.config.sources[0].delimiter, ";");
  put_away(&g);
}

Test(role_guess, headers_and_lines_in_two_files_and_parts_of_one) {
  gy_buffer heads[2], lines;
  temp_path paths[3];
  gy_buffer_init(&lines, 1 << 20);
  gy_buffer_text(&lines, "order_id,sku,qty,price\n");
  for (int part = 0; part < 2; part++) {
    gy_buffer_init(&heads[part], 1 << 20);
    gy_buffer_text(&heads[part], "order_id,user_id,created_at,total\n");
    for (int i = 0; i < 200; i++) {
      int order = part * 200 + i;
      gy_buffer_printf(&heads[part], "%d,u%d,2021-0%d-%02dT10:00:00Z,%d.50\n", order, order % 70, part + 1,
                       1 + i % 28, order);
      gy_buffer_printf(&lines, "%d,S-%d,%d,3.25\n%d,S-%d,1,9.99\n", order, i % 13, 1 + i % 3, order, i % 7);
    }
    write_as(paths[part], "UTF-8", &heads[part]);
  }
  write_as(paths[2], "UTF-8", &lines);
  const char *files[] = {paths[0], paths[1], paths[2]};
  guessed g = guess(files, 3);
  for (int i = 0; i < 3; i++) unlink(paths[i]);
  expect_file(&g, 0, GY_TARGET_ORDERS, "order_id=order user_id=customer created_at=time total=amount");
  expect_file(&g, 2, GY_TARGET_ORDER_ITEMS, "order_id=order sku=product qty=quantity price=unit_price");
  cr_assert_eq(g.config.n_sources, 2, "both parts are one source");
  cr_expect_eq(g.config.sources[0].n_files, 2);
  cr_expect_str_eq(g.report.files[1].source, "orders");
  expect_round_trip(&g);
  json_t *json = gy_guess_report_json(&g.report);
  cr_assert_not_null(json);
  json_t *file = json_array_get(json_object_get(json, "files"), 2);
  cr_expect_str_eq(json_string_value(json_object_get(file, "target")), "order_items");
  json_t *column = json_array_get(json_object_get(file, "columns"), 1);
  cr_expect_str_eq(json_string_value(json_object_get(column, "role")), "product");
  cr_expect_eq(json_array_size(json_object_get(column, "samples")), 3);
  json_decref(json);
  put_away(&g);
}

Test(role_guess, names_are_cut_into_words) {
  static const struct {
    const char *name;
    gy_role role;
    double least, most;
  } CASES[] = {
      {"CustomerID", GY_ROLE_CUSTOMER, 1, 1},
      {"customer_id", GY_ROLE_CUSTOMER, 1, 1},
      {"CUSTOMER ID", GY_ROLE_CUSTOMER, 1, 1},
      {"dim.customerId", GY_ROLE_CUSTOMER, 0.7, 0.95},
      {"customer_age", GY_ROLE_CUSTOMER, 0, 0.5},
      {"custard", GY_ROLE_CUSTOMER, 0, 0},
      {"고객 번호", GY_ROLE_CUSTOMER, 1, 1},
      {"\xE1\x84\x80\xE1\x85\xA9\xE1\x84\x80\xE1\x85\xA2\xE1\x86\xA8\xE1\x84\x87\xE1\x85\xA5\xE1\x86\xAB\xE1"
       "\x84\x92\xE1\x85\xA9",
       GY_ROLE_CUSTOMER, 1, 1}, /* NFD */
      {"총결제금액(원)", GY_ROLE_AMOUNT, 0.7, 1},
      {"ORDER_DATE", GY_ROLE_TIME, 1, 1},
      {"orderDate", GY_ROLE_ORDER, 0, 0.45},
      {"UnitPriceUSD", GY_ROLE_UNIT_PRICE, 0.5, 0.9},
      {"Discount_pct", GY_ROLE_DISCOUNT, 0, 0},
      {"할인율", GY_ROLE_DISCOUNT, 0, 0},
      {"할인율(%)", GY_ROLE_DISCOUNT, 0, 0},
      {"상품할인금액", GY_ROLE_DISCOUNT, 0.7, 1},
      {"", GY_ROLE_CUSTOMER, 0, 0},
      {"\xFF\xFE", GY_ROLE_CUSTOMER, 0, 0},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    double score = gy_role_name_evidence(CASES[i].name).roles[CASES[i].role];
    cr_expect(score >= CASES[i].least && score <= CASES[i].most, "'%s' as %s: %f", CASES[i].name,
              gy_role_name(CASES[i].role), score);
  }
}

/* Shops that have hardly begun: names must do. */
Test(role_guess, degenerate_tables) {
  static const struct {
    const char *text, *roles;
    gy_target target;
  } CASES[] = {
      {"order_id,customer_id,date,product,quantity,price\n1,7,2024-01-05,P1,1,5\n",
       "order_id=order customer_id=customer date=time product=product quantity=quantity price=unit_price",
       GY_TARGET_ORDER_ITEMS},
      {"order_id,customer_id,date,amount\n1,7,2024-01-05,5\n2,7,2024-01-06,5\n",
       "order_id=order customer_id=customer date=time amount=amount", GY_TARGET_ORDERS},
      {"order_id,customer_id,date,product,quantity,price,note\n1,,2024-01-05,P1,1,5,\n2,,2024-01-06,P1,1,5,"
       "\n",
       "order_id=order customer_id=customer date=time product=product quantity=quantity price=unit_price "
       "note=ignore",
       GY_TARGET_ORDER_ITEMS},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    gy_buffer text;
    gy_buffer_init(&text, 1 << 16);
    gy_buffer_text(&text, CASES[i].text);
    temp_path path;
    write_as(path, "UTF-8", &text);
    const char *files[] = {path};
    guessed g = guess(files, 1);
    unlink(path);
    expect_file(&g, 0, CASES[i].target, CASES[i].roles);
    expect_round_trip(&g);
    put_away(&g);
  }
}

Test(role_guess, wrong_use_is_told) {
  gy_project_config config;
  gy_guess_report report;
  gy_error err = {0};
  cr_expect_eq(gy_guess_sources(NULL, 0, "/tmp", &config, &report, &err), GY_EUSAGE);
  const char *files[] = {"/nowhere.csv"};
  cr_expect_eq(gy_guess_sources(files, 1, "/tmp", &config, &report, &err), GY_ENOTFOUND);
  cr_expect_not_null(strstr(err.text, "/nowhere.csv"));
}
