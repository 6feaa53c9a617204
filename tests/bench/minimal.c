/* SPDX-License-Identifier: Apache-2.0 */
/* The least a program with motcua's libraries can do: link them all, open the database, read one row. What
 * the bench holds motcua's start against. */
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <curses.h>
#include <glib.h>
#include <libsecret/secret.h>
#include <sqlite3.h>
#include <stdio.h>

static long
peak(void)
{
  char line[256];
  long kib = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status))
    if (sscanf(line, "VmHWM: %ld", &kib) == 1)
      break;
  if (status)
    fclose(status);
  return kib;
}

int
main(int argc, char **argv)
{
  /* Named so that compiler and linker keep each library. */
  const void *const volatile linked[] = {(const void *)cJSON_Version, (const void *)curl_easy_init,
                                         (const void *)initscr, (const void *)secret_value_new,
                                         (const void *)g_ptr_array_new};
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  int status = 1;

  if (argc == 2 && linked[0] && linked[1] && linked[2] && linked[3] && linked[4] &&
      sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
      sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) == SQLITE_OK &&
      sqlite3_prepare_v2(db, "SELECT id FROM item LIMIT 1", -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    status = 0;
  }
  printf("%ld\n", peak());
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return status;
}
