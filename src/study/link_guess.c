/* SPDX-License-Identifier: Apache-2.0
 *
 * What of a file tells people, told by the roles that `gyeol init` would give its columns, and by their
 * names: one column a kind, the best that there is. Each thing that hardly two people share makes a block. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "data/role_guess.h"
#include "study/link_spec.h"

typedef enum person_trait {
  TRAIT_NAME,
  TRAIT_BIRTH,
  TRAIT_PHONE,
  TRAIT_EMAIL,
  TRAIT_ADDRESS,
  TRAIT_POSTCODE,
  TRAIT_GENDER,
  TRAIT_COUNT
} person_trait;

static const gy_link_compare COMPARE[TRAIT_COUNT] = {GY_LINK_NAME,  GY_LINK_DATE,    GY_LINK_PHONE,
                                                     GY_LINK_EMAIL, GY_LINK_ADDRESS, GY_LINK_POSTCODE,
                                                     GY_LINK_EXACT};

static const struct {
  const char *name;
  person_trait trait;
} NAMES[] = {{"name", TRAIT_NAME},
             {"full_name", TRAIT_NAME},
             {"customer_name", TRAIT_NAME},
             {"이름", TRAIT_NAME},
             {"성명", TRAIT_NAME},
             {"고객명", TRAIT_NAME},
             {"birth_date", TRAIT_BIRTH},
             {"birthdate", TRAIT_BIRTH},
             {"birthday", TRAIT_BIRTH},
             {"date_of_birth", TRAIT_BIRTH},
             {"dob", TRAIT_BIRTH},
             {"birth", TRAIT_BIRTH},
             {"생년월일", TRAIT_BIRTH},
             {"생일", TRAIT_BIRTH},
             {"phone", TRAIT_PHONE},
             {"mobile", TRAIT_PHONE},
             {"phone_number", TRAIT_PHONE},
             {"휴대폰", TRAIT_PHONE},
             {"휴대폰번호", TRAIT_PHONE},
             {"전화번호", TRAIT_PHONE},
             {"휴대전화", TRAIT_PHONE},
             {"연락처", TRAIT_PHONE},
             {"email", TRAIT_EMAIL},
             {"e-mail", TRAIT_EMAIL},
             {"email_address", TRAIT_EMAIL},
             {"이메일", TRAIT_EMAIL},
             {"address", TRAIT_ADDRESS},
             {"street_address", TRAIT_ADDRESS},
             {"주소", TRAIT_ADDRESS},
             {"postcode", TRAIT_POSTCODE},
             {"postal_code", TRAIT_POSTCODE},
             {"zip", TRAIT_POSTCODE},
             {"zipcode", TRAIT_POSTCODE},
             {"zip_code", TRAIT_POSTCODE},
             {"우편번호", TRAIT_POSTCODE},
             {"gender", TRAIT_GENDER},
             {"sex", TRAIT_GENDER},
             {"성별", TRAIT_GENDER}};

static const struct {
  gy_role role;
  person_trait trait;
} ROLES[] = {{GY_ROLE_PERSON_NAME, TRAIT_NAME}, {GY_ROLE_BIRTH, TRAIT_BIRTH},
             {GY_ROLE_PHONE, TRAIT_PHONE},      {GY_ROLE_EMAIL, TRAIT_EMAIL},
             {GY_ROLE_ADDRESS, TRAIT_ADDRESS},  {GY_ROLE_GENDER, TRAIT_GENDER}};

static bool trait_by_name(const char *name, person_trait *trait) {
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
    if (strcasecmp(NAMES[i].name, name) != 0) continue;
    *trait = NAMES[i].trait;
    return true;
  }
  return false;
}

bool gy_link_kind_by_name(const char *name, gy_link_compare *compare) {
  person_trait trait;
  if (!trait_by_name(name, &trait)) return false;
  *compare = COMPARE[trait];
  return true;
}

/* The column of each trait; a name that says it goes before a role. */
static void find_traits(const gy_guess_file *file, const char *found[TRAIT_COUNT]) {
  person_trait trait;
  for (size_t c = 0; c < file->n_columns; c++)
    if (trait_by_name(file->columns[c].name, &trait) && found[trait] == NULL)
      found[trait] = file->columns[c].name;
  for (size_t c = 0; c < file->n_columns; c++)
    for (size_t i = 0; i < sizeof ROLES / sizeof *ROLES; i++)
      if (file->columns[c].role == ROLES[i].role && found[ROLES[i].trait] == NULL)
        found[ROLES[i].trait] = file->columns[c].name;
}

