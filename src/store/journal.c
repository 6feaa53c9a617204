/* SPDX-License-Identifier: Apache-2.0 */
/* The journal (journal.h). Two files in the state directory:
 *   audit.log   one line an event; "prev" is the hash of the line before, "hash" the SHA-256 of the line up
 * to
 *               `,"hash"`; a line that follows a torn one carries the SHA-256 of the torn bytes in "torn"
 *   audit.head  number and hash of the last line, so that lines cut off at the end are missed too; written
 *               after the line: a crash leaves it one behind, never ahead */
#include "config.h"
#include "motcua/journal.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "motcua/error.h"
#include "motcua/i18n.h"
#include "motcua/text.h"

#define LINE_MAX_BYTES (64 * 1024)
#define HASH_LENGTH    64
#define HEAD_LENGTH    86 /* "%020" seq, space, hash, newline */
#define NO_HASH        "0000000000000000000000000000000000000000000000000000000000000000"

typedef struct {
  int fd;
  char *path;
} Log;

static void
log_close(Log *log)
{
  if (log->fd >= 0)
    close(log->fd); /* and the lock with it */
  g_free(log->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Log, log_close)

static gboolean
fail(const char *path, GError **error)
{
  g_set_error(error, MC_ERROR, MC_ERROR_STORE, "%s: %s", path, g_strerror(errno));
  return FALSE;
}

static gboolean
log_open(Log *log, const McHome *home, int flags, GError **error)
{
  log->path = mc_home_path(home, MC_DIR_STATE, "audit.log");
  log->fd = open(log->path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (log->fd < 0 && errno == ENOENT && !(flags & O_CREAT))
    return TRUE;
  if (log->fd < 0)
    return fail(log->path, error);
  int operation = flags & O_CREAT ? LOCK_EX : LOCK_SH;
  while (flock(log->fd, operation) != 0)
    if (errno != EINTR)
      return fail(log->path, error);
  return TRUE;
}

static char *
sha256(const char *bytes, gsize length)
{
  return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
}

/* --- one line --- */

typedef struct {
  guint64 seq;
  char prev[HASH_LENGTH + 1], hash[HASH_LENGTH + 1], torn[HASH_LENGTH + 1];
} Link;

static void
copy_hash(char *to, const cJSON *object, const char *name)
{
  const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
  g_strlcpy(to, text && strlen(text) == HASH_LENGTH ? text : "", HASH_LENGTH + 1);
}

/* Whether a line is whole and its own hash fits. */
static gboolean
parse_line(const char *line, gsize length, Link *link)
{
  static const char tail[] = ",\"hash\":\"";
  const gsize tail_length = strlen(tail) + HASH_LENGTH + 2;
  cJSON *object =
      length > tail_length && line[length - 1] == '}' ? cJSON_ParseWithLength(line, length) : NULL;

  if (!cJSON_IsObject(object)) {
    cJSON_Delete(object);
    return FALSE;
  }
  link->seq = (guint64)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, "seq"));
  copy_hash(link->prev, object, "prev");
  copy_hash(link->torn, object, "torn");
  copy_hash(link->hash, object, "hash");
  cJSON_Delete(object);
  g_autofree char *hash = sha256(line, length - tail_length);
  return strncmp(line + length - tail_length, tail, strlen(tail)) == 0 && strcmp(hash, link->hash) == 0;
}

/* --- the end of the log --- */

/* The last bytes of the file; *offset is where they begin. */
static GString *
read_end(const Log *log, gint64 *offset, GError **error)
{
  struct stat info;
  if (fstat(log->fd, &info) != 0) {
    fail(log->path, error);
    return NULL;
  }
  *offset = MAX(0, info.st_size - 2 * LINE_MAX_BYTES);
  GString *end = g_string_sized_new(4096);
  g_string_set_size(end, (gsize)(info.st_size - *offset));
  for (gsize got = 0; got < end->len;) {
    ssize_t n = pread(log->fd, end->str + got, end->len - got, *offset + (gint64)got);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      fail(log->path, error);
      g_string_free(end, TRUE);
      return NULL;
    }
    got += (gsize)n;
  }
  return end;
}

