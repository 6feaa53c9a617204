/* SPDX-License-Identifier: Apache-2.0 */
/* What a code means to whoever started the program: one table from error to exit status. */
#include "motcua/error.h"

G_DEFINE_QUARK(mc - error, mc_error)

int
mc_error_exit_status(const GError *error)
{
  static const int statuses[] = {
      [MC_ERROR_FAILED] = 1,  [MC_ERROR_USAGE] = 2,       [MC_ERROR_CONFIG] = 2,    [MC_ERROR_NOT_FOUND] = 2,
      [MC_ERROR_LOGIN] = 3,   [MC_ERROR_UNREACHABLE] = 4, [MC_ERROR_THROTTLED] = 4, [MC_ERROR_PROTOCOL] = 4,
      [MC_ERROR_REFUSED] = 1, [MC_ERROR_CONFLICT] = 1,    [MC_ERROR_UNCERTAIN] = 5, [MC_ERROR_STORE] = 1,
      [MC_ERROR_SECRETS] = 3, [MC_ERROR_CANCELLED] = 130,
  };

  if (!error)
    return 0;
  if (error->domain != MC_ERROR || error->code < 0 || error->code >= (int)G_N_ELEMENTS(statuses))
    return 1;
  return statuses[error->code];
}

int
mc_exit_status_merge(int a, int b)
{
  static const int precedence[] = {130, 5, 3, 1, 4, 2};

  for (gsize i = 0; i < G_N_ELEMENTS(precedence); i++)
    if (a == precedence[i] || b == precedence[i])
      return precedence[i];
  return 0;
}
