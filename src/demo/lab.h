/* SPDX-License-Identifier: Apache-2.0 */
/* The systems of the workbench, one file each: lab-NAME.c. */
#pragma once

#include "demo/province.h"

extern const DemoSystem demo_lab_oauth, demo_lab_shared, demo_lab_sign, demo_lab_single, demo_lab_cert;
extern const DemoSystem demo_lab_graphql, demo_lab_jsonrpc, demo_lab_odata, demo_lab_pages;

extern const DemoSystem demo_lab_device, demo_lab_otp;
extern const DemoSystem demo_lab_soap;
extern const DemoSystem demo_lab_steps, demo_lab_poll, demo_lab_batch, demo_lab_liar;
extern const DemoSystem *const demo_lab_systems[]; /* NULL-terminated */
