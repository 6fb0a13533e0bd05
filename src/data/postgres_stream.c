/* SPDX-License-Identifier: Apache-2.0 */
#include "data/postgres_stream.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"

enum { ADDRESS_MAX = 64 << 10 };

struct gy_postgres_stream {
  PGconn *connection;
  char *label; /* of messages */
  char *row;   /* libpq's, being handed out */
  size_t length, at;
  uint64_t position;
  bool ended;
};

bool gy_postgres_is_address(const char *path) {
  return strncasecmp(path, "postgresql://", 13) == 0 || strncasecmp(path, "postgres://", 11) == 0;
}

/* ---- addresses ---- */

typedef struct {
  char *uri;    /* libpq's part */
  char *source; /* what a FROM takes: a quoted table, or a query in brackets; NULL: a whole database */
  char *query;  /* the query alone; NULL: a table */
  char *label;
} address_parts;

static void parts_clear(address_parts *parts) {
  free(parts->uri);
  free(parts->source);
  free(parts->query);
  free(parts->label);
}

static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return strchr("abcdefABCDEF", c) != NULL && c != '\0' ? (c | 32) - 'a' + 10 : -1;
}

/* Gives the text with %XX replaced. */
static char *unescape(const char *text) {
  char *made = malloc(strlen(text) + 1), *to = made;
  if (made == NULL) return NULL;
  for (; *text != '\0'; text++) {
    int high = *text == '%' ? digit_of(text[1]) : -1, low = high >= 0 ? digit_of(text[2]) : -1;
    *to++ = low >= 0 ? (char)(high * 16 + low) : *text;
    if (low >= 0) text += 2;
  }
  *to = '\0';
  return made;
}

static bool is_query(const char *text) {
  while (*text == ' ' || *text == '\n' || *text == '\t') text++;
  return strncasecmp(text, "select ", 7) == 0 || strncasecmp(text, "with ", 5) == 0;
}

static void put_quoted(gy_buffer *out, const char *name, size_t length) {
  gy_buffer_text(out, "\"");
  for (size_t i = 0; i < length; i++) gy_buffer_printf(out, name[i] == '"' ? "\"\"" : "%c", name[i]);
  gy_buffer_text(out, "\"");
}

/* schema.table -> "schema"."table" */
static char *quoted_table(const char *text) {
  gy_buffer out;
  gy_buffer_init(&out, ADDRESS_MAX);
  const char *dot = strchr(text, '.');
  if (dot != NULL) {
    put_quoted(&out, text, (size_t)(dot - text));
    gy_buffer_text(&out, ".");
    text = dot + 1;
  }
  put_quoted(&out, text, strlen(text));
  char *made = out.failed ? NULL : strdup(out.data);
  gy_buffer_clear(&out);
  return made;
}

static char *in_brackets(const char *query) {
  char *made = NULL;
  return asprintf(&made, "(%s)", query) < 0 ? NULL : made;
}

static gy_status check_uri(const address_parts *parts, gy_error *err) {
  char *said = NULL;
  gy_status status = GY_OK;
  PQconninfoOption *options = PQconninfoParse(parts->uri, &said);
  if (options == NULL) {
    size_t length = said != NULL ? strcspn(said, "\n") : 0;
    status = gy_fail(err, GY_ECONFIG, "the address of a PostgreSQL server cannot be read: %.*s", (int)length,
                     said != NULL ? said : "");
  }
  for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
    if (strstr(option->keyword, "password") == NULL || option->val == NULL || option->val[0] == '\0' ||
        strcmp(option->keyword, "passfile") == 0)
      continue;
    status = gy_fail(err, GY_ECONFIG,
                     "the address of a PostgreSQL server holds a password; take it out and give it in "
                     "PGPASSWORD or ~/.pgpass");
  }
  PQconninfoFree(options);
  PQfreemem(said);
  return status;
}

/* The label is what messages say: the address without the query's text. */
static gy_status parse_address(const char *address, address_parts *parts, gy_error *err) {
  *parts = (address_parts){0};
  const char *mark = strchr(address, '#');
  size_t length = mark != NULL ? (size_t)(mark - address) : strlen(address);
  parts->uri = strndup(address, length);
  char *text = mark != NULL && mark[1] != '\0' ? unescape(mark + 1) : NULL;
  bool has_query = text != NULL && is_query(text), names_all = mark == NULL || mark[1] == '\0';
  if (has_query) parts->query = strdup(text);
  if (text != NULL) parts->source = has_query ? in_brackets(text) : quoted_table(text);
  parts->label = strndup(address, has_query ? length : strlen(address));
  bool good = parts->uri != NULL && parts->label != NULL && (names_all || parts->source != NULL) &&
              (!has_query || parts->query != NULL);
  free(text);
  return good ? check_uri(parts, err) : gy_fail(err, GY_ENOMEM, "out of memory for an address");
}

/* ---- the server ---- */

