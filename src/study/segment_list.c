/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "data/utf8.h"

enum { LIST_BYTES_MAX = 1 << 30 };

typedef struct list_reader {
  const char *path;
  char *at, *end; /* what is left of the text */
  int64_t no, line;
} list_reader;

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* The next line without what surrounds its id; quotes are taken off in place. False: it has several columns.
 */
static bool next_id(list_reader *list, char **id, size_t *length) {
  char *line = list->at, *stop = memchr(line, '\n', (size_t)(list->end - line));
  if (stop == NULL) stop = list->end;
  list->at = stop < list->end ? stop + 1 : list->end;
  list->line++;
  while (line < stop && is_space(*line)) line++;
  while (stop > line && is_space(stop[-1])) stop--;
  *id = line;
  *length = (size_t)(stop - line);
  if (*length == 0 || *line != '"')
    return memchr(line, ',', *length) == NULL && memchr(line, '\t', *length) == NULL;
  char *out = line, *in = line + 1;
  for (; in < stop && (*in != '"' || (in + 1 < stop && in[1] == '"')); in++) {
    in += *in == '"';
    *out++ = *in;
  }
  *length = (size_t)(out - line);
  return in + 1 == stop;
}

static gy_status fill(void *shared, void *local, gy_chunk_writer *writer, size_t *n_rows, gy_error *err) {
  (void)local;
  list_reader *list = shared;
  size_t n = 0;
  while (n < GY_CHUNK_ROWS && list->at < list->end) {
    char *id;
    size_t length;
    if (!next_id(list, &id, &length))
      return gy_fail(err, GY_EDATA,
                     "%s:%lld: a list has one customer id a line; take a table in with: gyeol segment import",
                     list->path, (long long)list->line);
    if (gy_utf8_valid_prefix(id, length) != length)
      return gy_fail(err, GY_EDATA, "%s:%lld: the list is not UTF-8", list->path, (long long)list->line);
    if (length == 0 || (list->line == 1 && length == 11 && memcmp(id, "customer_id", 11) == 0)) continue;
    ((int64_t *)writer->data[0])[n] = list->no;
    ((int64_t *)writer->data[1])[n] = list->line;
    gy_writer_text(writer, 2, n, id, length);
    n++;
  }
  *n_rows = n;
  return GY_OK;
}

gy_status gy_segment_list_read(gy_engine *engine, const char *path, int64_t no, const gy_task *task,
                               gy_error *err) {
  static const gy_source_column COLUMNS[] = {
      {"segment_no", GY_TYPE_INT64}, {"line", GY_TYPE_INT64}, {"customer_id", GY_TYPE_TEXT}};
  gy_buffer text;
  gy_buffer_init(&text, LIST_BYTES_MAX);
  gy_status status = gy_file_read(path, &text, err);
  if (status == GY_OK && text.length > 0) {
    list_reader list = {.path = path, .at = text.data, .end = text.data + text.length, .no = no};
    if (text.length >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0) list.at += 3;
    const gy_source source = {
        .shared = &list, .columns = COLUMNS, .n_columns = 3, .max_threads = 1, .fill = fill};
    status = gy_engine_publish(engine, "segment_list_rows", &source, err);
    if (status == GY_OK)
      status = gy_engine_execute(engine, "INSERT INTO segment_listed SELECT * FROM segment_list_rows()", NULL,
                                 0, "segments", task, NULL, err);
  }
  gy_buffer_clear(&text);
  return status;
}
