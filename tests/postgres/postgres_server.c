/* SPDX-License-Identifier: Apache-2.0 */
#include "postgres_server.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

static struct {
  char programs[256]; /* the folder of initdb and postgres */
  char folder[64];
  int port;
  pid_t process;
} server;

static bool find_programs(void) {
  glob_t found = {0};
  bool good = glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) == 0 && found.gl_pathc > 0;
  if (good) {
    snprintf(server.programs, sizeof server.programs, "%s", found.gl_pathv[found.gl_pathc - 1]);
    *strrchr(server.programs, '/') = '\0';
  }
  globfree(&found);
  return good;
}

static int free_port(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  cr_assert(bind(s, (struct sockaddr *)&address, length) == 0 &&
            getsockname(s, (struct sockaddr *)&address, &length) == 0);
  close(s);
  return ntohs(address.sin_port);
}

/* PostgreSQL refuses to run as root: there it runs as its own user. */
static void become_its_user(void) {
  const struct passwd *user = getuid() == 0 ? getpwnam("postgres") : NULL;
  if (user != NULL && (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
}

static pid_t start(const char *program, char *const arguments[]) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", server.programs, program);
  pid_t process = fork();
  cr_assert_geq(process, 0);
  if (process > 0) return process;
  become_its_user();
  int nowhere = open("/dev/null", O_WRONLY);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  execv(path, arguments);
  _exit(127);
}

static void make_folder(void) {
  snprintf(server.folder, sizeof server.folder, "/tmp/gyeol_postgres_XXXXXX");
  cr_assert_not_null(mkdtemp(server.folder));
  const struct passwd *user = getuid() == 0 ? getpwnam("postgres") : NULL;
  if (user != NULL) cr_assert_eq(chown(server.folder, user->pw_uid, user->pw_gid), 0);
}

static PGconn *connect_to(const char *database) {
  char uri[160];
  snprintf(uri, sizeof uri, "postgresql://postgres@127.0.0.1:%d/%s?connect_timeout=5", server.port, database);
  return PQconnectdb(uri);
}

static void wait_until_it_answers(void) {
  for (int i = 0; i < 300; i++) {
    PGconn *connection = connect_to("postgres");
    bool good = PQstatus(connection) == CONNECTION_OK;
    if (good) PQclear(PQexec(connection, "CREATE DATABASE shop"));
    PQfinish(connection);
    if (good) return;
    cr_assert_eq(waitpid(server.process, NULL, WNOHANG), 0, "the server ended while it started");
    usleep(100000);
  }
  cr_assert_fail("the server does not answer");
}

bool postgres_start(void) {
  if (!find_programs()) return false;
  make_folder();
  char data[96], port[16], sockets[128];
  snprintf(data, sizeof data, "%s/data", server.folder);
  char *init[] = {"initdb", "-D",   data,         "-U",        "postgres",          "-A", "trust",
                  "-E",     "UTF8", "--locale=C", "--no-sync", "--no-instructions", NULL};
  int status;
  cr_assert(waitpid(start("initdb", init), &status, 0) > 0 && status == 0, "initdb failed: %d", status);
  server.port = free_port();
  snprintf(port, sizeof port, "%d", server.port);
  snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", server.folder);
  char *run[] = {"postgres", "-D",    data, "-p",        port, "-c", "listen_addresses=127.0.0.1",
                 "-c",       sockets, "-c", "fsync=off", NULL};
  server.process = start("postgres", run);
  wait_until_it_answers();
  return true;
}

void postgres_stop(void) {
  if (server.process > 0) {
    kill(server.process, SIGQUIT);
    waitpid(server.process, NULL, 0);
  }
  server.process = 0;
  gy_error err;
  if (server.folder[0] != '\0' && gy_dir_remove(server.folder, &err) != GY_OK)
    fprintf(stderr, "%s\n", err.text);
  server.folder[0] = '\0';
}

void postgres_sql(const char *sql) {
  PGconn *connection = connect_to("shop");
  PGresult *result = PQexec(connection, sql);
  ExecStatusType got = PQresultStatus(result);
  cr_assert(got == PGRES_COMMAND_OK || got == PGRES_TUPLES_OK, "%s", PQerrorMessage(connection));
  PQclear(result);
  PQfinish(connection);
}

const char *postgres_address(const char *fragment) {
  static char address[1024];
  snprintf(address, sizeof address, "postgresql://postgres@127.0.0.1:%d/shop%s", server.port, fragment);
  return address;
}
