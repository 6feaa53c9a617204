/* SPDX-License-Identifier: Apache-2.0 */
/* ULIDs. Within one millisecond (or while the clock runs back) the next key is the last one plus one, so
 * keys of a process always increase; a forked child starts from fresh randomness. */
#include "base/id.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

typedef struct {
  pid_t owner;
  guint64 millis;
  guint8 random[10];
} Last;

static void
fill_random(guint8 *bytes, gsize n)
{
  for (gsize done = 0; done < n;) {
    ssize_t got = getrandom(bytes + done, n - done, 0);
    if (got > 0)
      done += (gsize)got;
    else if (errno != EINTR)
      g_error("getrandom: %s", g_strerror(errno)); /* no key is better than one that may repeat */
  }
}

static void
advance(Last *last)
{
  guint64 millis = (guint64)g_get_real_time() / 1000;

  if (last->owner == getpid() && millis <= last->millis) {
    for (int i = G_N_ELEMENTS(last->random) - 1; i >= 0; i--)
      if (++last->random[i] != 0)
        return;
    millis = last->millis + 1;
  }
  last->owner = getpid();
  last->millis = millis;
  fill_random(last->random, sizeof last->random);
}

/* 128 bits as 26 digits of five bits, the first of them of three. */
static char *
encode(const Last *last)
{
  static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  guint8 bytes[16];
  char *text = g_malloc(27);

  for (int i = 0; i < 6; i++)
    bytes[i] = (guint8)(last->millis >> (8 * (5 - i)));
  memcpy(bytes + 6, last->random, 10);
  for (int i = 0; i < 26; i++) {
    int low = 5 * (25 - i), byte = 15 - low / 8, shift = low % 8;
    guint pair = bytes[byte] | (byte > 0 ? (guint)bytes[byte - 1] << 8 : 0);
    text[i] = digits[(pair >> shift) & 31];
  }
  text[26] = '\0';
  return text;
}

char *
mc_ulid_new(void)
{
  static GMutex lock;
  static Last last; /* the one memory a process needs to keep its keys in order */

  g_mutex_lock(&lock);
  advance(&last);
  char *text = encode(&last);
  g_mutex_unlock(&lock);
  return text;
}