/* What the next line follows: the last whole line, and the hash of torn bytes behind it ("" none). */
static void
find_last(const GString *end, Link *last, char *torn)
{
  gsize line_end = end->len;
  const char *newline = end->len ? memrchr(end->str, '\n', end->len) : NULL;
  gsize torn_from = newline ? (gsize)(newline - end->str) + 1 : 0;

  memset(last, 0, sizeof *last);
  g_strlcpy(last->hash, NO_HASH, sizeof last->hash);
  *torn = '\0';
  if (torn_from < end->len) {
    g_autofree char *hash = sha256(end->str + torn_from, end->len - torn_from);
    g_strlcpy(torn, hash, HASH_LENGTH + 1);
  }
  for (line_end = torn_from; line_end > 0;) {
    const char *before = line_end > 1 ? memrchr(end->str, '\n', line_end - 1) : NULL;
    gsize from = before ? (gsize)(before - end->str) + 1 : 0;
    Link link;
    if (parse_line(end->str + from, line_end - 1 - from, &link)) {
      *last = link;
      return;
    }
    line_end = from;
  }
}

/* --- the head --- */

static char *
head_path(const McHome *home)
{
  return mc_home_path(home, MC_DIR_STATE, "audit.head");
}

static gboolean
write_head(const McHome *home, guint64 seq, const char *hash, GError **error)
{
  g_autofree char *path = head_path(home);
  g_autofree char *head = g_strdup_printf("%020" G_GUINT64_FORMAT " %s\n", seq, hash);
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean good = fd >= 0 && pwrite(fd, head, HEAD_LENGTH, 0) == HEAD_LENGTH;
  if (!good)
    fail(path, error);
  if (fd >= 0)
    close(fd);
  return good;
}

/* Number and hash of the head; seq 0 where there is none. */
static guint64
read_head(const McHome *home, char *hash)
{
  g_autofree char *path = head_path(home), *head = NULL;
  gsize length = 0;
  *hash = '\0';
  if (!g_file_get_contents(path, &head, &length, NULL) || length < HEAD_LENGTH)
    return 0;
  g_strlcpy(hash, head + 21, HASH_LENGTH + 1);
  return g_ascii_strtoull(head, NULL, 10);
}

/* --- appending --- */

static void
add_pairs(cJSON *object, va_list pairs)
{
  for (const char *name = va_arg(pairs, const char *); name; name = va_arg(pairs, const char *)) {
    const char *value = va_arg(pairs, const char *);
    g_autofree char *clean = value ? mc_text_clean(value, -1) : NULL;
    if (clean)
      cJSON_AddStringToObject(object, name, clean);
  }
}

struct McJournalBatch {
  GPtrArray *entries; /* cJSON objects: event, and its pairs */
};

static void
entry_free(gpointer entry)
{
  cJSON_Delete(entry);
}

McJournalBatch *
mc_journal_batch_new(void)
{
  McJournalBatch *batch = g_new0(McJournalBatch, 1);
  batch->entries = g_ptr_array_new_with_free_func(entry_free);
  return batch;
}

void
mc_journal_batch_free(McJournalBatch *batch)
{
  if (!batch)
    return;
  g_ptr_array_unref(batch->entries);
  g_free(batch);
}

static void
batch_add(McJournalBatch *batch, const char *event, va_list pairs)
{
  cJSON *entry = cJSON_CreateObject();
  cJSON_AddStringToObject(entry, "event", event);
  add_pairs(entry, pairs);
  g_ptr_array_add(batch->entries, entry);
}

void
mc_journal_batch_add(McJournalBatch *batch, const char *event, ...)
{
  va_list pairs;
  va_start(pairs, event);
  batch_add(batch, event, pairs);
  va_end(pairs);
}

