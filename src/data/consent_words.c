/* SPDX-License-Identifier: Apache-2.0
 *
 * Words are compared without case, without space and signs between them, in composed form, and without what
 * says only that they are about a consent ("마케팅 수신동의" is "마케팅"). */
#include "data/consent_words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

typedef struct word {
  const char *text;
  int value;
} word;

static const char *const PURPOSES[GY_PURPOSE_COUNT] = {"analytics", "personalisation", "marketing",
                                                       "third_party"};
static const char *const CHANNELS[GY_CHANNEL_COUNT] = {"*", "email", "sms", "push", "kakao", "ads", "mail"};

static const word PURPOSE_WORDS[] = {
    {"analytics", GY_PURPOSE_ANALYTICS},
    {"analysis", GY_PURPOSE_ANALYTICS},
    {"statistics", GY_PURPOSE_ANALYTICS},
    {"measurement", GY_PURPOSE_ANALYTICS},
    {"분석", GY_PURPOSE_ANALYTICS},
    {"통계", GY_PURPOSE_ANALYTICS},
    {"통계분석", GY_PURPOSE_ANALYTICS},
    {"이용분석", GY_PURPOSE_ANALYTICS},
    {"데이터분석", GY_PURPOSE_ANALYTICS},
    {"personalisation", GY_PURPOSE_PERSONALISATION},
    {"personalization", GY_PURPOSE_PERSONALISATION},
    {"profiling", GY_PURPOSE_PERSONALISATION},
    {"recommendation", GY_PURPOSE_PERSONALISATION},
    {"recommendations", GY_PURPOSE_PERSONALISATION},
    {"개인화", GY_PURPOSE_PERSONALISATION},
    {"맞춤", GY_PURPOSE_PERSONALISATION},
    {"맞춤형", GY_PURPOSE_PERSONALISATION},
    {"맞춤형서비스", GY_PURPOSE_PERSONALISATION},
    {"추천", GY_PURPOSE_PERSONALISATION},
    {"개인화추천", GY_PURPOSE_PERSONALISATION},
    {"marketing", GY_PURPOSE_MARKETING},
    {"advertising", GY_PURPOSE_MARKETING},
    {"promotion", GY_PURPOSE_MARKETING},
    {"promotions", GY_PURPOSE_MARKETING},
    {"newsletter", GY_PURPOSE_MARKETING},
    {"마케팅", GY_PURPOSE_MARKETING},
    {"마케팅활용", GY_PURPOSE_MARKETING},
    {"마케팅정보", GY_PURPOSE_MARKETING},
    {"광고", GY_PURPOSE_MARKETING},
    {"광고성정보", GY_PURPOSE_MARKETING},
    {"홍보", GY_PURPOSE_MARKETING},
    {"프로모션", GY_PURPOSE_MARKETING},
    {"thirdparty", GY_PURPOSE_THIRD_PARTY},
    {"thirdparties", GY_PURPOSE_THIRD_PARTY},
    {"3rdparty", GY_PURPOSE_THIRD_PARTY},
    {"partners", GY_PURPOSE_THIRD_PARTY},
    {"sharing", GY_PURPOSE_THIRD_PARTY},
    {"제3자", GY_PURPOSE_THIRD_PARTY},
    {"제3자제공", GY_PURPOSE_THIRD_PARTY},
    {"제3자정보제공", GY_PURPOSE_THIRD_PARTY},
    {"제삼자", GY_PURPOSE_THIRD_PARTY},
    {"제삼자제공", GY_PURPOSE_THIRD_PARTY},
    {"제휴사", GY_PURPOSE_THIRD_PARTY},
    {"제휴사제공", GY_PURPOSE_THIRD_PARTY},
};

