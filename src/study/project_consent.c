/* SPDX-License-Identifier: Apache-2.0
 *
 * Questions to the ledger of consents, and entries by hand. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "study/consent_query.h"
#include "study/relations.h"
#include "study/result_text.h"

/* A store in which nobody ever could say anything has no views yet; they are made then. */
gy_status gy_consent_ledger_open(const char *dir, const gy_task *task, gy_project *project,
                                 gy_consent_shape *shape, gy_error *err) {
  gy_relation_kind kind = GY_RELATION_NONE, items = GY_RELATION_NONE;
  gy_status status = gy_project_load(dir, project, err);
  if (status == GY_OK) status = gy_project_open_store(project, GY_STORE_READ, task, err);
  if (status == GY_OK) status = gy_relation_find(project->engine, "consent_rows", &kind, err);
  if (status == GY_OK) status = gy_relation_find(project->engine, "order_items", &items, err);
  if (status == GY_OK && items == GY_RELATION_NONE)
    return gy_fail(err, GY_ENOTFOUND, "%s has not been run yet; run it with: gyeol run %s", dir, dir);
  if (status == GY_OK && kind == GY_RELATION_VIEW)
    return gy_consent_shape_read(project->engine, &project->config, shape, err);
  gy_engine_close(project->engine);
  project->engine = NULL;
  if (status == GY_OK) status = gy_project_open_store(project, GY_STORE_WRITE, task, err);
  return status == GY_OK ? gy_consent_views_create(project->engine, &project->config, task, shape, err)
                         : status;
}

gy_status gy_project_consent_show(const char *dir, const gy_consent_question *question, const gy_task *task,
                                  char **result, gy_error *err) {
  gy_project project = {0};
  gy_consent_shape shape = {0};
  gy_consent_filter filter;
  gy_person_reference who = {0};
  json_t *made = NULL;
  int64_t at_us = 0;
  gy_status status = gy_consent_filter_read(question->purpose, question->channel, &filter, err);
  if (status == GY_OK) status = gy_consent_ledger_open(dir, task, &project, &shape, err);
  if (status == GY_OK) status = gy_consent_moment(&project, question->at, true, &at_us, err);
  if (status == GY_OK && question->person == NULL)
    status = gy_consent_of_all(&project, &shape, at_us, &filter, task, &made, err);
  if (status == GY_OK && question->person != NULL) {
    status = gy_person_reference_read(&project, question->person, false, &who, err);
    if (status == GY_OK) status = gy_person_reference_find(project.engine, &shape, &who, err);
    if (status == GY_OK && who.person == NULL)
      status = gy_fail(err, GY_ENOTFOUND, "nobody in %s is known by %s", dir, question->person);
    if (status == GY_OK) status = gy_consent_of_person(&project, &shape, &who, at_us, &filter, &made, err);
  }
  if (status == GY_OK) status = gy_result_text(made, result, err);
  gy_person_reference_clear(&who);
  gy_project_clear(&project);
  return status;
}

/* ---- by hand ---- */

/* Under which of the three names the row stands. */
static gy_status insert(gy_project *project, const gy_consent_entry *entry, const gy_person_reference *who,
                        const gy_consent_filter *said, int64_t at_us, bool *added, gy_error *err) {
  const char *id =
      who->kind == GY_IDENTIFIER_CUSTOMER_ID ? who->customer != NULL ? who->customer : who->words : NULL;
  const char *email = who->kind == GY_IDENTIFIER_EMAIL ? who->key : NULL,
             *phone = who->kind == GY_IDENTIFIER_PHONE ? who->key : NULL;
  gy_channel channel =
      said->channel < 0 || said->purpose == GY_PURPOSE_ANALYTICS ? GY_CHANNEL_ANY : (gy_channel)said->channel;
  gy_value values[] = {gy_bind_text(id),
                       gy_bind_text(email),
                       gy_bind_text(phone),
                       gy_bind_text(gy_purpose_name((gy_purpose)said->purpose)),
                       gy_bind_text(gy_channel_name(channel)),
                       gy_bind_bool(entry->granted),
                       gy_bind_timestamp(at_us),
                       gy_bind_text(entry->source),
                       gy_bind_text(entry->text_version),
                       gy_bind_text("hand"),
                       gy_bind_timestamp(gy_clock_utc_us())};
  uint64_t n = 0;
  gy_status status = gy_engine_execute(project->engine, gy_sql("people/consent_enter"), values,
                                       sizeof values / sizeof *values, NULL, NULL, &n, err);
  *added = n > 0;
  return status;
}