/* The line of an entry, whose members it takes. */
static char *
make_line(const McHome *home, McClock *clock, const Link *last, const char *torn, cJSON *entry, char *hash)
{
  g_autoptr(GTimeZone) local = g_time_zone_new_identifier(mc_home_config(home)->timezone);
  g_autofree char *at = mc_time_format_iso(mc_clock_now(clock), local);
  cJSON *object = cJSON_CreateObject();

  cJSON_AddNumberToObject(object, "seq", (double)(last->seq + 1));
  cJSON_AddStringToObject(object, "at", at ? at : "");
  cJSON_AddStringToObject(object, "who", g_get_user_name());
  cJSON_AddNumberToObject(object, "pid", getpid());
  while (entry->child) {
    cJSON *member = cJSON_DetachItemViaPointer(entry, entry->child);
    cJSON_AddItemToObject(object, member->string, member);
  }
  if (*torn)
    cJSON_AddStringToObject(object, "torn", torn);
  cJSON_AddStringToObject(object, "prev", last->hash);
  char *printed = cJSON_PrintUnformatted(object);
  gsize length = strlen(printed) - 1;
  g_autofree char *own = sha256(printed, length);
  g_strlcpy(hash, own, HASH_LENGTH + 1);
  char *line = g_strdup_printf("%s%.*s,\"hash\":\"%s\"}\n", *torn ? "\n" : "", (int)length, printed, own);
  cJSON_free(printed);
  cJSON_Delete(object);
  return line;
}

/* All of it or, as far as can be, nothing. */
static gboolean
write_lines(const Log *log, const GString *lines, GError **error)
{
  struct stat before;
  gsize length = lines->len;
  if (fstat(log->fd, &before) != 0)
    return fail(log->path, error);
  ssize_t n = write(log->fd, lines->str, length);
  if (n == (ssize_t)length && fdatasync(log->fd) == 0)
    return TRUE;
  if (n >= 0 && n < (ssize_t)length)
    errno = ENOSPC;
  fail(log->path, error);
  if (ftruncate(log->fd, before.st_size) != 0)
    g_warning("%s ends in a torn line", log->path);
  return FALSE;
}

/* The lines that follow `last`, which moves on to the last of them. */
static GString *
make_lines(const Log *log, McJournalBatch *batch, const McHome *home, McClock *clock, Link *last,
           const char *torn, GError **error)
{
  g_autoptr(GString) lines = g_string_new(NULL);
  for (guint i = 0; i < batch->entries->len; i++) {
    char hash[HASH_LENGTH + 1];
    g_autofree char *line = make_line(home, clock, last, i == 0 ? torn : "", batch->entries->pdata[i], hash);
    gsize length = strlen(line);
    if (length > LINE_MAX_BYTES) {
      g_set_error(error, MC_ERROR, MC_ERROR_STORE, _("%s: an entry of more than %d bytes"), log->path,
                  LINE_MAX_BYTES);
      return NULL;
    }
    g_string_append_len(lines, line, (gssize)length);
    last->seq++;
    g_strlcpy(last->hash, hash, sizeof last->hash);
  }
  return g_steal_pointer(&lines);
}

gboolean
mc_journal_batch_append(McJournalBatch *batch, const McHome *home, McClock *clock, GError **error)
{
  g_auto(Log) log = {-1, NULL};
  char torn[HASH_LENGTH + 1];
  gint64 offset;
  Link last;

  if (batch->entries->len == 0)
    return TRUE;
  if (!log_open(&log, home, O_RDWR | O_CREAT | O_APPEND, error))
    return FALSE;
  g_autoptr(GString) end = read_end(&log, &offset, error);
  if (!end)
    return FALSE;
  find_last(end, &last, torn);
  g_autoptr(GString) lines = make_lines(&log, batch, home, clock, &last, torn, error);
  if (!lines)
    return FALSE;
  g_ptr_array_set_size(batch->entries, 0);
  return write_lines(&log, lines, error) && write_head(home, last.seq, last.hash, error);
}

gboolean
mc_journal_append(const McHome *home, McClock *clock, GError **error, const char *event, ...)
{
  g_autoptr(McJournalBatch) batch = mc_journal_batch_new();
  va_list pairs;
  va_start(pairs, event);
  batch_add(batch, event, pairs);
  va_end(pairs);
  return mc_journal_batch_append(batch, home, clock, error);
}

/* --- reading --- */

