/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of lookups that their connectors allow to be kept: in inbox.db, since they may be lost and asked
 * for again. Those that have run out go with the next write, and there are never more than MOST of a system.
 */
#include "config.h"
#include "store/inner.h"

#define MOST "500"

gboolean
mc_store_answer(McStore *store, const char *key, char **text, GError **error)
{
  *text = NULL;
  return mc_inbox_ready(store, error) &&
         mc_db_text(store->inbox, error, text, "SELECT text FROM answer WHERE key = ? AND until > ?", "ti",
                    key, mc_clock_now(store->clock));
}

gboolean
mc_store_answer_put(McStore *store, const char *key, const char *system, gint64 until, const char *text,
                    GError **error)
{
  if (!mc_inbox_begin(store, error))
    return FALSE;
  gboolean good = mc_db_run(store->inbox, error, "DELETE FROM answer WHERE until <= ?", "i",
                            mc_clock_now(store->clock)) &&
                  mc_db_run(store->inbox, error,
                            "INSERT OR REPLACE INTO answer(key, system, until, text) VALUES(?, ?, ?, ?)",
                            "ttit", key, system, until, text) &&
                  mc_db_run(store->inbox, error,
                            "DELETE FROM answer WHERE key IN (SELECT key FROM answer WHERE system = ?"
                            "  ORDER BY until DESC LIMIT -1 OFFSET " MOST ")",
                            "t", system);
  return mc_inbox_end(store, good, error);
}