/* A person whom nothing but the entry knows. */
static gy_status take_as_said(const gy_consent_shape *shape, gy_person_reference *who, gy_error *err) {
  if (who->person != NULL) return GY_OK;
  char *end;
  bool is_number = strtoll(who->words, &end, 10) != 0 && *end == '\0';
  if (who->kind == GY_IDENTIFIER_CUSTOMER_ID && shape->ids_are_integers && !is_number)
    return gy_fail(err, GY_EUSAGE, "customer ids of this project are whole numbers; '%s' is none",
                   who->words);
  who->person = strdup(who->key[0] != '\0' ? who->key : who->words);
  return who->person != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to enter a consent");
}

static gy_status enter(gy_project *project, const gy_consent_entry *entry, const gy_consent_filter *said,
                       const gy_task *task, json_t **made, gy_error *err) {
  gy_person_reference who = {0};
  gy_consent_shape shape;
  int64_t at_us = 0;
  bool added = false, known = false;
  gy_status status = gy_person_reference_read(project, entry->person, true, &who, err);
  if (status == GY_OK) status = gy_consent_moment(project, entry->at, false, &at_us, err);
  if (status == GY_OK) status = gy_consent_views_create(project->engine, &project->config, task, &shape, err);
  if (status == GY_OK) status = gy_person_reference_find(project->engine, &shape, &who, err);
  known = who.person != NULL;
  if (status == GY_OK) status = take_as_said(&shape, &who, err);
  if (status == GY_OK) status = insert(project, entry, &who, said, at_us, &added, err);
  if (status == GY_OK) status = gy_consent_views_create(project->engine, &project->config, task, &shape, err);
  if (status == GY_OK)
    status = gy_consent_of_person(project, &shape, &who, gy_clock_utc_us(), said, made, err);
  if (status == GY_OK) {
    json_object_set_new(*made, "added", json_boolean(added));
    json_object_set_new(*made, "known", json_boolean(known));
    json_object_set_new(*made, "in_force", json_boolean(at_us <= gy_clock_utc_us()));
  }
  gy_person_reference_clear(&who);
  return status;
}

gy_status gy_project_consent_set(const char *dir, const gy_consent_entry *entry, const gy_task *task,
                                 char **result, gy_error *err) {
  gy_project project = {0};
  gy_consent_filter said;
  json_t *made = NULL;
  if (entry->purpose == NULL)
    return gy_fail(err, GY_EUSAGE,
                   "say for what: --purpose analytics, personalisation, marketing or third_party");
  gy_status status = gy_consent_filter_read(entry->purpose, entry->channel, &said, err);
  if (status == GY_OK) status = gy_project_load(dir, &project, err);
  if (status == GY_OK) status = gy_project_open_store(&project, GY_STORE_WRITE, task, err);
  gy_relation_kind items = GY_RELATION_NONE;
  if (status == GY_OK) status = gy_relation_find(project.engine, "order_items", &items, err);
  if (status == GY_OK && items == GY_RELATION_NONE)
    status = gy_fail(err, GY_ENOTFOUND, "%s has not been run yet; run it with: gyeol run %s", dir, dir);
  if (status == GY_OK) status = gy_engine_begin(project.engine, err);
  if (status == GY_OK) status = enter(&project, entry, &said, task, &made, err);
  if (status == GY_OK) status = gy_engine_commit(project.engine, err);
  if (status == GY_OK) status = gy_result_text(json_incref(made), result, err);
  json_decref(made);
  gy_project_clear(&project);
  return status;
}