static const word CHANNEL_WORDS[] = {
    {"*", GY_CHANNEL_ANY},           {"all", GY_CHANNEL_ANY},         {"any", GY_CHANNEL_ANY},
    {"전체", GY_CHANNEL_ANY},        {"모두", GY_CHANNEL_ANY},        {"전채널", GY_CHANNEL_ANY},
    {"email", GY_CHANNEL_EMAIL},     {"이메일", GY_CHANNEL_EMAIL},    {"메일", GY_CHANNEL_EMAIL},
    {"전자우편", GY_CHANNEL_EMAIL},  {"sms", GY_CHANNEL_SMS},         {"lms", GY_CHANNEL_SMS},
    {"mms", GY_CHANNEL_SMS},         {"textmessage", GY_CHANNEL_SMS}, {"문자", GY_CHANNEL_SMS},
    {"문자메시지", GY_CHANNEL_SMS},  {"push", GY_CHANNEL_PUSH},       {"apppush", GY_CHANNEL_PUSH},
    {"app", GY_CHANNEL_PUSH},        {"푸시", GY_CHANNEL_PUSH},       {"푸쉬", GY_CHANNEL_PUSH},
    {"앱푸시", GY_CHANNEL_PUSH},     {"앱알림", GY_CHANNEL_PUSH},     {"kakao", GY_CHANNEL_KAKAO},
    {"kakaotalk", GY_CHANNEL_KAKAO}, {"카카오", GY_CHANNEL_KAKAO},    {"카카오톡", GY_CHANNEL_KAKAO},
    {"알림톡", GY_CHANNEL_KAKAO},    {"친구톡", GY_CHANNEL_KAKAO},    {"ads", GY_CHANNEL_ADS},
    {"ad", GY_CHANNEL_ADS},          {"display", GY_CHANNEL_ADS},     {"retargeting", GY_CHANNEL_ADS},
    {"온라인광고", GY_CHANNEL_ADS},  {"리타겟팅", GY_CHANNEL_ADS},    {"광고", GY_CHANNEL_ADS},
    {"mail", GY_CHANNEL_MAIL},       {"post", GY_CHANNEL_MAIL},       {"letter", GY_CHANNEL_MAIL},
    {"directmail", GY_CHANNEL_MAIL}, {"dm", GY_CHANNEL_MAIL},         {"우편", GY_CHANNEL_MAIL},
    {"우편물", GY_CHANNEL_MAIL},
};

#define COUNT_OF(table) (sizeof(table) / sizeof *(table))

const char *gy_purpose_name(gy_purpose purpose) { return PURPOSES[purpose]; }
const char *gy_channel_name(gy_channel channel) { return CHANNELS[channel]; }

const char *gy_purpose_word(size_t i, gy_purpose *purpose) {
  if (i >= COUNT_OF(PURPOSE_WORDS)) return NULL;
  *purpose = (gy_purpose)PURPOSE_WORDS[i].value;
  return PURPOSE_WORDS[i].text;
}

const char *gy_channel_word(size_t i, gy_channel *channel) {
  if (i >= COUNT_OF(CHANNEL_WORDS)) return NULL;
  *channel = (gy_channel)CHANNEL_WORDS[i].value;
  return CHANNEL_WORDS[i].text;
}

/* ---- one form ---- */

static bool is_between(unsigned char c) { return c <= ' ' || strchr("_-./()[]:\"'", c) != NULL; }

static size_t squeeze(const char *text, size_t length, char *out) {
  size_t n = 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c < 0x80 && is_between(c)) continue;
    out[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  }
  out[n] = '\0';
  return n;
}

/* Composed and without case, where it is more than ASCII. */
static bool normal_form(const char *text, size_t length, char out[GY_CONSENT_WORD_MAX + 1]) {
  if (length > GY_CONSENT_WORD_MAX) return false;
  bool is_ascii = true;
  for (size_t i = 0; i < length && is_ascii; i++) is_ascii = (unsigned char)text[i] < 0x80;
  if (is_ascii) {
    squeeze(text, length, out);
    return true;
  }
  utf8proc_uint8_t *made = NULL;
  utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)length, &made,
                                    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
  bool good = n >= 0 && n <= GY_CONSENT_WORD_MAX;
  if (good) squeeze((const char *)made, (size_t)n, out);
  free(made);
  return good;
}

/* What only says that it is a consent, at the end of a word. */
static void strip_consent(char *text) {
  static const char *const ENDS[] = {"동의여부", "동의상태", "동의", "여부", "수신", "consent"};
  for (bool again = true; again;) {
    again = false;
    size_t length = strlen(text);
    for (size_t i = 0; i < COUNT_OF(ENDS) && !again; i++) {
      size_t end = strlen(ENDS[i]);
      if (end >= length || strcmp(text + length - end, ENDS[i]) != 0) continue;
      text[length - end] = '\0';
      again = true;
    }
  }
}

static const word *find_word(const word *words, size_t n, const char *text) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(words[i].text, text) == 0) return &words[i];
  return NULL;
}

static const word *read_word(const word *words, size_t n, const char *text, size_t length) {
  char normal[GY_CONSENT_WORD_MAX + 1];
  if (!normal_form(text, length, normal)) return NULL;
  const word *found = find_word(words, n, normal);
  if (found != NULL) return found;
  strip_consent(normal);
  return find_word(words, n, normal);
}

bool gy_purpose_read(const char *text, size_t length, gy_purpose *purpose) {
  const word *found = read_word(PURPOSE_WORDS, COUNT_OF(PURPOSE_WORDS), text, length);
  if (found != NULL) *purpose = (gy_purpose)found->value;
  return found != NULL;
}

bool gy_channel_read(const char *text, size_t length, gy_channel *channel) {
  const word *found = read_word(CHANNEL_WORDS, COUNT_OF(CHANNEL_WORDS), text, length);
  char normal[GY_CONSENT_WORD_MAX + 1];
  bool is_empty = found == NULL && normal_form(text, length, normal) && normal[0] == '\0';
  if (found != NULL) *channel = (gy_channel)found->value;
  if (is_empty) *channel = GY_CHANNEL_ANY;
  return found != NULL || is_empty;
}

