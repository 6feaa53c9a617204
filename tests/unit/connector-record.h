/* SPDX-License-Identifier: Apache-2.0 */
/* The record that the tests of readers and of tests read. */
#ifndef TESTS_UNIT_CONNECTOR_RECORD_H
#define TESTS_UNIT_CONNECTOR_RECORD_H

#include "connector.h"

static const char record_text[] =
    "{\"id\":9007199254740993001,\"code\":\"001099000478\",\"seven\":\"007\",\"null\":null,\"empty\":\"\","
    "\"ok\":true,"
    "\"no\":false,\"a/"
    "b\":{\"c~d\":1},\"list\":[3,1,2],\"0\":\"zero\",\"keys\":{\"$seen\":true,\"urn:x:y\":5},"
    "\"calls\":[[\"get\",{\"n\":1},\"a\"],[\"error\",{\"type\":\"fail\",\"n\":2},\"b\"],[\"error\",{\"type\":"
    "\"late\"},\"c\"]],"
    "\"items\":[{\"k\":\"x\",\"v\":1},{\"k\":\"y\",\"v\":null},{\"k\":\"x\",\"v\":\"3\"}],"
    "\"text\":\" H47.61-261118-0042 va H47.61-261118-0043 "
    "\",\"old\":\"A\",\"new\":\"B\",\"status\":2,\"st\":\"9\","
    "\"html\":\"<p>Ch\xc3\xa0o&nbsp;b\xe1\xba\xa1n<br>A &lt;b&gt; &#273;&#x1EA1;i</p><script>x()</script>\","
    "\"day\":\"2026-11-24\",\"at\":\"2026-11-24T10:30:00+07:00\",\"vn\":\"24/11/2026 "
    "10:30\",\"s\":1763953800,"
    "\"ms\":\"1763953800999\",\"never\":\"1970-01-01T00:00:00Z\",\"fee\":\"8.000 \xc4\x91\",\"fee2\":8000,"
    "\"b64\":\"eG9u\\nZw==\",\"url\":\"../y?z=1\",\"unit\":{}}";

static const char scope_text[] = "{\"item\":{\"key\":\"k1\",\"n\":1},\"before\":{\"txn\":\"11\"},"
                                 "\"answer.url\":\"https://a.vn/p/q\",\"session\":{\"name\":\"canbo\"}}";

#endif
