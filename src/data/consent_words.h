/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of consents. A consent is given for a purpose and through a channel; files say both in many
 * words, in English and Korean, and tables of customers say them in the names of columns ("consent_email",
 * "마케팅동의"). What is not known is never guessed at: it is refused with the word that was probably meant.
 */
#ifndef GYEOL_DATA_CONSENT_WORDS_H
#define GYEOL_DATA_CONSENT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum gy_purpose {
  GY_PURPOSE_ANALYTICS,       /* being in features, segments, models */
  GY_PURPOSE_PERSONALISATION, /* being shown what suits one */
  GY_PURPOSE_MARKETING,       /* being sent advertising */
  GY_PURPOSE_THIRD_PARTY,     /* being passed on */
  GY_PURPOSE_COUNT,
} gy_purpose;

typedef enum gy_channel {
  GY_CHANNEL_ANY, /* "*": each of the others */
  GY_CHANNEL_EMAIL,
  GY_CHANNEL_SMS,
  GY_CHANNEL_PUSH,
  GY_CHANNEL_KAKAO,
  GY_CHANNEL_ADS,
  GY_CHANNEL_MAIL, /* letters */
  GY_CHANNEL_COUNT,
} gy_channel;

enum { GY_CONSENT_WORD_MAX = 96 }; /* bytes; nothing longer is a word */

const char *gy_purpose_name(gy_purpose purpose); /* "third_party" */
const char *gy_channel_name(gy_channel channel); /* "email", "*" */

/* Reads a word as files write it, UTF-8, not terminated. No text at all is GY_CHANNEL_ANY, but no purpose. */
bool gy_purpose_read(const char *text, size_t length, gy_purpose *purpose);
bool gy_channel_read(const char *text, size_t length, gy_channel *channel);

/* Why a word was refused, with the one that was probably meant: "not a purpose; did you mean marketing?".
 * Never NULL; lasts for ever. */
const char *gy_purpose_complaint(const char *text, size_t length);
const char *gy_channel_complaint(const char *text, size_t length);

/* The i-th word that is read, and what it stands for; NULL behind the last. For SQL that reads the same
 * words. */
const char *gy_purpose_word(size_t i, gy_purpose *purpose);
const char *gy_channel_word(size_t i, gy_channel *channel);

/* What the name of a column of customers says it is: "consent_sms" is marketing by SMS, "제3자제공동의" is
 * third parties through anything. False for names of no consent, of its time, of a refusal (opt-out, 거부),
 * and of consents to something else (야간: at night). */
bool gy_consent_column_read(const char *name, gy_purpose *purpose, gy_channel *channel);

#endif
