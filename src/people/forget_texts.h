/* SPDX-License-Identifier: Apache-2.0
 *
 * People within documents: the JSON that steps and runs leave, reports with such JSON inside, lines of text.
 * What names a forgotten person is taken out as what it is, not as bytes:
 *
 *   an object with the person's id (a typical customer, an example)    null, or no longer in its list
 *   an example whose value is one of theirs                            no longer in its list
 *   a text that is one of their identifiers, or has one as a word      [forgotten]
 *
 * Customer ids are looked for where ids stand (customer_id, ..._customer_id, person, values of examples):
 * "17850" may be a revenue elsewhere. */
#ifndef GYEOL_PEOPLE_FORGET_TEXTS_H
#define GYEOL_PEOPLE_FORGET_TEXTS_H

#include <jansson.h>
#include <stdbool.h>

#include <gyeol/status.h>

typedef struct gy_forget_words gy_forget_words;

/* `traces` is {kind: [value...]} with the kind customer_id (forget_resolve.h), `texts` [text...] the
 * originals; both may be NULL. */
GY_MUST_USE gy_status gy_forget_words_create(const json_t *traces, const json_t *texts,
                                             gy_forget_words **words, gy_error *err);
void gy_forget_words_destroy(gy_forget_words *words); /* NULL-safe */

/* Takes them out of a JSON document in place; *changed says whether there was any. */
GY_MUST_USE gy_status gy_forget_json(json_t *document, const gy_forget_words *words, bool *changed,
                                     gy_error *err);

/* Gives a text without them, to be freed: JSON, an HTML report with its model, or plain text; NULL where it
 * names none of them. */
GY_MUST_USE gy_status gy_forget_text(const char *text, const gy_forget_words *words, char **clean,
                                     gy_error *err);

/* The same for a sentence about them: customer ids are words in it, too. */
GY_MUST_USE gy_status gy_forget_sentence(const char *text, const gy_forget_words *words, char **clean,
                                         gy_error *err);

/* Does a record ({column: cell}) or a text hold one of their identifiers, as a whole or as a word? Customer
 * ids are looked for in the column `customer` (NULL: in none). */
bool gy_forget_record_is_theirs(const json_t *record, const char *customer, const gy_forget_words *words);

/* Is it one of their customer ids? "17850.0" is 17850. */
bool gy_forget_is_id(const gy_forget_words *words, const char *text);

#endif
