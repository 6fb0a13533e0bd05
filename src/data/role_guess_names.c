/* SPDX-License-Identifier: Apache-2.0
 *
 * Synonyms. A phrase of several words must stand in the name in that order, without gaps; how much of the
 * name it covers decides how much it says. Korean compounds are not spaced, so there the phrase may stand
 * anywhere inside, best at the end, where Korean puts the head of a compound (총결제금액 is a kind of 금액).
 */
#include "data/role_guess_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { WORDS_MAX = 12, TEXT_MAX = 256, PERSONAL = GY_ROLE_COUNT, PERSON };

typedef struct {
  int role; /* a gy_role, PERSONAL or PERSON */
  double weight;
  const char *phrases; /* parted by '|'; lower case */
} synonyms;

static const synonyms TABLE[] = {
    {GY_ROLE_CUSTOMER, 1,
     "customer id|customer no|customer number|customer key|customer code|cust id|cust no|client id|"
     "user id|userid|user no|member id|member no|household id|household key|buyer id|account id|shopper id|"
     "고객번호|고객id|고객아이디|고객코드|고객no|회원번호|회원id|회원아이디|회원코드|회원no|구매자id|"
     "구매자번호|"
     "구매자아이디|주문자id|주문자번호|유저id|사용자id"},
    {GY_ROLE_CUSTOMER, 0.8,
     "customer|client|user|member|buyer|household|id master|visitor id|고객|회원|구매자|주문자|아이디|유저"},
    {GY_ROLE_ORDER, 1,
     "order id|order no|order number|order code|order key|invoice no|invoice id|invoice number|invoice|"
     "transaction id|transaction no|transaction number|basket id|receipt no|receipt id|purchase id|bill no|"
     "sales order|주문번호|주문id|주문코드|주문no|주문서번호|거래번호|전표번호|영수증번호|구매번호"},
    {GY_ROLE_ORDER, 0.7, "order|transaction|basket|receipt|ticket|결제번호|주문"},
    {GY_ROLE_TIME, 1,
     "order date|order time|order datetime|ordered at|order timestamp|order purchase timestamp|invoice date|"
     "transaction date|transaction time|transaction timestamp|purchase date|purchase time|purchased at|"
     "paid at|payment date|sale date|sales "
     "date|주문일시|주문일자|주문일|주문시간|주문시각|주문날짜|결제일시|결제일자|"
     "결제일|결제시간|구매일시|구매일자|구매일|거래일시|거래일자|거래일|매출일자|판매일자|판매일"},
    {GY_ROLE_TIME, 0.8, "date|datetime|timestamp|created at|time|일시|일자|날짜|시각"},
    {GY_ROLE_TIME, 0.5, "redemption date|delivery date|shipped at|배송일|발송일"},
    {GY_ROLE_PRODUCT, 1,
     "product id|product no|product code|product sku|product number|product key|sku|stock code|item id|"
     "item no|item "
     "code|barcode|상품코드|상품번호|상품id|상품no|상품관리코드|제품코드|제품번호|제품id|품번|품목코드|"
     "바코드"},
    {GY_ROLE_PRODUCT, 0.7, "upc|ean|asin|item|product|상품|제품"},
    {GY_ROLE_DESCRIPTION, 1,
     "product description|product name|item name|item description|product title|description|상품명|제품명|"
     "품명|품목명|상품이름|제품이름"},
    {GY_ROLE_DESCRIPTION, 0.6, "title|name|product|item|상품|품목"},
    {GY_ROLE_CATEGORY, 1,
     "category|product category|category name|item "
     "category|카테고리|카테고리명|상품분류|상품카테고리|대분류|상품군|품목군"},
    {GY_ROLE_CATEGORY, 0.7, "department|product type|product group|분류|중분류|소분류"},
    {GY_ROLE_BRAND, 1, "brand|brand name|브랜드|브랜드명"},
    {GY_ROLE_BRAND, 0.6, "manufacturer|제조사"},
    {GY_ROLE_QUANTITY, 1, "quantity|qty|order quantity|units|num items|수량|주문수량|구매수량|판매수량|개수"},
    {GY_ROLE_UNIT_PRICE, 1,
     "unit price|price|item price|avg price|average price|selling price|sale price|list price|price each|"
     "단가|판매가|판매단가|가격|상품가격|판매가격|상품단가"},
    {GY_ROLE_UNIT_PRICE, 0.7, "정가|소비자가|할인가|unit cost"},
    {GY_ROLE_AMOUNT, 1,
     "amount|total amount|sales value|sales amount|line total|order total|total price|total|revenue|net "
     "amount|"
     "paid amount|payment amount|payment "
     "value|금액|결제금액|주문금액|총금액|총결제금액|실결제금액|매출액|매출금액|"
     "판매금액|구매금액|합계금액|결제액"},
    {GY_ROLE_AMOUNT, 0.8, "sales|payment|spend|매출|합계|총액"},
    {GY_ROLE_DISCOUNT, 1, "discount|discount amount|discount value|할인|할인금액|할인액"},
    {GY_ROLE_DISCOUNT, 0.8, "retail disc|disc|쿠폰할인|쿠폰할인금액"},
    {GY_ROLE_DISCOUNT, 0.6, "coupon disc"},
    {GY_ROLE_STATUS, 1,
     "status|order status|order state|payment "
     "status|주문상태|상태|처리상태|주문처리상태|결제상태|취소여부|주문상태값"},
    {GY_ROLE_STATUS, 0.7, "배송상태|delivery status|is cancelled|cancelled"},
    {GY_ROLE_COUPON, 1,
     "coupon|coupon code|coupon id|coupon status|coupon used|promo "
     "code|voucher|쿠폰|쿠폰코드|쿠폰번호|쿠폰명|"
     "쿠폰사용여부|사용쿠폰"},
    {GY_ROLE_COUPON, 0.6, "coupon upc|promotion"},
    {GY_ROLE_CHANNEL, 1,
     "channel|sales channel|order channel|채널|판매채널|구매채널|주문채널|주문경로|유입경로|구매경로"},
    {GY_ROLE_CHANNEL, 0.6, "platform|device|traffic source|store|매장|매장명|점포"},
    {GY_ROLE_COUNTRY, 1, "country|country code|country name|nation|국가|국가코드|국가명|나라"},
    {GY_ROLE_REGION, 1, "region|city|state|province|location|시도|지역|시군구|도시|거주지|거주지역|배송지역"},
    {GY_ROLE_REGION, 0.6, "area|district|zip code|postal code|우편번호"},
    {GY_ROLE_GENDER, 1, "gender|sex|성별"},
    {GY_ROLE_BIRTH, 1,
     "birth date|birthday|birth|birthdate|dob|birth year|date of birth|year of "
     "birth|생년월일|생일|출생년도|출생연도|생년"},
    {GY_ROLE_SIGNUP, 1,
     "signup date|sign up date|signed up at|registered at|registration date|joined at|join date|member since|"
     "가입일|가입일자|가입일시|가입날짜|등록일|등록일자"},
    {PERSONAL, 1,
     "email|e mail|email address|phone|phone number|mobile|telephone|first name|last name|full name|customer "
     "name|"
     "surname|address|street|ssn|이메일|메일주소|전화번호|휴대폰|휴대폰번호|핸드폰|핸드폰번호|연락처|주소|"
     "배송지|성명|이름|고객명|"
     "회원명|구매자명|주문자명|수령인|수취인|받는사람|주민등록번호"},
    {PERSON, 1,
     "age|age group|job|occupation|marital|marital status|married|education|income|annual income|senior "
     "citizen|partner|"
     "dependents|kids count|household size|home "
     "ownership|gender|sex|tenure|나이|연령|연령대|직업|결혼여부|소득|학력"},
};

