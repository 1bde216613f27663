-- schema.sql: the tables of a fleet, for each of its servers; scripts/fleet/schema applies it.
--
-- Of each table three: NAME_local has the rows of this server; NAME_all is that of all servers, into which
-- scripts/fleet/load writes; NAME is what queries read: rows of loads that are whole, and of each recording
-- only those of its last load. A load is whole once it has its row in recordings, which comes last; whatever
-- was cut before that is in no sum, and loading again changes none.
--
-- load is when the load began, in nanoseconds since 1970 UTC, so the day of its partition is never before
-- what it tells of. All rows of a recording are on one server.
--
-- ClickHouse 18.16 (Debian 12) and later: no type and no function here is newer.

-- One row a load, written last: what has none is not there
create table if not exists recordings_local (
    load               UInt64,
    host               String,
    recording          String,
    begin_ns           Int64,
    end_ns             Int64,
    files              String,
    kernel             Nullable(String),
    boot_id            Nullable(String),
    settings           Nullable(String),
    congestion_control Nullable(String),
    clock              String,
    tcpprobe           String,
    warnings           String,
    flows              UInt64,
    records            UInt64,
    lost_events        Nullable(Int64),
    malformed          UInt64,
    rows_flows         Nullable(UInt64),
    rows_figures       Nullable(UInt64),
    rows_findings      Nullable(UInt64),
    rows_episodes      Nullable(UInt64),
    rows_bins          Nullable(UInt64),
    rows_samples       Nullable(UInt64),
    day                Date default toDate(intDiv(load, 86400000000000))
) engine = MergeTree partition by day order by (host, recording, load);
create table if not exists recordings_all as recordings_local engine = Distributed({cluster}, {database}, recordings_local, cityHash64(host, recording));

-- One row a connection: the columns of `flows --format csv`
create table if not exists flows_local (
    load                    UInt64,
    host                    String,
    recording               String,
    begin_ns                Int64,
    end_ns                  Int64,
    service_port            UInt16,
    service_addr            String,
    service_net             String,
    flow                    UInt32,
    src                     String,
    dst                     String,
    start_ns                Nullable(Int64),
    duration_ns             Nullable(Int64),
    bytes                   Nullable(Int64),
    src_addr                String,
    src_port                UInt16,
    dst_addr                String,
    dst_port                UInt16,
    acked_bytes             Nullable(Int64),
    wire_acked_bytes        Nullable(Int64),
    acked_from              Nullable(String),
    goodput_bps             Nullable(Float64),
    wire_goodput_bps        Nullable(Float64),
    snd_cwnd_p50_segs       Nullable(Float64),
    snd_cwnd_max_segs       Nullable(Float64),
    srtt_min_us             Nullable(Float64),
    rtt_p50_us              Nullable(Float64),
    srtt_p50_us             Nullable(Float64),
    rtt_p95_us              Nullable(Float64),
    srtt_p95_us             Nullable(Float64),
    rtt_from                Nullable(String),
    retransmitted_segs      Nullable(Int64),
    wire_resent_segs        Nullable(Int64),
    retransmits             Nullable(Int64),
    retransmit_share        Nullable(Float64),
    wire_retransmit_share   Nullable(Float64),
    recoveries              Nullable(Int64),
    timeouts                Nullable(Int64),
    wire_packets            Nullable(Int64),
    wire_unique_bytes       Nullable(Int64),
    wire_missed_bytes       Nullable(Int64),
    wire_retransmitted_segs Nullable(Int64),
    inflight_p50_bytes      Nullable(Float64),
    wire_inflight_p50_bytes Nullable(Float64),
    inflight_max_bytes      Nullable(Float64),
    wire_inflight_max_bytes Nullable(Float64),
    limited_by              Nullable(String),
    limited_share           Nullable(Float64),
    limited_from            Nullable(String),
    waited_for              Nullable(String),
    waited_share            Nullable(Float64),
    waited_from             Nullable(String),
    lost_events             Nullable(Int64),
    day                     Date default toDate(intDiv(load, 86400000000000))
) engine = MergeTree partition by day order by (host, recording, flow);
create table if not exists flows_all as flows_local engine = Distributed({cluster}, {database}, flows_local, cityHash64(host, recording));