static gy_status fail_from(const PGconn *connection, const PGresult *result, const char *label,
                           const char *action, gy_error *err) {
  const char *said = result != NULL ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  const char *code = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
  if (said == NULL) said = PQerrorMessage(connection);
  bool is_absent = code != NULL && (strcmp(code, "42P01") == 0 || strcmp(code, "3F000") == 0);
  return gy_fail(err, is_absent ? GY_ENOTFOUND : GY_EIO, "%s: cannot %s: %.*s", label, action,
                 (int)strcspn(said, "\n"), said);
}

static gy_status run(PGconn *connection, const char *sql, const char *label, const char *action,
                     ExecStatusType wanted, PGresult **result, gy_error *err) {
  PGresult *got = PQexec(connection, sql);
  gy_status status = PQresultStatus(got) == wanted ? GY_OK : fail_from(connection, got, label, action, err);
  if (status == GY_OK && result != NULL)
    *result = got;
  else
    PQclear(got);
  return status;
}

static void ignore_notice(void *nothing, const PGresult *notice) {
  (void)nothing;
  (void)notice;
}

/* A connection within a read-only transaction whose texts read alike on every server. */
static gy_status connect_to(const address_parts *parts, PGconn **connection, gy_error *err) {
  static const char *const SETTINGS =
      "SET client_encoding = 'UTF8'; SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'; "
      "SET extra_float_digits = 1; SET lock_timeout = '30s'; SET synchronize_seqscans = off; "
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  static const char *const KEYS[] = {"connect_timeout", "fallback_application_name", "dbname", NULL};
  const char *values[] = {"10", "gyeol", parts->uri, NULL};
  PGconn *made = PQconnectdbParams(KEYS, values, 1);
  if (made != NULL) PQsetNoticeReceiver(made, ignore_notice, NULL);
  gy_status status = GY_OK;
  if (made == NULL || PQstatus(made) != CONNECTION_OK)
    status = made == NULL ? gy_fail(err, GY_ENOMEM, "out of memory for a connection")
                          : fail_from(made, NULL, parts->label, "connect", err);
  if (status == GY_OK) status = run(made, SETTINGS, parts->label, "read", PGRES_COMMAND_OK, NULL, err);
  if (status == GY_OK)
    *connection = made;
  else
    PQfinish(made);
  return status;
}

/* A query is prepared before it is put into COPY's brackets: that takes one statement, so nothing can follow
 * a bracket that closes too early. */
static gy_status check_query(PGconn *connection, const address_parts *parts, gy_error *err) {
  if (parts->query == NULL) return GY_OK;
  PGresult *result = PQprepare(connection, "", parts->query, 0, NULL);
  gy_status status = PQresultStatus(result) == PGRES_COMMAND_OK
                         ? GY_OK
                         : fail_from(connection, result, parts->label, "run the query behind #", err);
  PQclear(result);
  return status;
}

/* Connects to what an address with a table or query means. */
static gy_status open_parts(const char *address, address_parts *parts, PGconn **connection, gy_error *err) {
  gy_status status = parse_address(address, parts, err);
  if (status == GY_OK && parts->source == NULL)
    status = gy_fail(err, GY_ECONFIG, "%s names no table; end it with #TABLE", parts->label);
  if (status == GY_OK) status = connect_to(parts, connection, err);
  if (status == GY_OK) status = check_query(*connection, parts, err);
  return status;
}

gy_status gy_postgres_open(const char *address, gy_postgres_stream **stream, gy_error *err) {
  address_parts parts;
  char *sql = NULL;
  gy_postgres_stream *made = calloc(1, sizeof *made);
  if (made == NULL) return gy_fail(err, GY_ENOMEM, "out of memory for a connection");
  gy_status status = open_parts(address, &parts, &made->connection, err);
  if (status == GY_OK) {
    made->label = strdup(parts.label);
    bool good =
        asprintf(&sql, "COPY (SELECT * FROM %s AS source) TO STDOUT (FORMAT csv, HEADER)", parts.source) >= 0;
    if (!good) sql = NULL;
    if (!good || made->label == NULL) status = gy_fail(err, GY_ENOMEM, "out of memory for a statement");
  }
  if (status == GY_OK) /* a second reading of the same rows has them in the same order */
    status = run(made->connection, "SET LOCAL max_parallel_workers_per_gather = 0", made->label, "read",
                 PGRES_COMMAND_OK, NULL, err);
  if (status == GY_OK) status = run(made->connection, sql, made->label, "read", PGRES_COPY_OUT, NULL, err);
  free(sql);
  parts_clear(&parts);
  if (status == GY_OK)
    *stream = made;
  else
    gy_postgres_close(made);
  return status;
}

void gy_postgres_close(gy_postgres_stream *stream) {
  if (stream == NULL) return;
  PQfreemem(stream->row);
  if (stream->connection != NULL && !stream->ended) {
    char said[256];
    PGcancel *cancel = PQgetCancel(stream->connection);
    if (cancel != NULL) PQcancel(cancel, said, sizeof said);
    PQfreeCancel(cancel);
  }
  PQfinish(stream->connection);
  free(stream->label);
  free(stream);
}

