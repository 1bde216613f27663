/* figures/flow.h: which flow it is. See figures/all.h. */

FIGURE(id, .name = "id", .heading = "id", .show = TP_SHOW_PLAIN, .use = DATA | TABLES, .of = TP_OF_FLOW,
       .way = {WHOLE(flow_id)}, .help = "number of the flow in the order of appearance")
FIGURE(flow, .name = "flow", .heading = "flow", .show = TP_SHOW_WIDE, .use = TABLES | TP_FIGURE_TABLE_ONLY,
       .of = TP_OF_FLOW, .way = {WHOLE(flow_both)}, .help = "bulk sender -> receiver")
FIGURE(src, .name = "src", .heading = "src", .use = DATA, .of = TP_OF_FLOW,
       .way = {WHOLE(flow_src)}, .help = "the end that sends the bulk of the data")
FIGURE(dst, .name = "dst", .heading = "dst", .use = DATA, .of = TP_OF_FLOW,
       .way = {WHOLE(flow_dst)}, .help = "the other end")
FIGURE(start_ns, .name = "start_ns", .heading = "start", .unit = "s", .show = TP_SHOW_SECONDS,
       .use = DATA | TABLES, .of = TP_OF_FLOW, .way = {WHOLE(flow_start)},
       .help = "since the first event of the recording")
FIGURE(duration_ns, .name = "duration_ns", .heading = "lasted", .unit = "s", .timed = true, .show = TP_SHOW_SECONDS,
       .use = DATA | TABLES, .of = TP_OF_FLOW, .way = {WHOLE(flow_duration)},
       .help = "from first to last event")
FIGURE(bytes, .name = "bytes", .heading = "bytes", .unit = "B", .show = TP_SHOW_SI, .use = DATA, .of = TP_OF_FLOW,
       .way = {WHOLE(flow_bytes)}, .join = TP_JOIN_SUM,
       .help = "acked_bytes, else wire_unique_bytes: what flows are sorted by")
FIGURE(src_addr, .name = "src_addr", .heading = "src_addr", .use = DATA, .of = TP_OF_FLOW,
       .way = {WHOLE(flow_src_addr)}, .help = "its address alone, that of src")
FIGURE(src_port, .name = "src_port", .heading = "src_port", .show = TP_SHOW_PLAIN, .use = DATA, .of = TP_OF_FLOW,
       .way = {WHOLE(flow_src_port)}, .help = "its port alone")
FIGURE(dst_addr, .name = "dst_addr", .heading = "dst_addr", .use = DATA, .of = TP_OF_FLOW,
       .way = {WHOLE(flow_dst_addr)}, .help = "the address of dst alone")
FIGURE(dst_port, .name = "dst_port", .heading = "dst_port", .show = TP_SHOW_PLAIN, .use = DATA, .of = TP_OF_FLOW,
       .way = {WHOLE(flow_dst_port)}, .help = "its port alone")
COMPARED(flows, FLOWS, "flows", PATH, 0, 0.5, .name = "flows", .title = "Flows",
         .show = TP_SHOW_PLAIN, .of = TP_OF_GROUP, .join = TP_JOIN_SUM, .way = {WHOLE(flow_one)},
         .help = "flows in the role")
