/* SPDX-License-Identifier: Apache-2.0 */
/* One record read whole, as reading it for a person and reading it again before a write both need it. */
#ifndef CONNECTOR_DETAIL_H
#define CONNECTOR_DETAIL_H

#include "connector/pull.h"

/* Whether the answer says that the record is no more. */
gboolean mc_detail_gone(const McDetail *detail, const McAnswer *answer, const McScope *scope);
/* The record in the answer; new, NULL: missing. */
cJSON *mc_detail_record(const McDetail *detail, const McAnswer *answer, const McScope *scope);
/* Its version and entity tag; new strings or NULL. */
char *mc_detail_version(const McStream *stream, const McDetail *detail, const cJSON *record,
                        const McScope *scope);
char *mc_detail_etag(const McDetail *detail, const McAnswer *answer, const cJSON *record,
                     const McScope *scope);

#endif