/* Takes the next row, or finds the end. */
static gy_status next_row(gy_postgres_stream *s, gy_error *err) {
  PQfreemem(s->row);
  s->row = NULL;
  int length = PQgetCopyData(s->connection, &s->row, 0);
  s->at = 0;
  s->length = length > 0 ? (size_t)length : 0;
  s->position += s->length;
  if (length > 0) return GY_OK;
  s->ended = true;
  PGresult *result = PQgetResult(s->connection);
  gy_status status = length == -1 && PQresultStatus(result) == PGRES_COMMAND_OK
                         ? GY_OK
                         : fail_from(s->connection, result, s->label, "read to the end", err);
  PQclear(result);
  return status;
}

gy_status gy_postgres_read(gy_postgres_stream *s, char *data, size_t capacity, size_t *length,
                           gy_error *err) {
  size_t got = 0;
  while (got < capacity && (s->at < s->length || !s->ended)) {
    if (s->at == s->length) {
      gy_status status = next_row(s, err);
      if (status != GY_OK) return status;
    }
    size_t n = s->length - s->at < capacity - got ? s->length - s->at : capacity - got;
    if (n > 0) memcpy(data + got, s->row + s->at, n);
    s->at += n;
    got += n;
  }
  *length = got;
  return GY_OK;
}

uint64_t gy_postgres_position(const gy_postgres_stream *stream) { return stream->position; }

gy_status gy_postgres_fingerprint(const char *address, gy_arena *arena, char **text, gy_error *err) {
  address_parts parts;
  PGconn *connection = NULL;
  PGresult *result = NULL;
  char *sql = NULL;
  gy_status status = open_parts(address, &parts, &connection, err);
  if (status == GY_OK && asprintf(&sql,
                                  "SELECT count(*) || ':' || coalesce(sum(hashtextextended(source::text, "
                                  "0)::numeric), 0) FROM %s AS source",
                                  parts.source) < 0) {
    sql = NULL;
    status = gy_fail(err, GY_ENOMEM, "out of memory for a statement");
  }
  if (status == GY_OK)
    status = run(connection, sql, parts.label, "tell whether it changed", PGRES_TUPLES_OK, &result, err);
  if (status == GY_OK) {
    const char *value = PQgetvalue(result, 0, 0);
    *text = gy_arena_strndup(arena, value, strlen(value));
    if (*text == NULL) status = gy_fail(err, GY_ENOMEM, "out of memory for a fingerprint");
  }
  PQclear(result);
  PQfinish(connection);
  free(sql);
  parts_clear(&parts);
  return status;
}

/* "uri#schema.table", without the schema where the server finds the table without it. */
static char *address_of(const address_parts *parts, const PGresult *tables, int row, gy_arena *arena) {
  gy_buffer out;
  gy_buffer_init(&out, ADDRESS_MAX);
  gy_buffer_printf(&out, "%s#", parts->uri);
  const char *schema = PQgetvalue(tables, row, 0);
  if (PQgetvalue(tables, row, 2)[0] != 't') gy_buffer_printf(&out, "%s.", schema);
  gy_buffer_text(&out, PQgetvalue(tables, row, 1));
  char *made = out.failed ? NULL : gy_arena_strndup(arena, out.data, strlen(out.data));
  gy_buffer_clear(&out);
  return made;
}

gy_status gy_postgres_tables(const char *address, gy_arena *arena, char ***addresses, size_t *n,
                             gy_error *err) {
  static const char *const SQL =
      "SELECT n.nspname, c.relname, pg_table_is_visible(c.oid) FROM pg_class c JOIN pg_namespace n "
      "ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition "
      "AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' "
      "AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1, 2";
  address_parts parts;
  PGconn *connection = NULL;
  PGresult *result = NULL;
  gy_status status = parse_address(address, &parts, err);
  if (status == GY_OK) status = connect_to(&parts, &connection, err);
  if (status == GY_OK)
    status = run(connection, SQL, parts.label, "list the tables", PGRES_TUPLES_OK, &result, err);
  int n_tables = status == GY_OK ? PQntuples(result) : 0;
  if (status == GY_OK && n_tables == 0)
    status = gy_fail(err, GY_EDATA, "%s has no table that this user may read", parts.label);
  char **made = status == GY_OK ? gy_arena_calloc(arena, (size_t)n_tables, sizeof *made) : NULL;
  for (int i = 0; made != NULL && i < n_tables && status == GY_OK; i++) {
    made[i] = address_of(&parts, result, i, arena);
    if (made[i] == NULL) status = gy_fail(err, GY_ENOMEM, "out of memory for the names of tables");
  }
  if (status == GY_OK && made == NULL)
    status = gy_fail(err, GY_ENOMEM, "out of memory for the names of tables");
  if (status == GY_OK) {
    *addresses = made;
    *n = (size_t)n_tables;
  }
  PQclear(result);
  PQfinish(connection);
  parts_clear(&parts);
  return status;
}