-- One row a figure that is known of a connection: all columns of `flows --all`
create table if not exists figures_local (
    load         UInt64,
    host         String,
    recording    String,
    flow         UInt32,
    service_port UInt16,
    figure       String,
    number       Nullable(Float64),
    text         Nullable(String),
    day          Date default toDate(intDiv(load, 86400000000000))
) engine = MergeTree partition by day order by (figure, service_port, host, recording, flow);
create table if not exists figures_all as figures_local engine = Distributed({cluster}, {database}, figures_local, cityHash64(host, recording));

-- One row a finding of `explain`
create table if not exists findings_local (
    load         UInt64,
    host         String,
    recording    String,
    flow         UInt32,
    src          String,
    dst          String,
    service_port UInt16,
    finding      String,
    cost_ns      Nullable(Int64),
    begin_ns     Nullable(Int64),
    end_ns       Nullable(Int64),
    confidence   String,
    sentence     String,
    day          Date default toDate(intDiv(load, 86400000000000))
) engine = MergeTree partition by day order by (finding, host, recording, flow);
create table if not exists findings_all as findings_local engine = Distributed({cluster}, {database}, findings_local, cityHash64(host, recording));

-- One row a loss episode, as `plot --zoom loss` has them
create table if not exists episodes_local (
    load         UInt64,
    host         String,
    recording    String,
    flow         UInt32,
    src          String,
    dst          String,
    service_port UInt16,
    begin_ns     Int64,
    end_ns       Int64,
    what         String,
    day          Date default toDate(intDiv(load, 86400000000000))
) engine = MergeTree partition by day order by (host, recording, flow, begin_ns);
create table if not exists episodes_all as episodes_local engine = Distributed({cluster}, {database}, episodes_local, cityHash64(host, recording));

-- What the samples of a second came to, of each metric and end
create table if not exists bins_local (
    load         UInt64,
    host         String,
    recording    String,
    time_ns      Int64,
    flow         UInt32,
    src          String,
    dst          String,
    service_port UInt16,
    metric       String,
    samples      UInt64,
    min          Nullable(Float64),
    mean         Nullable(Float64),
    max          Nullable(Float64),
    last         Nullable(Float64),
    sum          Nullable(Float64),
    held_ns      Nullable(Int64),
    day          Date default toDate(intDiv(load, 86400000000000))
) engine = MergeTree partition by day order by (metric, service_port, host, recording, flow, time_ns);
create table if not exists bins_all as bins_local engine = Distributed({cluster}, {database}, bins_local, cityHash64(host, recording));

-- Every sample, with how long it held
create table if not exists samples_local (
    load         UInt64,
    host         String,
    recording    String,
    time_ns      Int64,
    flow         UInt32,
    src          String,
    dst          String,
    service_port UInt16,
    metric       String,
    value        Float64,
    held_ns      Nullable(Int64),
    day          Date default toDate(intDiv(load, 86400000000000))
) engine = MergeTree partition by day order by (metric, host, recording, flow, time_ns);
create table if not exists samples_all as samples_local engine = Distributed({cluster}, {database}, samples_local, cityHash64(host, recording));

-- What counts: the last load of each recording that is whole.
create view if not exists loaded as select max(load) as load from recordings_all group by host, recording;
create view if not exists recordings as select * from recordings_all where load global in (select load from loaded);
create view if not exists flows as select * from flows_all where load global in (select load from loaded);
create view if not exists figures as select * from figures_all where load global in (select load from loaded);
create view if not exists findings as select * from findings_all where load global in (select load from loaded);
create view if not exists episodes as select * from episodes_all where load global in (select load from loaded);
create view if not exists bins as select * from bins_all where load global in (select load from loaded);
create view if not exists samples as select * from samples_all where load global in (select load from loaded);