typedef gboolean (*Each)(const char *line, gsize length, gboolean whole, gpointer data);

static gboolean
each_line(const McHome *home, Each each, gpointer data, GError **error)
{
  g_auto(Log) log = {-1, NULL};
  char *line = NULL;
  size_t room = 0;
  ssize_t length;
  gboolean go_on = TRUE;

  if (!log_open(&log, home, O_RDONLY, error))
    return FALSE;
  if (log.fd < 0)
    return TRUE;
  FILE *file = fdopen(log.fd, "r");
  if (!file)
    return fail(log.path, error);
  log.fd = -1;
  while (go_on && (length = getline(&line, &room, file)) > 0) {
    gboolean is_whole = line[length - 1] == '\n';
    if (is_whole)
      line[--length] = '\0';
    go_on = each(line, (gsize)length, is_whole, data);
  }
  gboolean good = !ferror(file) || fail(log.path, error);
  free(line);
  fclose(file);
  return good;
}

typedef struct {
  gboolean (*line)(const char *json, gpointer data);
  gpointer data;
} Reader;

static gboolean
give(const char *line, gsize length, gboolean is_whole, gpointer data)
{
  const Reader *reader = data;
  Link link;
  if (!is_whole || !parse_line(line, length, &link))
    return TRUE; /* torn or spoilt: mc_journal_verify() speaks of it */
  return reader->line(line, reader->data);
}

gboolean
mc_journal_read(const McHome *home, gboolean (*line)(const char *json, gpointer data), gpointer data,
                GError **error)
{
  Reader reader = {line, data};
  return each_line(home, give, &reader, error);
}

/* --- verifying --- */

typedef struct {
  guint64 lines, head_seq;
  char head_hash[HASH_LENGTH + 1], torn[HASH_LENGTH + 1];
  Link last;
  char *fault;
} Check;

static gboolean
faulty(Check *check, const char *what)
{
  g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, check->lines);
  check->fault = g_strdup_printf(_("line %s %s"), number, what);
  return FALSE;
}

static gboolean
check_line(const char *line, gsize length, gboolean is_whole, gpointer data)
{
  Check *check = data;
  Link link;

  check->lines++;
  if (*check->torn) {
    if (!parse_line(line, length, &link) || strcmp(link.torn, check->torn) != 0)
      return check->lines--, faulty(check, _("is damaged, and the line behind it does not account for it"));
    *check->torn = '\0';
  } else if (!parse_line(line, length, &link)) {
    if (!is_whole)
      return faulty(check,
                    _("is torn: the machine stopped while it was written; the next entry will close it off"));
    g_autofree char *hash = sha256(line, length);
    g_strlcpy(check->torn, hash, sizeof check->torn);
    return TRUE;
  } else if (*link.torn) {
    return faulty(check, _("speaks of torn bytes that are gone"));
  }
  if (link.seq != check->last.seq + 1)
    return faulty(check, _("does not have the next number: something was taken out or put in"));
  if (strcmp(link.prev, check->last.hash) != 0)
    return faulty(check, _("does not follow from the line before it: something was changed"));
  check->last = link;
  if (link.seq == check->head_seq && strcmp(link.hash, check->head_hash) != 0)
    return faulty(check, _("is not the one that was written there"));
  return TRUE;
}

gboolean
mc_journal_verify(const McHome *home, guint64 *lines, GError **error)
{
  Check check = {0};
  g_strlcpy(check.last.hash, NO_HASH, sizeof check.last.hash);
  check.head_seq = read_head(home, check.head_hash);
  gboolean good = each_line(home, check_line, &check, error);
  *lines = check.lines;
  if (good && !check.fault && *check.torn)
    faulty(&check, _("was changed"));
  if (good && !check.fault && check.last.seq < check.head_seq)
    faulty(&check, _("is the last, but more were written: lines are missing at the end"));
  g_autofree char *fault = check.fault;
  if (!good || !fault)
    return good;
  g_autofree char *path = mc_home_path(home, MC_DIR_STATE, "audit.log");
  g_set_error(error, MC_ERROR, MC_ERROR_FAILED, "%s: %s", path, fault);
  return FALSE;
}