static gy_status look(const char *path, gy_link_spec *spec, const char *found[TRAIT_COUNT], gy_error *err) {
  gy_project_config config = {0};
  gy_guess_report report = {0};
  const char *names[TRAIT_COUNT] = {0};
  gy_status status = gy_guess_sources(&path, 1, ".", &config, &report, err);
  if (status != GY_OK) return status;
  if (report.n_files > 0) find_traits(&report.files[0], names);
  for (int t = 0; t < TRAIT_COUNT && status == GY_OK; t++) {
    if (names[t] == NULL) continue;
    found[t] = gy_arena_strndup(&spec->arena, names[t], strlen(names[t]));
    if (found[t] == NULL) status = gy_fail(err, GY_ENOMEM, "no memory for the columns of %s", path);
  }
  gy_guess_report_clear(&report);
  gy_project_config_clear(&config);
  return status;
}

gy_status gy_link_guess_fields(const gy_link_files_options *options, gy_link_spec *spec, gy_error *err) {
  const char *left[TRAIT_COUNT] = {0}, *right[TRAIT_COUNT] = {0};
  gy_status status = look(options->input, spec, left, err);
  if (status == GY_OK && options->with != NULL)
    status = look(options->with, spec, right, err);
  else if (status == GY_OK)
    memcpy(right, left, sizeof right);
  bool has_address = left[TRAIT_ADDRESS] != NULL && right[TRAIT_ADDRESS] != NULL;
  for (int t = 0; t < TRAIT_COUNT && status == GY_OK; t++) {
    bool says_it_again = t == TRAIT_POSTCODE && has_address;
    if (left[t] != NULL && right[t] != NULL && !says_it_again)
      status = gy_link_spec_add(spec, left[t], right[t], COMPARE[t], err);
  }
  if (status == GY_OK && spec->n_fields == 0)
    return gy_fail(err, GY_EDATA,
                   "%s%s%s: no column looks like a name, birth date, phone, e-mail or address; name what to "
                   "compare with --compare \"COLUMN:KIND, ...\"",
                   options->input, options->with != NULL ? " and " : "",
                   options->with != NULL ? options->with : "");
  return status;
}

static gy_status add_rule(gy_link_spec *spec, const char *text, gy_link_rule rule, gy_error *err) {
  if (spec->n_rules == GY_LINK_RULES_MAX) return GY_OK;
  char *kept = gy_arena_strndup(&spec->arena, text, strlen(text));
  if (kept == NULL) return gy_fail(err, GY_ENOMEM, "no memory for blocks");
  spec->rule_texts[spec->n_rules] = kept;
  spec->rules[spec->n_rules++] = rule;
  return GY_OK;
}

/* A field alone; by its stem where that forgives more. */
static gy_status add_alone(gy_link_spec *spec, size_t field, gy_error *err) {
  char text[300];
  gy_link_compare compare = spec->fields[field].compare;
  bool by_stem = compare == GY_LINK_EMAIL || compare == GY_LINK_ADDRESS || compare == GY_LINK_PHONE ||
                 compare == GY_LINK_NAME;
  gy_link_rule rule = {.parts = {{field, by_stem ? GY_LINK_STEM : 0}}, .n_parts = 1};
  snprintf(text, sizeof text, "%s%s", spec->fields[field].name, by_stem ? ":stem" : "");
  return add_rule(spec, text, rule, err);
}

gy_status gy_link_guess_rules(gy_link_spec *spec, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t f = 0; f < spec->n_fields && status == GY_OK; f++) {
    gy_link_compare compare = spec->fields[f].compare;
    bool tells_little = compare == GY_LINK_POSTCODE || (compare == GY_LINK_EXACT && spec->n_fields > 1);
    if (!tells_little) status = add_alone(spec, f, err);
  }
  if (status == GY_OK && spec->n_rules == 0) status = add_alone(spec, 0, err);
  return status;
}