/* ---- what was probably meant ---- */

/* Levenshtein distance in bytes of words of at most GY_CONSENT_WORD_MAX bytes. */
static size_t distance_of(const char *a, const char *b) {
  size_t n = strlen(b), row[GY_CONSENT_WORD_MAX + 1];
  for (size_t j = 0; j <= n; j++) row[j] = j;
  for (size_t i = 0; a[i] != '\0'; i++) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < n; j++) {
      size_t best = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j + 1] + 1 < best) best = row[j + 1] + 1;
      row[j + 1] = best;
    }
  }
  return row[n];
}

/* The value of the nearest word, at most a third of whose bytes are others; -1: none is near. */
static int nearest(const word *words, size_t n, const char *text, size_t length) {
  char normal[GY_CONSENT_WORD_MAX + 1];
  if (!normal_form(text, length, normal) || normal[0] == '\0') return -1;
  strip_consent(normal);
  size_t best = SIZE_MAX;
  int value = -1;
  for (size_t i = 0; i < n; i++) {
    size_t distance = distance_of(normal, words[i].text);
    if (distance * 3 > strlen(words[i].text) || distance >= best) continue;
    best = distance;
    value = words[i].value;
  }
  return value;
}

const char *gy_purpose_complaint(const char *text, size_t length) {
  static const char *const MEANT[GY_PURPOSE_COUNT] = {
      "not a purpose; did you mean analytics?", "not a purpose; did you mean personalisation?",
      "not a purpose; did you mean marketing?", "not a purpose; did you mean third_party?"};
  int value = nearest(PURPOSE_WORDS, COUNT_OF(PURPOSE_WORDS), text, length);
  return value >= 0 ? MEANT[value] : "not a purpose: analytics, personalisation, marketing or third_party";
}

const char *gy_channel_complaint(const char *text, size_t length) {
  static const char *const MEANT[GY_CHANNEL_COUNT] = {
      "not a channel; did you mean *?",     "not a channel; did you mean email?",
      "not a channel; did you mean sms?",   "not a channel; did you mean push?",
      "not a channel; did you mean kakao?", "not a channel; did you mean ads?",
      "not a channel; did you mean mail?"};
  int value = nearest(CHANNEL_WORDS, COUNT_OF(CHANNEL_WORDS), text, length);
  return value >= 0 ? MEANT[value] : "not a channel: email, sms, push, kakao, ads, mail or *";
}

/* ---- names of columns ---- */

static bool has_any(const char *name, const char *const *parts, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strstr(name, parts[i]) != NULL) return true;
  return false;
}

/* The value of the longest word in the name; -1: none. Short Latin words ("ad", "app") stand in too many
 * others. */
static int longest_within(const word *words, size_t n, const char *name) {
  size_t best = 0;
  int value = -1;
  for (size_t i = 0; i < n; i++) {
    size_t length = strlen(words[i].text);
    bool is_latin = (unsigned char)words[i].text[0] < 0x80, is_short = is_latin && length < 4;
    bool is_known = strcmp(words[i].text, "sms") == 0 || strcmp(words[i].text, "ads") == 0;
    if (length <= best || (is_short && !is_known) || strstr(name, words[i].text) == NULL) continue;
    best = length;
    value = words[i].value;
  }
  return value;
}

bool gy_consent_column_read(const char *name, gy_purpose *purpose, gy_channel *channel) {
  static const char *const MARKS[] = {"consent", "optin", "optedin", "agree", "subscribed", "동의"};
  static const char *const OTHERS[] = {"optout", "unsub",   "refus", "거부",  "철회", "night",
                                       "야간",   "일시",    "일자",  "날짜",  "date", "time",
                                       "시각",   "version", "버전",  "source"};
  char normal[GY_CONSENT_WORD_MAX + 1];
  if (!normal_form(name, strlen(name), normal)) return false;
  if (!has_any(normal, MARKS, COUNT_OF(MARKS)) || has_any(normal, OTHERS, COUNT_OF(OTHERS))) return false;
  int meant = longest_within(PURPOSE_WORDS, COUNT_OF(PURPOSE_WORDS), normal);
  int through = longest_within(CHANNEL_WORDS, COUNT_OF(CHANNEL_WORDS), normal);
  bool is_advert = strstr(normal, "광고") != NULL && strstr(normal, "온라인광고") == NULL;
  if (is_advert && through == GY_CHANNEL_ADS) through = -1; /* 광고 is what is sent, not how */
  bool is_received = strstr(normal, "수신") != NULL;
  if (meant < 0 && through < 0 && !is_received) return false;
  *purpose = meant >= 0 ? (gy_purpose)meant : GY_PURPOSE_MARKETING;
  *channel = through >= 0 ? (gy_channel)through : GY_CHANNEL_ANY;
  return true;
}
