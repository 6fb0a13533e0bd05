/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>

#include "data/consent_words.h"

Test(consent_words, purposes_and_channels_in_two_languages) {
  static const struct {
    const char *word;
    int purpose, channel; /* -1: none */
  } CASES[] = {
      {"marketing", GY_PURPOSE_MARKETING, -1},
      {" Marketing ", GY_PURPOSE_MARKETING, -1},
      {"마케팅 수신동의", GY_PURPOSE_MARKETING, -1},
      {"광고성 정보 수신", GY_PURPOSE_MARKETING, -1},
      {"third-party", GY_PURPOSE_THIRD_PARTY, -1},
      {"제3자 제공 동의여부", GY_PURPOSE_THIRD_PARTY, -1},
      {"Personalization", GY_PURPOSE_PERSONALISATION, -1},
      {"맞춤형", GY_PURPOSE_PERSONALISATION, -1},
      {"통계 분석", GY_PURPOSE_ANALYTICS, -1},
      {"\xE1\x84\x87\xE1\x85\xAE\xE1\x86\xAB\xE1\x84\x89\xE1\x85\xA5\xE1\x86\xA8", GY_PURPOSE_ANALYTICS,
       -1}, /* NFD */
      {"E-Mail", -1, GY_CHANNEL_EMAIL},
      {"이메일", -1, GY_CHANNEL_EMAIL},
      {"문자메시지", -1, GY_CHANNEL_SMS},
      {"App Push", -1, GY_CHANNEL_PUSH},
      {"알림톡", -1, GY_CHANNEL_KAKAO},
      {"*", -1, GY_CHANNEL_ANY},
      {"전체", -1, GY_CHANNEL_ANY},
      {"", -1, GY_CHANNEL_ANY},
      {"우편", -1, GY_CHANNEL_MAIL},
      {"광고", GY_PURPOSE_MARKETING, GY_CHANNEL_ADS},
      {"fax", -1, -1},
      {"market", -1, -1},
      {"동의", -1, -1},
      {"\xFF\xFE", -1, -1},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_purpose purpose;
    gy_channel channel;
    size_t length = strlen(CASES[i].word);
    int found = gy_purpose_read(CASES[i].word, length, &purpose) ? (int)purpose : -1;
    cr_expect_eq(found, CASES[i].purpose, "'%s' is purpose %d, not %d", CASES[i].word, found,
                 CASES[i].purpose);
    found = gy_channel_read(CASES[i].word, length, &channel) ? (int)channel : -1;
    cr_expect_eq(found, CASES[i].channel, "'%s' is channel %d, not %d", CASES[i].word, found,
                 CASES[i].channel);
  }
}

Test(consent_words, what_gyeol_writes_it_reads) {
  for (gy_purpose p = 0; p < GY_PURPOSE_COUNT; p++) {
    gy_purpose read = GY_PURPOSE_COUNT;
    cr_expect(gy_purpose_read(gy_purpose_name(p), strlen(gy_purpose_name(p)), &read) && read == p, "%s",
              gy_purpose_name(p));
  }
  for (gy_channel c = 0; c < GY_CHANNEL_COUNT; c++) {
    gy_channel read = GY_CHANNEL_COUNT;
    cr_expect(gy_channel_read(gy_channel_name(c), strlen(gy_channel_name(c)), &read) && read == c, "%s",
              gy_channel_name(c));
  }
}

Test(consent_words, complaints_say_what_was_meant) {
  cr_expect_str_eq(gy_purpose_complaint("marketting", 10), "not a purpose; did you mean marketing?");
  cr_expect_str_eq(gy_purpose_complaint("마켓팅", 9), "not a purpose; did you mean marketing?");
  cr_expect_str_eq(gy_purpose_complaint("xyz", 3),
                   "not a purpose: analytics, personalisation, marketing or third_party");
  cr_expect_str_eq(gy_channel_complaint("emial", 5),
                   "not a channel: email, sms, push, kakao, ads, mail or *");
  cr_expect_str_eq(gy_channel_complaint("emails", 6), "not a channel; did you mean email?");
}

Test(consent_words, names_of_columns) {
  static const struct {
    const char *name;
    int purpose, channel; /* -1: no consent */
  } CASES[] = {
      {"consent_email", GY_PURPOSE_MARKETING, GY_CHANNEL_EMAIL},
      {"consent_sms", GY_PURPOSE_MARKETING, GY_CHANNEL_SMS},
      {"consent_kakao", GY_PURPOSE_MARKETING, GY_CHANNEL_KAKAO},
      {"consent_push", GY_PURPOSE_MARKETING, GY_CHANNEL_PUSH},
      {"consent_night", -1, -1},
      {"이메일수신동의", GY_PURPOSE_MARKETING, GY_CHANNEL_EMAIL},
      {"문자수신동의", GY_PURPOSE_MARKETING, GY_CHANNEL_SMS},
      {"SMS 수신동의 여부", GY_PURPOSE_MARKETING, GY_CHANNEL_SMS},
      {"카카오수신동의", GY_PURPOSE_MARKETING, GY_CHANNEL_KAKAO},
      {"푸시수신동의", GY_PURPOSE_MARKETING, GY_CHANNEL_PUSH},
      {"야간수신동의", -1, -1},
      {"마케팅동의", GY_PURPOSE_MARKETING, GY_CHANNEL_ANY},
      {"마케팅활용동의여부", GY_PURPOSE_MARKETING, GY_CHANNEL_ANY},
      {"광고성정보수신동의", GY_PURPOSE_MARKETING, GY_CHANNEL_ANY},
      {"수신동의", GY_PURPOSE_MARKETING, GY_CHANNEL_ANY},
      {"제3자제공동의", GY_PURPOSE_THIRD_PARTY, GY_CHANNEL_ANY},
      {"개인화추천동의", GY_PURPOSE_PERSONALISATION, GY_CHANNEL_ANY},
      {"analytics_consent", GY_PURPOSE_ANALYTICS, GY_CHANNEL_ANY},
      {"marketing_email_opt_in", GY_PURPOSE_MARKETING, GY_CHANNEL_EMAIL},
      {"third_party_consent", GY_PURPOSE_THIRD_PARTY, GY_CHANNEL_ANY},
      {"email_opt_out", -1, -1},
      {"수신거부", -1, -1},
      {"동의일시", -1, -1},
      {"consent_date", -1, -1},
      {"consent", -1, -1},
      {"동의", -1, -1},
      {"email", -1, -1},
      {"happy", -1, -1},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    gy_purpose purpose = 0;
    gy_channel channel = 0;
    bool is_one = gy_consent_column_read(CASES[i].name, &purpose, &channel);
    cr_expect_eq(is_one, CASES[i].purpose >= 0, "%s", CASES[i].name);
    if (!is_one || CASES[i].purpose < 0) continue;
    cr_expect_eq((int)purpose, CASES[i].purpose, "%s is %s", CASES[i].name, gy_purpose_name(purpose));
    cr_expect_eq((int)channel, CASES[i].channel, "%s by %s", CASES[i].name, gy_channel_name(channel));
  }
}