typedef struct {
  char words[WORDS_MAX][TEXT_MAX / 2];
  int n_words;
  char joined[TEXT_MAX]; /* without spaces and signs */
} name_parts;

static bool starts_word(utf8proc_int32_t before, utf8proc_int32_t at, utf8proc_int32_t after) {
  utf8proc_category_t was = utf8proc_category(before), is = utf8proc_category(at),
                      next = utf8proc_category(after);
  if (is != UTF8PROC_CATEGORY_LU) return false;
  return was == UTF8PROC_CATEGORY_LL || (was == UTF8PROC_CATEGORY_LU && next == UTF8PROC_CATEGORY_LL);
}

static bool is_letter(utf8proc_int32_t c) {
  utf8proc_category_t kind = utf8proc_category(c);
  return (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO) || kind == UTF8PROC_CATEGORY_ND;
}

static void end_word(name_parts *parts, bool *in_word) {
  if (*in_word && parts->n_words < WORDS_MAX) parts->n_words++;
  *in_word = false;
}

static void add_character(char *text, size_t capacity, utf8proc_int32_t c) {
  utf8proc_uint8_t bytes[4];
  size_t used = strlen(text);
  utf8proc_ssize_t n = utf8proc_encode_char(c, bytes);
  if (n <= 0 || used + (size_t)n >= capacity) return;
  memcpy(text + used, bytes, (size_t)n);
  text[used + (size_t)n] = '\0';
}

