/* baseline.h: the words of a baseline file, shared by who writes it and who reads it.
 *
 *     {"definitions":1,
 *      "format":"tcpprobe baseline",
 *      "roles":{"bulk":"dport == 5201"},
 *      "runs":[
 *       {"damaged":false,"lost":0,"name":"cubic-01.log.gz","origin":"kernel","roles":{"bulk":{
 *          "explained":{"bytes":...,"findings":{"rwnd":[flows,cost_ns],...},...},
 *          "metrics":{"beta":0.7,"goodput":19.05,...},"mice":1,"cwnd":[...],...}}},
 *      ]}
 */
#ifndef TCPPROBE_COMPARE_BASELINE_H
#define TCPPROBE_COMPARE_BASELINE_H

#include <tcpprobe/compare.h>

#define BASELINE_FORMAT "tcpprobe baseline"

#define BASELINE_NAME        "name"
#define BASELINE_KERNEL      "kernel"
#define BASELINE_RECORDED    "recorded_at"
#define BASELINE_CONTROL     "congestion_control"
#define BASELINE_CLOCK       "clock"
#define BASELINE_IDENTITY    "identity"
#define BASELINE_UNTIL_CLOSE "until_close"
#define BASELINE_LOST        "lost"
#define BASELINE_DAMAGED     "damaged"
#define BASELINE_ORIGIN      "origin"
#define BASELINE_ROLES       "roles"
#define BASELINE_METRICS     "metrics"
#define BASELINE_MICE        "mice"
#define BASELINE_CWND        "cwnd"
#define BASELINE_SRTT        "srtt"
#define BASELINE_RATE        "rate"
#define BASELINE_EXPLAINED   "explained"
#define BASELINE_BLIND       "not_judged"
#define BASELINE_BYTES       "bytes"
#define BASELINE_FINDINGS    "findings"
#define BASELINE_FLOWS       "flows"
#define BASELINE_ORIGINS     "origins"
#define BASELINE_WAITS       "time_ns"

#define IDENTITY_DIGITS 16 /* hexadecimal */

#endif
