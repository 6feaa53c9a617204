/* SPDX-License-Identifier: Apache-2.0 */
/* In place, so that no copy of a value is left behind. */
#include "config.h"

#include <string.h>

#include "secret/credential.h"

/* One line without its end. */
static gboolean
take_line(char *line, McCredentialTake take, gpointer data, gboolean *in_block)
{
  char *equals = strchr(line, '=');
  if (*line && (!equals || equals == line))
    return FALSE;
  if (equals) {
    *equals = '\0';
    *in_block = TRUE;
    return take(line, equals + 1, data);
  }
  gboolean ended = *in_block;
  *in_block = FALSE;
  return !ended || take(NULL, NULL, data);
}

int
mc_credential_read(char *text, gsize length, McCredentialTake take, gpointer data)
{
  gboolean in_block = FALSE;
  int number = 0;
  for (char *line = text, *end = text + length; line < end;) {
    char *stop = memchr(line, '\n', end - line);
    char *next = stop ? stop + 1 : end;
    number++;
    if (!stop)
      stop = end; /* the byte there is the caller's terminator */
    if (stop > line && stop[-1] == '\r')
      stop--;
    *stop = '\0';
    if (strlen(line) != (gsize)(stop - line) || !take_line(line, take, data, &in_block))
      return number;
    line = next;
  }
  return in_block && !take(NULL, NULL, data) ? number : 0;
}