static void split(const char *name, name_parts *parts) {
  utf8proc_uint8_t *composed = NULL;
  *parts = (name_parts){0};
  utf8proc_ssize_t length =
      utf8proc_map((const utf8proc_uint8_t *)name, 0, &composed,
                   UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
  if (length < 0) return;
  utf8proc_int32_t before = 0, at = 0, after = 0;
  bool in_word = false;
  const utf8proc_uint8_t *next = composed;
  next += utf8proc_iterate(next, -1, &at);
  while (at > 0 && !(at == '(' && before != 0)) { /* what stands in brackets is a unit */
    utf8proc_ssize_t n = *next != '\0' ? utf8proc_iterate(next, -1, &after) : 0;
    if (n <= 0) after = 0;
    if (!is_letter(at) || starts_word(before, at, after)) end_word(parts, &in_word);
    if (is_letter(at)) {
      utf8proc_int32_t lower = utf8proc_tolower(at);
      if (parts->n_words < WORDS_MAX) add_character(parts->words[parts->n_words], TEXT_MAX / 2, lower);
      add_character(parts->joined, TEXT_MAX, lower);
      in_word = true;
    }
    before = at;
    at = after;
    next += n > 0 ? n : 0;
  }
  end_word(parts, &in_word);
  free(composed);
}

/* How much of the name a phrase of spaced words covers, by words; 0 when it is not in there. */
static double match_words(const name_parts *parts, const char *phrase, size_t length) {
  char words[TEXT_MAX], joined[TEXT_MAX];
  if (length >= sizeof words) return 0;
  memcpy(words, phrase, length);
  words[length] = '\0';
  size_t n_joined = 0;
  for (size_t i = 0; i < length; i++) {
    if (words[i] != ' ') joined[n_joined++] = words[i];
  }
  joined[n_joined] = '\0';
  if (strcmp(joined, parts->joined) == 0) return 1;
  const char *list[WORDS_MAX];
  int n = 0;
  for (char *rest = words, *word; n < WORDS_MAX && (word = strsep(&rest, " ")) != NULL;) list[n++] = word;
  for (int start = 0; start + n <= parts->n_words; start++) {
    int i = 0;
    while (i < n && strcmp(parts->words[start + i], list[i]) == 0) i++;
    if (i < n) continue;
    bool at_end = start + n == parts->n_words;
    return (at_end ? 0.6 : 0.4) + 0.35 * n / parts->n_words;
  }
  return 0;
}

static double match_hangul(const name_parts *parts, const char *phrase, size_t length) {
  size_t whole = strlen(parts->joined);
  const char *at = memmem(parts->joined, whole, phrase, length);
  if (at == NULL || whole == 0) return 0;
  if (whole == length) return 1;
  bool at_end = at + length == parts->joined + whole;
  return (at_end ? 0.55 : 0.25) + 0.35 * (double)length / (double)whole;
}

static void score_phrases(const name_parts *parts, const synonyms *row, double *score) {
  const char *phrase = row->phrases;
  while (*phrase != '\0') {
    size_t length = strcspn(phrase, "|");
    bool is_hangul = (unsigned char)phrase[0] >= 0x80;
    double match = is_hangul ? match_hangul(parts, phrase, length) : match_words(parts, phrase, length);
    if (match * row->weight > *score) *score = match * row->weight;
    phrase += length + (phrase[length] == '|');
  }
}

/* A rate of something is no amount of it. */
static bool is_rate(const name_parts *parts) {
  static const char *const WORDS[] = {"pct", "percent", "percentage", "rate", "ratio"};
  size_t length = strlen(parts->joined), n = strlen("율");
  if (length > n &&
      (strcmp(parts->joined + length - n, "율") == 0 || strcmp(parts->joined + length - n, "률") == 0))
    return true;
  for (int i = 0; i < parts->n_words; i++) {
    for (size_t w = 0; w < sizeof WORDS / sizeof WORDS[0]; w++) {
      if (strcmp(parts->words[i], WORDS[w]) == 0) return true;
    }
  }
  return false;
}

gy_name_evidence gy_role_name_evidence(const char *name) {
  gy_name_evidence evidence = {0};
  name_parts parts;
  split(name, &parts);
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    double *score = TABLE[i].role == PERSONAL ? &evidence.personal
                    : TABLE[i].role == PERSON ? &evidence.person
                                              : &evidence.roles[TABLE[i].role];
    score_phrases(&parts, &TABLE[i], score);
  }
  if (is_rate(&parts)) {
    evidence.roles[GY_ROLE_DISCOUNT] = evidence.roles[GY_ROLE_AMOUNT] = evidence.roles[GY_ROLE_UNIT_PRICE] =
        0;
  }
  return evidence;
}
