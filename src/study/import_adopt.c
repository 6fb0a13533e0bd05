/* SPDX-License-Identifier: Apache-2.0
 *
 * Staged rows become the source's. After everything was read, the staged table takes the source's name; after
 * a part was, the rows of removed, replaced and grown files leave the source's table as far as they were read
 * again, and the staged ones join it. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "study/duplicate_rows.h"
#include "study/import_step.h"
#include "study/relations.h"

static gy_status execute(const gy_import_step *step, const char *sql, const gy_value *values, size_t n,
                         gy_error *err) {
  return gy_engine_execute(step->run->project.engine, sql, values, n, NULL, NULL, NULL, err);
}

/* Those of a workbook are told by file and sheet: "orders.xlsx [March]". */
static gy_status forget_rejects(const gy_import_step *step, const char *path, uint64_t from_line,
                                gy_error *err) {
  gy_value values[] = {gy_bind_text(step->source->name), gy_bind_text(path),
                       gy_bind_int64((int64_t)from_line)};
  return execute(
      step,
      "DELETE FROM rejects WHERE source = $1 AND (file = $2 OR starts_with(file, $2 || ' [')) AND line >= $3",
      values, 3, err);
}

/* What a record's rows are called in gy_file, as a list for IN; what was read again or is gone. */
static gy_status list_gone(const gy_import_step *step, gy_buffer *numbers, gy_error *err) {
  gy_status status = GY_OK;
  for (size_t r = 0; r < step->before.n_files && status == GY_OK; r++) {
    const gy_import_record *record = &step->before.files[r];
    const gy_file_change *change = NULL;
    for (size_t i = 0; i < step->changes.n_files && change == NULL; i++)
      if (step->changes.files[i].before == record) change = &step->changes.files[i];
    bool stays = change != NULL && (change->fate == GY_FILE_KEPT || change->fate == GY_FILE_RENAMED);
    bool grows = change != NULL && change->fate == GY_FILE_GROWN;
    if (stays) continue;
    if (!grows) gy_buffer_printf(numbers, "%s%u", numbers->length > 0 ? ", " : "", 2 * record->number);
    if (!grows || record->n_open_read > 0)
      gy_buffer_printf(numbers, "%s%u", numbers->length > 0 ? ", " : "", 2 * record->number + 1);
    if (record->n_rejected > 0)
      status = forget_rejects(step, record->path, grows ? record->end.line : 0, err);
  }
  if (status == GY_OK && numbers->failed)
    status = gy_fail(err, GY_ENOMEM, "no memory to replace rows of source %s", step->source->name);
  return status;
}

static gy_status delete_gone(const gy_import_step *step, gy_error *err) {
  gy_buffer numbers, sql;
  gy_buffer_init(&numbers, 1 << 20);
  gy_buffer_init(&sql, 2 << 20);
  gy_status status = list_gone(step, &numbers, err);
  if (status == GY_OK && numbers.length > 0) {
    gy_buffer_printf(&sql, "DELETE FROM {{name}} WHERE gy_file IN (%s)", numbers.data);
    if (sql.failed)
      status = gy_fail(err, GY_ENOMEM, "no memory to replace rows of source %s", step->source->name);
    if (status == GY_OK) /* "gy_file IN (...)" */
      status = gy_import_step_note(step, step->relation, strstr(sql.data, "gy_file"), err);
    if (status == GY_OK)
      status = gy_relation_execute(step->run->project.engine, sql.data, step->relation, step->relation,
                                   step->run->task, err);
  }
  gy_buffer_clear(&numbers);
  gy_buffer_clear(&sql);
  return status;
}

static gy_status adopt_part(const gy_import_step *step, gy_error *err) {
  gy_engine *engine = step->run->project.engine;
  gy_status status = gy_duplicates_restore(engine, step->source->name, step->run->task, err);
  if (status == GY_OK) status = delete_gone(step, err);
  if (status != GY_OK || step->n_inputs == 0) return status;
  status = gy_import_step_note(step, step->staging, "true", err);
  if (status == GY_OK)
    status = gy_relation_execute(engine, "INSERT INTO {{name}} SELECT * FROM {{other}}", step->relation,
                                 step->staging, step->run->task, err);
  return status == GY_OK ? gy_relation_drop(engine, step->staging, err) : status;
}

static gy_status adopt_whole(const gy_import_step *step, gy_error *err) {
  gy_value source = gy_bind_text(step->source->name);
  gy_status status = gy_relation_replace(step->run->project.engine, step->staging, step->relation, err);
  if (status == GY_OK) status = gy_duplicates_forget(step->run->project.engine, step->source->name, err);
  if (status == GY_OK) status = execute(step, "DELETE FROM rejects WHERE source = $1", &source, 1, err);
  if (status == GY_OK) status = gy_import_step_note_all(step, err);
  return status;
}

gy_status gy_import_step_adopt(gy_import_step *step, gy_error *err) {
  gy_value source = gy_bind_text(step->source->name);
  bool proved = true;
  gy_status status = step->is_partial ? adopt_part(step, err) : adopt_whole(step, err);
  if (status == GY_OK)
    status = execute(step, "INSERT INTO rejects SELECT * FROM " GY_STAGED_REJECTS " WHERE source = $1",
                     &source, 1, err);
  if (status == GY_OK) status = gy_import_step_prove(step, &proved, err);
  step->is_disproved = !proved;
  if (status == GY_OK && !proved)
    status = gy_fail(err, GY_EIO, "source %s: a file did not only grow, its beginning changed too",
                     step->source->name);
  if (status == GY_OK)
    status = gy_import_state_store(step->run->project.engine, step->source->name, &step->after, err);
  return status;
}
