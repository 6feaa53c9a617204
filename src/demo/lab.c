/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workbench: small systems that stand beside the province when it is asked for (--lab), each speaking one
 * manner of the connector language that no system of the province speaks. They keep the province's promises:
 * one transaction a request, effects written in it, a repeat recognised only by what is declared.
 */
#include "demo/lab.h"

const DemoSystem *const demo_lab_systems[] = {
    &demo_lab_oauth,
    &demo_lab_shared,
    &demo_lab_sign,
    &demo_lab_single,
    &demo_lab_graphql,
    &demo_lab_jsonrpc,
    &demo_lab_odata,
    &demo_lab_pages,
    &demo_lab_device,
    &demo_lab_otp,
    &demo_lab_steps,
    &demo_lab_poll,
    &demo_lab_batch,
    &demo_lab_liar,
    &demo_lab_cert,
    &demo_lab_soap,
    NULL,
};
